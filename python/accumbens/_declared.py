"""What a theory written in Python says of its parameters and signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """A parameter of a theory written in Python.

    What it may be follows from its default and what else is said: a number from ``low`` to ``high`` (``positive``: above
    0; ``whole``: without fraction), a flag where the default is true or false, one of ``words`` where it is a word. With
    a ``prior``, ``("log_normal", median, sd of the log)`` or ``("logit_normal", median, sd of the logit)``, it is fitted.
    A ``fixed`` parameter shapes the state and cannot change while the theory lives.
    """

    name: str
    default: float | bool | str | None
    doc: str
    low: float = -float("inf")
    high: float = float("inf")
    positive: bool = False
    whole: bool = False
    words: tuple[str, ...] = ()
    unit: str = ""
    #: Key of the source of the default in the bibliography.
    source: str = ""
    prior: tuple[str, float, float] | None = None
    fixed: bool = False

    def _row(self) -> dict[str, Any]:
        domain, default = "real", self.default
        low, high = self.low, self.high
        if isinstance(default, bool):
            domain = "flag"
        elif isinstance(default, str):
            if default not in self.words:
                raise ValueError(f"parameter {self.name}: {default!r} is none of its words {', '.join(self.words)}")
            domain, default = "choice", self.words.index(default)
        elif self.whole:
            domain, low, high = "count", max(low, 0.0), min(high, 2.0**32 - 1)
        elif self.positive:
            domain = "positive"
        return {
            "name": self.name,
            "default": None if default is None else float(default),
            "domain": domain,
            "low": float(low),
            "high": float(high),
            "words": list(self.words),
            "unit": self.unit,
            "doc": self.doc,
            "source": self.source,
            "prior": self.prior,
            "fixed": self.fixed,
        }


@dataclass(frozen=True)
class Channel:
    """One of a theory's signals: which it carries (``dopamine``, or a word that a region knows), and its unit."""

    name: str
    signal: str = "dopamine"
    unit: str = "theory's own"
    #: Whether light and drugs on dopamine touch it.
    dopamine: bool = True
