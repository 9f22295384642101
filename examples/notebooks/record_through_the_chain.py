# %% [markdown]
# # Record a theory through the chain
#
# What would a fibre see if a theory were true? Teaching signal → neurons → release → diffusion and uptake → receptors → sensor →
# light, and what a blocker of the transporter does to it on the way.

# %%
import numpy as np

import accumbens as acc
from accumbens import stages

chain = stages.Chain("vta-core", sensor="dLight1.3b", truth=True, seed=1)
recorded = chain.record("schultz1997", "td_csc", sessions=1, progress=False)
name, recording = next(iter(recorded.items()))
recording

# %%
acc.plot.recording(recording, span=(10.0, 60.0))

# %% [markdown]
# The light is in counts, bleaches and moves, as a real one; it is cleaned as a real one.

# %%
clean = stages.Clean(
    [
        {"step": "low_pass", "cutoff": 10.0},
        {"step": "bleaching", "method": "exponential", "terms": 2},
        {"step": "reference", "method": "robust", "non_negative": True},
        {"step": "dff", "over": "bleaching"},
    ],
    reference="isosbestic",
)
cleaned = stages.apply(recording, clean)
cleaned.history[-1]

# %% [markdown]
# How much of the dopamine that no fibre sees is in the clean light?

# %%
both = np.isfinite(cleaned["signal"]) & np.isfinite(cleaned["dopamine"])
correlation = np.corrcoef(cleaned["signal"][both], cleaned["dopamine"][both])[0, 1]
print(f"correlation of clean light and dopamine: {correlation:.2f}")
assert correlation > 0.3

# %% [markdown]
# Cocaine acts where it acts, at the transporter: dopamine rises though no neuron fires more.

# %%
drugged = stages.Chain("vta-core", truth=True, seed=1, drugs=["cocaine:10@0"]).record(
    "schultz1997", "td_csc", sessions=1, progress=False
)
before, after = (np.nanmean(r["dopamine"]) for r in (recording, drugged[name]))
print(f"dopamine: {before:.1f} nM, after cocaine {after:.1f} nM")
assert after > 1.2 * before
