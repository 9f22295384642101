"""Stable-Baselines3: a rollout buffer whose advantages compiled code makes, relative to the average reward if wanted.

>>> model = PPO("MlpPolicy", "CartPole-v1", rollout_buffer_class=RolloutBuffer)
>>> model = PPO("MlpPolicy", env, rollout_buffer_class=RolloutBuffer, rollout_buffer_kwargs={"half_life": 5000}, gamma=1.0)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from stable_baselines3.common.buffers import RolloutBuffer as _RolloutBuffer

from . import credit

__all__ = ["RolloutBuffer"]


class RolloutBuffer(_RolloutBuffer):
    """SB3's buffer with `accumbens.credit.gae`. With ``half_life`` (steps) rewards are taken relative to their average."""

    def __init__(self, *args: Any, half_life: float | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tonic = None if half_life is None else credit.Tonic(half_life)

    def compute_returns_and_advantage(self, last_values: Any, dones: np.ndarray) -> None:
        """Generalised advantages; returns are advantages and values."""
        last = last_values.clone().cpu().numpy().flatten()
        # An episode that starts at a step ended at the step before.
        over = np.concatenate([self.episode_starts[1:], np.asarray(dones, dtype=np.float32)[None]])
        rewards = self.rewards
        if self.tonic is not None:
            average = self.tonic.mean
            self.tonic.learn(rewards)
            rewards = rewards - np.float32(average)
        self.advantages = credit.gae(rewards, self.values, last, over, gamma=self.gamma, lam=self.gae_lambda)
        self.returns = self.advantages + self.values
