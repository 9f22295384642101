"""A language model learns to reckon: what does it change of itself that did not matter?

Tasks and scoring are reasoning-gym's (`chain_sum` of two one-digit numbers, `gcd` of two numbers up to 9): rewards that can be
checked. The model, two GRUs over characters, is first taught to write six free tokens and then the answer, right in half of the cases;
this is the reference. Then it is trained by reward: 64 prompts a step, four responses each, and every method by the same loss,
−Σ advantage · log probability. The free tokens do not matter. Shown is what a method has moved of them, the Kullback–Leibler
divergence from the reference (nats a response), when the answer is right in 90%, at the rate of one sweep that moves least among
those that get there; and the steps it took. Events are tokens at their places, the context is the prompt.

    pip install torch reasoning-gym
    python examples/agents/reasoning.py           # twenty minutes a task; docs/agents.md has chain_sum
"""

import argparse
import copy

import numpy as np
import reasoning_gym
import torch
from lab import half_width

from accumbens import credit

FREE, ANSWER, PROMPTS, EACH, MOST = 6, 2, 64, 4, 400
MARKS = "0123456789+-,. abcdefghijklmnop"
RATES = (3e-4, 1e-3, 3e-3)
TASKS = {
    "chain_sum": {"min_terms": 2, "max_terms": 2, "min_digits": 1, "max_digits": 1},
    "gcd": {"min_numbers": 2, "max_numbers": 2, "min_value": 1, "max_value": 9},
}
METHODS = {
    "GRPO": None,
    "gate": {"mode": "gate", "gate": 1.0, "centre": "mean", "prior": 0.0},
    "potential": {"mode": "potential"},
    "backtracking alone": {"mode": "contribution", "z0": 0.0},
    "backtracking × precision": {"mode": "contribution"},
    "backtracking × precision, z0 = 4": {"mode": "contribution", "z0": 4.0},
}


def coded(text, length):
    """Characters as numbers, those of the marks alone, at the right end of so many places."""
    kept = [MARKS.index(c) for c in text.lower() if c in MARKS[:14]][-length:]
    return [MARKS.index(" ")] * (length - len(kept)) + kept


class Writer(torch.nn.Module):
    """A GRU that reads the prompt, and one that writes; what was read is before the writer at every token."""

    def __init__(self):
        super().__init__()
        self.seen = torch.nn.Embedding(len(MARKS), 48)
        self.reader = torch.nn.GRU(48, 96, batch_first=True)
        self.writer = torch.nn.GRU(48, 96, batch_first=True)
        self.said = torch.nn.Sequential(torch.nn.Linear(192, 192), torch.nn.ReLU(), torch.nn.Linear(192, len(MARKS)))

    def before(self, prompts):
        """What was read, and the writer's first input: a blank."""
        return self.reader(self.seen(prompts))[1][0], torch.full((len(prompts), 1), MARKS.index(" "))

    def forward(self, prompts, written):
        """Log probabilities of every token after what was written before it."""
        read, blank = self.before(prompts)
        state = self.writer(self.seen(torch.cat([blank, written[:, :-1]], 1)))[0]
        both = torch.cat([state, read[:, None].expand(-1, state.shape[1], -1)], -1)
        return self.said(both).log_softmax(-1)

    @torch.no_grad()
    def write(self, prompts):
        read, token = self.before(prompts)
        state, out = None, []
        for _ in range(FREE + ANSWER):
            _, state = self.writer(self.seen(token), state)
            token = torch.multinomial(self.said(torch.cat([state[0], read], -1)).softmax(-1), 1)
            out.append(token)
        return torch.cat(out, 1)


class Task:
    """The distinct prompts of a data set; answers are scored by it."""

    def __init__(self, name):
        data = reasoning_gym.create_dataset(name, size=2000, seed=1, **TASKS[name])
        entries = {entry["question"]: entry for entry in data}
        self.entries = list(entries.values())
        self.prompts = torch.tensor([coded(e["question"], 8) for e in self.entries])
        self.answers = torch.tensor([coded(e["answer"], ANSWER) for e in self.entries])
        self.data, self.scores = data, {}

    def score(self, prompt, answer):
        """The data set's own score of what was written, 1 for the right answer."""
        key = (int(prompt), tuple(answer))
        if key not in self.scores:
            text = "".join(MARKS[a] for a in answer).strip()
            self.scores[key] = float(self.data.score_answer(text, self.entries[key[0]]) == 1.0)
        return self.scores[key]


def reference(task, seed):
    """A model that writes anything and then, in half of the cases, the right answer."""
    torch.manual_seed(seed)
    model, steps = Writer(), 1500
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(steps):
        chosen = torch.randint(len(task.entries), (128,))
        free = torch.randint(len(MARKS), (128, FREE))
        wrong = task.answers[torch.randint(len(task.entries), (128,))]
        answers = torch.where(torch.rand(128, 1) < 0.5, task.answers[chosen], wrong)
        written = torch.cat([free, answers], 1)
        loss = -model(task.prompts[chosen], written).gather(-1, written[:, :, None]).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model


def life(task, start, settings, rate, seed):
    """What the free tokens have moved when 90% are right, and the steps; NaN where that never comes."""
    torch.manual_seed(seed)
    model = copy.deepcopy(start)
    optimiser = torch.optim.Adam(model.parameters(), rate)
    given = None if settings is None else credit.Credit(half_life=4096.0, **settings)
    places, recent = np.arange(FREE + ANSWER, dtype=np.int32) * len(MARKS), []
    for step in range(1, MOST + 1):
        chosen = torch.randint(len(task.entries), (PROMPTS,)).repeat_interleave(EACH)
        written = model.write(task.prompts[chosen])
        reward = np.array([task.score(p, a) for p, a in zip(chosen, written[:, FREE:].tolist())])
        group = np.arange(PROMPTS).repeat(EACH)
        if given is None:
            advantage = credit.group_advantages(reward, group, centre="mean", prior=0.0)[:, None]
            advantage = np.repeat(np.nan_to_num(advantage), FREE + ANSWER, 1).astype(np.float32)
        else:
            events = places + written.numpy().astype(np.int32)
            advantage = given(events, reward, group, context=chosen.numpy()).advantages
        said = model(task.prompts[chosen], written)
        recent = [*recent[-9:], reward.mean()]
        if len(recent) == 10 and np.mean(recent) >= 0.9:
            with torch.no_grad():
                before = start(task.prompts[chosen], written)
                moved = (said.exp() * (said - before)).sum(-1)[:, :FREE].sum(1).mean()
            return moved.item(), step
        loss = -(torch.from_numpy(advantage) * said.gather(-1, written[:, :, None])[:, :, 0]).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return np.nan, np.nan


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seeds", type=int, default=5)
    words.add_argument("--tasks", nargs="*", default=list(TASKS))
    args = words.parse_args()
    torch.set_num_threads(1)
    print("| task | method | rate | free tokens moved, nats | steps | seeds that get there |\n|---|---|---|---|---|---|")
    for name in args.tasks:
        task = Task(name)
        starts = [reference(task, s) for s in range(args.seeds)]
        for method, settings in METHODS.items():
            runs = {
                r: np.array([life(task, start, settings, r, s) for s, start in enumerate(starts)]) for r in RATES
            }
            there = {r: (~np.isnan(f[:, 0])).sum() for r, f in runs.items()}
            most = max(there.values())
            if most == 0:
                print(f"| {name} | {method} | – | – | – | 0 of {args.seeds} |", flush=True)
                continue
            rate = min((r for r in RATES if there[r] == most), key=lambda r: np.nanmean(runs[r][:, 0]))
            moved, steps = runs[rate][~np.isnan(runs[rate][:, 0])].T
            half = half_width(moved) if len(moved) > 1 else np.nan
            print(
                f"| {name} | {method} | {rate:g} | {moved.mean():.3f} ± {half:.3f} | {steps.mean():.0f} |"
                f" {len(moved)} of {args.seeds} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
