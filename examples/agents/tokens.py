"""What does a policy give up of itself to learn one token? Reward and drift, by where the credit goes.

A policy writes 128 tokens, two choices a place. One place decides: the reward is 1 with chance 0.7 if it is right and 0.3 if
not. GRPO copies one advantage to all places, so the others drift by chance. Each method is run at each learning rate of
one sweep until the right token is written in 90%. Drift is the Kullback–Leibler divergence from the start over the 127
places that do not matter, when that is reached: the same reward, bought at different prices. A slower learner drifts less,
so for each budget of steps the table shows the rate that drifts least among those at which every seed gets there and that
need no more steps on average. Intervals are 95% over seeds (t).

    python examples/agents/tokens.py              # the table of docs/agents.md, some minutes
"""

import argparse

import numpy as np

from accumbens import credit

PLACES, RESPONSES, MOST = 128, 16, 3000
RATES = [0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0]
BUDGETS = [12, 50, 200, 800]
METHODS = {
    "GRPO": None,
    "gate": {"mode": "gate", "gate": 1.0, "centre": "mean", "prior": 0.0},
    "potential": {"mode": "potential"},
    "contribution without shrinkage": {"mode": "contribution", "z0": 0.0},
    "contribution by precision": {"mode": "contribution"},
    "contribution by precision, z0 = 4": {"mode": "contribution", "z0": 4.0},
}


def life(settings, rate, seed):
    """Steps until the right token is written in 90%, and the drift by then; NaN where that never comes."""
    rng, logit, key = np.random.default_rng(seed), np.zeros(PLACES), PLACES // 2
    given = None if settings is None else credit.Credit(**settings)
    group = np.zeros(RESPONSES, int)
    for step in range(1, MOST + 1):
        p = 1 / (1 + np.exp(-logit))
        tokens = (rng.random((RESPONSES, PLACES)) < p).astype(np.int32)
        reward = (rng.random(RESPONSES) < np.where(tokens[:, key] == 1, 0.7, 0.3)).astype(float)
        if given is None:
            advantage = credit.group_advantages(reward, group, centre="mean", prior=0.0)[:, None]
        else:
            advantage = given(2 * np.arange(PLACES, dtype=np.int32) + tokens, reward, group).advantages
        logit = logit + rate * (advantage * (tokens - p)).mean(0)
        p = 1 / (1 + np.exp(-logit))
        if p[key] >= 0.9:
            q = np.clip(np.delete(p, key), 1e-12, 1 - 1e-12)
            return step, (q * np.log(2 * q) + (1 - q) * np.log(2 * (1 - q))).sum()
    return np.nan, np.nan


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seeds", type=int, default=10)
    args = words.parse_args()
    print("| method | steps allowed | rate | steps to 90% | drift of the other tokens, nats |\n|---|---|---|---|---|")
    t = {5: 2.776, 10: 2.262, 20: 2.093}.get(args.seeds, 2.0)
    for name, settings in METHODS.items():
        runs = {rate: np.array([life(settings, rate, s) for s in range(args.seeds)]) for rate in RATES}
        for budget in BUDGETS:
            fit = [r for r, found in runs.items() if np.isfinite(found).all() and found[:, 0].mean() <= budget]
            if not fit:
                print(f"| {name} | {budget} | none | | |", flush=True)
                continue
            rate = min(fit, key=lambda r: runs[r][:, 1].mean())
            mean = runs[rate].mean(0)
            half = t * runs[rate].std(0, ddof=1) / np.sqrt(args.seeds)
            steps, drift = (f"{m:.{d}f} ± {h:.{d}f}" for m, h, d in zip(mean, half, (0, 3)))
            print(f"| {name} | {budget} | {rate} | {steps} | {drift} |", flush=True)


if __name__ == "__main__":
    main()
