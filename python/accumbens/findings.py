"""Findings: what experiments observed, what each theory predicts there, and whether the two agree.

>>> asked = ask(["anccr", "td_csc", MyTheory()], subjects=20)
>>> asked.table, asked.totals
>>> asked.page("findings.html")
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import _native
from ._files import write
from ._names import names as _named
from ._progress import bar
from .tables import Table
from .theories import Theory, _labelled

__all__ = ["Finding", "Findings", "ask", "load", "names", "table"]


@dataclass(frozen=True)
class Finding:
    """What an experiment observed, and the tests by which a theory is asked about it."""

    name: str
    title: str
    #: What was observed, in words.
    observed: str
    #: Animals or cells.
    n: str
    #: On what the description rests: ``data``, ``read``, ``code`` or ``unverified``.
    evidence: str
    note: str
    #: Keys of its sources in the bibliography.
    source: list[str]
    #: The experiment of the catalogue.
    experiment: str
    #: Theories that the literature has confronted with it.
    tested: list[str]
    #: What each test says, the expression, its limits above and below, and what was observed.
    tests: list[tuple[str, str, float | None, float | None, float | None]]


class Findings:
    """Theory × finding. Made by :func:`ask`."""

    def __init__(self, findings: _native.Findings, command: str) -> None:
        self._findings = findings
        self._command = command
        self.results: dict[str, Any] = json.loads(findings.results())

    @property
    def table(self) -> Table:
        """One row a theory and finding: the verdict, why it cannot be said where it cannot, the share of the theory's
        prior that agrees (NaN where that was not asked), and the finding's evidence."""
        cells = self.results["cells"]
        evidence = dict(zip(self.results["findings"], self.results["evidence"]))
        columns = {key: [c[key] for c in cells] for key in ("finding", "theory", "verdict", "reason")}
        shares = [c["prior"]["agrees"] / c["prior"]["draws"] if c["prior"] else float("nan") for c in cells]
        return Table({**columns, "prior_agrees": shares, "evidence": [evidence[c["finding"]] for c in cells]})

    @property
    def tests(self) -> Table:
        """One row a theory and test: mean over simulated subjects, its 95 % interval, the verdict."""
        rows = []
        for cell in self.results["cells"]:
            for i, test in enumerate(cell["tests"]):
                estimate = test["estimate"] or {}
                numbers = [estimate.get(k) for k in ("mean", "low", "high")]
                rows.append([cell["finding"], cell["theory"], i + 1, *numbers, test["verdict"]])
        names = ("finding", "theory", "test", "mean", "low", "high", "verdict")
        columns = list(zip(*rows)) or [() for _ in names]
        return Table({name: list(column) for name, column in zip(names, columns)})

    @property
    def totals(self) -> Table:
        """How often each theory agrees, disagrees and cannot say."""
        words = ("agrees", "disagrees", "cannot_say")
        cells = self.results["cells"]
        theories = self.results["theories"]
        count = {w: [sum(c["theory"] == t and c["verdict"] == w for c in cells) for t in theories] for w in words}
        return Table({"theory": theories, **count})

    def page(self, path: str | os.PathLike[str]) -> None:
        """Writes the page in which each cell opens into its figure."""
        write(path, self._findings.page(self._command))

    def __repr__(self) -> str:
        r = self.results
        return f"{len(r['theories'])} theories on {len(r['findings'])} findings, {r['subjects']} subjects a cell\n{self.totals!r}"

    def _repr_html_(self) -> str:
        return self.totals._repr_html_()


def names() -> list[str]:
    """The names of all findings."""
    return _native.findings()


def load(name: str) -> Finding:
    """A finding of the catalogue. Raises ``ValueError`` where none has this name."""
    return Finding(**_native.finding(name))


def table() -> Table:
    """The catalogue: name, title, experiment, evidence, sources."""
    all_of_them = [load(name) for name in names()]
    return Table(
        {
            "finding": [f.name for f in all_of_them],
            "title": [f.title for f in all_of_them],
            "experiment": [f.experiment for f in all_of_them],
            "evidence": [f.evidence for f in all_of_them],
            "source": [", ".join(f.source) for f in all_of_them],
        }
    )


def ask(
    theories: Sequence[Theory | str] | Mapping[str, Theory] | Theory | str | None = None,
    findings: Sequence[str] | str | None = None,
    *,
    subjects: int = 20,
    prior: int = 0,
    seed: int = 1,
    threads: int | None = None,
    progress: bool = True,
) -> Findings:
    """Asks theories (all but the nulls where none are named) about findings (all where none are named).

    Each cell is a mean over ``subjects`` simulated subjects. With ``prior`` each theory is asked at so many quasi-random
    points of its prior too, in three subjects each, and says how much of it agrees. The same seed gives the same table on any number of threads.
    After Ctrl-C the cells that are done are returned, with a warning.
    """
    asked = names() if findings is None else _named(findings, "findings")
    labelled = _labelled(theories, _native.findings_usual())
    with bar("asking theories", progress) as tick:
        made = _native.ask(labelled, asked, subjects, seed, threads, tick, prior)
    return Findings(made, "accumbens.findings.ask(...)")
