"""Names as users give them: one, or several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def names(given: Any, what: str) -> list[str]:
    """The names: a single text is one name, not the letters of it. Raises ``TypeError`` where anything else is one."""
    listed = [given] if isinstance(given, str) else list(given) if isinstance(given, Iterable) else [given]
    for name in listed:
        if not isinstance(name, str):
            raise TypeError(f"{what}: {name!r} is no name; accepted: a name, or a sequence of names")
    return listed


def numbers(given: Any, what: str) -> dict[str, float]:
    """Numbers by name; names alone mean 1 each."""
    if not isinstance(given, Mapping):
        return dict.fromkeys(names(given, what), 1.0)
    return {name: float(value) for name, value in mapping(given, what).items()}


def mapping(given: Any, what: str) -> dict[str, Any]:
    """Anything by name. Raises ``TypeError`` where it is no mapping, or a key is no name."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{what}: {given!r}; accepted: a mapping by name")
    return dict(zip(names(given, what), given.values()))


def mappings(given: Sequence[Mapping[str, Any]] | Mapping[str, Any], what: str) -> list[dict[str, Any]]:
    """Mappings: a single one is one of them."""
    return [mapping(one, what) for one in ([given] if isinstance(given, Mapping) else given)]
