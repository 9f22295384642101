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

def gae(arrays: dict[str, Any], gamma: float, lam: float) -> NDArray[np.float32]:
    """Generalised advantages of flat arrays."""

def vtrace(
    arrays: dict[str, Any], ratios: NDArray[np.float32], gamma: float, lam: float, rho: float, c: float
) -> NDArray[np.float32]:
    """V-trace corrections of flat arrays."""

def group_advantages(
    rewards: NDArray[np.float64],
    groups: NDArray[np.int64],
    centre: str,
    prior: float | None,
    pooled: float | None,
) -> NDArray[np.float64]:
    """Advantages of rewards in their groups."""

def shaped(
    rewards: NDArray[np.float64], potentials: NDArray[np.float64], gamma: float, terminated: bool
) -> NDArray[np.float64]:
    """Rewards shaped by potentials."""

class Adjusted:
    """Weights of events that come together."""

    def __init__(self, keys: int, half_life: float, ridge: float) -> None: ...
    def learn(self, traces: NDArray[np.float64], outcomes: NDArray[np.float64]) -> None: ...
    def weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...

class Credit:
    """Settings of credit, what earlier batches taught, and the signal of the next."""

    def __init__(
        self,
        weights: Sequence[float],
        mode: str,
        centre: str,
        prior: float | None,
        precision: bool,
        half_life: float,
        z0: float,
        gate: float,
    ) -> None: ...
    def give(
        self,
        events: NDArray[np.int32],
        mask: NDArray[np.bool_],
        rewards: NDArray[np.float64],
        groups: NDArray[np.int64],
        contexts: NDArray[np.uint32] | None,
        length: int,
    ) -> dict[str, Any]: ...
    def state(self) -> str: ...
    def restore(self, state: str) -> None: ...

class Contingency:
    """Retrospective contingency, event by event."""

    def __init__(
        self,
        keys: int,
        targets: Sequence[int],
        time: float,
        half_life: float,
        successor: float,
        z0: float,
        start: float,
    ) -> None: ...
    def observe(
        self, keys: NDArray[np.uint32], times: NDArray[np.float64], magnitudes: NDArray[np.float64]
    ) -> None: ...
    def reset(self, time: float) -> None: ...
    def net(self, target: int) -> dict[str, NDArray[np.float64]]: ...
