"""Shaped rewards have the sum of the rewards, in every mode of autoreset, and come where the return was decided."""

import numpy as np
import pytest

gym = pytest.importorskip("gymnasium")
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from accumbens.wrappers import ContingencyShaping


class Umbrella(gym.Env):
    """The first action decides a reward ten steps later; between them nothing."""

    observation_space = gym.spaces.Box(0, 20, (1,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t, self.right = 0, False
        return np.zeros(1, dtype=np.float32), {}

    def step(self, action):
        if self.t == 0:
            self.right = action == 1
        self.t += 1
        over = self.t == 10
        return np.full(1, self.t, dtype=np.float32), float(over and self.right), over, False, {}


def _code(seen, actions, rewards):
    return np.where(seen[:, 0] == 1, np.asarray(actions), -1)


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP, AutoresetMode.DISABLED])
def test_the_first_act_is_paid_at_once_and_the_sum_is_kept(mode):
    made = SyncVectorEnv([Umbrella] * 8, autoreset_mode=mode)
    envs = ContingencyShaping(made, _code, keys=2, ridge=0.1)
    rng = np.random.default_rng(1)
    envs.reset(seed=1)
    plain, shaped, sums = np.zeros(8), np.zeros(8), []
    first = []
    over = np.zeros(8, dtype=bool)
    for _ in range(1500):
        if mode is AutoresetMode.DISABLED and over.any():
            envs.reset(options={"reset_mask": over})
        if mode is AutoresetMode.NEXT_STEP:
            assert np.all(plain[over] == 0)
        actions = rng.integers(0, 2, 8)
        seen, rewards, terminated, _, info = envs.step(actions)
        plain, shaped = plain + info["reward"], shaped + rewards
        if len(sums) > 400:
            at = seen[:, 0] == 1
            first += list(zip(actions[at], rewards[at]))
        for lane in np.flatnonzero(terminated):
            sums.append((plain[lane], shaped[lane]))
        plain[terminated], shaped[terminated] = 0.0, 0.0
        over = terminated
    kept = np.asarray(sums)
    assert len(kept) > 900 and np.allclose(kept[:, 0], kept[:, 1], atol=1e-9)
    right = np.mean([r for a, r in first if a == 1])
    wrong = np.mean([r for a, r in first if a == 0])
    # Against what neither says, the act that decides is worth the whole reward.
    assert right - wrong == pytest.approx(1.0, abs=0.02)


def test_a_truncated_episode_teaches_nothing_and_keeps_its_potential():
    made = gym.make_vec("CartPole-v1", 4, vectorization_mode="sync", max_episode_steps=5)
    envs = ContingencyShaping(made, lambda seen, actions, rewards: np.asarray(actions), keys=2)
    envs.reset(seed=3)
    for _ in range(40):
        envs.step(np.random.default_rng(0).integers(0, 2, 4))
    assert np.all(envs.weights == 0.0)
