"""Agents that any theory's dopamine teaches, through experiments with choices.

>>> teach("cannon2003", "td_csc", Agent("opal"), subjects=20)

The same experiments as environments of Gymnasium are in ``accumbens.envs``, which says what a step is and what is perceived.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import _native
from ._progress import bar
from .experiments import Experiment, opened
from .tables import Table
from .theories import Theory, named

__all__ = ["Agent", "teach"]


@dataclass(frozen=True)
class Agent:
    """What dopamine does to what has just been done.

    ``rule``: ``actor_critic`` (preferences of a softmax move along its gradient), ``q`` (values of actions move by dopamine)
    or ``opal`` (go and no-go weights, each multiplied by its own change; Collins & Frank 2014). It sees the last stimulus
    for ``memory`` s (a table), or, where ``time_constants`` (s) are given, decaying traces of every stimulus (linear).
    """

    rule: Literal["actor_critic", "q", "opal"] = "actor_critic"
    #: For how long the last stimulus is remembered, s.
    memory: float = 10.0
    #: Time constants of traces, s.
    time_constants: Sequence[float] = ()
    #: Learning rate of what it does.
    alpha: float = 0.1
    #: Learning rate of its own critic.
    critic: float = 0.1
    #: Inverse temperature.
    beta: float = 3.0
    #: Time constant of the trace of what it did, s.
    trace: float = 2.0
    #: Time constant of discounting by its own critic, s.
    horizon: float = 20.0
    #: Balance of go against no-go in choice, -1 to 1: dopamine while choosing.
    rho: float = 0.0

    def _numbers(self) -> dict[str, Any]:
        constants = [float(t) for t in self.time_constants]
        return {**self.__dict__, "time_constants": constants, "memory": None if constants else self.memory}


def teach(
    experiment: Experiment | str | os.PathLike[str],
    theory: Theory | str | None,
    agent: Agent | None = None,
    *,
    subjects: int = 10,
    group: str | None = None,
    phase: str | None = None,
    step: float = 0.5,
    region: str | None = None,
    seed: int = 1,
    threads: int | None = None,
    progress: bool = True,
) -> Table:
    """Teaches an agent for each of so many subjects, through all sessions of an experiment with choices.

    The teacher is the dopamine of ``theory``, which lives through what the agent sees and does; where it is ``None``, the
    error of the agent's own critic (TD, or of values of actions with the rule ``q``). Of a theory with several signals the
    agent receives what ``region`` does, or the mean. One row a session: reward, how often there was something to choose,
    and how often each option was taken. The same seed gives the same table on any number of threads.
    """
    teacher = None if theory is None else named(theory)
    declared = opened(experiment)
    with bar("teaching", progress, subjects) as tick:
        columns = _native.teach(
            declared._experiment,
            group,
            phase,
            step,
            seed,
            (agent or Agent())._numbers(),
            None if teacher is None else teacher._handle,
            region,
            subjects,
            threads,
            tick,
        )
    return Table(columns)
