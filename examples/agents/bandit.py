"""Does precision pay where the world moves? A bandit that drifts (Sutton & Barto 2018, exercise 2.5), at what rate to learn?

Ten arms begin alike and walk by 0.01 a step; pay is the arm's value with noise. Four worlds: noise of 1 on every arm, or of
0.3 to 3 by arm; and each with the best and the worst arm changing places every 1,000 steps. Choices are ε-greedy, 0.1.
Learners differ in the gain alone, and each is shown at the number of one sweep that is best for it over seeds kept apart:
a constant gain, one over the count, Pearce and Hall's associability, a Kalman filter that is told drift and mean noise, and
`accumbens.credit.Values`, which finds the noise of each arm by itself. The score is the reward above that of a random choice,
as a share of the best arm's, over 10,000 steps; intervals are 95% over seeds (t).

    python examples/agents/bandit.py              # the table of docs/agents.md, ten minutes on two cores
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from lab import half_width

from accumbens import credit

STEPS, ARMS, WALK = 10_000, 10, 0.01
WORLDS = {
    "equal noise": (False, False),
    "unequal noise": (True, False),
    "equal noise, reversals": (False, True),
    "unequal noise, reversals": (True, True),
}


class Constant:
    numbers = (0.02, 0.05, 0.1, 0.2, 0.4)

    def __init__(self, number):
        self.mean, self.gain = np.zeros(ARMS), number

    def learn(self, arm, pay):
        self.mean[arm] += self.gain * (pay - self.mean[arm])


class Average(Constant):
    numbers = (1.0,)

    def __init__(self, number):
        super().__init__(number)
        self.counts = np.zeros(ARMS)

    def learn(self, arm, pay):
        self.counts[arm] += 1
        self.gain = 1 / self.counts[arm]
        super().learn(arm, pay)


class PearceHall(Constant):
    """The gain follows how surprising the arm has been (Pearce & Hall 1980), here |δ| over all arms' mean |δ|."""

    def __init__(self, number):
        super().__init__(number)
        self.surprise, self.rate = np.ones(ARMS), number

    def learn(self, arm, pay):
        self.surprise[arm] += 0.05 * (abs(pay - self.mean[arm]) - self.surprise[arm])
        self.gain = min(self.rate * self.surprise[arm] / self.surprise.mean(), 1.0)
        super().learn(arm, pay)


class Kalman(Constant):
    numbers = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)

    def __init__(self, number):
        super().__init__(number)
        self.variance, self.drift = np.ones(ARMS), number

    def learn(self, arm, pay):
        self.variance += self.drift
        self.gain = self.variance[arm] / (self.variance[arm] + 1.0)
        super().learn(arm, pay)
        self.variance[arm] *= 1 - self.gain


class Precise:
    numbers = Kalman.numbers

    def __init__(self, number):
        self.known = credit.Values(ARMS, drift=number)
        self.mean = np.zeros(ARMS)

    def learn(self, arm, pay):
        self.known.learn([arm], [pay])
        self.mean = self.known.mean


LEARNERS = {
    "constant gain": Constant,
    "one over the count": Average,
    "Pearce–Hall": PearceHall,
    "Kalman filter, one noise for all arms": Kalman,
    "precision of each arm (Values)": Precise,
}


def life(learner, number, world, seed):
    """The share of what the best arm would bring above a random choice."""
    rng, known = np.random.default_rng(seed), LEARNERS[learner](number)
    unequal, reversals = WORLDS[world]
    noise = rng.permutation(np.geomspace(0.3, 3.0, ARMS)) if unequal else np.ones(ARMS)
    value, got, best, chance = np.zeros(ARMS), 0.0, 0.0, 0.0
    steps = WALK * rng.standard_normal((STEPS, ARMS))
    explore, draws = rng.random(STEPS) < 0.1, rng.integers(0, ARMS, STEPS)
    pays = rng.standard_normal(STEPS)
    for t in range(STEPS):
        value += steps[t]
        if reversals and t % 1000 == 999:
            low, high = value.argmin(), value.argmax()
            value[[low, high]] = value[[high, low]]
        arm = draws[t] if explore[t] else known.mean.argmax()
        got, best, chance = got + value[arm], best + value.max(), chance + value.mean()
        known.learn(arm, value[arm] + noise[arm] * pays[t])
    return (got - chance) / (best - chance)


def measured(learner, world, seeds):
    numbers = LEARNERS[learner].numbers
    swept = [np.mean([life(learner, n, world, 10_000 + s) for s in range(10)]) for n in numbers]
    number = numbers[int(np.argmax(swept))]
    found = np.array([life(learner, number, world, s) for s in range(seeds)])
    return learner, world, number, found


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seeds", type=int, default=40)
    args = words.parse_args()
    pairs = [(learner, world) for world in WORLDS for learner in LEARNERS]
    print("| world | learner | its number | share of the best | less constant gain, same seeds |\n|---|---|---|---|---|")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for learner, world, number, found in pool.map(partial(measured, seeds=args.seeds), *zip(*pairs)):
            if learner == "constant gain":
                constant = found
            less = found - constant
            cells = [f"{x.mean():.3f} ± {half_width(x):.3f}" for x in (found, less)]
            print(f"| {world} | {learner} | {number:g} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
