# %% [markdown]
# # Credit for an agent
#
# An agent calls tools, and only the outcome is rewarded. Which call was it? Dopamine may look back from an outcome to what
# precedes it more often than chance: `accumbens.credit` does that for sequences of events, weighs by precision, and keeps
# rewards apart until last.

# %%
import numpy as np

import accumbens as acc
from accumbens import credit

# %% [markdown]
# Six tools, eight calls in a row. `search` finds the answer (a noisy grade), `shell` now and then breaks something (a second
# channel); the others do nothing.

# %%
TOOLS = ["search", "shell", "read", "write", "list", "wait"]
rng = np.random.default_rng(1)


def episodes(preference, count=16, calls=8):
    chances = np.exp(preference) / np.exp(preference).sum()
    calls = rng.choice(len(TOOLS), size=(count, calls), p=chances).astype(np.int32)
    grade = (calls == 0).any(1) + 0.5 * rng.standard_normal(count)
    broken = -1.0 * ((calls == 1).any(1) & (rng.random(count) < 0.5))
    return calls, np.stack([grade, broken], 1), chances


# %% [markdown]
# A policy that is trained by its group's advantage alone (GRPO), or by credit: every call's share, from earlier batches.

# %%


def trained(give, steps=60, rate=0.1):
    preference = np.zeros(len(TOOLS))
    for _ in range(steps):
        calls, rewards, chances = episodes(preference)
        advantages = give(calls, rewards)
        taken = np.eye(len(TOOLS))[calls] - chances
        preference = preference + rate * (advantages[:, :, None] * taken).sum(1).mean(0)
    chances = np.exp(preference) / np.exp(preference).sum()
    return dict(zip(TOOLS, chances.round(3).tolist()))


def grpo(calls, rewards):
    alike = np.zeros(len(calls), int)
    whole = credit.group_advantages(rewards.sum(1), alike, centre="mean", prior=0.0)
    return np.repeat(whole[:, None], calls.shape[1], 1)


give = credit.Credit(2, mode="contribution")


def contribution(calls, rewards):
    return give(calls, rewards, np.zeros(len(calls), int)).advantages


print("GRPO:        ", trained(grpo))
found = trained(contribution)
print("contribution:", found)
assert found["search"] > 0.3 and found["shell"] < found["search"]

# %% [markdown]
# What did it learn of each tool, and how sure was it? `z` is how many standard errors a tool's worth lies from nothing. After
# ten batches both tools that matter stand out; later, when every episode searches, searching no longer contrasts with
# anything and its worth fades: credit is for what still varies.

# %%
give = credit.Credit(2, mode="contribution")
trained(contribution, steps=10)
worth, z = give.worth(np.arange(len(TOOLS)))
for tool, w, sure in sorted(zip(TOOLS, worth, z), key=lambda row: -row[1]):
    print(f"{tool:8s} worth {w:+.3f}   z {sure:+.1f}")
assert TOOLS[int(np.argmax(worth))] == "search" and TOOLS[int(np.argmin(worth))] == "shell"

# %% [markdown]
# One batch, as the trainer sees it: advantages, call by call.

# %%
calls, rewards, _ = episodes(np.zeros(len(TOOLS)))
signal = give(calls, rewards, np.zeros(len(calls), int))
acc.plot.credit(signal, rows=range(8))

# %% [markdown]
# Experiments with choices are environments, and any theory can teach an agent in them by its dopamine.

# %%
from accumbens.rl import Agent, teach

learnt = teach("cannon2003", "td_csc", Agent("opal"), subjects=5, progress=False)
learnt
