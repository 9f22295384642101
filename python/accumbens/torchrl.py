"""TorchRL: an advantage module at compiled speed. Needs ``pip install torchrl``.

>>> advantage = GAE(gamma=0.99, lmbda=0.95, value_network=value)     # as torchrl.objectives.value.GAE
>>> advantage(tensordict)                                            # "advantage", "value_target", "state_value"
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from tensordict import TensorDictBase
from tensordict.nn import TensorDictModule
from torchrl.objectives.value import GAE as TorchGAE

from . import credit

__all__ = ["GAE"]


class GAE(TorchGAE):
    """TorchRL's generalised advantages, computed by `accumbens.credit.gae`, on the CPU and without gradients of their own.

    Takes a tensordict [*B, T] with ``next`` of it: reward, done and terminated (…, 1). Values are those of ``value_network``,
    asked at each step and at what comes next, so that truncated episodes go on in value. With ``half_life`` (steps) rewards
    are taken relative to their average, that of earlier batches and of this one. The other arguments are TorchRL's.
    """

    def __init__(
        self,
        *,
        gamma: float,
        lmbda: float,
        value_network: TensorDictModule,
        average_gae: bool = False,
        half_life: float | None = None,
    ) -> None:
        super().__init__(gamma=gamma, lmbda=lmbda, value_network=value_network, average_gae=average_gae)
        self.tonic = None if half_life is None else credit.Tonic(half_life)

    @torch.no_grad()
    def forward(self, tensordict: TensorDictBase) -> TensorDictBase:
        after = tensordict["next"]
        network = self.value_network
        assert network is not None
        network(tensordict)
        key = self.tensor_keys.value
        values = tensordict[key]
        next_values = network(after.select(*network.in_keys))[key]
        reward = after[self.tensor_keys.reward]
        steps = reward.shape[:-1]

        def flat(x: torch.Tensor) -> NDArray[np.float32]:
            return x.reshape(-1, steps[-1]).float().contiguous().numpy()

        rewards = flat(reward)
        if self.tonic is not None:
            self.tonic.learn(rewards.T)
            rewards = (rewards - self.tonic.mean).astype(np.float32)
        # Every row has the value of what comes next, so a row that is done passes nothing back but its own.
        advantages = credit.gae(
            rewards,
            flat(values),
            None,
            flat(after[self.tensor_keys.terminated]),
            gamma=float(self.gamma),
            lam=float(self.lmbda),
            next_values=flat(next_values),
            truncated=flat(after[self.tensor_keys.done]),
            layout="sequences",
        )
        made = torch.from_numpy(advantages).reshape(values.shape)
        target = made + values
        if self.average_gae:
            made = (made - made.mean()) / made.std().clamp_min(1e-4)
        tensordict.set(self.tensor_keys.advantage, made)
        tensordict.set(self.tensor_keys.value_target, target)
        return tensordict
