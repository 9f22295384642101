"""Adapters to trainers, where those are installed."""

import numpy as np
import pytest


def test_the_buffer_of_stable_baselines_gives_its_own_advantages_to_the_bit():
    pytest.importorskip("stable_baselines3")
    from stable_baselines3 import PPO
    from stable_baselines3.common.buffers import RolloutBuffer as Theirs

    from accumbens.sb3 import RolloutBuffer

    made = []
    for buffer in (Theirs, RolloutBuffer):
        model = PPO("MlpPolicy", "CartPole-v1", rollout_buffer_class=buffer, seed=3, n_steps=256, device="cpu")
        model.learn(512)
        made.append((model.rollout_buffer.advantages, model.rollout_buffer.returns))
    assert np.array_equal(made[0][0], made[1][0]) and np.array_equal(made[0][1], made[1][1])


def test_verl_finds_the_estimators_by_itself_and_a_group_is_centred():
    pytest.importorskip("verl")
    torch = pytest.importorskip("torch")
    from verl.trainer.ppo.core_algos import ADV_ESTIMATOR_REGISTRY

    mask = torch.ones(16, 8)
    mask[:, 3] = 0
    rewards = torch.zeros(16, 8)
    rewards[:, 5] = torch.arange(16.0)
    index = np.repeat(np.array(["a", "b"], dtype=object), 8)
    for name in ("accumbens_group", "accumbens_turns"):
        advantages, returns = ADV_ESTIMATOR_REGISTRY[name](rewards, mask, config=None, index=index)
        assert advantages.shape == (16, 8) and torch.equal(advantages, returns)
        assert float(advantages[:, 3].abs().sum()) == 0.0 and abs(float(advantages[:8, 0].sum())) < 1e-5


def test_trl_trains_with_advantages_token_by_token(tmp_path):
    pytest.importorskip("trl")
    import runpy
    from pathlib import Path

    small = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "agents" / "small_model.py"))
    log = small["run"]("contribution", 2, 1, str(tmp_path))
    assert len(log) == 2 and all(np.isfinite(row["reward"]) for row in log)
    assert "credit/loudest_z" in log[-1] and "channel/letters/mean" in log[-1]


def test_torchrls_advantages_are_those_of_its_own_module_where_episodes_end_and_are_cut():
    pytest.importorskip("torchrl")
    import torch
    from tensordict import TensorDict
    from tensordict.nn import TensorDictModule
    from torchrl.objectives.value import GAE as Theirs

    from accumbens.torchrl import GAE

    torch.manual_seed(1)
    value = TensorDictModule(torch.nn.Linear(3, 1), in_keys=["obs"], out_keys=["state_value"])
    shape = (5, 40)
    terminated = torch.rand(*shape, 1) < 0.05
    given = TensorDict(
        {
            "obs": torch.randn(*shape, 3),
            "next": {
                "obs": torch.randn(*shape, 3),
                "reward": torch.randn(*shape, 1),
                "terminated": terminated,
                "done": terminated | (torch.rand(*shape, 1) < 0.05),
            },
        },
        shape,
    )
    settings = {"gamma": 0.98, "lmbda": 0.9, "value_network": value}
    ours, theirs = GAE(**settings)(given.clone()), Theirs(**settings)(given.clone())
    for key in ("advantage", "value_target", "state_value"):
        assert torch.allclose(ours[key], theirs[key], atol=1e-5), key
    relative = GAE(**settings, half_life=1e3)(given.clone())
    assert not torch.allclose(relative["advantage"], ours["advantage"])
