"""The compiled part of accumbens."""

from collections.abc import Sequence
from typing import Any

__version__: str

def theories() -> list[str]:
    """The names of all theories."""

def describe(name: str) -> dict[str, Any]:
    """A theory's summary, family, papers and parameter table."""

def simulate(
    theory: str,
    times: Sequence[float],
    events: Sequence[str],
    magnitudes: Sequence[float],
    outcomes: dict[str, float],
    parameters: dict[str, float | str] | None = None,
    end: float | None = None,
) -> dict[str, list[Any]]:
    """The dopamine a theory releases on an event log: columns ``time`` (s), ``event``, ``channel`` and ``dopamine``."""
