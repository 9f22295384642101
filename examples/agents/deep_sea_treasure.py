"""Two wishes at once, near treasures and great ones: how much of the front is found, and what does a channel of noise cost?

`deep-sea-treasure` of MO-Gymnasium (its convex map): a submarine moves on a grid; each treasure ends the episode, each step costs
1 of the second channel. For each of six weights of the two channels a policy is trained; the score is the hypervolume of what
the six reach (γ = 0.99, above 0 treasure and −50 steps; the true front has 854.85, printed as computed from the library). A third
channel is pure noise of so much a step, weighed as the others: what it takes away is what a method pays for not telling channels apart.

    pip install mo-gymnasium
    python examples/agents/deep_sea_treasure.py   # the table of docs/agents.md, an hour on two cores
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import mo_gymnasium
import numpy as np
from lab import METHODS, Played, Policy, half_width

STEPS, GAMMA, WORST = 50, 0.99, np.array([0.0, -50.0])
WEIGHTS = np.linspace(0.02, 0.98, 6)
RATES, BATCH = (0.1, 0.3, 1.0, 3.0), 16
SEA = mo_gymnasium.make("deep-sea-treasure-v0")


class Treasure:
    """One weighting of treasure against time, with or without noise beside them."""

    more_is_better, actions, batch = True, 4, BATCH

    def __init__(self, weight, noise, episodes):
        self.map, self.noise, self.batches = SEA.unwrapped.sea_map, noise, episodes // BATCH
        self.weights = np.array([weight, 1 - weight, 1.0 if noise else 0.0])
        self.channels = 3 if noise else 2
        self.features = self.states = self.map.size

    def begin(self, rng):
        pass

    def play(self, policy, rng, number):
        b, size = BATCH, len(self.map)
        at, there = np.zeros((b, 2), np.int64), np.ones(b, bool)
        states, actions = np.zeros((b, STEPS), np.int64), np.zeros((b, STEPS), np.int64)
        chances, rewards = np.full((b, STEPS, 4), 0.25), np.zeros((b, STEPS, 3))
        mask = np.zeros((b, STEPS), bool)
        for t in range(STEPS):
            states[:, t], mask[:, t] = at[:, 0] * size + at[:, 1], there
            actions[:, t], chances[:, t] = policy.act(states[:, t, None], rng)
            to = at + np.array([[-1, 0], [1, 0], [0, -1], [0, 1]])[actions[:, t]]
            inside = ((to >= 0) & (to < size)).all(1)
            free = inside & (self.map[tuple(np.where(inside[:, None], to, 0).T)] != -10.0)
            at = np.where((free & there)[:, None], to, at)
            found = self.map[tuple(at.T)]
            rewards[there, t, 0], rewards[there, t, 1] = np.maximum(found, 0.0)[there], -1.0
            rewards[:, t, 2] = np.where(there, self.noise * rng.standard_normal(b), 0.0)
            there = there & (found <= 0.0)
            if not there.any():
                break
        discount = GAMMA ** np.arange(STEPS)
        self.reached = (rewards[:, :, :2] * discount[None, :, None]).sum(1).mean(0)
        given = (rewards * self.weights)[:, :, : self.channels]
        return Played(states[:, :, None], states, actions, chances, given, np.zeros(b, int), mask, given.sum((1, 2)))


def hypervolume(points):
    """The area above the worst that the points leave dominated."""
    area, reached = 0.0, WORST[1]
    for treasure, time in sorted(map(tuple, points), reverse=True):
        if treasure > WORST[0] and time > reached:
            area += (treasure - WORST[0]) * (time - reached)
            reached = time
    return area


def front():
    """The hypervolume of the library's own front."""
    return hypervolume(SEA.unwrapped.pareto_front(gamma=GAMMA))


def life(method, noise, rate, knob, episodes, seed):
    reached = []
    for i, weight in enumerate(WEIGHTS):
        task, rng = Treasure(weight, noise, episodes), np.random.default_rng([seed, i])
        policy, late = Policy(task.features, task.actions), []
        advantage = METHODS[method][0](task, knob)
        for number in range(task.batches):
            played = task.play(policy, rng, number)
            if number >= task.batches * 4 // 5:
                late.append(task.reached)
            policy.learn(played, advantage(played), rate)
        reached.append(np.mean(late, 0))
    return hypervolume(reached)


def measured(case, seeds, episodes):
    method, noise = case
    knobs = METHODS[method][1]
    swept = {(r, k): life(method, noise, r, k, episodes, 10_000) for r in RATES for k in knobs}
    rate, knob = max(swept, key=swept.get)
    return method, noise, rate, knob, np.array([life(method, noise, rate, knob, episodes, s) for s in range(seeds)])


def check():
    """Whether the library's own environment does the same under the same acts."""
    rng, task = np.random.default_rng(1), Treasure(0.5, 0.0, BATCH)
    played = task.play(Policy(task.features, 4), rng, 0)
    for states, actions, rewards, mask in zip(played.states, played.actions, played.rewards, played.mask):
        seen, _ = SEA.reset()
        for t in range(mask.sum()):
            assert tuple(seen) == divmod(states[t], len(task.map))
            seen, reward, terminated, _, _ = SEA.step(actions[t])
            assert np.allclose(reward * 0.5, rewards[t]), (reward, rewards[t])
        assert terminated or t == STEPS - 1


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seeds", type=int, default=5)
    words.add_argument("--episodes", type=int, default=1024)
    words.add_argument("--noise", type=float, nargs="*", default=[0.0, 5.0])
    args = words.parse_args()
    check()
    print(f"The library's front: {front():.2f}\n")
    cases = [(m, n) for n in args.noise for m in METHODS]
    print("| method | noise a step | rate | λ, half-life | hypervolume |\n|---|---|---|---|---|")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        work = partial(measured, seeds=args.seeds, episodes=args.episodes)
        for method, noise, rate, knob, found in pool.map(work, cases):
            cell = f"{found.mean():.0f} ± {half_width(found):.0f}"
            print(f"| {method} | {noise:g} | {rate:g} | {knob:g} | {cell} |", flush=True)


if __name__ == "__main__":
    main()
