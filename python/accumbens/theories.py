"""Theories of dopamine: the registry, one class a theory, and the base of theories written in Python.

>>> theory = Anccr(w=0.4)                     # every theory of the registry is a class of this module
>>> theory = by_name("td_csc+tonic", alpha=0.1)
>>> theory.w, theory.parameters_by_name

A theory of your own derives from :class:`Theory` and works wherever one of the registry does:

>>> class Surprise(Theory):
...     '''Dopamine is how rare an event has been.'''
...     parameters = [Parameter("alpha", 0.1, "Learning rate.", low=0.0, high=1.0)]
...     def start(self, kinds):
...         return np.zeros(len(kinds))
...     def observe(self, state, events, dopamine):
...         for event in events:
...             rate = state[event.kind]
...             dopamine.respond(event.time, 1.0 - rate)
...             state *= 1.0 - self.alpha
...             state[event.kind] += self.alpha
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from . import _native
from ._declared import Channel, Parameter
from ._names import names as _listed_names
from ._simulate import Simulation, simulate
from .events import Event, EventLog, Kind
from .tables import Table

if TYPE_CHECKING:
    from .experiments import Experiment

__all__ = ["Channel", "Parameter", "Simulation", "Theory", "by_name", "names", "register", "simulate", "wrappers"]


class Theory:
    """Parameters and laws of change; it lives through an event log and releases dopamine.

    Instances are values: their parameters are attributes, and ``replace`` makes a copy with others.

    To write one, derive from it, list ``parameters``, and define ``start`` and ``observe``, and ``advance`` where
    silence matters. It never sees the future. Dopamine goes out through one door, ``dopamine.respond(time, value)`` once
    for each event in answer to it (or ``dopamine.release(time, value)`` for all that happened since the last release, as
    a time-step theory does); both return what really came out, and that is what a theory must learn from: so that light,
    drugs and lesions act on it. What it raises, an event it never answers, a channel it does not have end every life, fit,
    finding and recording with a ``RuntimeError`` that names theory, parameters, event and time; the exception itself is the
    cause. Dopamine that is no finite number ends the life too, but a fit counts such parameters as the worst and goes on.
    ``accumbens.testing.check_theory`` says what else it owes.
    """

    #: Its name on the command line; the class's own in small letters where absent.
    name: ClassVar[str] = ""
    #: What it says, in one line; the first line of the class's account of itself where absent.
    summary: ClassVar[str] = ""
    #: The family under which variants share one vote in a comparison; its name where absent.
    family: ClassVar[str] = ""
    #: What counts as dopamine in it.
    releases: ClassVar[str] = ""
    #: Keys of its papers in the bibliography.
    papers: ClassVar[Sequence[str]] = ()
    #: What it can be asked about: cue, outcome, omission, moments, action, behaviour, latency, liking.
    speaks: ClassVar[Sequence[str]] = ("cue", "outcome")
    #: Whether its dopamine is a signed error that it learns from, so that a precision may scale it.
    error: ClassVar[bool] = False
    #: Its parameters.
    parameters: ClassVar[Sequence[Parameter]] = ()

    _registered: ClassVar[str | None] = None
    _handle_made: _native.Theory | None
    _values: dict[str, Any]

    def __init__(self, **parameters: Any) -> None:
        if self._registered is not None:
            handle = _native.Theory.parse(self._registered).with_parameters(_given(parameters))
        elif type(self) is Theory:
            raise TypeError("a theory is one of accumbens.theories, by_name(...) or a class derived from Theory")
        else:
            handle = _native.Theory.own(_declared(type(self))).with_parameters(_given(parameters))
        self._take(handle)

    def _take(self, handle: _native.Theory) -> None:
        self.__dict__["_handle_made"] = handle
        self.__dict__["_values"] = handle.parameters()

    @classmethod
    def _of(cls, handle: _native.Theory) -> Theory:
        made = cls.__new__(cls)
        made._take(handle)
        return made

    @classmethod
    def _made(cls, values: dict[str, Any]) -> Theory:
        """An instance for one life, whose parameters may change meanwhile."""
        made = cls.__new__(cls)
        made.__dict__.update(_handle_made=None, _values=values)
        return made

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("_values", {})
        if name[:-1] in keyword.kwlist and name.endswith("_"):
            name = name[:-1]
        if name in values:
            return values[name]
        known = ", ".join(values) or "none"
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}; its parameters: {known}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__.get("_values", {}):
            raise AttributeError(f"a theory is a value: theory.replace({name}={value!r}) makes another")
        super().__setattr__(name, value)

    @property
    def _handle(self) -> _native.Theory:
        if self._handle_made is None:
            raise RuntimeError("a theory in the middle of its life is not a value")
        return self._handle_made

    @property
    def label(self) -> str:
        """Its name with those of its wrappers."""
        return self._handle.name

    @property
    def values(self) -> dict[str, Any]:
        """Its parameters with their values."""
        return dict(self._values)

    @property
    def info(self) -> dict[str, Any]:
        """Summary, family, papers, what it speaks of, its account of itself, and its parameter table."""
        return self._handle.info()

    def replace(self, **parameters: Any) -> Theory:
        """A copy with other parameters. Raises ``ValueError`` where a name is unknown or a value outside its domain."""
        return type(self)._of(self._handle.with_parameters(_given(parameters)))

    def wrapped(self, wrapper: str, **parameters: Any) -> Theory:
        """The theory in a wrapper (``precision``, ``tonic``), with parameters of either."""
        return Theory._of(self._handle.wrapped(wrapper).with_parameters(_given(parameters)))

    def simulate(self, what: EventLog | Experiment | str, **options: Any) -> Simulation:
        """Lets it live through a log or an experiment: see :func:`simulate`."""
        return simulate(what, self, **options)

    # What a theory written in Python defines.

    def start(self, kinds: list[Kind]) -> Any:
        """The state at time 0: anything that can be pickled and changed in place."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it starts")

    def advance(self, state: Any, until: float, dopamine: _native.Dopamine) -> None:
        """Silence, up to ``until`` (s). Several calls in a row mean the same as the last of them."""

    def observe(self, state: Any, events: list[Event], dopamine: _native.Dopamine) -> None:
        """Simultaneous events, after the silence up to their time."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it does at an event")

    def finish(self, state: Any, until: float, dopamine: _native.Dopamine) -> None:
        """The recording ends at ``until``."""
        self.advance(state, until, dopamine)

    def channels(self, kinds: list[Kind]) -> Sequence[Channel]:
        """Its signals on a log of these kinds."""
        return [Channel("dopamine")]

    def drive(self, state: Any, kind: int) -> float | tuple[float, float] | None:
        """How strongly a cue or an action moves the animal: wanting, or wanting and preference, in units of outcome."""
        return None

    def pace(self, state: Any) -> float | None:
        """The average reward an animal forgoes in a second of sloth, in units of outcome a second."""
        return None

    def tell(self, log: EventLog) -> Sequence[str]:
        """Takes from the log what it has to be told and cannot learn; returns it in words."""
        return ()

    def tell_session(self, log: EventLog) -> Mapping[str, float]:
        """Parameters that a comparison must tell it at the start of each session."""
        return {}

    def check(self) -> None:
        """Raises ``ValueError`` where parameters contradict one another."""

    def describe(self, state: Any) -> Any:
        """The end state in words a user can read: anything that JSON can hold."""
        return None

    # What the compiled part calls.

    def _start(self, rows: list[tuple[str, str, int | None, float]]) -> Any:
        return self.start([Kind(*row) for row in rows])

    def _observe(self, state: Any, rows: list[tuple[float, int, float]], dopamine: _native.Dopamine) -> None:
        self.observe(state, [Event(*row) for row in rows], dopamine)

    def _channels(self, rows: list[tuple[str, str, int | None, float]]) -> list[tuple[str, str, str, bool]]:
        channels = self.channels([Kind(*row) for row in rows])
        return [(c.name, c.signal, c.unit, c.dopamine) for c in channels]

    def _drive(self, state: Any, kind: int) -> tuple[float, float] | None:
        drive = self.drive(state, kind)
        if drive is None:
            return None
        return (float(drive[0]), float(drive[1])) if isinstance(drive, tuple) else (float(drive), float(drive))

    def _tell(self, log: _native.EventLog) -> list[str]:
        return list(self.tell(EventLog._of(log)))

    def _tell_session(self, log: _native.EventLog) -> list[tuple[str, float]]:
        return [(name, float(value)) for name, value in self.tell_session(EventLog._of(log)).items()]

    def _change(self, name: str, value: float) -> None:
        self._values[name] = value

    def _describe(self, state: Any) -> str:
        return json.dumps(self.describe(state), default=_listed)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Theory):
            return NotImplemented
        return type(self) is type(other) and self.label == other.label and self._values == other._values

    def __hash__(self) -> int:
        return hash((self.label, tuple(sorted(self._values.items(), key=lambda item: item[0]))))

    def __reduce__(self) -> tuple[Any, ...]:
        if type(self)._registered is None and type(self) is not Theory:
            return _rebuilt, (type(self), self.values)
        return _named, (self.label, self.values)

    def __repr__(self) -> str:
        usual = {p["name"]: p["default"] for p in self.info["parameters"]}
        changed = ", ".join(f"{k}={v!r}" for k, v in self._values.items() if v != usual[k])
        if type(self) is Theory:
            return f"by_name({', '.join([repr(self.label), *([changed] if changed else [])])})"
        return f"{type(self).__name__}({changed})"

    def _repr_html_(self) -> str:
        info = self.info
        rows = info["parameters"]
        table = Table(
            {
                "parameter": [p["name"] for p in rows],
                "value": [str(self._values[p["name"]]) for p in rows],
                "domain": [p["domain"] for p in rows],
                "unit": [p["unit"] for p in rows],
                "meaning": [p["doc"] for p in rows],
            }
        )
        return f"<p><b>{info['name']}</b>: {info['summary']}</p>{table._repr_html_()}"


def _rebuilt(cls: type[Theory], values: dict[str, Any]) -> Theory:
    return cls(**values)


def _named(label: str, values: dict[str, Any]) -> Theory:
    return by_name(label, **values)


def _listed(value: Any) -> Any:
    """What JSON does not know: arrays as lists, and anything else as text."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _given(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as the compiled part takes them; ``lambda_`` is ``lambda``."""
    named = {k[:-1] if k[:-1] in keyword.kwlist else k: v for k, v in parameters.items()}
    return {k: float(v) if isinstance(v, (bool, int)) else v for k, v in named.items()}


def _own_name(cls: type[Theory]) -> str:
    return cls.__dict__.get("name") or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()


def _declared(cls: type[Theory]) -> _native.Declared:
    known = cls.__dict__.get("_declaration")
    if known is None:
        name, account = _own_name(cls), (cls.__doc__ or "").strip()
        about = {
            "name": name,
            "summary": cls.summary or (account.splitlines() or [name])[0],
            "family": cls.family or name,
            "dopamine": cls.releases or "what it releases",
            "papers": _listed_names(cls.papers, "papers"),
            "speaks": _listed_names(cls.speaks, "speaks"),
            "error": cls.error,
            "tells": cls.tell is not Theory.tell,
        }
        known = _native.Declared(cls, about, [p._row() for p in cls.parameters])
        cls._declaration = known  # type: ignore[attr-defined]
    return known


def register(cls: type[Theory]) -> type[Theory]:
    """Makes a theory of one's own known by its name in this process: to ``by_name``, findings and the command.

    A decorator. Raises ``ValueError`` where accumbens has a theory of this name.
    """
    import inspect

    cls()._handle.add(inspect.cleandoc(cls.__doc__ or ""))
    return cls


def names() -> list[str]:
    """The names of all theories."""
    return _native.theories()


def by_name(name: str, **parameters: Any) -> Theory:
    """A theory from ``NAME`` or ``NAME+WRAPPER``, or either with ``:parameter=value`` behind it.

    Raises ``ValueError`` where no theory is called so, with the names of those that exist.
    """
    return Theory._of(_native.Theory.parse(name).with_parameters(_given(parameters)))


def named(theory: Theory | str) -> Theory:
    """The theory, or the one that a name says."""
    return by_name(theory) if isinstance(theory, str) else theory


def wrappers() -> list[dict[str, Any]]:
    """What can be put around a theory: name, summary, papers and parameter table."""
    return _native.wrappers()


def _labelled(
    theories: Sequence[Theory | str] | Mapping[str, Theory] | Theory | str | None, usual: Sequence[str]
) -> list[Any]:
    """Theories with the labels under which they are reported, each once; a single one is one of them."""
    if isinstance(theories, (str, Theory)):
        theories = [theories]
    if isinstance(theories, Mapping):
        pairs = list(theories.items())
    else:
        given = list(usual) if theories is None else list(theories)
        pairs = [(t, by_name(t)) if isinstance(t, str) else (_label(t), t) for t in given]
    labels = [label for label, _ in pairs]
    for i, label in enumerate(labels):
        if label in labels[:i]:
            raise ValueError(f"{label!r} stands twice; a mapping gives each theory a label of its own")
    return [(label, theory._handle) for label, theory in pairs]


def _label(theory: Theory) -> str:
    usual = {p["name"]: p["default"] for p in theory.info["parameters"]}
    changed = [f":{k}={v}" for k, v in theory.values.items() if v != usual[k]]
    return theory.label + "".join(changed)


# One class a theory of the registry, made when the package is imported.
from . import _registry
from ._registry import *

__all__ += _registry.__all__
