"""Recordings of photometry: read from any format, cleaned step by step, written as NWB.

>>> held = read("mouse-1.ppd")
>>> cleaned = clean(held["analog_1"], reference=held["analog_2"], steps=[
...     {"step": "low_pass", "cutoff": 10.0},
...     {"step": "bleaching", "method": "exponential", "terms": 2},
...     {"step": "reference", "method": "robust"},
...     {"step": "dff", "over": "bleaching"},
... ])
>>> recording = held.recording("analog_1", reference="analog_2", outcomes={"reward": 1.0})   # on one clock, for a study
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native
from ._names import mappings, numbers
from .events import EventLog
from .tables import Table

__all__ = ["Channel", "Cleaned", "Events", "Holdings", "Recording", "Stream", "clean", "read", "write_nwb"]

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
class Holdings:
    """What a file holds: streams, each on its own clock, and events. ``holdings["name"]`` is a stream."""

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

    def log(self, **declared: Any) -> EventLog:
        """All events of the file as one log; ``declared`` says what names are, as :class:`EventLog` takes it."""
        rows: list[tuple[float, str, float | None]] = []
        for series in self.events:
            sized = len(series.magnitude) == len(series.time)
            magnitudes = series.magnitude.tolist() if sized else [None] * len(series.time)
            rows += [(t, series.name, m) for t, m in zip(series.time.tolist(), magnitudes)]
        rows.sort(key=lambda row: row[0])
        usual = dict.fromkeys(numbers(declared.get("outcomes", ()), "outcomes"), 1.0)
        known = [usual.get(name, 0.0) if m is None or not np.isfinite(m) else m for _, name, m in rows]
        return EventLog([t for t, _, _ in rows], [name for _, name, _ in rows], known, **declared)

    def recording(self, signal: str, reference: str | None = None, **declared: Any) -> Recording:
        """A signal, a reference read off at the signal's times, and the events, on one clock; for a study.

        ``declared`` says what names of events are, as :class:`EventLog` takes it.
        """
        streams = [self[name] for name in (signal, reference) if name is not None]
        time, data = _aligned(streams)
        return Recording(time, [Channel(s.name, s.unit, d) for s, d in zip(streams, data)], self.log(**declared))

    def __repr__(self) -> str:
        streams = ", ".join(f"{s.name} ({len(s.data)} samples)" for s in self.streams)
        events = ", ".join(f"{e.name} ({len(e.time)})" for e in self.events)
        who = " ".join(part for part in (self.subject, self.session) if part)
        return f"{self.format} {who}: streams {streams or 'none'}; events {events or 'none'}"


def _aligned(streams: Sequence[Stream]) -> tuple[Array, list[Array]]:
    """The times of the first stream and the data of all, those of the others read off the lines between their samples."""
    first, *others = streams
    kept = np.isfinite(first.time)
    time, data = first.time[kept], [first.data[kept]]
    for other in others:
        there = np.isfinite(other.time)
        data.append(np.interp(time, other.time[there], other.data[there]))
    return time, data


def _holdings(held: dict[str, Any]) -> Holdings:
    streams = [Stream(**stream) for stream in held["streams"]]
    events = [Events(**events) for events in held["events"]]
    return Holdings(**{**held, "streams": streams, "events": events})


def read(
    path: str | os.PathLike[str],
    *,
    time: str | None = None,
    time_unit: str | None = None,
    rate: float | None = None,
    stagger: bool = False,
) -> Holdings:
    """Reads a recording: NWB, pyPhotometry, Neurophotometrics, Doric, TDT, MAT 5, CSV, Parquet, or a session's folder.

    ``time`` names the column that is the clock, ``time_unit`` (``s``, ``ms``, ``us``) the unit of times and ``rate``
    (Hz) the rate of a file without a clock, where the file does not say so itself. With ``stagger`` channels that the
    device takes one after another stand each at its own time. Raises ``ValueError`` with the place of a fault.
    """
    return _holdings(_native.read(os.fspath(path), time, time_unit, rate, stagger))


@dataclass(eq=False)
class Channel:
    """One signal on the clock of its recording; NaN where there is no sample."""

    name: str
    unit: str
    data: Array


class Recording:
    """Signals on one clock and the events beside them; measured or simulated alike.

    ``time`` in s, strictly increasing, on the clock of ``events``. ``duration`` (s) is how long the session lasted from its
    start, where it went on after the last sample and event. ``recording["name"]`` is a channel's data. Stages take and give
    these, and studies are made of them. Raises ``ValueError`` where the clock goes back or a channel is not as long as it.
    """

    def __init__(
        self,
        time: ArrayLike,
        channels: Sequence[Channel],
        events: EventLog | None = None,
        *,
        duration: float = 0.0,
        history: Sequence[dict[str, Any]] = (),
    ) -> None:
        self.time: Array = np.ascontiguousarray(time, dtype=np.float64)
        self.channels = [Channel(c.name, c.unit, np.ascontiguousarray(c.data, dtype=np.float64)) for c in channels]
        self.events = EventLog([], []) if events is None else events
        clocks = [t for t in (self.time, self.events.time) if len(t)]
        #: How long the session lasted from its start, s: its first sample, or its first event where that is earlier.
        self.duration = max([duration, *(float(t[-1]) - self.start for t in clocks)])
        #: What was done to it, in order.
        self.history = list(history)
        if np.any(~np.isfinite(self.time)) or np.any(np.diff(self.time) <= 0):
            raise ValueError("clock: times that are not finite or go back; accepted: strictly increasing times in s")
        for channel in self.channels:
            if channel.data.shape != self.time.shape:
                problem = f"channels: {channel.name!r} has {channel.data.shape} samples, the clock {self.time.shape}"
                raise ValueError(f"{problem}; accepted: one sample a tick")

    @classmethod
    def _of(cls, held: dict[str, Any]) -> Recording:
        return cls(
            held["time"],
            [Channel(*channel) for channel in held["channels"]],
            EventLog._of(held["events"]),
            duration=held["duration"],
            history=json.loads(held["history"]),
        )

    def _given(self) -> dict[str, Any]:
        return {
            "time": self.time,
            "channels": [(c.name, c.unit, c.data) for c in self.channels],
            "events": self.events._log,
            "duration": self.duration,
            "history": json.dumps(self.history),
        }

    @property
    def start(self) -> float:
        """When the session starts on its clock, s: what the clock was set to changes nothing in a study made of it."""
        first = [float(t[0]) if len(t) else None for t in (self.time, self.events.time)]
        return _native.start(*first)

    def channel(self, name: str) -> Channel:
        """The channel of a name. Raises ``KeyError`` where there is none."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise KeyError(f"no channel {name!r}; there are {', '.join(c.name for c in self.channels)}")

    def __getitem__(self, name: str) -> Array:
        return self.channel(name).data

    def __contains__(self, name: object) -> bool:
        return any(c.name == name for c in self.channels)

    def put(self, name: str, unit: str, data: ArrayLike) -> Recording:
        """A recording with a channel in the place of the one of its name, or behind the others."""
        made = Channel(name, unit, np.asarray(data, dtype=np.float64))
        channels = [made if c.name == name else c for c in self.channels]
        channels += [] if name in self else [made]
        return Recording(self.time, channels, self.events, duration=self.duration, history=self.history)

    @property
    def table(self) -> Table:
        """Time and every channel, one row a tick."""
        return Table({"time": self.time, **{c.name: c.data for c in self.channels}})

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        names = ", ".join(f"{c.name} ({c.unit})" if c.unit else c.name for c in self.channels)
        return f"Recording of {self.duration:.4g} s, {len(self.time)} samples of {names or 'nothing'}; {self.events!r}"


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
    steps: Sequence[dict[str, Any]] | dict[str, Any],
    reference: Stream | None = None,
) -> Cleaned:
    """Cleans a signal by steps, each as it stands in a study file under ``[[clean]]``.

    A reference on another clock is read off the lines between its samples. Raises ``ValueError`` where a step does not
    fit.
    """
    channels = [signal] if reference is None else [signal, reference]
    time, data = _aligned(channels)
    recording = Recording(time, [Channel(n, s.unit, d) for n, s, d in zip(("signal", "reference"), channels, data)])
    told = json.dumps(mappings(steps, "steps"))
    other = None if reference is None else "reference"
    cleaned = Recording._of(_native.clean_recording(recording._given(), told, "signal", other))
    others = {c.name: c.data for c in cleaned.channels if c.name != "signal"}
    return Cleaned(cleaned.time, cleaned["signal"], others, cleaned.history)


def _started(text: str | None) -> datetime:
    try:
        started = datetime.fromisoformat(text) if text else datetime(1970, 1, 1)
    except ValueError:
        started = datetime(1970, 1, 1)
    return started if started.tzinfo else started.replace(tzinfo=timezone.utc)


def write_nwb(
    holdings: Holdings,
    path: str | os.PathLike[str],
    *,
    description: str = "Fibre photometry",
    subject: dict[str, Any] | None = None,
    session: dict[str, Any] | None = None,
) -> None:
    """Writes what a file holds as NWB (ndx-fiber-photometry), with its events, subject and where it came from.

    ``subject`` are fields of ``pynwb.file.Subject`` beside the id (species, sex, age, …), ``session`` those of
    ``pynwb.NWBFile`` (experimenter, lab, institution, keywords, …). Light goes to ``FiberPhotometryResponseSeries`` with
    a row of the fibre photometry table for its wavelengths, indicator and place; every event to an ``EventsTable``.
    Needs the extra: ``pip install 'accumbens[nwb]'``. The file is written beside its place and put there whole.
    """
    try:
        from ._nwb import write
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}; NWB is written with pip install 'accumbens[nwb]'") from error
    write(holdings, os.fspath(path), _started(holdings.started), description, subject or {}, session or {})


def _write_held(held: dict[str, Any], path: str) -> None:
    write_nwb(_holdings(held), path)
