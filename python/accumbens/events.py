"""What happened: event logs, with what each kind of event is to the animal.

>>> log = EventLog([1.0, 3.0, 9.0, 11.0], ["tone", "juice", "tone", "juice"], outcomes={"juice": 1.0})
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native
from ._names import mapping, names, numbers
from .tables import Table

__all__ = ["Event", "EventLog", "Kind", "read_csv"]


class Kind(NamedTuple):
    """One sort of event."""

    name: str
    #: ``cue``, ``outcome``, ``action``, ``offset`` or ``omission``.
    role: str = "cue"
    #: The place, in the log's kinds, of the kind whose offset or omission it is.
    of: int | None = None
    #: Innate value: reward per unit of magnitude of an outcome.
    value: float = 0.0


class Event(NamedTuple):
    """One thing that happened: when (s), the place of its kind in the log's kinds, how much."""

    time: float
    kind: int
    magnitude: float


class EventLog:
    """What happened, in the order of time.

    ``time`` is in s, from the start of the session where theories are simulated; a :class:`~accumbens.fit.Study` moves
    every session to its start itself. A name in ``event`` that nothing is said about is a cue. ``outcomes`` are things
    good or bad in themselves with their innate values (names alone mean 1 each), ``omissions`` moments at which another
    kind would have come and did not, ``actions`` what the animal does, ``values`` innate values of any kind. Where names
    are wanted a single text is one name. ``magnitude`` is 1 for outcomes and 0 for the rest where absent. Raises
    ``ValueError`` where times go back, or a name is declared that never happens: a kind that does not, of an extinction
    say, is declared by :meth:`of_kinds`.
    """

    def __init__(
        self,
        time: ArrayLike,
        event: Sequence[str],
        magnitude: ArrayLike | None = None,
        *,
        outcomes: Mapping[str, float] | Sequence[str] | str = (),
        omissions: Mapping[str, str] | None = None,
        actions: Sequence[str] | str = (),
        values: Mapping[str, float] | None = None,
    ) -> None:
        self._log = _native.EventLog.named(
            _floats(time),
            [str(e) for e in ([event] if isinstance(event, str) else event)],
            None if magnitude is None else _floats(magnitude),
            numbers(outcomes, "outcomes"),
            mapping(omissions or {}, "omissions"),
            {name: float(value) for name, value in mapping(values or {}, "values").items()},
            names(actions, "actions"),
        )

    @classmethod
    def of_kinds(
        cls, time: ArrayLike, kind: ArrayLike, kinds: Sequence[Kind], magnitude: ArrayLike | None = None
    ) -> EventLog:
        """A log from the places of kinds in ``kinds``."""
        rows = np.ascontiguousarray(kind, dtype=np.uint32)
        magnitudes = None if magnitude is None else _floats(magnitude)
        return cls._of(_native.EventLog.of_kinds(_floats(time), rows, magnitudes, [tuple(k) for k in kinds]))

    @classmethod
    def _of(cls, log: _native.EventLog) -> EventLog:
        made = cls.__new__(cls)
        made._log = log
        return made

    @property
    def time(self) -> NDArray[np.float64]:
        """Times, s."""
        return self._log.time

    @property
    def kind(self) -> NDArray[np.uint32]:
        """The place of each event's kind in ``kinds``."""
        return self._log.kind

    @property
    def magnitude(self) -> NDArray[np.float64]:
        """Magnitudes."""
        return self._log.magnitude

    @property
    def kinds(self) -> list[Kind]:
        """The kinds, in the order in which theories see them."""
        return [Kind(*row) for row in self._log.kinds]

    @property
    def event(self) -> list[str]:
        """The name of each event."""
        called = [k.name for k in self.kinds]
        return [called[i] for i in self.kind]

    @property
    def table(self) -> Table:
        """The log as a table."""
        return Table({"time": self.time, "event": self.event, "magnitude": self.magnitude})

    def times(self, name: str) -> NDArray[np.float64]:
        """The times of one kind, s. Raises ``KeyError`` where no kind has this name."""
        called = [k.name for k in self.kinds]
        if name not in called:
            raise KeyError(f"no event is called {name!r}; there are {', '.join(called)}")
        return self.time[self.kind == called.index(name)]

    def __len__(self) -> int:
        return len(self._log)

    def __iter__(self) -> Iterator[Event]:
        rows = zip(self.time.tolist(), self.kind.tolist(), self.magnitude.tolist())
        return (Event(*row) for row in rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EventLog) and self._log == other._log

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return EventLog.of_kinds, (self.time, self.kind, self.kinds, self.magnitude)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        counts = np.bincount(self.kind, minlength=len(self.kinds))
        said = ", ".join(f"{n} {k.name} ({k.role})" for k, n in zip(self.kinds, counts))
        last = f", to {self.time[-1]:.4g} s" if len(self) else ""
        return f"EventLog of {len(self)} events{last}: {said}"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>{self.table._repr_html_()}"


def read_csv(path: str | os.PathLike[str], **declared: Any) -> EventLog:
    """A log from a file with the header ``time,event,magnitude`` (magnitude may be left out); times in s.

    ``declared`` says what names are, as :class:`EventLog` takes it. A magnitude that is not there is the usual one: 1 for
    outcomes, 0 for the rest. Raises ``ValueError`` with the line of a fault.
    """
    time, event, magnitude = _native.read_events(os.fspath(path))
    log = EventLog(time, event, **declared)
    usual = np.isnan(magnitude)
    return EventLog(time, event, np.where(usual, log.magnitude, magnitude), **declared)


def _floats(values: ArrayLike) -> NDArray[np.float64]:
    return np.ascontiguousarray(values, dtype=np.float64)
