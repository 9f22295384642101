"""Does backtracking with precision find the one act that mattered among a hundred noisy rewards?

The umbrella problem (Osband et al. 2020, bsuite): a forecast is seen, an umbrella is taken or not, and a hundred steps
later it pays +1 or costs 1; every step between pays +1 or −1 by chance. Only the first act matters, and its reward is
hidden in the sum of all.

Every method trains the same softmax policy by the same gradient steps; they differ in the advantage alone. Each is shown
at the learning rate, of one sweep, that is best for it over seeds kept apart from those reported. Regret is the share of
wrong umbrellas, 0.5 by chance. Intervals are 95% over seeds (t). With ``--reverse`` the umbrella's meaning turns round at
half time, and what was learnt is forgotten with a half-life of 64 episodes.

    python examples/agents/umbrella.py            # the table of docs/agents.md, about a minute
"""

import argparse

import numpy as np

from accumbens import credit

RATES = [0.3, 1.0, 3.0, 10.0, 30.0]
EPISODES, BATCH = 1536, 16
T95 = {20: 2.093, 8: 2.365}


def play(theta, rng, length, turned):
    """A batch: forecasts, acts, and rewards of two channels, at the end and on the way."""
    rain = rng.integers(0, 2, BATCH)
    wet = 1 / (1 + np.exp(theta[rain, 0] - theta[rain, 1]))
    act = (rng.random(BATCH) < wet).astype(int)
    end = np.where((act == rain) != turned, 1.0, -1.0)
    way = rng.choice([-1.0, 1.0], size=(BATCH, length - 1)).sum(1)
    return rain, act, wet, np.stack([end, way], 1)


class Method:
    """A name, and how the rewards of a batch become the advantage of the act."""

    def __init__(self, name, channels, **settings):
        self.name, self.channels, self.settings = name, channels, settings

    def start(self, half_life):
        if self.settings.get("plain"):
            prior = self.settings["prior"]
            def advantage(rain, act, rewards):
                columns = rewards.T if self.channels == 2 else [rewards.sum(1)]
                return sum(credit.group_advantages(r, rain, centre="mean", prior=prior) for r in columns)
            return advantage
        given = credit.Credit(self.channels, half_life=half_life, **self.settings)

        def advantage(rain, act, rewards):
            rewards = rewards if self.channels == 2 else rewards.sum(1)
            return given(act[:, None], rewards, rain, context=rain).advantages[:, 0]

        return advantage


METHODS = [
    Method("GRPO", 1, plain=True, prior=0.0),
    Method("GDPO: channels, each by its own spread", 2, plain=True, prior=0.0),
    Method("backtracking alone (averaged Monte Carlo, by Bayes)", 1, mode="contribution", z0=0.0),
    Method("backtracking, contingencies by precision", 1, mode="contribution"),
    Method("backtracking, channels", 2, mode="contribution", z0=0.0),
    Method("backtracking, channels, contingencies by precision", 2, mode="contribution"),
    Method("channels by precision, no backtracking", 2, precision=True),
    Method("all: backtracking, channels, both precisions", 2, mode="contribution", precision=True),
]


def regret(method, rate, seed, length, reverse):
    """The share of wrong umbrellas over all episodes, and over the last third."""
    rng, theta, advantage = np.random.default_rng(seed), np.zeros((2, 2)), method.start(64.0 if reverse else float("inf"))
    wrong = []
    for number in range(EPISODES // BATCH):
        turned = reverse and number >= EPISODES // BATCH // 2
        rain, act, wet, rewards = play(theta, rng, length, turned)
        wrong.append(np.where((rain == 1) != turned, 1 - wet, wet).mean())
        signal = advantage(rain, act, rewards)
        for context in (0, 1):
            here = rain == context
            step = rate * (signal[here] * (act[here] - wet[here])).sum() / BATCH
            theta[context] += [-step, step]
        theta = np.clip(theta, -2, 2)
    return np.mean(wrong), np.mean(wrong[2 * len(wrong) // 3 :])


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seeds", type=int, default=20)
    words.add_argument("--lengths", type=int, nargs="*", default=[20, 100])
    words.add_argument("--reverse", action="store_true")
    args = words.parse_args()
    print("| method | length | rate | regret, all episodes | last third |\n|---|---|---|---|---|")
    for length in args.lengths:
        for method in METHODS:
            swept = [np.mean([regret(method, r, 10_000 + s, length, args.reverse)[0] for s in range(8)]) for r in RATES]
            rate = RATES[int(np.argmin(swept))]
            found = np.array([regret(method, rate, s, length, args.reverse) for s in range(args.seeds)])
            half = T95.get(args.seeds, 2.0) * found.std(0, ddof=1) / np.sqrt(args.seeds)
            cells = [f"{m:.3f} ± {h:.3f}" for m, h in zip(found.mean(0), half)]
            print(f"| {method.name} | {length} | {rate} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
