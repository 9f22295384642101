"""Choices: models that learn and choose, fitted to what people and animals took.

A table of choices has one row a trial: ``subject``, ``choice`` and ``outcome``; where there are any also ``group``, ``session``,
``trial``, ``stimulus``, ``offered`` (``"A|B"`` or a list), ``latency`` (s) and ``dopamine`` (its answer to the outcome). Latencies and
dopamine are explained together with choices: by how hard a choice was, and by the error of prediction at its outcome.

>>> compared = compare("choices.csv")                    # a file, a DataFrame, or columns by name
>>> print(compared.answer)
>>> compared.ranking, compared.parameters, compared.differences
>>> compare("choices.csv", recovery=20).confusion        # what the verdict would say of data of each model
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
        """One row a model, the most frequent among subjects first: log evidence, difference to the first, pseudo-R², frequency,
        protected exceedance."""
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
        """One row a model, subject and parameter: fitted alone, and given its group (NaN at maximum likelihood) with its 95 %
        interval (at maximum likelihood that of the fit alone), and what recovery says of such intervals."""
        rows = [
            (m["model"], s["subject"], s["group"], p["name"], p["alone"], _number(p["grouped"]), _number(p["low"]),
             _number(p["high"]), *_read(p), s["log_likelihood"], s["evidence"])
            for m in self.results["models"]
            for s in m["subjects"]
            for p in s["parameters"]
        ]  # fmt: skip
        return _table(rows, f"model subject group parameter alone grouped low high {_READ} log_likelihood evidence")

    @property
    def groups(self) -> Table:
        """One row a model, parameter and group: the value of the group's mean with its 95 % interval (NaN for a group of one) and
        what recovery says of it."""
        return self._intervals("groups", "parameter group n value low high")

    @property
    def differences(self) -> Table:
        """One row a model, parameter and pair of groups: their difference in standard deviations of the prior, with its 95 %
        interval (NaN where a group has one subject) and what recovery says of it."""
        return self._intervals("differences", "parameter group against difference low high")

    def _intervals(self, what: str, keys: str) -> Table:
        rows = [
            (m["model"], *(_number(x[k]) for k in keys.split()), *_read(x)) for m in self.results["models"] for x in m[what]
        ]
        return _table(rows, f"model {keys} {_READ}")

    @property
    def recovery(self) -> Table:
        """One row a model and parameter: the correlation (within groups, with its standard error) of subjects' values that were put
        into simulated studies and found, the bias, and how often 95 % intervals of subjects, group means and differences held what
        was put in, each with its standard error (NaN where there is no such interval)."""
        rows = [
            (m["model"], r["parameter"], r["studies"], _number(r["correlation"]), _number(r["correlation_error"]), _number(r["bias"]),
             *(_number((r[of] or {}).get(k)) for of in ("subjects", "means", "differences") for k in ("share", "error")))
            for m in self.results["models"]
            for r in m["recovery"]
        ]  # fmt: skip
        names = "model parameter studies correlation correlation_error bias"
        kinds = " ".join(f"{of}_covered {of}_error" for of in ("subjects", "means", "differences"))
        return _table(rows, f"{names} {kinds}")

    @property
    def confusion(self) -> Table:
        """One row a model that made simulated studies and a thing that the verdict would say of them: a model's name, or "no
        decision"; how often, with its standard error. Empty without recovery."""
        rows = [
            (c["truth"], said, c["studies"], share["share"], share["error"])
            for c in self.results["confusion"]
            for said, share in [*((n["model"], n["share"]) for n in c["named"]), ("no decision", c["undecided"])]
        ]
        return _table(rows, "truth said studies share error")

    @property
    def answer(self) -> str:
        """Which model explains the choices, how groups differ in its parameters, and what recovery says of both."""
        return self.results["answer"]

    def page(self, path: str | os.PathLike[str]) -> None:
        """Writes the report."""
        write(path, self._page)

    def __repr__(self) -> str:
        r = self.results
        counts = f"{r['trials']} choices, {r['latencies']} latencies, {r['dopamine']} answers of dopamine"
        return f"{len(r['models'])} models on {counts}\n{self.ranking!r}"

    def _repr_html_(self) -> str:
        return self.ranking._repr_html_()


#: Columns of what recovery says of an interval.
_READ = "r r_error covered covered_error readable note"


def _number(value: Any) -> Any:
    """NaN for what JSON has no number for."""
    return np.nan if value is None else value


def _read(interval: Mapping[str, Any]) -> tuple[Any, ...]:
    """What recovery says of an interval: ``readable`` is "" where it was not run."""
    read = interval["recovery"]
    if read is None:
        return (np.nan, np.nan, np.nan, np.nan, "", interval["note"])
    covered = read["covered"] or {}
    numbers = (read["correlation"], read["correlation_error"], covered.get("share"), covered.get("error"))
    return (*map(_number, numbers), "yes" if read["readable"] else "no", interval["note"])


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
    recovery: int = 5,
    seed: int = 1,
    threads: int | None = None,
    progress: bool = True,
) -> Compared:
    """Compares models (all models of choices where none are named) on a table of choices.

    A model is ``"NAME"`` or ``"NAME:parameter=value"``. With ``maximum_likelihood`` nothing is asked of parameters beforehand and
    groups are not fitted. ``latencies`` follow how hard a choice was (``regression``), or a drift diffusion with the model's chances
    between two options (``diffusion``: ``threshold`` and ``nondecision`` are fitted too). ``recovery`` studies
    are simulated of each model, with the choices, latencies and dopamine that were fitted, and put through the same: what comes
    back stands beside every interval ("recovery not run" where it is 0). The same seed gives the same numbers on any number of threads.
    """
    if latencies not in ("regression", "diffusion"):
        raise ValueError(f"latencies {latencies!r}; accepted: 'regression', 'diffusion'")
    choices = _native_choices(table)
    diffusion = latencies == "diffusion"
    with bar("fitting models", progress) as tick:
        results, page = choices.compare(_named(models, "models"), maximum_likelihood, diffusion, recovery, seed, threads, tick)
    return Compared(json.loads(results), page)
