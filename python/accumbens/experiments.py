"""Experiments: declarations that, given a seed, yield what happens to each subject.

>>> experiment = load("schultz1997")              # of the catalogue, or a .toml file
>>> experiment.sessions(subject=3)[0].log
>>> own = declare(
...     title="a tone, then juice", source=["mine"],
...     event=[{"name": "tone"}, {"name": "juice", "role": "outcome"}],
...     phase=[{"name": "training", "sessions": 2, "trials": 40, "iti": {"exponential": 20.0, "min": 5.0},
...             "trial": [{"events": [{"event": "tone", "at": 0.0}, {"event": "juice", "at": 2.0}]}]}],
... )
"""

from __future__ import annotations

import html
import json
import os
from dataclasses import dataclass
from typing import Any

from . import _native
from .events import EventLog, Kind
from .tables import Table

__all__ = ["Experiment", "Session", "declare", "load", "names", "parse", "schema", "table"]


@dataclass(eq=False)
class Session:
    """One session of one subject, on its own clock."""

    #: Phase and number, for example ``acquisition-2``.
    name: str
    #: What happens.
    log: EventLog
    #: How long it lasts, s.
    duration: float
    #: What is done to dopamine and to parameters.
    schedule: dict[str, Any]
    #: What the animal may do.
    choices: list[dict[str, Any]]


class Experiment:
    """What happens to each group of subjects, phase after phase. Made by :func:`load`, :func:`parse`, :func:`declare`."""

    def __init__(self, experiment: _native.Experiment, name: str = "") -> None:
        self._experiment = experiment
        #: Its name in the catalogue, or the place from which it was read.
        self.name = name

    @property
    def title(self) -> str:
        """What it is, in one line."""
        return self._experiment.title

    @property
    def note(self) -> str:
        """What is known, assumed or unverified about the design."""
        return self._experiment.note

    @property
    def source(self) -> list[str]:
        """Keys of its sources in the bibliography."""
        return self._experiment.source

    @property
    def groups(self) -> list[str]:
        """The groups of subjects."""
        return self._experiment.groups

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of event, in the order in which theories see them."""
        return [Kind(*row) for row in self._experiment.kinds()]

    @property
    def toml(self) -> str:
        """The declaration as it stands in a file."""
        return self._experiment.text

    @property
    def declaration(self) -> dict[str, Any]:
        """The declaration as values, which :func:`declare` takes."""
        return json.loads(self._experiment.declaration())

    def sessions(self, group: str | None = None, subject: int = 1, seed: int = 1) -> list[Session]:
        """The sessions of one subject (from 1) of a group, the first where none is named."""
        rows = self._experiment.sessions(group, subject, seed)
        return [
            Session(
                name=row["name"],
                log=EventLog._of(row["log"]),
                duration=row["duration"],
                schedule=json.loads(row["schedule"]),
                choices=json.loads(row["choices"]),
            )
            for row in rows
        ]

    def register(self, name: str) -> Experiment:
        """Makes it known by a name in this process: to ``load``, ``simulate`` and the command."""
        self._experiment.add(name)
        self.name = name
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return parse, (self.toml, self.name)

    def __repr__(self) -> str:
        return f"Experiment {self.name or '(declared)'}: {self.title}; groups {', '.join(self.groups)}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p><pre>{html.escape(self._experiment.timeline())}</pre>"


def names() -> list[str]:
    """The names of all experiments of the catalogue."""
    return _native.experiments()


def table() -> Table:
    """The catalogue: name, title, groups, sources."""
    all_of_them = [load(name) for name in names()]
    return Table(
        {
            "experiment": [e.name for e in all_of_them],
            "title": [e.title for e in all_of_them],
            "groups": [", ".join(e.groups) for e in all_of_them],
            "source": [", ".join(e.source) for e in all_of_them],
        }
    )


def load(name: str | os.PathLike[str]) -> Experiment:
    """An experiment of the catalogue, or of a ``.toml`` file.

    Raises ``ValueError`` where none is called so, or with the file's line where it cannot be run; ``OSError`` where a file
    cannot be read.
    """
    text = os.fspath(name)
    if text.endswith(".toml"):
        with open(text, encoding="utf-8") as file:
            return parse(file.read(), text)
    return Experiment(_native.Experiment.by_name(text), text)


def opened(experiment: Experiment | str | os.PathLike[str]) -> Experiment:
    """The experiment, or the one that a name or a file says."""
    return experiment if isinstance(experiment, Experiment) else load(experiment)


def parse(toml: str, name: str = "experiment") -> Experiment:
    """An experiment from TOML; ``name`` stands in errors."""
    return Experiment(_native.Experiment.parse(name, toml), name)


def declare(**fields: Any) -> Experiment:
    """An experiment from values, with the fields of a file: ``title``, ``source``, ``event``, ``group``, ``phase``.

    Raises ``ValueError`` where it cannot be run, with the field.
    """
    return Experiment(_native.Experiment.declared("declaration", json.dumps(fields)))


def schema() -> dict[str, Any]:
    """The JSON Schema of an experiment file."""
    return json.loads(_native.experiment_schema())
