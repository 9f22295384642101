"""The clinic: accounts of disorders, treatments that act everywhere or in one circuit, and what studies found.

A model of accounts, not of patients, and no medical advice.

>>> treated = treat("schizophrenia", ["haloperidol:2", "core-release"], people=100)
>>> print(treated.answer)
>>> treated.effects, treated.claims
>>> ask(["ahmed1998-escalation"]).table
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from . import _native
from ._files import write
from ._names import names as _named
from ._progress import bar
from .choices import _table
from .tables import Table

__all__ = ["Asked", "Treated", "accounts", "ask", "findings", "studies", "treat", "treatments"]


def _catalogue() -> dict[str, Any]:
    return json.loads(_native.clinic_catalogue())


def accounts() -> Table:
    """The rival accounts of every disorder: what each says, its patches, how well it is borne out."""
    rows = [
        (a["name"], a["disorder"], a["says"], "; ".join(a["patches"]), a["evidence"], ", ".join(a["source"]))
        for a in _catalogue()["accounts"]
    ]
    return _table(rows, "account disorder says patches evidence source")


def treatments() -> Table:
    """The treatments: what each is, where it acts, its doses."""
    rows = [
        (t["name"], t["what"], t["kind"], ", ".join(f"{d:g}" for d in t["doses"]), t["unit"])
        for t in _catalogue()["treatments"]
    ]
    return _table(rows, "treatment what kind doses unit")


def studies() -> Table:
    """The studies behind the findings: what is done, the accounts that can be asked, what is measured."""
    rows = [(name, what, ", ".join(asked), ", ".join(measures)) for name, what, asked, measures in _catalogue()["studies"]]
    return _table(rows, "study what accounts measures")


def findings() -> list[str]:
    """The names of the findings of the clinic."""
    return _catalogue()["findings"]


class Treated:
    """What treatments did. Made by :func:`treat`."""

    def __init__(self, results: dict[str, Any], page: str) -> None:
        self.results: dict[str, Any] = results["treated"]
        #: The answer to whether treatment in one circuit spares what blockade everywhere costs.
        self.answer: str = results["answer"]
        self._claims = results["claims"]
        self._page = page

    @property
    def untreated(self) -> Table:
        """One row an account and measure: against healthy people, in their standard deviations; below 0 is worse."""
        rows = [
            (a["account"], e["measure"], e["symptom"], *(e["effect"][k] for k in ("mean", "low", "high")))
            for a in self.results["accounts"]
            for e in a["against_healthy"]
        ]
        return _table(rows, "account measure symptom effect low high")

    @property
    def effects(self) -> Table:
        """One row an account, treatment, dose and measure: against no treatment; above 0 is better."""
        rows = [
            (a["account"], t["treatment"], t["kind"], t["dose"], e["measure"], e["symptom"],
             *(e["effect"][k] for k in ("mean", "low", "high")))
            for a in self.results["accounts"]
            for t in a["arms"]
            for e in t["effects"]
        ]  # fmt: skip
        return _table(rows, "account treatment kind dose measure symptom effect low high")

    @property
    def claims(self) -> Table:
        """One row an account: the best arm in one circuit and everywhere, and whether either costs nothing elsewhere."""
        best = [(c["circuit"] or {}, c["broad"] or {}) for c in self._claims]
        rows = [
            (c["account"], one.get("arm"), every.get("arm"), c["holds"], c["broad_too"])
            for c, (one, every) in zip(self._claims, best)
        ]
        return _table(rows, "account circuit broad circuit_at_no_cost broad_at_no_cost")

    def page(self, path: str | os.PathLike[str]) -> None:
        """Writes the page: relief against cost, dose by dose, what holds under which accounts."""
        write(path, self._page)

    def __repr__(self) -> str:
        return f"{self.results['disorder']['name']}, {self.results['people']} people in each condition\n{self.answer}"


class Asked:
    """Findings of the clinic and what accounts say of them. Made by :func:`ask`."""

    def __init__(self, results: dict[str, Any]) -> None:
        self.results = results

    @property
    def table(self) -> Table:
        """One row a finding and account: the verdict, and whether the literature has confronted the two."""
        keys = "finding account verdict confronted reason"
        return _table([tuple(c[k] for k in keys.split()) for c in self.results["cells"]], keys)

    @property
    def measures(self) -> Table:
        """One row a finding, account and measure: mean over simulated subjects with its 95 % interval."""
        rows = [
            (c["finding"], c["account"], name, *((e or {}).get(k) for k in ("mean", "low", "high", "sd")))
            for c in self.results["cells"]
            for name, e in c["measures"].items()
        ]
        return _table(rows, "finding account measure mean low high sd")

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


def treat(
    phenotype: str,
    treatments: Sequence[str] | str = (),
    tasks: Sequence[str] | str = (),
    *,
    people: int = 200,
    receptors: str | None = None,
    seed: int = 1,
    threads: int | None = None,
    progress: bool = True,
) -> Treated:
    """Treats simulated people, account by account of a disorder (or of one account).

    A treatment is ``"NAME"`` (at all of its doses) or ``"NAME:DOSE"``; all of them, and all tasks, where none are named. The same
    seed gives the same numbers on any number of threads.
    """
    with bar("treating people", progress) as tick:
        chosen = _named(treatments, "treatments"), _named(tasks, "tasks")
        results, page = _native.treat(phenotype, *chosen, people, receptors, seed, threads, tick)
    return Treated(json.loads(results), page)


def ask(
    findings: Sequence[str] | str = (),
    *,
    subjects: int = 30,
    seed: int = 1,
    threads: int | None = None,
    progress: bool = True,
) -> Asked:
    """Asks every account about findings of the clinic (all where none are named)."""
    with bar("asking accounts", progress) as tick:
        return Asked(json.loads(_native.clinic_ask(_named(findings, "findings"), subjects, seed, threads, tick)))
