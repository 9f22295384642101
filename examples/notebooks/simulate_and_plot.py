# %% [markdown]
# # Simulate a theory and plot its dopamine
#
# What does dopamine do when a light comes to predict juice? Schultz's experiment, lived through by two theories that disagree
# about why. Run the cells in Jupyter (jupytext), VS Code or as a script; it takes seconds.

# %%
import numpy as np

import accumbens as acc

experiment = acc.experiments.load("schultz1997")
experiment

# %% [markdown]
# A theory is a value: its parameters are attributes, and every theory of the registry is a class. `td_csc` is the temporal
# difference error of 1997, `anccr` looks back from a reward for its causes.

# %%
forward = acc.theories.TdCsc(alpha=0.1)
backward = acc.theories.Anccr()
lived = {theory.label: theory.simulate(experiment, seed=1) for theory in (forward, backward)}
lived["td_csc"]

# %% [markdown]
# Dopamine answers events, one row an answer. At first the juice is answered, later the light.

# %%
cue, outcome = (next(k.name for k in lived["td_csc"].log.kinds if k.role == role) for role in ("cue", "outcome"))
for label, simulation in lived.items():
    answers = {name: np.asarray(simulation.answers(name)["dopamine"]) for name in (cue, outcome)}
    for name, values in answers.items():
        print(f"{label:8s} {name:8s} first ten {values[:10].mean():6.2f}   last ten {values[-10:].mean():6.2f}")

# %% [markdown]
# Both come to answer the light. The prediction error leaves the juice for it; ANCCR, with its published parameters, goes on
# answering the juice as well: a difference that a recording can show.

# %%
late = {}
for label, simulation in lived.items():
    answers = [np.asarray(simulation.answers(name)["dopamine"]) for name in (cue, outcome)]
    late[label] = [values[-10:].mean() for values in answers]
    assert late[label][0] > answers[0][:2].mean()
assert late["td_csc"][1] < 0.5 * late["td_csc"][0] and late["anccr"][1] > 0.5 * late["anccr"][0]

# %%
figure = acc.plot.dopamine(lived["td_csc"], span=(0.0, 120.0))
figure

# %% [markdown]
# What have experiments found, and which of these theories agrees?

# %%
asked = acc.findings.ask([forward, backward], acc.findings.names()[:4], subjects=5, progress=False)
acc.plot.findings(asked)
asked.table
