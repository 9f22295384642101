"""The compiled part of accumbens."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

def read(
    path: str | PathLike[str],
    time: str | None = None,
    time_unit: str | None = None,
    rate: float | None = None,
    stagger: bool = False,
) -> dict[str, Any]:
    """What a recording of any format holds."""

def clean(
    time: NDArray[np.float64],
    channels: dict[str, NDArray[np.float64]],
    steps: str,
    signal: str,
    reference: str | None = None,
) -> dict[str, Any]:
    """Channels on one clock, cleaned by steps given as JSON."""

def run(words: Sequence[str], write_nwb: Callable[[dict[str, Any], str], None]) -> int:
    """Runs the command; returns its exit status."""
