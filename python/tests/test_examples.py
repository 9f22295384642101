"""The measurements of the examples: their tasks run with every method, and keep the rules that they are said to have."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

AGENTS = Path(__file__).parents[2] / "examples" / "agents"
pytest.importorskip("scipy")


@pytest.fixture(autouse=True)
def beside(monkeypatch):
    monkeypatch.syspath_prepend(str(AGENTS))
    yield
    sys.modules.pop("lab", None)


def tasks(script):
    import lab

    return lab, runpy.run_path(str(AGENTS / f"{script}.py"))


def test_every_method_learns_the_smallest_task_and_all_see_the_same_batches_first():
    lab, here = tasks("bsuite_tasks")
    task = here["Memory"](3, episodes=512)
    for method, (_, knobs) in lab.METHODS.items():
        regret, late = lab.life(task, method, 3.0, knobs[0], 1)
        assert late < 0.1, (method, regret, late)


@pytest.mark.parametrize("name", ["Umbrella", "Discounting", "Bandit", "Cartpole"])
def test_a_task_of_bsuite_pays_what_its_rules_say(name):
    lab, here = tasks("bsuite_tasks")
    made = {"Umbrella": (6, 2), "Discounting": (), "Bandit": (0.0,), "Cartpole": (0.0,)}
    task, rng = here[name](*made[name]), np.random.default_rng(1)
    task.begin(rng)
    played = task.play(lab.Policy(task.features, task.actions), rng, 0)
    assert played.features.max() < task.features and played.states.max() < task.states
    assert np.allclose(played.chances[played.mask].sum(-1), 1.0)
    returns = played.summed.sum(1)
    if name == "Umbrella":
        assert set(np.unique(played.rewards[:, -1, 0])) == {-1.0, 1.0} and np.allclose(played.score, 0.5)
    elif name == "Discounting":
        assert set(np.unique(returns.round(3))) <= {1.0, 1.1}
    elif name == "Bandit":
        assert np.allclose(played.score, 0.5) and returns.max() <= 1.0
    else:
        assert np.array_equal(returns, played.score)


def test_the_key_decides_the_treasure_alone_and_the_switch_turns_its_worth():
    lab, here = tasks("key_to_door")
    task, rng = here["KeyToDoor"](20, True), np.random.default_rng(2)
    task.begin(rng)
    policy = lab.Policy(task.features, task.actions)
    for number, sign in ((0, 1.0), (task.batches - 1, -1.0)):
        played = task.play(policy, rng, number)
        key = played.actions[:, 0] == 0
        assert np.allclose(played.rewards[:, :, 0].sum(1), np.where(key, sign * 0.2 * 23 / 20, 0.0))
        assert np.all((played.states[:, 1:] % 2 == 1) == key[:, None])


def test_a_submarine_moves_as_in_the_library_whose_front_has_the_known_hypervolume():
    pytest.importorskip("mo_gymnasium")
    _, here = tasks("deep_sea_treasure")
    here["check"]()
    assert abs(here["front"]() - 854.85) < 0.01


def test_watches_and_bandits_and_cheats_run_with_every_learner():
    _, watches = tasks("watch_repair")
    watches["life"].__globals__["MOST"] = 800
    assert all(750 <= watches["life"](learner, 1) <= 801 for learner in watches["LEARNERS"])
    _, bandits = tasks("bandit")
    bandits["life"].__globals__["STEPS"] = 300
    for learner, of in bandits["LEARNERS"].items():
        assert np.isfinite(bandits["life"](learner, of.numbers[0], "unequal noise, reversals", 1))
    _, cheats = tasks("reward_hacking")
    for method in cheats["METHODS"]:
        true, steps = cheats["life"](method, "noisy style, precise work", 3.0, 1)
        assert np.isnan(true) or (-0.5 <= true <= 1.0 and steps >= 1), method
