# %% [markdown]
# # Add a theory of your own
#
# A class with `start` and `observe` is a theory: simulated, fitted, asked about findings and recorded as those of the registry.
# The one here says that dopamine is how rare an event has been lately.

# %%
import accumbens as acc
from accumbens import testing


class Surprise(acc.Theory):
    """Dopamine is how rare an event has been."""

    parameters = (
        acc.Parameter("alpha", 0.1, "Learning rate.", low=0.0, high=1.0, prior=("logit_normal", 0.1, 1.0)),
    )

    def start(self, kinds):
        return [0.0] * len(kinds)

    def observe(self, state, events, dopamine):
        for event in events:
            dopamine.respond(event.time, 1.0 - state[event.kind])
            state[:] = [(1.0 - self.alpha) * rate for rate in state]
            state[event.kind] += self.alpha


# %% [markdown]
# What does a theory owe? That silence in pieces is the same silence, that a saved state goes on where it stopped, that it never
# sees the future … `check_theory` says what is broken, and what was seen.

# %%
testing.check_theory(Surprise, cases=5)
acc.simulate("schultz1997", Surprise(alpha=0.05)).dopamine

# %% [markdown]
# A broken one is told what it owes: this one remembers in its class, not in its state.

# %%


class Forgetful(Surprise):
    """Keeps what it learns where no saved state finds it."""

    def start(self, kinds):
        Forgetful.kept = [0.0] * len(kinds)
        return 0

    def observe(self, state, events, dopamine):
        super().observe(Forgetful.kept, events, dopamine)


broken = testing.broken(Forgetful, cases=5)
for owed, seen in broken:
    print(f"- {owed}; seen: {seen}")
assert broken

# %% [markdown]
# Against the theories of the registry, on mice that the temporal difference error moves:

# %%
study = acc.fit.simulated_study(truth="td_csc", subjects=3, seed=3)
comparison = acc.compare(
    study, ["td_csc", Surprise(), "constant"], design=8, evaluations=15, recovery=0, seed=1, progress=False
)
comparison.ranking

# %%
assert comparison.ranking["label"][0] == "td_csc"
acc.findings.ask([Surprise()], acc.findings.names()[:3], subjects=3, progress=False).table
