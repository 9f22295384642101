"""A wrapper of Gymnasium's vector environments that moves reward to where its return became likely.

>>> envs = ContingencyShaping(gym.make_vec("CartPole-v1", 16), code, keys=64)

``code(observations, actions, rewards)`` gives each lane's event of a step, an integer below ``keys``, −1 for none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from .credit import Adjusted

__all__ = ["ContingencyShaping"]


class ContingencyShaping(gym.vector.VectorWrapper):
    """Shapes rewards by what events of the episode so far say of its return.

    Φ(h_t) = w·x_t − (reward so far), x_t which events came (or, with ``counts``, how often), w by recursive least squares of
    returns on them over earlier episodes, each shrunk by its precision (``z0``). Rewards become r + Φ(h_{t+1}) − Φ(h_t), with
    Φ = 0 where an episode terminated: their sum is that of the rewards (γ = 1), less Φ at its start, so that the best policy
    stays the best (Ng et al. 1999). Truncated episodes keep their last potential and teach nothing. All modes of autoreset
    are understood: a step that only resets has no reward and is no step.

    ``half_life``: after so many episodes half of what was learnt is gone; ``ridge`` holds weights at none. The unshaped
    reward is in ``info["reward"]``.
    """

    def __init__(
        self,
        env: gym.vector.VectorEnv[Any, Any, Any],
        code: Callable[[Any, Any, NDArray[np.float64]], Any],
        keys: int,
        *,
        half_life: float = float("inf"),
        ridge: float = 1.0,
        z0: float = 1.0,
        counts: bool = False,
    ) -> None:
        super().__init__(env)
        self.code, self.keys, self.z0, self.counts = code, keys, z0, counts
        self.learnt = Adjusted(keys, half_life=half_life, ridge=ridge)
        mode = env.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP)
        self._next_step = mode is AutoresetMode.NEXT_STEP
        self._came = np.zeros((env.num_envs, keys))
        self._paid = np.zeros(env.num_envs)
        self._potential = np.zeros(env.num_envs)
        self._over = np.zeros(env.num_envs, dtype=bool)
        self.weights = np.zeros(keys)

    def _weigh(self) -> None:
        weights, errors = self.learnt.weights()
        with np.errstate(divide="ignore", invalid="ignore"):
            kept = np.maximum(0.0, 1.0 - self.z0 * (errors / weights) ** 2)
        self.weights = np.where(np.isfinite(kept), kept * weights, 0.0) if self.z0 > 0 else weights

    def _begun(self, lanes: NDArray[np.bool_]) -> None:
        self._came[lanes], self._paid[lanes], self._potential[lanes], self._over[lanes] = 0.0, 0.0, 0.0, False

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begins new episodes, in the lanes of ``options["reset_mask"]`` where it is given."""
        out = self.env.reset(seed=seed, options=options)
        mask = (options or {}).get("reset_mask")
        self._begun(np.ones(self.num_envs, dtype=bool) if mask is None else np.asarray(mask, dtype=bool))
        return out

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """A step with shaped rewards."""
        seen, rewards, terminated, truncated, info = self.env.step(actions)
        resets = self._over.copy() if self._next_step else np.zeros(self.num_envs, dtype=bool)
        self._begun(self._over)
        plain = np.asarray(rewards, dtype=np.float64)
        last = np.flatnonzero(info.get("_final_obs", ()))
        looked = seen
        if len(last):
            # What is seen already belongs to the next episode; the event belongs to the one that is over.
            looked = np.array(seen)
            looked[last] = np.stack([info["final_obs"][i] for i in last])
        events = np.where(resets, -1, np.asarray(self.code(looked, actions, plain)))
        lanes = np.flatnonzero(events >= 0)
        if self.counts:
            self._came[lanes, events[lanes]] += 1.0
        else:
            self._came[lanes, events[lanes]] = 1.0
        self._paid += np.where(resets, 0.0, plain)
        potential = self._came @ self.weights - self._paid
        potential[terminated] = 0.0
        shaped = np.where(resets, 0.0, plain + potential - self._potential)
        self._potential = np.where(resets, 0.0, potential)
        self._over = np.asarray(terminated | truncated)
        done = np.flatnonzero(terminated & ~resets)
        if len(done):
            self.learnt.learn(self._came[done], self._paid[done])
            self._weigh()
        info = {**info, "reward": plain}
        return seen, shaped, terminated, truncated, info
