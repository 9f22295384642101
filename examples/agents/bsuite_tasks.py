"""Credit over time, distraction and noise: tasks of bsuite (Osband et al. 2020), every method at its best.

The rules of `umbrella_length`, `umbrella_distract`, `memory_len`, `discounting_chain`, `bandit_noise` and `cartpole_noise`
are written here for a whole batch of episodes at once. ``--check`` plays bsuite's own environments with the same acts
(``pip install bsuite``) and compares every observation and reward.

    python examples/agents/bsuite_tasks.py           # the tables of docs/agents.md, about an hour on two cores
    python examples/agents/bsuite_tasks.py --tasks umbrella_length --seeds 5
"""

import sys

import numpy as np
from lab import Played, Policy, drawn, table


class Task:
    """Batches of episodes; ``unit`` says what the score is."""

    more_is_better, channels, batch = True, 1, 16

    def begin(self, rng):
        """Chances of one life."""


class Umbrella(Task):
    """One act counts, and pays after ``length`` steps of ±1 by chance; ``distractors`` bits of noise are seen as well.

    Features are each bit's value, in the first step or a later one. Channels: the last reward, and those on the way.
    """

    unit, more_is_better, actions, channels = "regret a step, of 0.5 by chance", False, 2, 2

    def __init__(self, length, distractors, episodes=2048):
        self.length, self.bits, self.batches = length, 2 + distractors, episodes // self.batch
        self.features, self.states = 4 * self.bits, 4 * length

    def play(self, policy, rng, number):
        b, t = self.batch, self.length
        bits = rng.integers(0, 2, (b, t, self.bits))
        bits[:, :, 0] = bits[:, :1, 0]
        later = np.minimum(np.arange(t), 1)[None, :, None]
        features = 2 * (2 * np.arange(self.bits) + bits) + later
        first, chances = policy.act(features[:, 0], rng)
        bits[:, 1:, 1] = first[:, None]
        features = 2 * (2 * np.arange(self.bits) + bits) + later
        all_chances = policy.chances(features)
        actions = (rng.random((b, t)) < all_chances[:, :, 1]).astype(np.int64)
        actions[:, 0] = first
        rewards = np.zeros((b, t, 2))
        rewards[:, :-1, 1] = rng.choice([-1.0, 1.0], (b, t - 1))
        need = bits[:, 0, 0]
        rewards[:, -1, 0] = np.where(first == need, 1.0, -1.0)
        states = (2 * need[:, None] + bits[:, :, 1]) * t + np.arange(t)
        wrong = chances[np.arange(b), 1 - need]
        return Played(features, states, actions, all_chances, rewards, need, np.ones((b, t), bool), wrong)


class Memory(Task):
    """The last act must repeat what was seen in the first of ``length`` + 1 steps; the agent remembers it, as a feature."""

    unit, more_is_better, actions = "regret, of 0.5 by chance", False, 2

    def __init__(self, length, episodes=2048):
        self.steps, self.batches = length + 1, episodes // self.batch
        self.features = self.states = 2 * self.steps

    def play(self, policy, rng, number):
        b, t = self.batch, self.steps
        cue = rng.integers(0, 2, b)
        features = (2 * np.arange(t) + cue[:, None])[:, :, None]
        chances = policy.chances(features)
        actions = (rng.random((b, t)) < chances[:, :, 1]).astype(np.int64)
        rewards = np.zeros((b, t, 1))
        rewards[:, -1, 0] = np.where(actions[:, -1] == cue, 1.0, -1.0)
        wrong = chances[np.arange(b), -1, 1 - cue]
        return Played(features, features[:, :, 0], actions, chances, rewards, cue, np.ones((b, t), bool), wrong)


class Discounting(Task):
    """The first act chooses after how long 1 is paid (1, 3, 10, 30 or 100 steps); one choice, by the seed, pays 1.1."""

    unit, actions, steps, when = "return, of at most 1.1", 5, 100, np.array([1, 3, 10, 30, 100])

    def __init__(self, episodes=1024):
        self.batches = episodes // self.batch
        self.features = self.states = 1 + 5 * (self.steps - 1)

    def begin(self, rng):
        self.pays = np.ones(5)
        self.pays[rng.integers(5)] += 0.1

    def play(self, policy, rng, number):
        b, t = self.batch, self.steps
        first, _ = policy.act(np.zeros((b, 1), np.int64), rng)
        states = np.concatenate([np.zeros((b, 1), np.int64), 1 + 99 * first[:, None] + np.arange(t - 1)], 1)
        chances = policy.chances(states[:, :, None])
        actions = drawn(chances, rng)
        actions[:, 0] = first
        rewards = np.zeros((b, t, 1))
        rewards[np.arange(b), self.when[first] - 1, 0] = self.pays[first]
        score = (chances[:, 0] * self.pays).sum(1)
        return Played(states[:, :, None], states, actions, chances, rewards, np.zeros(b, int), np.ones((b, t), bool), score)


class Bandit(Task):
    """Eleven arms pay 0, 0.1, … 1, in an order by the seed, and noise of this standard deviation."""

    unit, more_is_better, actions, features, states = "regret", False, 11, 1, 1

    def __init__(self, noise, episodes=10_000):
        self.noise, self.batches = noise, episodes // self.batch

    def begin(self, rng):
        self.pays = rng.permutation(np.linspace(0, 1, 11))

    def play(self, policy, rng, number):
        b = self.batch
        nothing = np.zeros((b, 1), np.int64)
        actions, chances = policy.act(nothing, rng)
        rewards = (self.pays[actions] + self.noise * rng.standard_normal(b))[:, None, None]
        regret = 1.0 - (chances * self.pays).sum(1)
        return Played(
            nothing[:, :, None], nothing, actions[:, None], chances[:, None], rewards, nothing[:, 0], nothing == 0, regret
        )


class Cartpole(Task):
    """A pole to be kept upright, 1 a step and noise of this standard deviation; the agent sees boxes of position, angle and
    their speeds (Barto et al. 1983). An episode lasts at most 200 steps of 0.01 s here, 1,000 in bsuite."""

    unit, actions, steps, features, states = "steps upright, of at most 200", 3, 200, 162, 162

    def __init__(self, noise, episodes=512):
        self.noise, self.batches = noise, episodes // self.batch

    def play(self, policy, rng, number):
        b, t = self.batch, self.steps
        states, actions = np.zeros((b, t), np.int64), np.zeros((b, t), np.int64)
        chances, mask = np.full((b, t, 3), 1 / 3), np.zeros((b, t), bool)
        at, up = rng.uniform(-0.05, 0.05, (4, b)), np.ones(b, bool)
        for step in range(t):
            mask[:, step], states[:, step] = up, boxes(at)
            actions[:, step], chances[:, step] = policy.act(states[:, step, None], rng)
            at = moved(at, actions[:, step] - 1.0)
            up = up & (np.cos(at[2]) > 0.8) & (np.abs(at[0]) < 3.0)
            if not up.any():
                break
        after = np.concatenate([mask[:, 1:], up[:, None]], 1)
        rewards = np.where(mask, after + self.noise * rng.standard_normal((b, t)), 0.0)
        return Played(
            states[:, :, None], states, actions, chances, rewards[:, :, None], np.zeros(b, int), mask, after.sum(1)
        )


def boxes(at):
    x, speed, angle, turn = at
    place = np.digitize(x, [-0.8, 0.8]) * 54 + np.digitize(speed, [-0.5, 0.5]) * 18
    return place + np.digitize(angle, np.radians([-12, -1, 0, 1, 12])) * 3 + np.digitize(turn, np.radians([-50, 50]))


def moved(at, act, dt=0.01):
    """A step of the cart and pole of bsuite: masses 1 and 0.1 kg, half length 0.5 m, force 10 N, gravity 9.8 m/s²."""
    x, speed, angle, turn = at
    cos, sin, half, total = np.cos(angle), np.sin(angle), 0.05, 1.1
    inside = (10.0 * act + half * turn**2 * sin) / total
    bend = (9.8 * sin - cos * inside) / (0.5 * (4 / 3 - 0.1 * cos**2 / total))
    push = inside - half * bend * cos / total
    return np.array([x + dt * speed, speed + dt * push, np.remainder(angle + dt * turn, 2 * np.pi), turn + dt * bend])


TASKS = [
    ("umbrella_length, 20 steps, 20 distractors", Umbrella(20, 20)),
    ("umbrella_length, 100 steps, 20 distractors", Umbrella(100, 20, 1024)),
    ("umbrella_distract, 20 steps, 100 distractors", Umbrella(20, 100, 1024)),
    ("memory_len 10", Memory(10)),
    ("memory_len 50", Memory(50)),
    ("discounting_chain", Discounting()),
    ("bandit_noise 0.1", Bandit(0.1)),
    ("bandit_noise 1", Bandit(1.0)),
    ("bandit_noise 10", Bandit(10.0)),
    ("cartpole_noise 0.1", Cartpole(0.1)),
    ("cartpole_noise 10", Cartpole(10.0)),
]

def check(rng):
    """Whether bsuite's own environments do the same under the same acts."""
    from bsuite.environments import bandit, cartpole, discounting_chain, memory_chain, umbrella_chain

    def played(env, actions):
        env.reset()
        return [env.step(int(a)) for a in actions]

    for task, env in ((Umbrella(7, 3), umbrella_chain.UmbrellaChain(7, 3)), (Memory(5), memory_chain.MemoryChain(5))):
        ours = task.play(Policy(task.features, 2), rng, 0)
        for actions, need, rewards in zip(ours.actions, ours.groups, ours.rewards):
            env.reset()
            env._need_umbrella, env._context = need, np.array([need])
            theirs = [env.step(int(a)) for a in actions]
            assert theirs[-1].last() and not any(step.last() for step in theirs[:-1])
            assert theirs[-1].reward == rewards[-1, 0]
            on_the_way = {abs(step.reward) for step in theirs[:-1]}
            assert on_the_way == set(np.abs(rewards[:-1].sum(1)))
    task = Discounting()
    task.begin(rng)
    env = discounting_chain.DiscountingChain(int(task.pays.argmax()))
    ours = task.play(Policy(task.features, 5), rng, 0)
    for actions, rewards in zip(ours.actions, ours.rewards):
        assert [step.reward for step in played(env, actions)] == list(rewards[:, 0])
    task = Bandit(0.0)
    task.begin(rng)
    env = bandit.SimpleBandit(0)
    assert sorted(env._rewards) == sorted(task.pays)
    env, at = cartpole.Cartpole(seed=1), rng.uniform(-0.05, 0.05, 4)
    env.reset()
    env._state = cartpole.CartpoleState(*at, 0.0)
    for act in rng.integers(0, 3, 60):
        at, step = moved(at, act - 1.0), env.step(int(act))
        assert np.allclose(list(env._state)[:4], at, rtol=1e-12)
        assert bool(step.reward) == (np.cos(at[2]) > 0.8 and abs(at[0]) < 3.0)
        if step.last():
            break
    print("the same as bsuite's own environments")


if __name__ == "__main__":
    if "--check" in sys.argv:
        check(np.random.default_rng(1))
    else:
        table(TASKS, __doc__)
