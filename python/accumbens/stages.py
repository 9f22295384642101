"""Stages: a recording in, a recording out. Forward from a theory to its light, and backward from light to a clean signal.

>>> chain = Chain(sensor="dLight1.3b", drugs=["cocaine:10@600"])
>>> recorded = chain.record("schultz1997", "td_csc")
>>> clean = apply(recorded["acquisition-1"], Clean([...], signal="signal", reference="isosbestic"))

A stage of your own is anything with a method ``apply(recording)`` that returns a recording; :func:`apply` and
``Study.through`` take it as they take these.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from . import _native
from ._files import write
from ._names import names as _named
from ._progress import bar
from .experiments import Experiment, opened
from .recordings import Recording
from .theories import Theory, named

__all__ = ["Chain", "Clean", "Noise", "Recorded", "Sensor", "Stage", "apply", "projections", "sensors", "teaching"]


@runtime_checkable
class Stage(Protocol):
    """One step of the forward chain or the backward one."""

    def apply(self, recording: Recording) -> Recording:
        """What becomes of the recording; the one that is given is not changed."""
        ...


def apply(recording: Recording, *stages: Stage | Callable[[Recording], Recording]) -> Recording:
    """Sends a recording through stages, one after the other. Raises ``TypeError`` where one gives no recording."""
    for stage in stages:
        made = stage.apply(recording) if isinstance(stage, Stage) else stage(recording)
        if not isinstance(made, Recording):
            raise TypeError(f"{stage!r} gave {type(made).__name__}; accepted: a recording")
        recording = made
    return recording


@dataclass(frozen=True)
class Clean:
    """Cleans a channel by steps, each as it stands in a study file under ``[[clean]]``."""

    steps: Sequence[Mapping[str, Any]]
    signal: str = "signal"
    reference: str | None = None

    def apply(self, recording: Recording) -> Recording:
        steps = json.dumps([dict(step) for step in self.steps])
        return Recording._of(_native.clean_recording(recording._given(), steps, self.signal, self.reference))


@dataclass(frozen=True)
class Sensor:
    """Filters a channel through a sensor: of the catalogue, or ``{"name", "rise", "decay"}`` with times in s."""

    sensor: str | Mapping[str, Any] = "dLight1.3b"
    from_channel: str = "dopamine"
    to_channel: str = "dff"
    unit: str = "% dF/F"
    #: Light for one unit of what is sensed.
    gain: float = 1.0

    def apply(self, recording: Recording) -> Recording:
        name, declared = _sensor(self.sensor)
        out = _native.through_sensor(
            recording._given(), name, declared, self.from_channel, self.to_channel, self.unit, self.gain
        )
        return Recording._of(out)


@dataclass(frozen=True)
class Noise:
    """Adds white noise and a slow drift to a channel; standard deviations in the channel's unit, ``time_constant`` in s."""

    channel: str
    white: float = 0.0
    drift: float = 0.0
    time_constant: float = 10.0
    seed: int = 1
    #: The name of the stream of chance: other names, other noise.
    stream: str = "noise"

    def apply(self, recording: Recording) -> Recording:
        given = recording._given()
        args = (self.channel, self.white, self.drift, self.time_constant, self.seed, self.stream)
        return Recording._of(_native.with_noise(given, *args))


def _sensor(sensor: str | Mapping[str, Any]) -> tuple[str, str | None]:
    if isinstance(sensor, Mapping):
        return str(sensor.get("name", "")), json.dumps(dict(sensor))
    return sensor, None


class Recorded(dict[str, Recording]):
    """The recordings of one subject by session."""

    def __init__(self, sessions: Mapping[str, Recording], lead: str) -> None:
        super().__init__(sessions)
        self._lead = lead

    def page(self, path: str, session: str | None = None) -> None:
        """Writes the page of the stages of a session, the first where none is named."""
        name = session or next(iter(self))
        write(path, _native.chain_page(self[name]._given(), name, self._lead))

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>{html.escape(n)}: {html.escape(repr(r))}</li>" for n, r in self.items())
        return f"<p>{html.escape(self._lead)}</p><ul>{rows}</ul>"


class Chain:
    """From a teaching signal to the fibre: neurons, release, diffusion and uptake, receptors, an indicator, light.

    ``projection`` and ``transmission`` name a projection and a set of parameters of firing, release and uptake;
    ``receptors`` how D1 and D2 bind (``ejdrup``, ``dreyer``, ``hunger``). ``parameters`` set those of stages, as
    ``{"space.Vmax": 2.0}``. ``patches`` act on stages, ``"[PROJECTION/]STAGE.PARAMETER*=VALUE@FROM:TO"`` with times in s: a
    lesion, light, a disease; ``knock_outs`` take genes away; ``drugs`` are doses
    ``"[PROJECTION/]DRUG:AMOUNT[:ROUTE][@TIME]"``. With ``conductances`` slow neurons fire by their conductances; with a
    ``lattice`` of so many voxels of 1 µm a side dopamine diffuses in space. Without ``fibre`` light is not recorded; with
    ``truth`` what no fibre sees is kept beside it.
    """

    def __init__(
        self,
        projection: str = "vta-core",
        *,
        transmission: str | None = None,
        receptors: str = "ejdrup",
        sensor: str | Mapping[str, Any] = "dLight1.3b",
        conductances: bool = False,
        lattice: int | None = None,
        parameters: Mapping[str, Any] | None = None,
        patches: Sequence[str] | str = (),
        knock_outs: Sequence[str] | str = (),
        drugs: Sequence[str] | str = (),
        fibre: bool = True,
        truth: bool = False,
        seed: int = 1,
    ) -> None:
        name, declared = _sensor(sensor)
        self.seed = seed
        self._chain = _native.Chain(
            {
                "projection": projection,
                "transmission": transmission,
                "receptors": receptors,
                "sensor": name,
                "sensor_declared": declared,
                "conductance": conductances,
                "lattice": lattice,
                "parameters": [(k, str(v)) for k, v in (parameters or {}).items()],
                "patches": _named(patches, "patches"),
                "knock_outs": _named(knock_outs, "knock_outs"),
                "drugs": _named(drugs, "drugs"),
                "fibre": fibre,
                "truth": truth,
            }
        )
        self._lead = f"the projection {projection} to {name}"

    def apply(self, recording: Recording) -> Recording:
        """Sends a recording with a channel ``teaching`` (see :func:`teaching`) through the chain."""
        return Recording._of(self._chain.apply(recording._given(), self.seed, "chain"))

    def record(
        self,
        experiment: Experiment | str,
        theory: Theory | str,
        *,
        group: str | None = None,
        subject: int = 1,
        sessions: int | None = None,
        unit: float | None = None,
        progress: bool = True,
    ) -> Recorded:
        """What a fibre would record in the sessions of a subject if the theory were true.

        ``unit`` is the size of dopamine, in the theory's own unit, that counts as 1 for the neurons; the root mean square
        of the subject's answers to events where absent.
        """
        lived = named(theory)
        declared = opened(experiment)
        with bar("recording sessions", progress, sessions) as tick:
            made = self._chain.record(
                lived._handle, declared._experiment, group, subject, sessions, unit, self.seed, tick
            )
        lead = f"{lived.label} in {declared.name or declared.title}, through {self._lead}."
        return Recorded({name: Recording._of(held) for name, held in made}, lead)


def teaching(signal: ArrayLike) -> Recording:
    """A teaching signal at each millisecond, in units of which 1 is an everyday answer, to be sent through a chain."""
    return Recording._of(_native.teaching_signal(np.ascontiguousarray(signal, dtype=np.float64)))


def sensors() -> list[str]:
    """The names of the catalogue's sensors."""
    return _native.sensors()


def projections() -> list[str]:
    """The names of the catalogue's projections."""
    return _native.projections()
