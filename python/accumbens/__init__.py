"""Theories of dopamine, and the recordings they explain.

The modules have the names that they have in Rust:

- ``events``: what happened; ``experiments``: designs that yield it; ``theories``: who releases what dopamine at it;
- ``stages``: from a theory to its light, and from light to a clean signal; ``recordings``: files of any format;
- ``fit``: studies, every theory fitted alike, the honest comparison; ``findings``: what experiments observed, and who agrees;
- ``choices``: what was taken, and which model explains it; ``clinic``: accounts of disorders, treatments, what studies found;
- ``credit``: learning signals for agents and language models; ``envs``: experiments as environments; ``rl``: agents that theories teach;
- ``plot``: pictures; ``testing``: the checks that your own theory must pass.

>>> import accumbens as acc
>>> acc.simulate("schultz1997", acc.theories.TdCsc(alpha=0.1)).dopamine
>>> acc.compare(acc.fit.simulated_study(truth="anccr"), ["anccr", "td_csc", "constant"])
"""

from . import (
    choices,
    clinic,
    credit,
    events,
    experiments,
    findings,
    fit,
    plot,
    recordings,
    rl,
    stages,
    tables,
    testing,
    theories,
)
from ._native import __version__
from .events import EventLog
from .fit import compare
from .tables import Table
from .theories import Parameter, Theory, simulate

__all__ = [
    "EventLog",
    "Parameter",
    "Table",
    "Theory",
    "__version__",
    "choices",
    "clinic",
    "compare",
    "credit",
    "events",
    "experiments",
    "findings",
    "fit",
    "plot",
    "recordings",
    "rl",

    "simulate",
    "stages",
    "tables",
    "testing",
    "theories",
]
