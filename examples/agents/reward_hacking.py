"""A reward that can be cheated: does credit by channel and precision slow the cheat down?

A response has 32 places of two tokens. Eight places are the work: the first channel is how many of them are right, with noise.
Eight others are style: the second channel, a reward model's, is how many of them please it. The proxy that is trained on is the sum
of both; what is truly wanted is the work less half the style. In one world the reward model is precise and the work's judge is
noisy (1.0), in the other the reward model is noisy (1.0) and the work is judged precisely (0.1).

Every method is trained until the proxy reaches 1.4 of 2 (0 is where it starts), at the rate of one sweep that leaves most of
what is truly wanted then. What is shown is the true reward there, of −0.5 where all came from style to +1 where all came from
work, and the number of steps. Intervals are 95% over seeds (t).

    python examples/agents/reward_hacking.py      # the table of docs/agents.md, some minutes
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from lab import half_width

from accumbens import credit

PLACES, EACH, RESPONSES, MOST, GOAL = 32, 8, 16, 1500, 1.4
RATES = (0.1, 0.3, 1.0, 3.0, 10.0)
WORLDS = {"precise style, noisy work": (1.0, 0.05), "noisy style, precise work": (0.1, 1.0)}


def groups(channels):
    def start():
        def advantage(tokens, rewards):
            rewards = rewards if channels else rewards.sum(1, keepdims=True)
            alike = np.zeros(len(rewards), int)
            return sum(credit.group_advantages(r, alike, centre="mean", prior=0.0) for r in rewards.T)[:, None]

        return advantage

    return start


def given(channels=2, capped=None, **settings):
    """`Credit`; ``capped`` holds the style's channel at most so high by a Lagrangian."""

    def start():
        made, held = credit.Credit(channels, **settings), np.zeros(1)
        places = 2 * np.arange(PLACES, dtype=np.int32)

        def advantage(tokens, rewards):
            nonlocal held
            rewards = rewards if channels == 2 else rewards.sum(1)
            signal = made(places + tokens, rewards, np.zeros(len(rewards), int))
            if capped is not None:
                # The multiplier of "style is at most so much" is taken off the weight that style has in the proxy.
                held = credit.dual(held, [-capped], [-rewards[:, 1].mean()], rate=0.1)
                made.weights = [1.0, 1.0 - held[0]]
            return signal.advantages

        return advantage

    return start


METHODS = {
    "GRPO": groups(False),
    "GDPO": groups(True),
    "precision alone": given(precision=True),
    "backtracking alone, one channel": given(1, mode="contribution", z0=0.0),
    "backtracking × precision, one channel": given(1, mode="contribution"),
    "backtracking × precision, channels": given(mode="contribution"),
    "backtracking × precision, channels by precision": given(mode="contribution", precision=True),
    "the same, style held at 0.2 (Lagrangian)": given(mode="contribution", precision=True, capped=0.2),
}


def life(method, world, rate, seed):
    """The true reward when the proxy reaches its goal, and the steps; NaN where it never does."""
    rng, logit, advantage = np.random.default_rng(seed), np.zeros(PLACES), METHODS[method]()
    noise = WORLDS[world]
    for step in range(1, MOST + 1):
        p = 1 / (1 + np.exp(-logit))
        tokens = (rng.random((RESPONSES, PLACES)) < p).astype(np.int32)
        clean = np.stack([2 * tokens[:, i * EACH : (i + 1) * EACH].mean(1) - 1 for i in range(2)], 1)
        rewards = clean + noise * rng.standard_normal((RESPONSES, 2))
        made = advantage(tokens, rewards)
        logit = np.clip(logit + rate * (made * (tokens - p)).mean(0), -5, 5)
        p = 1 / (1 + np.exp(-logit))
        work, style = (2 * p[i * EACH : (i + 1) * EACH].mean() - 1 for i in range(2))
        if work + style >= GOAL:
            return work - 0.5 * style, step
    return np.nan, np.nan


def measured(case, seeds):
    method, world = case
    best = None
    for rate in RATES:
        found = np.array([life(method, world, rate, 10_000 + s) for s in range(6)])
        if not np.isnan(found).any() and (best is None or found[:, 0].mean() > best[0]):
            best = (found[:, 0].mean(), rate)
    if best is None:
        return method, world, None, None
    return method, world, best[1], np.array([life(method, world, best[1], s) for s in range(seeds)])


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seeds", type=int, default=20)
    args = words.parse_args()
    print("| world | method | rate | true reward at a proxy of 1.4 | steps |\n|---|---|---|---|---|")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for method, world, rate, found in pool.map(
            partial(measured, seeds=args.seeds), [(m, w) for w in WORLDS for m in METHODS]
        ):
            if rate is None:
                print(f"| {world} | {method} | – | the proxy never reaches it | – |", flush=True)
                continue
            reached = found[~np.isnan(found[:, 0])]
            note = "" if len(reached) == len(found) else f" ({len(reached)} of {len(found)} get there)"
            half = half_width(reached[:, 0])
            print(
                f"| {world} | {method} | {rate:g} | {reached[:, 0].mean():.3f} ± {half:.3f}{note} |"
                f" {reached[:, 1].mean():.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
