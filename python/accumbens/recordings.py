"""Recordings of photometry: read from any format, cleaned step by step, written as NWB.

>>> recording = read("mouse-1.ppd")
>>> cleaned = clean(recording["analog_1"], reference=recording["analog_2"], steps=[
...     {"step": "low_pass", "cutoff": 10.0},
...     {"step": "bleaching", "method": "exponential", "terms": 2},
...     {"step": "reference", "method": "robust"},
...     {"step": "dff", "over": "bleaching"},
... ])
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _native

__all__ = ["Cleaned", "Events", "Recording", "Stream", "clean", "read", "write_nwb"]

Array = NDArray[np.float64]


@dataclass(eq=False)
class Stream:
    """One stream of samples: ``data`` in ``unit`` at ``time`` (s)."""

    name: str
    time: Array
    data: Array
    unit: str = ""
    #: Streams of one clock have samples at the same times.
    clock: str = ""
    #: ``light``, ``digital`` or ``other``.
    kind: str = "light"
    #: Peak wavelengths of excitation and emission, nm, where the file says them.
    excitation: float | None = None
    emission: float | None = None
    #: What else the file says: indicator, location, device.
    about: list[tuple[str, str]] = field(default_factory=list)
    #: What it could be (``signal``, ``reference``, ``processed``, ``none``) and why: a proposal.
    could_be: str = "none"
    why: str = ""
    #: First time (s) and samples a second (Hz) of a regular clock.
    start: float | None = None
    rate: float | None = None


@dataclass(eq=False)
class Events:
    """Things of one name that happened at ``time`` (s); ``magnitude`` and ``duration`` (s) are empty where unknown."""

    name: str
    time: Array
    magnitude: Array = field(default_factory=lambda: np.empty(0))
    duration: Array = field(default_factory=lambda: np.empty(0))


@dataclass(eq=False)
class Recording:
    """What a file holds. ``recording["name"]`` is a stream."""

    format: str
    streams: list[Stream]
    events: list[Events]
    subject: str | None = None
    session: str | None = None
    started: str | None = None
    #: What the reader had to decide, and what it found odd.
    notes: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Stream:
        for stream in self.streams:
            if stream.name == name:
                return stream
        raise KeyError(f"no stream {name!r}; there are {', '.join(s.name for s in self.streams)}")

    def __iter__(self) -> Iterator[Stream]:
        return iter(self.streams)


def _recording(held: dict[str, Any]) -> Recording:
    streams = [Stream(**stream) for stream in held["streams"]]
    events = [Events(**events) for events in held["events"]]
    return Recording(**{**held, "streams": streams, "events": events})


def read(
    path: str | os.PathLike[str],
    *,
    time: str | None = None,
    time_unit: str | None = None,
    rate: float | None = None,
    stagger: bool = False,
) -> Recording:
    """Reads a recording: NWB, pyPhotometry, Neurophotometrics, Doric, TDT, MAT 5, CSV, Parquet, or a session's folder.

    ``time`` names the column that is the clock, ``time_unit`` (``s``, ``ms``, ``us``) the unit of times and ``rate``
    (Hz) the rate of a file without a clock, where the file does not say so itself. With ``stagger`` channels that the
    device takes one after another stand each at its own time. Raises ``ValueError`` with the place of a fault.
    """
    return _recording(_native.read(os.fspath(path), time, time_unit, rate, stagger))


@dataclass(eq=False)
class Cleaned:
    """A cleaned signal: ``data`` at ``time`` (s), with fitted curves and what every step did and found."""

    time: Array
    data: Array
    #: The other channels: the reference, and curves such as ``signal bleaching``.
    channels: dict[str, Array]
    history: list[dict[str, Any]]


def clean(
    signal: Stream,
    steps: Sequence[dict[str, Any]],
    reference: Stream | None = None,
) -> Cleaned:
    """Cleans a signal by steps, each as it stands in a study file under ``[[clean]]``.

    A reference on another clock is read off the lines between its samples. Raises ``ValueError`` where a step does not
    fit.
    """
    kept = np.isfinite(signal.time)
    time = np.ascontiguousarray(signal.time[kept], dtype=np.float64)
    channels = {"signal": np.ascontiguousarray(signal.data[kept], dtype=np.float64)}
    if reference is not None:
        there = np.isfinite(reference.time)
        data = np.interp(time, reference.time[there], reference.data[there])
        channels["reference"] = np.ascontiguousarray(data, dtype=np.float64)
    name = None if reference is None else "reference"
    out = _native.clean(time, channels, json.dumps(list(steps)), "signal", name)
    data = out["channels"].pop("signal")
    return Cleaned(out["time"], data, out["channels"], json.loads(out["history"]))


def _started(text: str | None) -> datetime:
    try:
        started = datetime.fromisoformat(text) if text else datetime(1970, 1, 1)
    except ValueError:
        started = datetime(1970, 1, 1)
    return started if started.tzinfo else started.replace(tzinfo=timezone.utc)


def write_nwb(
    recording: Recording,
    path: str | os.PathLike[str],
    *,
    description: str = "Fibre photometry",
    subject: dict[str, Any] | None = None,
    session: dict[str, Any] | None = None,
) -> None:
    """Writes a recording as NWB (ndx-fiber-photometry), with its events, subject and where it came from.

    ``subject`` are fields of ``pynwb.file.Subject`` beside the id (species, sex, age, …), ``session`` those of
    ``pynwb.NWBFile`` (experimenter, lab, institution, keywords, …). Light goes to ``FiberPhotometryResponseSeries`` with
    a row of the fibre photometry table for its wavelengths, indicator and place; every event to an ``EventsTable``.
    Needs the extra: ``pip install 'accumbens[nwb]'``. The file is written beside its place and put there whole.
    """
    try:
        from ._nwb import write
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}; NWB is written with pip install 'accumbens[nwb]'") from error
    write(recording, os.fspath(path), _started(recording.started), description, subject or {}, session or {})


def _write_held(held: dict[str, Any], path: str) -> None:
    write_nwb(_recording(held), path)
