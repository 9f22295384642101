# %% [markdown]
# # Compare theories on a study
#
# From recordings to an honest comparison. So that the truth is known, the study here is simulated: dLight in mice that ANCCR
# moves. With recordings of your own it begins with `acc.fit.read_study("my-sessions/study.toml")`.

# %%
import accumbens as acc

study = acc.fit.simulated_study(truth="anccr", subjects=4, seed=2)
study

# %% [markdown]
# Before any theory, look at the signal: around rewards, mean and single trials.

# %%
around = study.peri(window=(-2.0, 5.0))
acc.plot.peri(around)

# %% [markdown]
# Every theory is fitted to every mouse with the same budget, and judged by how likely it makes the responses, whatever its
# parameters. With a null among them one sees whether any theory explains anything. (The budget here is small, to be quick; leave it out for real.)

# %%
comparison = acc.compare(
    study, ["anccr", "td_csc", "constant"], design=16, evaluations=40, recovery=0, seed=1, progress=False
)
print(comparison.verdict["sentence"])
comparison.ranking

# %%
acc.plot.ranking(comparison)

# %% [markdown]
# Which parameters did the mice have, by the winner? The truth is `anccr` with its defaults.

# %%
winner = comparison.ranking["label"][0]
assert winner == "anccr", "the theory that made the recordings is found"
fitted = comparison.parameters
fitted.where([name == winner for name in fitted["theory"]])

# %% [markdown]
# The report is one file that holds everything; send it to whoever doubts.

# %%
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    report = Path(folder) / "report.html"
    comparison.report(report)
    assert comparison.verdict["sentence"][:20] in report.read_text(encoding="utf-8")
