"""What the measurements of this folder share: a policy, the ways of giving credit, sweeps and intervals.

A task plays batches of B episodes of T steps (`Played`). A policy is a softmax of weights of the features that are active
in a step (a table where one is); every method trains it by the same gradient steps and differs in the advantage alone.
Each method is shown at the learning rate, and at the value of its one other number, that are best for it over seeds kept
apart from those reported; all have the same sweep.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import stats

from accumbens import credit

RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass
class Played:
    """A batch of episodes."""

    #: (B, T, F) features that are active in a step, below 0 for none.
    features: np.ndarray
    #: (B, T) what a critic sees.
    states: np.ndarray
    #: (B, T)
    actions: np.ndarray
    #: (B, T, A) what the policy gave each action.
    chances: np.ndarray
    #: (B, T, K) rewards of a step by channel.
    rewards: np.ndarray
    #: (B,) sequences that begin alike.
    groups: np.ndarray
    #: (B, T) which steps were taken.
    mask: np.ndarray
    #: (B,) how good each episode was.
    score: np.ndarray

    @property
    def summed(self):
        """(B, T) rewards over all channels."""
        return (self.rewards.sum(2) * self.mask).astype(np.float64)

    def one(self):
        """The same with all channels in one."""
        return Played(**{**self.__dict__, "rewards": self.rewards.sum(2, keepdims=True)})


def drawn(chances, rng):
    """One of the last axis by its chances."""
    draws = rng.random((*chances.shape[:-1], 1))
    return np.minimum((draws > chances.cumsum(-1)).sum(-1), chances.shape[-1] - 1)


def half_width(found):
    """Half of the 95% interval of a mean over the first axis (t)."""
    return stats.t.ppf(0.975, len(found) - 1) * np.std(found, 0, ddof=1) / np.sqrt(len(found))


class Policy:
    """A softmax over actions of the sum of the active features' weights, which are clipped so that it goes on exploring."""

    def __init__(self, features, actions, clip=3.0):
        self.weights, self.clip = np.zeros((features + 1, actions)), clip

    def chances(self, features):
        """(..., A) of features (..., F)."""
        drive = self.weights[features].sum(-2)
        drive = np.exp(drive - drive.max(-1, keepdims=True))
        return drive / drive.sum(-1, keepdims=True)

    def act(self, features, rng):
        """Actions (B,), and what each action had (B, A)."""
        chances = self.chances(features)
        return drawn(chances, rng), chances

    def learn(self, played, advantages, rate):
        """A step along the policy gradient; advantages (B, T), or (B, T, F) where each feature has its own."""
        advantages = advantages[:, :, None] if advantages.ndim == 2 else advantages
        advantages = np.where((played.features >= 0) & played.mask[:, :, None], advantages, 0.0) / len(played.features)
        taken = np.eye(self.weights.shape[1])[played.actions] - played.chances
        for action in range(self.weights.shape[1]):
            push = (advantages * taken[:, :, None, action]).ravel()
            change = np.bincount(played.features.ravel() + 1, push, len(self.weights))
            self.weights[:-1, action] += rate * change[1:]
        np.clip(self.weights, -self.clip, self.clip, out=self.weights)


def group(prior, channels):
    """Every step has the sequence's advantage in its group, of all rewards or of each channel by itself."""

    def start(task, knob):
        def advantage(played):
            totals = (played.rewards if channels else played.one().rewards).sum(1)
            given = [credit.group_advantages(c, played.groups, centre="mean", prior=prior) for c in totals.T]
            return np.repeat(np.nan_to_num(sum(given))[:, None], played.mask.shape[1], 1)

        return advantage

    return start


def scaled(advantages, mask):
    """By their spread in the batch, as trainers do."""
    return advantages / max(advantages[mask].std(), 1e-8)


def critic(expected):
    """A table of values by TD(λ) or, where expected, by expected traces ET(λ); advantages are generalised ones of it."""

    def start(task, lam):
        values, rate = np.zeros(task.states + 1), 0.1
        traces = np.eye(task.states) if expected else None

        def advantage(played):
            states = np.where(played.mask, played.states, task.states)
            after = np.concatenate([states[:, 1:], np.full((len(states), 1), task.states)], 1)
            over = np.zeros(states.shape)
            made = credit.gae(played.summed, values[states], None, over, gamma=1.0, lam=lam, layout="sequences")
            made = np.where(played.mask, made, 0.0)
            if expected:
                learn_expected(values, traces, states, after, played.summed, lam, rate)
            else:
                counts = np.bincount(states.ravel(), minlength=len(values))
                change = np.bincount(states.ravel(), made.ravel(), len(values))
                values[:-1] += (1 - (1 - rate) ** counts[:-1]) * change[:-1] / np.maximum(counts[:-1], 1)
            return scaled(made, played.mask)

        return advantage

    return start


def learn_expected(values, traces, states, after, rewards, lam, rate):
    """Values by δ·z(s), z(s) the mean of sampled traces at s (van Hasselt et al. 2021); all episodes of a batch at once."""
    none = len(values) - 1
    sampled = np.zeros((len(states), none))
    for t in range(states.shape[1]):
        here = states[:, t] < none
        at = states[here, t]
        sampled *= lam
        sampled[here, at] = 1.0
        visits = np.bincount(at, minlength=none)
        sums = np.zeros_like(traces)
        np.add.at(sums, at, sampled[here])
        seen = visits > 0
        share = 1 - (1 - rate) ** visits[seen, None]
        traces[seen] += share * (sums[seen] / visits[seen, None] - traces[seen])
        error = rewards[here, t] + values[after[here, t]] - values[at]
        mass = np.maximum(visits[seen] @ traces[seen], 1.0)
        values[:-1] += rate * (np.bincount(at, error, none)[seen] @ traces[seen]) / mass


def averaged(task, half_life):
    """Averaged Monte Carlo: the mean return after an action in a state less that after the state."""
    keep = 0.5 ** (1.0 / half_life)
    acted, after = np.zeros((2, task.states * task.actions)), np.zeros((2, task.states))

    def advantage(played):
        mask, returns = played.mask, played.summed[:, ::-1].cumsum(1)[:, ::-1]
        places = played.states * task.actions + played.actions
        shown = np.zeros(mask.shape)
        for t in range(mask.shape[1]):
            shown[:, t] = acted[1, places[:, t]] / np.maximum(acted[0, places[:, t]], 1e-9)
            shown[:, t] -= after[1, played.states[:, t]] / np.maximum(after[0, played.states[:, t]], 1e-9)
        for memory, at in ((acted, places), (after, played.states)):
            memory *= keep ** len(mask)
            memory += [np.bincount(at[mask], w, memory.shape[1]) for w in (None, returns[mask])]
        known = np.where(mask, shown, 0.0)
        return scaled(known, mask) if known.any() else known

    return advantage


def judged(given, played):
    """What `Credit` says of a batch in which the context of an action is a feature: all features of a step, one by one."""
    batch, steps, width = played.features.shape
    flat = played.features.reshape(batch, steps * width)
    mask = np.repeat(played.mask, width, 1) & (flat >= 0)
    acts = np.repeat(played.actions, width, 1).astype(np.int32)
    totals = (played.rewards * played.mask[:, :, None]).sum(1)
    return given(acts, totals, played.groups, mask=mask, context=np.maximum(flat, 0).astype(np.uint32))


def ours(one=False, **settings):
    """`Credit`: what an action is worth where a feature is active, of all rewards in one or of channels."""

    def start(task, half_life):
        given = credit.Credit(1 if one else task.channels, half_life=half_life, **settings)

        def advantage(played):
            signal = judged(given, played.one() if one else played)
            made = signal.advantages.reshape(played.features.shape)
            # The potential before a step's first feature knows nothing of the step.
            return made[:, :, 0] if given.mode == "potential" else made

        return advantage

    return start


def precise(task, half_life):
    """Channels by their precision and no backtracking: every step has the sequence's advantage."""
    given = credit.Credit(task.channels, half_life=half_life, precision=True)
    return lambda played: np.repeat(judged(given, played).sequences[:, None], played.mask.shape[1], 1)


LAMBDAS, HALF_LIVES, NONE = (0.8, 0.95), (128.0, 4096.0), (0.0,)
#: Each method: how it starts, and the values of its one other number.
METHODS = {
    "TD(λ)": (critic(False), LAMBDAS),
    "expected traces ET(λ)": (critic(True), LAMBDAS),
    "averaged Monte Carlo": (averaged, HALF_LIVES),
    "GRPO": (group(0.0, False), NONE),
    "GDPO": (group(0.0, True), NONE),
    "precision alone: groups by a shrunk spread": (group(8.0, False), NONE),
    "precision alone: channels by what explains them": (precise, HALF_LIVES),
    "backtracking alone": (ours(True, mode="contribution", z0=0.0), HALF_LIVES),
    "backtracking × precision": (ours(True, mode="contribution"), HALF_LIVES),
    "backtracking × precision, channels": (ours(mode="contribution"), HALF_LIVES),
    "backtracking × precision, channels by precision": (ours(mode="contribution", precision=True), HALF_LIVES),
    "a potential of the past (unbiased)": (ours(True, mode="potential"), HALF_LIVES),
}


def life(task, method, rate, knob, seed):
    """Mean score over all episodes, and over the last third."""
    rng, policy = np.random.default_rng(seed), Policy(task.features, task.actions)
    task.begin(rng)
    advantage = METHODS[method][0](task, knob)
    scores = []
    for number in range(task.batches):
        played = task.play(policy, rng, number)
        scores.append(played.score.mean())
        policy.learn(played, advantage(played), rate)
    return np.mean(scores), np.mean(scores[2 * len(scores) // 3 :])


def measured(task, method, seeds, swept):
    """The best rate and number of a method over its sweep, and what it scores with them over other seeds."""
    best = None
    for rate in RATES:
        for knob in METHODS[method][1]:
            found = np.mean([life(task, method, rate, knob, 10_000 + s)[0] for s in range(swept)])
            if best is None or (found > best[0]) == task.more_is_better:
                best = (found, rate, knob)
    found = np.array([life(task, method, best[1], best[2], s) for s in range(seeds)])
    return method, best[1], best[2], found.mean(0), half_width(found)


def table(tasks, account):
    """Prints the table of all methods on each task: ``tasks`` are (title, task) pairs."""
    words = argparse.ArgumentParser(description=account.splitlines()[0])
    words.add_argument("--seeds", type=int, default=10)
    words.add_argument("--swept", type=int, default=4, help="seeds of the sweep")
    words.add_argument("--methods", nargs="*", default=list(METHODS), help="the beginnings of their names")
    words.add_argument("--tasks", nargs="*", help="the beginnings of their titles")
    args = words.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for title, task in tasks:
            if args.tasks and not any(title.startswith(word) for word in args.tasks):
                continue
            chosen = [m for m in METHODS if any(m.startswith(word) for word in args.methods)]
            if task.channels == 1:
                chosen = [m for m in chosen if m != "GDPO" and "channels" not in m]
            print(f"\n{title}\n\n| method | rate | λ, half-life | {task.unit}, all episodes | last third |")
            print("|---|---|---|---|---|")
            for name, rate, knob, mean, half in pool.map(
                partial(measured, task, seeds=args.seeds, swept=args.swept), chosen
            ):
                cells = " | ".join(f"{m:.3f} ± {h:.3f}" for m, h in zip(mean, half))
                print(f"| {name} | {rate:g} | {knob:g} | {cells} |", flush=True)
