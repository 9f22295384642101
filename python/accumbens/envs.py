"""Experiments as environments of Gymnasium: any experiment of the catalogue, a file, or your own.

>>> import gymnasium as gym
>>> import accumbens.envs                                          # makes them known to Gymnasium
>>> env = gym.make("accumbens/cannon2003-v0")
>>> envs = gym.make_vec("accumbens/cannon2003-v0", num_envs=256)   # stepped together by compiled code
>>> env = MOConditioningEnv("nunes2013")                           # a vector of rewards, as mo-gymnasium has it

An episode is a session. A step is ``step`` seconds (0.5). What is perceived is, for each kind of event, how many came in this
step (of outcomes how much), then for each option whether it may be taken now. Action 0 waits, action ``i + 1`` takes the
option ``i``. The reward is what outcomes are worth, effort taken off. Resets go through the subject's sessions and then to
the next subject. Needs the extra: ``pip install 'accumbens[rl]'``.
"""

from __future__ import annotations

import os
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.registration import register, registry
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from . import _native
from .experiments import Experiment, names, opened
from .tables import Table

__all__ = ["ConditioningEnv", "ConditioningVectorEnv", "MOConditioningEnv"]


def _spaces(lanes: _native.Lanes) -> tuple[Any, Any, list[str], list[str], list[str]]:
    kinds, options, components = lanes.names()
    spaces = gym.spaces
    seen = spaces.Box(-np.inf, np.inf, (len(kinds) + len(options),), np.float32)
    return seen, spaces.Discrete(len(options) + 1), kinds, options, components


class ConditioningEnv(gym.Env[Any, Any]):
    """One subject of an experiment.

    ``experiment`` is a name of the catalogue, a ``.toml`` file or an :class:`~accumbens.experiments.Experiment`; ``group``
    the first where absent; ``phase`` shows only its sessions; ``step`` is in s. ``info`` has the subject, the session and
    its time (s), and the reward by components.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  (Gymnasium declares it so)

    def __init__(
        self,
        experiment: Experiment | str | os.PathLike[str],
        group: str | None = None,
        phase: str | None = None,
        step: float = 0.5,
        seed: int = 1,
        render_mode: str | None = None,
    ) -> None:
        declared = opened(experiment)
        self.render_mode = render_mode
        self._lanes = _native.Lanes(declared._experiment, group, phase, step, seed, 1, "disabled")
        self.observation_space, self.action_space, self.kinds, self.options, self.components = _spaces(self._lanes)

    def _info(self) -> dict[str, Any]:
        ((subject, session, time),) = self._lanes.places()
        return {"subject": subject, "session": session, "time": time}

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """The next session; with a seed, the first session of the first subject of that seed."""
        super().reset(seed=seed)
        return self._lanes.reset(seed, None), self._info()

    def step(self, action: int) -> tuple[NDArray[np.float32], Any, bool, bool, dict[str, Any]]:
        """Lets ``step`` seconds pass. A session that is over is truncated, as life goes on."""
        seen, rewards, components, truncated, _ = self._lanes.step(np.asarray([action], dtype=np.int64))
        info = self._info() | {"components": dict(zip(self.components, components.tolist()))}
        return seen, self._reward(float(rewards[0]), components), False, bool(truncated[0]), info

    def _reward(self, reward: float, components: NDArray[np.float64]) -> Any:
        return reward


class MOConditioningEnv(ConditioningEnv):
    """The same with a vector of rewards, as mo-gymnasium has it: one for each kind of outcome, and effort where any costs."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reward_dim = len(self.components)
        self.reward_space = gym.spaces.Box(-np.inf, np.inf, (self.reward_dim,), np.float64)

    def _reward(self, reward: float, components: NDArray[np.float64]) -> Any:
        return components


class ConditioningVectorEnv(gym.vector.VectorEnv[Any, Any, Any]):
    """Many subjects at once, stepped by compiled code; ``num_envs`` lanes, each with subjects of its own.

    ``autoreset_mode`` is Gymnasium's: ``NEXT_STEP`` (the step after the last one of a session resets, its reward is 0),
    ``SAME_STEP`` (``info["final_obs"]`` has the last observation) or ``DISABLED`` (``reset(options={"reset_mask": …})``).
    With ``reward_vector`` rewards are (num_envs, components).
    """

    def __init__(
        self,
        experiment: Experiment | str | os.PathLike[str],
        num_envs: int = 1,
        group: str | None = None,
        phase: str | None = None,
        step: float = 0.5,
        seed: int = 1,
        autoreset_mode: Any = None,
        reward_vector: bool = False,
        render_mode: str | None = None,
    ) -> None:
        mode = AutoresetMode.NEXT_STEP if autoreset_mode is None else AutoresetMode(autoreset_mode)
        word = {AutoresetMode.NEXT_STEP: "next_step", AutoresetMode.SAME_STEP: "same_step"}.get(mode, "disabled")
        declared = opened(experiment)
        self._lanes = _native.Lanes(declared._experiment, group, phase, step, seed, num_envs, word)
        seen, act, self.kinds, self.options, self.components = _spaces(self._lanes)
        self.single_observation_space, self.single_action_space = seen, act
        self.observation_space = gym.vector.utils.batch_space(seen, num_envs)
        self.action_space = gym.vector.utils.batch_space(act, num_envs)
        self.num_envs, self.render_mode, self.reward_vector = num_envs, render_mode, reward_vector
        self.metadata = {"autoreset_mode": mode, "render_modes": []}
        self._mode = mode
        self._over = np.zeros(num_envs, dtype=bool)
        self._never = np.zeros(num_envs, dtype=bool)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """The next session of every lane, or of those in ``options["reset_mask"]``; with a seed, all begin anew."""
        if seed is not None and not isinstance(seed, (int, np.integer)):
            raise ValueError(f"seed {seed!r}; accepted: one whole number for all lanes, which have chances of their own")
        which = None if options is None or "reset_mask" not in options else options["reset_mask"].tolist()
        seen = self._lanes.reset(None if seed is None else int(seed), which)
        return seen.reshape(self.num_envs, -1), {}

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Lets ``step`` seconds pass in every lane."""
        n = self.num_envs
        seen, rewards, parts, truncated, last = self._lanes.step(np.ascontiguousarray(actions, dtype=np.int64))
        info: dict[str, Any] = {}
        if self._mode is AutoresetMode.SAME_STEP and truncated.any():
            final = np.empty(n, dtype=object)
            for i in np.flatnonzero(truncated):
                final[i] = last.reshape(n, -1)[i]
            info = {"final_obs": final, "_final_obs": truncated.copy(), "final_info": {}, "_final_info": truncated.copy()}
        given = parts.reshape(n, -1) if self.reward_vector else rewards
        return seen.reshape(n, -1), given, self._never.copy(), truncated, info

    def places(self) -> Table:
        """The subject, session and time (s) of each lane."""
        rows = self._lanes.places()
        return Table({name: list(column) for name, column in zip(("subject", "session", "time"), zip(*rows))})


for _name in names():
    if f"accumbens/{_name}-v0" not in registry:
        register(
            f"accumbens/{_name}-v0",
            entry_point="accumbens.envs:ConditioningEnv",
            vector_entry_point="accumbens.envs:ConditioningVectorEnv",
            kwargs={"experiment": _name},
        )
