"""Choices: models that learn and choose, fitted to what people and animals took.

A table of choices has one row a trial: ``subject``, ``choice`` and ``outcome``; where there are any also ``group``, ``session``,
``trial``, ``stimulus``, ``offered`` (``"A|B"`` or a list), ``latency`` (s) and ``dopamine`` (its answer to the outcome). Latencies and
dopamine are explained together with choices: by how hard a choice was, and by the error of prediction at its outcome.

>>> compared = compare("choices.csv")                    # a file, a DataFrame, or columns by name
>>> print(compared.answer)
>>> compared.ranking, compared.parameters, compared.differences
>>> compare(table, ["q", "kalman", "td_csc"], maximum_likelihood=True)
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import _native
from ._files import write
from ._names import names as _named
from ._progress import bar
from .tables import Table

__all__ = ["Compared", "compare", "models"]


def _word(value: Any) -> str:
    """A cell as a word: nothing for what is missing, whole numbers without a point, several options by ``|``."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple, np.ndarray)):
        return "|".join(_word(v) for v in value)
    return str(value)


def _column(values: Any) -> Any:
    """A column as numbers, or else as words."""
    if isinstance(values, (list, tuple)) and any(isinstance(v, (list, tuple)) for v in values):
        return [_word(v) for v in values]
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return np.ascontiguousarray(array, np.float64)
    if array.dtype.kind in "U":
        # Of words and numbers together NumPy makes words: the cells are written as they were.
        array = np.asarray(values, dtype=object)
    return [_word(v) for v in array]


def _native_choices(table: Any) -> _native.Choices:
    if isinstance(table, (str, os.PathLike)):
        return _native.Choices.read(os.fspath(table))
    names = list(table.columns) if hasattr(table, "columns") else list(table)
    return _native.Choices.of([(str(name), _column(table[name])) for name in names])


class Compared:
    """What came of a comparison of models. Made by :func:`compare`."""

    def __init__(self, results: dict[str, Any], page: str) -> None:
        self.results = results
        self._page = page

    @property
    def ranking(self) -> Table:
        """One row a model, the best first: log evidence, difference to the best, pseudo-R², frequency, protected exceedance."""
        models, selection = self.results["models"], self.results["selection"]
        best = models[0]["evidence"]
        return Table(
            {
                "model": [m["model"] for m in models],
                "evidence": [m["evidence"] for m in models],
                "difference": [m["evidence"] - best for m in models],
                "log_likelihood": [m["log_likelihood"] for m in models],
                "pseudo_r2": [m["pseudo_r2"] for m in models],
                "frequency": selection["frequency"],
                "exceedance": selection["protected"],
            }
        )

    @property
    def parameters(self) -> Table:
        """One row a model, subject and parameter: fitted alone, and given its group (NaN at maximum likelihood)."""
        rows = [
            (m["model"], s["subject"], s["group"], p["name"], p["alone"],
             np.nan if p["grouped"] is None else p["grouped"], s["log_likelihood"], s["evidence"])
            for m in self.results["models"]
            for s in m["subjects"]
            for p in s["parameters"]
        ]  # fmt: skip
        return _table(rows, "model subject group parameter alone grouped log_likelihood evidence")

    @property
    def groups(self) -> Table:
        """One row a model, parameter and group: the value of the group's mean with its 95 % interval."""
        keys = "parameter group n value low high"
        rows = [(m["model"], *(g[k] for k in keys.split())) for m in self.results["models"] for g in m["groups"]]
        return _table(rows, f"model {keys}")

    @property
    def differences(self) -> Table:
        """One row a model, parameter and pair of groups: their difference in standard deviations of the prior, with 95 % interval."""
        keys = "parameter group against difference low high"
        rows = [(m["model"], *(d[k] for k in keys.split())) for m in self.results["models"] for d in m["differences"]]
        return _table(rows, f"model {keys}")

    @property
    def recovery(self) -> Table:
        """One row a model and parameter: correlation of what was put in and found, bias, and how often the 95 % interval held it."""
        keys = "parameter correlation bias covered"
        rows = [(m["model"], *(r[k] for k in keys.split())) for m in self.results["models"] for r in m["recovery"]]
        return _table(rows, f"model {keys}")

    def page(self, path: str | os.PathLike[str]) -> None:
        """Writes the report."""
        write(path, self._page)

    def __repr__(self) -> str:
        r = self.results
        counts = f"{r['trials']} choices, {r['latencies']} latencies, {r['dopamine']} answers of dopamine"
        return f"{len(r['models'])} models on {counts}\n{self.ranking!r}"

    def _repr_html_(self) -> str:
        return self.ranking._repr_html_()


def _table(rows: Sequence[Sequence[Any]], names: str) -> Table:
    columns = list(zip(*rows)) or [() for _ in names.split()]
    return Table({name: list(column) for name, column in zip(names.split(), columns)})


def models() -> Table:
    """The models of choices; theories that act (``accumbens.theories``) can be named beside them."""
    return _table(_native.choice_models(), "model summary family")


def compare(
    table: str | os.PathLike[str] | Mapping[str, Sequence[Any]] | Any,
    models: Sequence[str] | str = (),
    *,
    maximum_likelihood: bool = False,
    latencies: str = "regression",
    recovery: int = 0,
    seed: int = 1,
    threads: int | None = None,
    progress: bool = True,
) -> Compared:
    """Compares models (all models of choices where none are named) on a table of choices.

    A model is ``"NAME"`` or ``"NAME:parameter=value"``. With ``maximum_likelihood`` nothing is asked of parameters beforehand and
    groups are not fitted. ``latencies`` follow how hard a choice was (``regression``), or a drift diffusion with the model's chances
    between two options (``diffusion``: ``threshold`` and ``nondecision`` are fitted too). ``recovery`` data sets are
    simulated of each model. The same seed gives the same numbers on any number of threads.
    """
    if latencies not in ("regression", "diffusion"):
        raise ValueError(f"latencies {latencies!r}; accepted: 'regression', 'diffusion'")
    choices = _native_choices(table)
    diffusion = latencies == "diffusion"
    with bar("fitting models", progress) as tick:
        results, page = choices.compare(_named(models, "models"), maximum_likelihood, diffusion, recovery, seed, threads, tick)
    return Compared(json.loads(results), page)
