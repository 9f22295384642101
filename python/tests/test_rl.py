"""Experiments are environments that Gymnasium and mo-gymnasium accept, and agents learn from any theory."""

import importlib.util

import numpy as np
import pytest

from accumbens import experiments, rl
from accumbens.theories import RescorlaWagner

gym = pytest.importorskip("gymnasium")
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from accumbens import envs

pytestmark = pytest.mark.filterwarnings("ignore:.*Box observation space.*infinity")


def test_every_experiment_of_the_catalogue_passes_gymnasiums_checker():
    for name in experiments.names():
        if f"accumbens/{name}-v0" in gym.registry:
            check_env(gym.make(f"accumbens/{name}-v0").unwrapped, skip_render_check=True)


class _Summed(gym.RewardWrapper):
    def reward(self, reward):
        return float(np.sum(reward))


@pytest.mark.skipif(importlib.util.find_spec("mo_gymnasium") is None, reason="mo-gymnasium is not installed")
def test_mo_gymnasiums_wrappers_take_the_vector_of_rewards_as_its_own_tests_ask():
    from mo_gymnasium.wrappers import LinearReward, MONormalizeReward, MORecordEpisodeStatistics

    made = envs.MOConditioningEnv("nunes2013")
    assert made.unwrapped.reward_space.shape == (made.unwrapped.reward_dim,)
    made.reset(seed=1)
    assert made.step(1)[1] in made.reward_space
    # mo-gymnasium's own LinearReward puts one array into every info, which Gymnasium's checker refuses.
    check_env(_Summed(envs.MOConditioningEnv("nunes2013")), skip_render_check=True)
    weights = np.arange(1.0, made.reward_dim + 1)
    weighed, plain = LinearReward(envs.MOConditioningEnv("nunes2013"), weight=weights), envs.MOConditioningEnv("nunes2013")
    weighed.reset(seed=2), plain.reset(seed=2)
    assert all(weighed.step(1)[1] == pytest.approx(plain.step(1)[1] @ weights) for _ in range(500))
    kept = MORecordEpisodeStatistics(MONormalizeReward(envs.MOConditioningEnv("nunes2013"), idx=0))
    kept.reset(seed=1)
    assert kept.step(1)[1].shape == (made.reward_dim,)


def test_components_of_the_reward_sum_to_it():
    one, many = envs.ConditioningEnv("nunes2013", seed=4), envs.MOConditioningEnv("nunes2013", seed=4)
    assert many.components == [*[k.name for k in experiments.load("nunes2013").kinds if k.role == "outcome"], "effort"]
    one.reset(seed=4), many.reset(seed=4)
    total = 0.0
    for _ in range(5000):
        (_, reward, _, over, info), (_, rewards, _, _, _) = one.step(1), many.step(1)
        assert rewards.shape == (len(many.components),) and rewards.sum() == pytest.approx(reward, abs=1e-12)
        assert sum(info["components"].values()) == pytest.approx(reward, abs=1e-12)
        total += reward
        if over:
            break
    assert total != 0.0


def _collected(mode, steps, num_envs=3):
    made = gym.make_vec("accumbens/cannon2003-v0", num_envs=num_envs, autoreset_mode=mode)
    made.reset(seed=7)
    return made, [made.step(np.full(num_envs, 1)) for _ in range(steps)]


def test_the_three_modes_of_autoreset_show_the_same_life():
    made, steps = _collected(AutoresetMode.NEXT_STEP, 20_000)
    over = next(i for i, s in enumerate(steps) if s[3][0])
    assert made.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert steps[over + 1][1][0] == 0.0 and not steps[over + 1][3][0] and not any(s[2].any() for s in steps)
    _, same = _collected(AutoresetMode.SAME_STEP, over + 50)
    assert np.array_equal(same[over][4]["final_obs"][0], steps[over][0][0]) and same[over][4]["_final_obs"][0]
    assert np.array_equal(same[over + 1][0][0], steps[over + 2][0][0])
    disabled, before = _collected(AutoresetMode.DISABLED, over + 1, num_envs=1)
    assert before[over][3][0]
    with pytest.raises(ValueError, match="reset it first"):
        disabled.step(np.array([0]))
    disabled.reset(options={"reset_mask": np.array([True])})
    assert np.array_equal(disabled.step(np.array([1]))[0], steps[over + 2][0][:1])


def test_a_single_environment_is_the_first_lane_of_many():
    one = envs.ConditioningEnv("cannon2003", seed=7)
    many = envs.ConditioningVectorEnv("cannon2003", 4, seed=7)
    first, _ = one.reset(seed=7)
    rest, _ = many.reset(seed=7)
    assert np.array_equal(first, rest[0])
    for _ in range(300):
        seen, reward, *_ = one.step(1)
        seens, rewards, *_ = many.step(np.full(4, 1))
        assert np.array_equal(seen, seens[0]) and reward == rewards[0]


def test_an_agent_is_taught_by_a_theory_alike_on_any_number_of_threads():
    options = {"group": "control", "subjects": 4, "progress": False}
    for agent in (rl.Agent(), rl.Agent("q"), rl.Agent("opal"), rl.Agent(time_constants=(1.0, 5.0))):
        taught = rl.teach("cannon2003", RescorlaWagner(alpha=0.2), agent, **options)
        again = rl.teach("cannon2003", RescorlaWagner(alpha=0.2), agent, threads=1, **options)
        assert np.array_equal(taught["reward"], again["reward"])
        chosen = taught.where([s.startswith("choice") for s in taught["session"]])
        assert chosen["took sucrose_spout"].sum() > 2 * chosen["took water_spout"].sum()
    with pytest.raises(ValueError, match="actor_critic, q, opal"):
        rl.teach("cannon2003", None, rl.Agent("sarsa"), **options)
