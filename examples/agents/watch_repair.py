"""Which watches are worth repairing, where delivery fifty steps later costs by chance what repairing earns?

The task of RUDDER's demonstration (Arjona-Medina et al. 2019): a watch of one of four brands is repaired or not; repairing
costs at once, and pays at the end the price less what delivery to the end has cost: brand by brand, and for traffic jams (0.1, with
chance 0.1 a step) and flat tyres (7, with 0.05). Repairing pays for two of the brands. Every learner is ε-greedy (0.1) by its
own estimate of what repairing brings, as there, and is done when 95% of the last 750 decisions were good.

What is counted are the episodes until then: the median of the seeds and their range; 60,000 are allowed.

    python examples/agents/watch_repair.py        # the table of docs/agents.md, five minutes on two cores
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from accumbens import credit

PRICE, REPAIR, DELIVERY = np.array([18, 28, 31, 59]), np.array([1, 4, 5, 24.5]), np.array([0.5, 2.5, 4.5, 18])
SPREAD, GOOD = np.array([2, 2, 2, 1]), np.array([False, True, True, False])
STEPS, WINDOW, MOST = 50, 750, 60_000
#: An event is repairing a brand; and a jam, and a flat tyre, that came while a repaired watch was on its way.
JAM, FLAT = 4, 5


class Averaged:
    """What repairing a brand has brought: the mean of all times, or with a constant rate."""

    def __init__(self, rate=None):
        self.rate, self.value, self.counts = rate, np.full(4, 10.0), np.zeros(4)

    def worth(self, brand):
        return self.value[brand]

    def learn(self, brand, traces, pay):
        self.counts[brand] += 1
        self.value[brand] += (self.rate or 1 / self.counts[brand]) * (pay - self.value[brand])


class Adjusted:
    """What repairing adds with jams and tyres held: recursive least squares over all that preceded the pay; shrunk, less what
    the precision of a weight does not bear out (J = max(0, 1 − 1/z²))."""

    def __init__(self, shrunk=False):
        self.known, self.weights = credit.Adjusted(6, ridge=1e-3), np.full(6, 10.0)
        self.counts, self.repaired, self.shrunk = np.zeros(2), 0, shrunk

    def worth(self, brand):
        # What the road costs on average is part of what repairing brings.
        return self.weights[brand] + self.weights[[JAM, FLAT]] @ (self.counts / max(self.repaired, 1))

    def learn(self, brand, traces, pay):
        self.counts += traces
        self.repaired += 1
        row = np.zeros(6)
        row[brand], row[JAM:] = 1.0, traces
        # Two outcomes, so that the intercept is that of not repairing, which brings nothing.
        self.known.learn(np.stack([row, np.zeros(6)]), np.array([pay, 0.0]))
        weights, errors = self.known.weights()
        kept = 1.0
        if self.shrunk:
            z = np.divide(weights, errors, out=np.zeros(6), where=np.isfinite(errors) & (errors > 0))
            kept = np.maximum(0, 1 - 1 / np.maximum(z**2, 1e-12))
        self.weights = np.where(weights != 0.0, kept * weights, 10.0)


class Typed(Averaged):
    """Channels: the cost of repair, the road and the brand's pay have each their own mean, and are summed last."""

    def __init__(self):
        super().__init__()
        self.road, self.times = 0.0, 0

    def learn(self, brand, traces, pay):
        road = -0.1 * traces[0] - 7.0 * traces[1]
        self.times += 1
        self.road += (road - self.road) / self.times
        super().learn(brand, traces, pay - road)

    def worth(self, brand):
        return self.value[brand] + (self.road if self.times else 0.0)


LEARNERS = {
    "Monte Carlo, constant rate 0.1 (RUDDER's baseline)": partial(Averaged, 0.1),
    "Monte Carlo, averaged": Averaged,
    "backtracking: least squares on what preceded": Adjusted,
    "backtracking × precision: the same, shrunk": partial(Adjusted, True),
    "channels told apart by hand, averaged": Typed,
}


def life(learner, seed):
    rng, known = np.random.default_rng(seed), LEARNERS[learner]()
    good = np.zeros(MOST, bool)
    for episode in range(MOST):
        brand = rng.integers(4)
        repair = rng.random() < 0.5 if rng.random() < 0.1 else known.worth(brand) > 0.0
        good[episode] = repair == GOOD[brand]
        if episode + 1 >= WINDOW and good[episode + 1 - WINDOW : episode + 1].mean() >= 0.95:
            return episode + 1
        if repair:
            traces = rng.binomial(STEPS, [0.1, 0.05])
            pay = PRICE[brand] - rng.normal(REPAIR[brand], SPREAD[brand]) - rng.normal(DELIVERY[brand], 1.5)
            known.learn(brand, traces, pay - 0.1 * traces[0] - 7.0 * traces[1])
    return MOST + 1


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seeds", type=int, default=20)
    args = words.parse_args()
    print("| learner | episodes until 95% are good: median (least to most) | never |\n|---|---|---|")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for learner in LEARNERS:
            found = np.array(list(pool.map(partial(life, learner), range(args.seeds))))
            never = (found > MOST).sum()
            most = f"above {MOST:,}" if never else f"{found.max():,}"
            middle = np.median(found)
            middle = f"above {MOST:,}" if middle > MOST else f"{middle:,.0f}"
            print(f"| {learner} | {middle} ({found.min():,} to {most}) | {never} of {args.seeds} |", flush=True)


if __name__ == "__main__":
    main()
