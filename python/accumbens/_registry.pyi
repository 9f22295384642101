"""One class for each theory of the registry. Written by ``python -m accumbens._stubs``."""

from typing import Any

from .theories import Theory

__all__ = [
    "ActionError",
    "Anccr",
    "Constant",
    "DeltaP",
    "DopamineGate",
    "ExpectedTrace",
    "GallistelContingency",
    "Hgf",
    "IncentiveSalience",
    "KalmanTd",
    "NoveltyBonus",
    "PearceHall",
    "PerceivedSalience",
    "RescorlaContingency",
    "RescorlaWagner",
    "ScaledError",
    "StateValue",
    "Successor",
    "TdBelief",
    "TdCsc",
    "TdDistributional",
    "TdFeatures",
    "TdFeedback",
    "TdForgetting",
    "TdMicrostimulus",
    "TdSemiMarkov",
    "TdTimescales",
    "Threat",
    "Trend",
]

def class_name(name: str) -> str: ...
def argument(parameter: str) -> str: ...
def account(info: dict[str, Any]) -> str: ...

class RescorlaWagner(Theory):
    """Learns from the difference between the outcome of a trial and the summed prediction of the cues present.

    δ = λ − ΣV over the cues of the trial and the context; V ← V + α·δ for each of them (Rescorla & Wagner 1972).
    The theory knows trials, not time: a trial opens with a cue and closes with the outcome, a declared omission, or
    after `window` seconds without either. The context is there between trials too: as in the paper's account of
    contingency (from memory, unverified) that time is cut into trials of the context alone, `segment` seconds long, which
    end without an outcome; an uncued outcome ends the one in which it comes. So uncued outcomes at random times, D
    seconds apart in the mean, settle near a context of 1 − exp(−`segment`/D) of their size (with one rate for outcomes
    and their absence), and a later one is answered more, because the context has lost more. Without a learning rate of
    the context, the default, there is no context and all this is nothing.

    Dopamine is δ at the end of a trial and, at a cue, the change of the summed prediction that its onset brings.

    Parameters:
        alpha: Learning rate of the cues: the product of the cue's salience and the outcome's rate. Default 0.1; 0 to 1. [rescorla1972]
        alpha_context: Learning rate of the context, which is present in every trial and between trials. Default 0.0; 0 to 1. [rescorla1972]
        omission_ratio: Rate without an outcome relative to the rate with one. Default 1.0; 0 to 1. [rescorla1972]
        window: Longest time from a trial's first cue to its outcome; after it the trial ends without one. Default 12.0, s; above 0.
        segment: Length of the trials of the context alone, into which the time between trials is cut. Default 5.0, s; 0.1 to 3600.

    Papers: rescorla1972
    """

    @property
    def alpha(self) -> float: ...
    @property
    def alpha_context(self) -> float: ...
    @property
    def omission_ratio(self) -> float: ...
    @property
    def window(self) -> float: ...
    @property
    def segment(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.1,
        alpha_context: float = 0.0,
        omission_ratio: float = 1.0,
        window: float = 12.0,
        segment: float = 5.0,
    ) -> None: ...

class TdCsc(Theory):
    """Learns the value of every moment after every event: temporal differences over a complete serial compound.

    Each stimulus k, the outcome included, starts its own chain of states, one a bin; a new stimulus ends the running
    chain, and stimuli of one bin run together, their values added. With s_i the states of bin i:
    δ_i = r_i + γ·V(s_i) − V(s_{i−1}); e ← γλ·e, e(s_{i−1}) += 1; V ← V + α·δ_i·e. Dopamine is δ.
    Before the first event the outcome's chain runs. r is magnitude × innate value; the published code counts events,
    which a magnitude of 1 reproduces.

    Parameters:
        dt: Width of a bin, which is one state. Default 0.2, s; 0.001 to 3600. [jeong2022]
        alpha: Learning rate. Default 0.05; 0 to 1. [jeong2022]
        gamma_per_bin: Discount of one bin; where set it stands before `tau`. Default None; 0 to 1. [jeong2022]
        tau: Time constant of discounting: γ = exp(−dt/tau). The default is 0.95 per bin of 0.2 s. Default 3.9, s; above 0. [jeong2022]
        lambda: Decay of the eligibility trace beside the discount. Default 0.0; 0 to 1. [sutton1988]
        iti: What follows an outcome, and a cue after `cue_to_iti`: `chain`, the chain goes on; `none`, states without value or learning; `single`, one state; `published`, a chain whose length obeys the rule of the published code, which must be told each kind's longest gap to the next event. Default chain; chain, none, single, published. [jeong2022]
        cue_to_iti: With `none` and `single`: how long after a cue the inter-trial interval begins. Default 10.0, s; above 0. [jeong2022]
        max_state: Cap on the time a chain spans; while a capped chain's last state repeats nothing is learnt and dopamine is 0. Default None, s; 0.001 to 10800. [jeong2022]

    Papers: montague1996, schultz1997, sutton1988
    """

    @property
    def dt(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def gamma_per_bin(self) -> float | None: ...
    @property
    def tau(self) -> float: ...
    @property
    def lambda_(self) -> float: ...
    @property
    def iti(self) -> str: ...
    @property
    def cue_to_iti(self) -> float: ...
    @property
    def max_state(self) -> float | None: ...
    def __init__(
        self,
        *,
        dt: float = 0.2,
        alpha: float = 0.05,
        gamma_per_bin: float | None = None,
        tau: float = 3.9,
        lambda_: float = 0.0,
        iti: str = 'chain',
        cue_to_iti: float = 10.0,
        max_state: float | None = None,
    ) -> None: ...

class TdMicrostimulus(Theory):
    """Learns from microstimuli: each event leaves a decaying memory trace that coarse, overlapping fields read out.

    With n bins since the last onset of kind s: y = decay^n and x_k = (1/√2π)·exp(−(y − k/m)²/2σ²)·y for k = 1…m.
    V = w·x over all kinds; δ_i = r_i + γ·V_i − V_{i−1}; then w ← w + α·δ·e and e ← γλ·e + x (Ludvig, Sutton & Kehoe
    2008). Dopamine is δ. An onset restarts its kind's trace. r is magnitude × innate value.

    Parameters:
        n: Microstimuli a kind of event. Default 20; a whole number, 1 to 1000. [jeong2022]
        dt: Width of a bin. Default 0.2, s; 0.001 to 3600. [jeong2022]
        alpha: Learning rate. Default 0.02; 0 to 1. [jeong2022]
        gamma_per_bin: Discount of one bin; where set it stands before `tau`. Default None; 0 to 1. [jeong2022]
        tau: Time constant of discounting: γ = exp(−dt/tau). The default is 0.98 per bin of 0.2 s. Default 9.9, s; above 0. [jeong2022]
        lambda: Decay of the eligibility trace beside the discount. Default 0.95; 0 to 1. [ludvig2008]
        sigma: Width of a microstimulus on the height of the memory trace. Default 0.08; above 0. [ludvig2008]
        decay: What is left of the memory trace after one bin. Default 0.99; 0 to 1. [jeong2022]
        max_state: While any kind's last onset is longer ago than this, value is held and dopamine is 0. Default None, s; above 0. [jeong2022]

    Papers: ludvig2008, sutton1988
    """

    @property
    def n(self) -> int: ...
    @property
    def dt(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def gamma_per_bin(self) -> float | None: ...
    @property
    def tau(self) -> float: ...
    @property
    def lambda_(self) -> float: ...
    @property
    def sigma(self) -> float: ...
    @property
    def decay(self) -> float: ...
    @property
    def max_state(self) -> float | None: ...
    def __init__(
        self,
        *,
        n: int = 20,
        dt: float = 0.2,
        alpha: float = 0.02,
        gamma_per_bin: float | None = None,
        tau: float = 9.9,
        lambda_: float = 0.95,
        sigma: float = 0.08,
        decay: float = 0.99,
        max_state: float | None = None,
    ) -> None: ...

class TdSemiMarkov(Theory):
    """Learns over states that last: temporal differences of a semi-Markov process, with average or discounted reward.

    Every event k but an action leads to a new state after a dwell of D seconds in the last, s. `average`:
    δ = r − ρ·D + V(k) − V(s), with ρ the average reward a second over the last `window` transitions; `discounted`:
    δ = exp(−D/τ)·(r + V(k)) − V(s). V(s) ← V(s) + α·δ. An action a in state s is credited with the next error,
    H(a, s) ← H(a, s) + α_a·δ, and chosen by H through the common action rule (Daw, Courville & Touretzky 2006, from
    memory, unverified; the average form, its rates and the limit of dips are those of the code of Greenstreet et al.
    2025). The states are fully observed: an outcome that fails to come is noticed where the design declares an omission
    state, else when the next event comes.

    Dopamine is δ at each event, the cost ρ·D of the dwell included, but no lower than −`dip`: it falls with the time
    that has passed. Uncued rewards at random times are answered with r − ρ·D, and in the long run the error after any
    state is 0 in the mean, also that of a cue. `dopamine` = `phasic` releases r + V(k) − V(s) alone, as if the dwell
    were paid for while it lasts; this is ours, and flat under random rewards.

    Parameters:
        alpha: Learning rate of values. Default 0.2; 0 to 1. [greenstreet2025]
        alpha_action: Learning rate of actions. Default 0.1; 0 to 1. [greenstreet2025]
        reward: Whether reward is compared with its average or discounted. Default average; average, discounted. [daw2006]
        tau: Time constant of discounting, where reward is discounted, and fitted there under a log-normal prior of median 10 s (sd of log 1); else it does nothing. Default 10.0, s; above 0.
        dopamine: Whether dopamine is the whole error or what comes with the event alone. Default error; error, phasic. [greenstreet2025]
        dip: The deepest dip of dopamine, in units of outcome; what is below it is learnt from and not released. Default 0.1; 0 or more. [greenstreet2025]
        window: Transitions over which reward is averaged. Default 500; a whole number, 1 to 5000. [greenstreet2025]

    Papers: daw2006, greenstreet2025
    """

    @property
    def alpha(self) -> float: ...
    @property
    def alpha_action(self) -> float: ...
    @property
    def reward(self) -> str: ...
    @property
    def tau(self) -> float: ...
    @property
    def dopamine(self) -> str: ...
    @property
    def dip(self) -> float: ...
    @property
    def window(self) -> int: ...
    def __init__(
        self,
        *,
        alpha: float = 0.2,
        alpha_action: float = 0.1,
        reward: str = 'average',
        tau: float = 10.0,
        dopamine: str = 'error',
        dip: float = 0.1,
        window: int = 500,
    ) -> None: ...

class TdBelief(Theory):
    """Values what it believes, as it cannot see the state of the world: temporal differences over a belief state.

    b is the belief over hidden states: the moments of the running cue's interval, waiting and readiness between trials
    (belief_world.rs). V = w·b, δ = r + γ·w·b' − w·b, w ← w + α·δ·b (Starkweather et al. 2017; Babayan et al. 2018). The
    state space (when outcomes come after each cue, how often not, how often cues come) is `learnt` by counting as life
    goes on, or `told` from the whole design. Between trials the world is `ready` at once, or first waits
    (`wait_ready`, after Qian et al. 2025, whose state they call Pre; the probability of leaving is ours). With
    `contexts` = 2 all states are doubled, and the size of each outcome tells by Bayes' rule which context holds, small
    or large; a new context may begin with any trial, or is announced by the event kind number `context_cue`.

    Cues that come together share the interval of the last in the order of kinds, and their values add.

    Dopamine is δ.

    Parameters:
        alpha: Learning rate. Default 0.1; 0 to 1. [starkweather2017]
        tau: Time constant of discounting: γ = exp(−dt/tau). Default 3.9, s; above 0. [jeong2022]
        space: Where the state space comes from. Default learnt; learnt, told. [starkweather2017]
        iti: What is between trials. Default wait_ready; ready, wait_ready. [qian2025]
        wait: Mean time of waiting before the world is ready, with `wait_ready`. Default 5.0, s; above 0.
        isi_max: Longest interval from a cue to its outcome. Default 12.0, s; 0.1 to 600.
        contexts: Hidden contexts that differ in the size of the outcome. Default 1; a whole number, 1 to 2. [babayan2018]
        small: Size of the outcome in the small context, in units of outcome. Default 1.0; a finite number. [babayan2018]
        large: Size of the outcome in the large context, in units of outcome. Default 10.0; a finite number. [babayan2018]
        size_noise: Standard deviation of the perceived size, in units of outcome. Default 2.0; above 0.
        context_change: Probability that a trial begins a new context. Default 0.05; 0 to 1.
        context_cue: Number of the event kind, from 0, that announces a new context; none where unset. Default None; a whole number, 0 to 1000.
        dt: Width of a bin, which is one moment. Default 0.2, s; 0.01 to 3600. [starkweather2017]

    Papers: starkweather2017, babayan2018, qian2025
    """

    @property
    def alpha(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def space(self) -> str: ...
    @property
    def iti(self) -> str: ...
    @property
    def wait(self) -> float: ...
    @property
    def isi_max(self) -> float: ...
    @property
    def contexts(self) -> int: ...
    @property
    def small(self) -> float: ...
    @property
    def large(self) -> float: ...
    @property
    def size_noise(self) -> float: ...
    @property
    def context_change(self) -> float: ...
    @property
    def context_cue(self) -> int | None: ...
    @property
    def dt(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.1,
        tau: float = 3.9,
        space: str = 'learnt',
        iti: str = 'wait_ready',
        wait: float = 5.0,
        isi_max: float = 12.0,
        contexts: int = 1,
        small: float = 1.0,
        large: float = 10.0,
        size_noise: float = 2.0,
        context_change: float = 0.05,
        context_cue: int | None = None,
        dt: float = 0.2,
    ) -> None: ...

class TdTimescales(Theory):
    """Learns at many time scales at once: independent temporal differences, each with a discount of its own.

    For each channel i with τ_i: δ_i = r + γ_i·V_i(s') − V_i(s), V_i(s) ← V_i(s) + α·δ_i, γ_i = exp(−dt/τ_i), over one
    complete serial compound. The time constants lie evenly on a logarithmic scale from `tau_min` to `tau_max`; the
    average over them discounts nearly hyperbolically, and ramps where the one is myopic and the other is not (Masset
    et al. 2025). Their distribution over neurons is not verified against the paper. With `n` = 1 it is `td_csc`.

    Dopamine is the vector of δ_i, one channel a time scale; a region sees their mean.

    Parameters:
        n: Time scales. Default 8; a whole number, 1 to 64.
        tau_min: The shortest time constant of discounting. Default 1.0, s; above 0.
        tau_ratio: Ratio of the longest time constant to the shortest. Default 20.0; 1 to 1000000.
        alpha: Learning rate of every time scale. Default 0.05; 0 to 1. [jeong2022]
        dt: Width of a bin, which is one state. Default 0.2, s; 0.01 to 3600. [jeong2022]
        span: Time that a chain of states spans; its last state then repeats. Default 120.0, s; 0.1 to 3600.

    Papers: masset2025
    """

    @property
    def n(self) -> int: ...
    @property
    def tau_min(self) -> float: ...
    @property
    def tau_ratio(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def dt(self) -> float: ...
    @property
    def span(self) -> float: ...
    def __init__(
        self,
        *,
        n: int = 8,
        tau_min: float = 1.0,
        tau_ratio: float = 20.0,
        alpha: float = 0.05,
        dt: float = 0.2,
        span: float = 120.0,
    ) -> None: ...

class TdDistributional(Theory):
    """Learns a distribution of returns: each channel weighs good news against bad with an asymmetry of its own.

    For each channel i: δ_i = U(r) + γ·V_j(s') − V_i(s) with a channel j drawn at random, V_i(s) ← V_i(s) + α_i·δ_i, where
    α_i is α⁺ above zero and α⁻ below. τ_i = α⁺/(α⁺ + α⁻) makes V_i the expectile τ_i of the return, and the size of
    reward at which δ_i changes sign (its reversal point) differs from channel to channel (Dabney et al. 2020). With
    `asymmetry` 0 all channels are one and it is `td_csc`. Utility `saturating` is
    U(r) = 10·sign(r)·|r|^½/(|r|^½ + 200^½), of the published simulation.

    Dopamine is the vector of δ_i; a region sees their mean.

    Parameters:
        n: Channels. Default 20; a whole number, 1 to 256.
        alpha: Learning rate, the mean of those for good and bad news. Default 0.05; 0 to 1. [jeong2022]
        asymmetry: How far the asymmetries spread: 1 from all bad news to all good news, 0 not at all. Default 0.9; 0 to 1. [dabney2020]
        tau: Time constant of discounting: γ = exp(−dt/tau). Default 3.9, s; above 0. [jeong2022]
        utility: What a reward is worth: its size, or a saturating function of it. Default linear; linear, saturating. [dabney2020]
        dt: Width of a bin, which is one state. Default 0.2, s; 0.01 to 3600. [jeong2022]
        span: Time that a chain of states spans; its last state then repeats. Default 60.0, s; 0.1 to 3600.

    Papers: dabney2020
    """

    @property
    def n(self) -> int: ...
    @property
    def alpha(self) -> float: ...
    @property
    def asymmetry(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def utility(self) -> str: ...
    @property
    def dt(self) -> float: ...
    @property
    def span(self) -> float: ...
    def __init__(
        self,
        *,
        n: int = 20,
        alpha: float = 0.05,
        asymmetry: float = 0.9,
        tau: float = 3.9,
        utility: str = 'linear',
        dt: float = 0.2,
        span: float = 60.0,
    ) -> None: ...

class TdFeatures(Theory):
    """Splits one error among features: each dopamine neuron reports the part of its own features.

    Over microstimuli x grouped by the kind of stimulus that evokes them: δ_k = r/N + Σ_{i∈k} w_i·(γ·x_i' − x_i) for each
    of N kinds, δ = Σ_k δ_k, w ← w + α·δ·x. Learning is that of one scalar error; each channel carries only what its own
    features contribute, so that channels differ at cues and agree at reward (Lee et al. 2024).

    Dopamine is the vector of δ_k, one channel a kind of stimulus; their sum is the scalar error.

    Parameters:
        alpha: Learning rate. Default 0.1; 0 to 1. [lee2024]
        tau: Time constant of discounting: γ = exp(−dt/tau). The default is 0.95 per bin of 0.2 s. Default 3.9, s; above 0. [lee2024]
        n: Microstimuli a kind of event. Default 20; a whole number, 1 to 200. [jeong2022]
        sigma: Width of a microstimulus on the height of the memory trace. Default 0.08; above 0. [ludvig2008]
        decay: What is left of the memory trace after one bin. Default 0.985; 0 to 1. [ludvig2008]
        dt: Width of a bin. Default 0.2, s; 0.01 to 3600. [jeong2022]

    Papers: lee2024
    """

    @property
    def alpha(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def sigma(self) -> float: ...
    @property
    def decay(self) -> float: ...
    @property
    def dt(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.1,
        tau: float = 3.9,
        n: int = 20,
        sigma: float = 0.08,
        decay: float = 0.985,
        dt: float = 0.2,
    ) -> None: ...

class TdFeedback(Theory):
    """Corrects its sense of time by what it sees: sensory feedback makes prediction errors ramp up to the reward.

    The animal does not know exactly where in a trial it is. Its estimate of value is blurred by a Gaussian of standard
    deviation s before feedback and l < s after it; value being convex in time, blur inflates it by
    exp((ln γ)²·s²/2). Looking ahead it sees the blurred value of the next state, looking back the corrected one of the
    last: δ_i = r_i + γ·(1+β)·V(s_i) − V(s_{i−1}) with β = exp((ln γ)²(s² − l²)/2) − 1. An unbiased learner takes the
    known part of the error away, V(s_{i−1}) ← V(s_{i−1}) + α·(δ_i − γβ·V(s_i)), so that δ goes on to ramp with V
    (Mikhael, Kim, Uchida & Gershman 2022; the form of the correction is not verified against the paper's methods).
    l falls with the strength of feedback f, l² = s²·(1 − f); f is the magnitude of the last cue, so that a cue of
    magnitude 0 gives none, and a scene of brightness 1 removes all of the blur. With f = 0 it is `td_csc`.

    Dopamine is δ.

    Parameters:
        alpha: Learning rate. Default 0.05; 0 to 1. [jeong2022]
        tau: Time constant of discounting: γ = exp(−dt/tau). Default 3.9, s; above 0. [jeong2022]
        blur: Standard deviation s of the sense of time without feedback. Default 2.0, s; 0 to 100. [mikhael2022]
        dt: Width of a bin, which is one state. Default 0.2, s; 0.01 to 3600. [jeong2022]
        span: Time that a chain of states spans; its last state then repeats. Default 120.0, s; 0.1 to 3600.

    Papers: mikhael2022
    """

    @property
    def alpha(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def blur(self) -> float: ...
    @property
    def dt(self) -> float: ...
    @property
    def span(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.05,
        tau: float = 3.9,
        blur: float = 2.0,
        dt: float = 0.2,
        span: float = 120.0,
    ) -> None: ...

class TdForgetting(Theory):
    """Forgets what it learnt: temporal differences whose values decay, so that errors last and ramp up to the reward.

    δ_i = r_i + γ·V(s_i) − V(s_{i−1}); V(s_{i−1}) ← V(s_{i−1}) + α·δ_i over a complete serial compound, and in every bin
    all values decay: V ← V·exp(−φ·dt). Learning never ends, as what is forgotten must be learnt again: in the steady
    state δ rises towards the reward (Morita & Kato 2014; Kato & Morita 2016, there a decay a time step of a short
    track; the rate a second is ours). With φ = 0 it is `td_csc`.

    Dopamine is δ.

    Parameters:
        dt: Width of a bin, which is one state. Default 0.2, s; 0.01 to 3600. [jeong2022]
        alpha: Learning rate. Default 0.2; 0 to 1.
        tau: Time constant of discounting: γ = exp(−dt/tau). Default 10.0, s; above 0.
        forgetting: Rate at which values are forgotten; 0 for never. Default 0.001, 1/s; 0 to 100. [kato2016]
        span: Time that a chain of states spans; its last state then repeats. Default 120.0, s; 0.1 to 3600.

    Papers: kato2016, morita2014
    """

    @property
    def dt(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def forgetting(self) -> float: ...
    @property
    def span(self) -> float: ...
    def __init__(
        self,
        *,
        dt: float = 0.2,
        alpha: float = 0.2,
        tau: float = 10.0,
        forgetting: float = 0.001,
        span: float = 120.0,
    ) -> None: ...

class Successor(Theory):
    """Predicts what comes, not only what it is worth: the successor representation, taught by sensory prediction errors.

    Each event is a step. x marks the stimuli of the last step, x' those of this one: a cue stays until the outcome and
    with it; `after` seconds after an outcome, or `window` seconds after a cue, all end with x' = 0. δ⃗ = x + (γ·x' − x)·W and δ_u = r − x'·u; negative entries of both are divided by 4;
    W ← W + α_W·xᵀδ⃗, u ← u + α_u·x'ᵀδ_u, V = x·W·u (Gardner, Schoenbaum & Gershman 2018). Entry (i, j) of W converges to
    the discounted number of times that j follows i, while both last. Outcomes are stimuli with senses of their own, and u of an outcome
    begins at half its innate value, as published. Light that adds to dopamine adds to the errors of the stimuli now
    present.

    Dopamine is Σδ⃗, the summed sensory error; the published alternatives are its norm and a weighting by worth. Worth
    moves what the animal does and not this dopamine, so that α_u is fitted to choices alone, never to dopamine.

    Parameters:
        alpha_W: Learning rate of the representation. Default 0.06; 0 to 1. [gardner2018]
        alpha_u: Learning rate of worth; it never reaches dopamine and is fitted to choices alone. Default 0.03; 0 to 1. [gardner2018]
        gamma: Discount a step. Default 0.95; 0 to 1. [gardner2018]
        negative: Weight of negative errors relative to positive ones. Default 0.25; 0 to 1. [gardner2018]
        window: Silence after a cue that ends an episode. Default 12.0, s; above 0.
        after: Silence after an outcome that ends an episode. Default 2.0, s; above 0.

    Papers: gardner2018, dayan1993
    """

    @property
    def alpha_W(self) -> float: ...
    @property
    def alpha_u(self) -> float: ...
    @property
    def gamma(self) -> float: ...
    @property
    def negative(self) -> float: ...
    @property
    def window(self) -> float: ...
    @property
    def after(self) -> float: ...
    def __init__(
        self,
        *,
        alpha_W: float = 0.06,
        alpha_u: float = 0.03,
        gamma: float = 0.95,
        negative: float = 0.25,
        window: float = 12.0,
        after: float = 2.0,
    ) -> None: ...

class KalmanTd(Theory):
    """Knows how sure it is: temporal differences as a Kalman filter over uncertain weights.

    Over microstimuli x of every kind: h_i = x_{i−1} − γ·x_i, δ_i = r_i − h_i·w; the uncertainty of the weights grows,
    C ← C + q·I, the error's variance is P = h·C·h + s, the gain K = C·h/P, and w ← w + K·δ, C ← C − K·(h·C)
    (Gershman 2015). The learning rate of each weight follows from its uncertainty, which grows in silence, so that
    rare events teach more. Trials are episodes as in the published simulations: an outcome ends the traces of what came
    before, and nothing is learnt from the step out of silence into a stimulus. `outcomes` = `traced`: an outcome leaves
    microstimuli of its own, with value V_o at their onset, so that uncued rewards come to predict one another and are
    answered by the time since the last, as long as its trace lasts; dopamine there is r + γ·V_o − V, and what is learnt
    from is r − V, the end of the episode, because the filter explains an error by every weight that moves with it and
    would explain a reward by its own onset. `silent`: cues alone evoke microstimuli, as published, where every reward
    had a cue; then uncued rewards are all answered with r.

    Dopamine is δ; in the declared variant `standardised` it is δ/√P. Multiplying c, s and q by one number changes
    neither but for its size, so that c and q are fitted, in units of s.

    Parameters:
        c: Prior variance of each weight. Default 1.0; above 0. [gershman2015]
        s: Variance of the noise of reward; the unit of c and q, and not fitted. Default 1.0; above 0. [gershman2015]
        q: Variance by which each weight drifts in a bin. Published is 0.01 a step of trials that follow one another; over bins of 0.2 s and intervals of some 20 s that is about 1e-4 a bin. Default 0.0001; 0 or more.
        tau: Time constant of discounting: γ = exp(−dt/tau). The default is 0.98 per bin of 0.2 s. Default 9.9, s; above 0. [gershman2015]
        dopamine: Whether dopamine is the error or the error in its own standard deviations. Default error; error, standardised. [gershman2015]
        outcomes: Whether outcomes evoke microstimuli too; published is `silent`, of designs without uncued outcomes. Default traced; traced, silent.
        n: Microstimuli a kind of event; 6 published. Default 10; a whole number, 1 to 50.
        sigma: Width of a microstimulus on the height of the memory trace. Default 0.08; above 0. [gershman2015]
        decay: What is left of the memory trace after one bin; 0.985 a step published, too slow to time bins of 0.2 s. Default 0.9; 0 to 1.
        dt: Width of a bin. Default 0.2, s; 0.01 to 3600. [jeong2022]

    Papers: gershman2015
    """

    @property
    def c(self) -> float: ...
    @property
    def s(self) -> float: ...
    @property
    def q(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def dopamine(self) -> str: ...
    @property
    def outcomes(self) -> str: ...
    @property
    def n(self) -> int: ...
    @property
    def sigma(self) -> float: ...
    @property
    def decay(self) -> float: ...
    @property
    def dt(self) -> float: ...
    def __init__(
        self,
        *,
        c: float = 1.0,
        s: float = 1.0,
        q: float = 0.0001,
        tau: float = 9.9,
        dopamine: str = 'error',
        outcomes: str = 'traced',
        n: int = 10,
        sigma: float = 0.08,
        decay: float = 0.9,
        dt: float = 0.2,
    ) -> None: ...

class ScaledError(Theory):
    """Adapts to the range of rewards: each cue learns a mean and a spread, and errors are scaled by the spread.

    For the cue c of a trial with outcome r. `scaled`: δ = (r − m_c)/s_c, m_c ← m_c + α·δ·s_rate, s_c ← s_c + α_s·(δ² − 1),
    where s_rate is 1 (Möller, Manohar & Bogacz 2022: the error is published, the rule of s is unverified). `decaying`:
    δ = (r − m_c)/s_c^ν, m_c ← m_c + α/(1 + n_c·α_decay)·(r − m_c), with s_c² the running mean square of r − m_c
    (after Diederen & Schultz 2015, who found errors scaled to the standard deviation and learning rates that fall; the
    exact link is unverified). The spread is kept above `s_min`: outcomes that never vary would make errors infinite.

    Dopamine is δ at the end of a trial, and at a cue the mean it predicts beyond that of the context, in spreads of the
    context, which is what is known when no cue is present.

    Parameters:
        rule: Which rule of mean and spread. Default scaled; scaled, decaying. [moller2022]
        alpha: Learning rate of the mean; 1 in the published simulations of widely spread rewards. Default 0.1; 0 to 1. [moller2022]
        alpha_spread: Learning rate of the spread. Default 0.01; 0 to 1. [moller2022]
        alpha_decay: With `decaying`: how fast the learning rate of the mean falls, per trial of a cue. Default 0.01; 0 or more. [diederen2015]
        scaling: With `decaying`: power of the spread by which errors are divided; 1 scales fully, 0 not at all. Default 1.0; 0 to 1. [diederen2015]
        s_init: Spread expected before anything was learnt, in units of outcome. Default 1.0; 0.001 to 1000000.
        s_min: The least spread, in units of outcome. Default 0.1; 0.001 to 1000000.
        window: Longest time from a trial's first cue to its outcome; after it the trial ends without one. Default 12.0, s; above 0.

    Papers: moller2022, diederen2015
    """

    @property
    def rule(self) -> str: ...
    @property
    def alpha(self) -> float: ...
    @property
    def alpha_spread(self) -> float: ...
    @property
    def alpha_decay(self) -> float: ...
    @property
    def scaling(self) -> float: ...
    @property
    def s_init(self) -> float: ...
    @property
    def s_min(self) -> float: ...
    @property
    def window(self) -> float: ...
    def __init__(
        self,
        *,
        rule: str = 'scaled',
        alpha: float = 0.1,
        alpha_spread: float = 0.01,
        alpha_decay: float = 0.01,
        scaling: float = 1.0,
        s_init: float = 1.0,
        s_min: float = 0.1,
        window: float = 12.0,
    ) -> None: ...

class PearceHall(Theory):
    """Attends to what surprised it: prediction errors with a learning rate that follows their recent size.

    The cues of a trial share one error, δ = r − ΣV, and each present cue c has an associability κ_c:
    V_c ← V_c + α·κ_c·δ, then κ_c ← (1 − η)·κ_c + η·|δ| (the hybrid of Rescorla & Wagner 1972 and Pearce & Hall 1980, as
    in Li et al. 2011). A trial opens with a cue and closes with the outcome or after `window` seconds.

    Dopamine is δ at the end of a trial and the prediction a cue adds at its onset; associability is another channel.

    Parameters:
        alpha: Learning rate of predictions, per unit of associability. Default 0.2; 0 to 1.
        eta: Learning rate of associability. Default 0.3; 0 to 1. [li2011]
        kappa: Associability of a cue that was never seen. Default 1.0; 0 to 5.
        window: Longest time from a trial's first cue to its outcome; after it the trial ends without one. Default 12.0, s; above 0.

    Papers: pearce1980, li2011
    """

    @property
    def alpha(self) -> float: ...
    @property
    def eta(self) -> float: ...
    @property
    def kappa(self) -> float: ...
    @property
    def window(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.2,
        eta: float = 0.3,
        kappa: float = 1.0,
        window: float = 12.0,
    ) -> None: ...

class Hgf(Theory):
    """Infers how fast the world changes: the binary hierarchical Gaussian filter of three levels, one a cue.

    Level 1 is whether the outcome u comes, level 2 its log-odds μ₂ with precision π₂, level 3 the log-volatility μ₃
    with precision π₃. Each trial: μ̂₁ = s(μ₂), π̂₁ = 1/(μ̂₁(1−μ̂₁)), π̂₂ = 1/(1/π₂ + e^(κμ₃+ω₂)), δ₁ = u − μ̂₁,
    π₂ ← π̂₂ + 1/π̂₁, μ₂ ← μ₂ + δ₁/π₂; δ₂ = (1/π₂ + Δμ₂²)·π̂₂ − 1, π̂₃ = 1/(1/π₃ + e^ω₃), w = e^(κμ₃+ω₂)·π̂₂.
    `hgf`: π₃ ← π̂₃ + ½κ²w(w + (2w−1)δ₂), μ₃ ← μ₃ + ½κwδ₂/π₃ (Mathys et al. 2011). `ehgf`: μ₃ first, with π̂₃; then with
    the new μ₃ v = e^(κμ₃+ω₂), π̂ = 1/(1/π₂' + v), w = v·π̂, r = (v − 1/π₂')·π̂, d = (1/π₂ + Δμ₂²)·π̂ − 1 and
    π₃ ← π̂₃ + max(0, ½κ²w(w + r·d)), where π₂' is π₂ before the trial (Weber et al. 2023), as in the MATLAB toolbox TAPAS.
    `pyhgf`: μ₃ as in `ehgf`, but π₃ as in `hgf`, which is what the Python package of that name calls eHGF (its beliefs are
    held by a test): over thousands of trials its π₃ comes out a tenth to a quarter lower. A precision that is not positive
    ends the life with an error that names the trial.

    A trial opens with a cue and closes with the outcome, a declared omission, or after `window` seconds. The published
    filter knows trials and not time. Here the time between trials is cut into trials without a cue, `segment` seconds
    long, in which no outcome comes, from the end of the first trial on; an uncued outcome ends the one in which it comes.
    So the belief about "no cue" is how likely an outcome is in `segment` seconds, and an uncued outcome is the more
    surprising the longer none came. This is ours: without it each uncued outcome would be a trial in which an outcome
    always comes, and soon no surprise.

    Dopamine is ε₂ = δ₁/π₂ at the end of a trial (in the midbrain: Iglesias et al. 2013, unverified here); ε₃ = ½κwδ₂/π₃
    is another channel, ascribed to acetylcholine. What dopamine does at cues the theory does not say.

    ω₂ and ω₃ are fitted under the means of the published toolbox (TAPAS: −3 and 2 for `ehgf`, −3 and −6 for `hgf`, here
    for `pyhgf` too) with a standard deviation of 2, its own for `ehgf`; for `hgf` it has 4, most of whose range ends in
    precisions below zero. κ is 1 as there: it scales what ω₂ and ω₃ measure.

    Parameters:
        update: Which update of the third level. The first published one, `hgf`, ends in precisions below zero over much of what may be fitted, which is why there is the second. Default ehgf; hgf, ehgf, pyhgf. [weber2023]
        kappa: Coupling of the third to the second level. Default 1.0; 0 or more. [mathys2011]
        omega2: Log-variance a trial of the second level where volatility is 0. Default -3.0; -20 to 10. [mathys2011]
        omega3: Log-variance a trial of the third level; with `hgf` and `pyhgf` fitted under a normal prior of mean −6 (sd 2). Default -6.0; -20 to 10. [mathys2011]
        window: Longest time from a trial's first cue to its outcome; after it the trial ends without one. Default 12.0, s; above 0.
        segment: Length of the trials without a cue into which the time between trials is cut. Default 5.0, s; 0.1 to 3600.

    Papers: mathys2011, iglesias2013, weber2023
    """

    @property
    def update(self) -> str: ...
    @property
    def kappa(self) -> float: ...
    @property
    def omega2(self) -> float: ...
    @property
    def omega3(self) -> float: ...
    @property
    def window(self) -> float: ...
    @property
    def segment(self) -> float: ...
    def __init__(
        self,
        *,
        update: str = 'ehgf',
        kappa: float = 1.0,
        omega2: float = -3.0,
        omega3: float = -6.0,
        window: float = 12.0,
        segment: float = 5.0,
    ) -> None: ...

class Anccr(Theory):
    """Looks back from each meaningful event for its causes: adjusted net contingency for causal relations.

    Each event leaves a decaying trace E (time constant T). M[i,j] is the mean trace of i at events j, Mi the mean
    trace at all times; PRC = M − Mi says how much more i precedes j than chance, SRC[i,j] = PRC[i,j]·Mi_j/Mi_i turns it
    forwards, NC = w·SRC + (1−w)·PRC. ANCCR is NC times the learnt reward R, less what other causes already explain;
    dopamine at an event is the sum of its row of ANCCR over the meaningful causal targets (Jeong et al. 2022). The
    order of the updates is that of the published code, which the paper's sums leave open: the matrices are updated in
    place, in the order of kinds. An innately meaningful kind has a value above `threshold`.

    What is fitted is what the published simulations vary. T is `T_ratio` times the mean interval between outcomes of each
    session: 1.2, and 10 for the animal whose first answers are negative. The learning rate falls with experience, as
    published for random rewards and naive animals; a constant rate, as in the other simulations, is where `alpha_init`
    is `alpha_min`. k (.01 to 1), w (.5 and .6) and alpha_r (.2 and .85) are fitted too; `threshold` (.5 to .8) is not, as
    it acts by leaps that a search cannot follow. With `exact_mean` no rate is left to fit. In variant 2026 the three
    parameters of the published grid are fitted: `alpha` (8e-6 to 1e-4), `T_ratio` (.1 to .7) and `threshold` (.1 to .8);
    the ranges are read in the published code, the shapes of all priors are ours.

    Parameters:
        T: Time constant of the event trace; in comparisons and findings it is `T_ratio` × the mean interval between outcomes of each session, unless it is set. Default 14.4, s; above 0. [jeong2022]
        T_ratio: The time constant T of each session relative to the mean interval between outcomes in it; fitted to dopamine under a log-normal prior of median 1.2 (sd of log 1), in variant 2026 of median 0.3 (sd of log 0.7). Default 1.2; above 0. [jeong2022]
        alpha: Learning rate of the mean traces where no schedule is set; in variant 2026 the rate of the baseline per sample (published: 4e-5), fitted there under a logit-normal prior of this median (sd of logit 1). Default 0.02; 0 to 1. [jeong2022]
        alpha_init: Learning rate at the first event. With `alpha_min` it makes a schedule that takes the place of `alpha`: min + (init − min)·exp(−exponent·number of the event, of all kinds). Published: 0.25. Default None; 0 to 1. [jeong2022]
        alpha_min: Learning rate that the schedule ends in. Published: 0.02. Default None; 0 to 1. [jeong2022]
        alpha_exponent: Decay of the schedule an event. Default 0.1; 0 or more. [jeong2022]
        k: Learning rate of the baseline relative to that of the mean traces; not used in variant 2026. Default 1.0; 0 or more. [jeong2022]
        w: Weight of the forward contingency in the net contingency. Default 0.5; 0 to 1. [jeong2022]
        threshold: Above this a net contingency is an edge, and a response with its value makes a meaningful causal target; in variant 2026 fitted under a normal prior of mean 0.4 (sd 0.15). Default 0.6; a finite number. [jeong2022]
        minimum_rate: Below this rate of occurrence a kind's forward contingency counts as 0. Default 0.001, 1/s; 0 or more. [jeong2022]
        alpha_r: Learning rate of the reward attributed to a cause; above 1 it counts as 1. Default 0.2; 0 or more. [jeong2022]
        sampling_interval: Interval at which the baseline is sampled. Default 0.2, s; 0.001 to 3600. [jeong2022]
        exact_mean: Whether means are exact (each event weighs alike) in place of a learning rate. Default False; yes or no. [jeong2022]
        variant: Which published form: `2022`; `2022-value`, where the innate value is part of dopamine; `2026`, where the learning rate follows from the interval between outcomes (`iri`). Default 2022; 2022, 2022-value, 2026. [jeong2022]
        iri: Mean interval between outcomes, for variant 2026; taken from the log where unset. Default None, s; above 0. [burke2026]

    Papers: jeong2022, burke2026
    """

    @property
    def T(self) -> float: ...
    @property
    def T_ratio(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def alpha_init(self) -> float | None: ...
    @property
    def alpha_min(self) -> float | None: ...
    @property
    def alpha_exponent(self) -> float: ...
    @property
    def k(self) -> float: ...
    @property
    def w(self) -> float: ...
    @property
    def threshold(self) -> float: ...
    @property
    def minimum_rate(self) -> float: ...
    @property
    def alpha_r(self) -> float: ...
    @property
    def sampling_interval(self) -> float: ...
    @property
    def exact_mean(self) -> bool: ...
    @property
    def variant(self) -> str: ...
    @property
    def iri(self) -> float | None: ...
    def __init__(
        self,
        *,
        T: float = 14.4,
        T_ratio: float = 1.2,
        alpha: float = 0.02,
        alpha_init: float | None = None,
        alpha_min: float | None = None,
        alpha_exponent: float = 0.1,
        k: float = 1.0,
        w: float = 0.5,
        threshold: float = 0.6,
        minimum_rate: float = 0.001,
        alpha_r: float = 0.2,
        sampling_interval: float = 0.2,
        exact_mean: bool = False,
        variant: str = '2022',
        iri: float | None = None,
    ) -> None: ...

class ExpectedTrace(Theory):
    """Credits what usually came before, not what came before this time: learning with expected eligibility traces.

    Every stimulus is a state. e decays with time constant T and rises by 1 at each visit; z_k, the expected trace of
    state k, follows it at visits of k, z_k ← z_k + α_z·(e − z_k). At an event k, D seconds after state s,
    d = r + V(k) − V(s) is phasic, δ = e^(−D/τ)·(d + V(s)) − V(s), and all values move by the expected trace of the state
    left: V ← V + α·δ·z_s (van Hasselt et al. 2021). z is the matrix M of ANCCR, the mean trace of each cause at each effect:
    the two theories remember the same and read it differently.

    Dopamine is d, at events. The paper's steps are all of one length and it says nothing of dopamine: that what comes
    with an event is released, and the discount of the silence before it is not, is ours. So uncued rewards, each after
    another, are all answered alike.

    Parameters:
        T: Time constant of the eligibility trace. Default 14.4, s; above 0. [jeong2022]
        alpha_z: Learning rate of expected traces. Default 0.02; 0 to 1. [jeong2022]
        alpha: Learning rate of values. Default 0.1; 0 to 1.
        tau: Time constant of discounting. Default 10.0, s; above 0.

    Papers: vanhasselt2021
    """

    @property
    def T(self) -> float: ...
    @property
    def alpha_z(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def tau(self) -> float: ...
    def __init__(
        self,
        *,
        T: float = 14.4,
        alpha_z: float = 0.02,
        alpha: float = 0.1,
        tau: float = 10.0,
    ) -> None: ...

class DeltaP(Theory):
    """Counts how much likelier the outcome is with the cue than without: prospective contingency ΔP.

    P(outcome | cue) is tracked over trials of the cue and P(outcome | no cue) over the intervals between trials, each by
    p ← p + α·(1 or 0 − p); ΔP = P(outcome | cue) − P(outcome | no cue) (Jenkins & Ward 1965; the traditional definition
    that Qian et al. 2025 test). An interval counts as one trial without the cue, however long it is.

    Dopamine at a cue is ΔP times the mean worth of outcomes. The theory says nothing of other moments.

    Parameters:
        alpha: Learning rate of probabilities and worth. Default 0.05; 0 to 1.
        window: Longest time from a trial's first cue to its outcome; after it the trial ends without one. Default 12.0, s; above 0.

    Papers: jenkins1965, qian2025
    """

    @property
    def alpha(self) -> float: ...
    @property
    def window(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.05,
        window: float = 12.0,
    ) -> None: ...

class RescorlaContingency(Theory):
    """Compares the outcome's rate in the cue with its rate outside it: contingency in time.

    P(outcome | cue) is tracked over trials of the cue; λ, the rate of outcomes outside trials, over the time between
    them. In an interval as long as the cue's mean delay D an outcome comes by chance with probability 1 − e^(−λD); the
    contingency is P(outcome | cue) − (1 − e^(−λD)) (Rescorla 1968, who compared equal intervals with and without the
    cue). Counts leak with rate α a trial, so that what changed is noticed.

    Dopamine at a cue is the contingency times the mean worth of outcomes. The theory says nothing of other moments.

    Parameters:
        alpha: Learning rate of probabilities, rates and worth. Default 0.05; 0 to 1.
        window: Longest time from a trial's first cue to its outcome; after it the trial ends without one. Default 12.0, s; above 0.

    Papers: rescorla1968
    """

    @property
    def alpha(self) -> float: ...
    @property
    def window(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.05,
        window: float = 12.0,
    ) -> None: ...

class GallistelContingency(Theory):
    """Measures contingency by information: how much a cue tells about when the outcome will come, or the outcome about
    the cue.

    `prospective`: the cue tells log₂(λ_c/λ) bits about the time of the next outcome, where λ_c = P(outcome | cue)/D is
    the rate at which outcomes come in the cue, D its mean delay, and λ the rate at all times (informativeness, Balsam &
    Gallistel 2009; Gallistel, Craig & Shahan 2014). `retrospective`: looking back from outcomes, q, the share that the
    cue came before, less the share of moments that by chance lie so close behind a cue, 1 − e^(−ν·D) with ν the rate
    of the cue (after Gallistel et al. 2019, who use normalised mutual information; this difference is our stand-in).
    Counts leak with rate α a trial.

    Dopamine at a cue is the contingency times the mean worth of outcomes. The theory says nothing of other moments.

    Parameters:
        direction: Whether it looks forward from the cue or back from the outcome. Default prospective; prospective, retrospective. [gallistel2019]
        alpha: Learning rate of probabilities, rates and worth. Default 0.05; 0 to 1.
        window: Longest time from a trial's first cue to its outcome; after it the trial ends without one. Default 12.0, s; above 0.

    Papers: gallistel2014, gallistel2019, balsam2009
    """

    @property
    def direction(self) -> str: ...
    @property
    def alpha(self) -> float: ...
    @property
    def window(self) -> float: ...
    def __init__(
        self,
        *,
        direction: str = 'prospective',
        alpha: float = 0.05,
        window: float = 12.0,
    ) -> None: ...

class StateValue(Theory):
    """Signals how good things are, not how much better than expected: dopamine is the value of the state.

    V is learnt as in `td_csc`, V(s) ← V(s) + α·(r + γ·V(s') − V(s)) over a complete serial compound, but what is
    released is r + γ·V(s'), the value of what is at hand (Hamid et al. 2016 found release to follow it in the accumbens
    core). Learning uses an error that dopamine does not carry, so light on dopamine does not change what is learnt.

    Dopamine is r + γ·V of the moment.

    Parameters:
        alpha: Learning rate. Default 0.05; 0 to 1. [jeong2022]
        tau: Time constant of discounting: γ = exp(−dt/tau). Default 3.9, s; above 0. [jeong2022]
        dt: Width of a bin, which is one state. Default 0.2, s; 0.01 to 3600. [jeong2022]
        span: Time that a chain of states spans; its last state then repeats. Default 120.0, s; 0.1 to 3600.

    Papers: hamid2016
    """

    @property
    def alpha(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def dt(self) -> float: ...
    @property
    def span(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.05,
        tau: float = 3.9,
        dt: float = 0.2,
        span: float = 120.0,
    ) -> None: ...

class IncentiveSalience(Theory):
    """Wants what it learnt to want, as much as its body now makes it want it: incentive salience.

    Values are learnt by temporal differences over a complete serial compound, V(s) ← V(s) + α·(r + γ·V(s') − V(s)),
    by an error that dopamine does not carry, and with them their part R that is reward before any other stimulus comes:
    R(s) ← R(s) + α·(r + γ·R(s') − R(s)), where the R of another stimulus' onset counts as 0. When a cue is met again its
    wanting is computed at once from what was learnt and the state κ of the body, which works on the reward that follows
    the cue itself and not on what later stimuli are worth: Ṽ = r̃(R, κ) + (V − R), with r̃ = κ·R (`multiplicative`) or
    R + ln κ (`additive`, where there is any R); likewise at a reward, Ṽ = r̃(r, κ) + γ·V(s'). So in a series the last
    cue is amplified and the first is not. κ is 1 in the state in which it was learnt, above 1 in depletion or
    sensitisation, below 1 when sated; nothing is learnt anew (Zhang, Berridge et al. 2009: κ on the reward of
    r + γ·V(s'); the equations are from memory, unverified, and R is our reading of r where moments lie between cue and
    reward). `liking` is r itself, which dopamine does not touch.

    Dopamine is wanting: at stimuli Ṽ, nothing between them. At κ = 1 it is `state_value` at stimuli.

    Parameters:
        kappa: State of the body: 1 as when it learnt, more when depleted or sensitised, less when sated. Default 1.0; above 0. [zhang2009]
        form: How the state works on what was learnt. Default additive; additive, multiplicative. [zhang2009]
        alpha: Learning rate of values. Default 0.05; 0 to 1. [jeong2022]
        tau: Time constant of discounting: γ = exp(−dt/tau). Default 3.9, s; above 0. [jeong2022]
        dt: Width of a bin, which is one state. Default 0.2, s; 0.01 to 3600. [jeong2022]
        span: Time that a chain of states spans; its last state then repeats. Default 120.0, s; 0.1 to 3600.

    Papers: zhang2009, berridge2012
    """

    @property
    def kappa(self) -> float: ...
    @property
    def form(self) -> str: ...
    @property
    def alpha(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def dt(self) -> float: ...
    @property
    def span(self) -> float: ...
    def __init__(
        self,
        *,
        kappa: float = 1.0,
        form: str = 'additive',
        alpha: float = 0.05,
        tau: float = 3.9,
        dt: float = 0.2,
        span: float = 120.0,
    ) -> None: ...

class DopamineGate(Theory):
    """Teaches and moves with one signal: the prediction error at a cue sets off the act it then helps to learn.

    δ = r + γ·V(s') − V(s) over a complete serial compound, V(s) ← V(s) + α·δ. The animal is moved by what dopamine
    really was at the last onset of a cue, P(act) = 1/(1 + exp(−m·(δ − b))): so blocking dopamine stops responding at
    once, before anything is unlearnt (McClure, Daw & Montague 2003; the sigmoid is unverified, and m and b are those of
    the common action rule). Between options it prefers the more valuable.

    Dopamine is δ.

    Parameters:
        alpha: Learning rate. Default 0.05; 0 to 1. [jeong2022]
        tau: Time constant of discounting: γ = exp(−dt/tau). Default 3.9, s; above 0. [jeong2022]
        dt: Width of a bin, which is one state. Default 0.2, s; 0.01 to 3600. [jeong2022]
        span: Time that a chain of states spans; its last state then repeats. Default 120.0, s; 0.1 to 3600.

    Papers: mcclure2003
    """

    @property
    def alpha(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def dt(self) -> float: ...
    @property
    def span(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.05,
        tau: float = 3.9,
        dt: float = 0.2,
        span: float = 120.0,
    ) -> None: ...

class NoveltyBonus(Theory):
    """Is rewarded by the new: a novelty bonus on top of reward, in temporal differences.

    Φ(k) = exp(−habituation·n_k) is the novelty of a stimulus that came n_k times before. As a `bonus` it is added to
    reward at each onset, r' = r + size·Φ, and its prediction is learnt; as a `shaping` term it is a potential,
    r' = r + size·(γΦ(s') − Φ(s)) at onsets, which fades without changing what is learnt of reward in the end (Kakade &
    Dayan 2002; the form of Φ is unverified). δ = r' + γ·V(s') − V(s) over a complete serial compound.

    Dopamine is δ.

    Parameters:
        alpha: Learning rate. Default 0.05; 0 to 1. [jeong2022]
        tau: Time constant of discounting: γ = exp(−dt/tau). Default 3.9, s; above 0. [jeong2022]
        bonus: Size of the bonus for what was never seen, in units of outcome. Default 0.5; 0 or more.
        habituation: How fast novelty wears off, per encounter; exp(−n) as published. Default 1.0; 0 or more. [kakade2002]
        form: Whether novelty is a reward or a potential that shapes reward. Default bonus; bonus, shaping. [kakade2002]
        dt: Width of a bin, which is one state. Default 0.2, s; 0.01 to 3600. [jeong2022]
        span: Time that a chain of states spans; its last state then repeats. Default 120.0, s; 0.1 to 3600.

    Papers: kakade2002
    """

    @property
    def alpha(self) -> float: ...
    @property
    def tau(self) -> float: ...
    @property
    def bonus(self) -> float: ...
    @property
    def habituation(self) -> float: ...
    @property
    def form(self) -> str: ...
    @property
    def dt(self) -> float: ...
    @property
    def span(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.05,
        tau: float = 3.9,
        bonus: float = 0.5,
        habituation: float = 1.0,
        form: str = 'bonus',
        dt: float = 0.2,
        span: float = 120.0,
    ) -> None: ...

class PerceivedSalience(Theory):
    """Signals how salient a stimulus is perceived to be, good or bad alike.

    At stimulus k dopamine is intensity_k·(1 + attention_k). Intensity is the size of an outcome and 1 for a cue, or its
    magnitude where it has one. Novelty N is the recent mismatch of what came and what was expected,
    N ← N + ν·(|o − Σp| − N), where o is 1 if an outcome of any sign came in the trial and p what each cue predicts,
    p ← p + α·(o − Σp); attention follows it, attention ← attention + η·(N − attention) for the stimuli of the trial, so
    that it rises for the unexpected and falls for the familiar (Kutlu et al. 2021, who fit the SLGK model of Schmajuk,
    Lam & Gray 1996; this reduction of it is ours and unverified against theirs).

    Dopamine is perceived salience, without valence.

    Parameters:
        alpha: Learning rate of predictions. Default 0.1; 0 to 1.
        eta: Learning rate of attention. Default 0.1; 0 to 1.
        nu: Rate at which novelty follows mismatch. Default 0.3; 0 to 1.
        attention: Attention to what was never met. Default 1.0; 0 to 100.
        window: Longest time from a trial's first cue to its outcome; after it the trial ends without one. Default 12.0, s; above 0.

    Papers: kutlu2021, schmajuk1996
    """

    @property
    def alpha(self) -> float: ...
    @property
    def eta(self) -> float: ...
    @property
    def nu(self) -> float: ...
    @property
    def attention(self) -> float: ...
    @property
    def window(self) -> float: ...
    def __init__(
        self,
        *,
        alpha: float = 0.1,
        eta: float = 0.1,
        nu: float = 0.3,
        attention: float = 1.0,
        window: float = 12.0,
    ) -> None: ...

class Threat(Theory):
    """Signals threat to the tail of the striatum: what is intense, new or known to hurt, whatever it is worth.

    At stimulus k: δ_T = intensity + novelty + threat(k) − threat of what came before. Intensity is the magnitude of a
    cue and the size of a bad outcome, weighed by `intensity`; good outcomes have none. Novelty is
    `novelty`·exp(−h·n_k) after n_k encounters, and the intensity of cues without consequence habituates alike. Threat of
    the cue last seen is learnt from what follows it, T ← T + α·(|bad outcome| − T), and protects from it: the animal is
    moved away by T. Menegas et al. 2018 and Akiti et al. 2022 describe the signal and do not specify it; this form is
    ours, the exponential of visits is from the code of Greenstreet et al. 2025.

    Dopamine is δ_T, on the channel `threat`, which reaches the tail of the striatum alone.

    Parameters:
        intensity: Weight of intensity. Default 1.0; 0 or more.
        novelty: Answer to what was never met. Default 1.0; 0 or more.
        habituation: Habituation an encounter. Default 0.1; 0 or more. [greenstreet2025]
        alpha: Learning rate of threat. Default 0.1; 0 to 1.
        window: For how long a cue is held to account for what follows. Default 12.0, s; above 0.

    Papers: menegas2018, akiti2022, greenstreet2025
    """

    @property
    def intensity(self) -> float: ...
    @property
    def novelty(self) -> float: ...
    @property
    def habituation(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def window(self) -> float: ...
    def __init__(
        self,
        *,
        intensity: float = 1.0,
        novelty: float = 1.0,
        habituation: float = 0.1,
        alpha: float = 0.1,
        window: float = 12.0,
    ) -> None: ...

class ActionError(Theory):
    """Teaches habits by what was done, beside teaching value by what came of it: action prediction errors.

    Two signals. `action`: when the animal takes a in state s, the last cue, APE = max(0, 1 − H(a, s)) and
    H(a, s) ← H(a, s) + α_H·APE, whatever comes of it; the habit of what it does not do never decays. `value`: the
    semi-Markov error δ = r − ρ·D + V(k) − V(s), with ρ the average reward a second and D the dwell in s,
    V(s) ← V(s) + α·δ, released no lower than −`dip` (as in `td_semi_markov`); it also teaches the value of the action
    last taken, Q(a, s) ← Q(a, s) + α_a·δ. A choice is moved by Q + H (Greenstreet et al. 2025; Miller, Shenhav & Ludvig
    2019; Bogacz 2020). Rates and the limit of dips are those of the published code.

    Dopamine is the value error in ventral and the action error in dorsal striatum and its tail: two channels.

    Parameters:
        alpha_habit: Learning rate of habits. Default 0.1; 0 to 1. [greenstreet2025]
        alpha: Learning rate of values. Default 0.2; 0 to 1. [greenstreet2025]
        alpha_action: Learning rate of the values of actions. Default 0.1; 0 to 1. [greenstreet2025]
        dip: The deepest dip of the value error, in units of outcome; what is below it is learnt from and not released. Default 0.1; 0 or more. [greenstreet2025]
        window: Time constant over which reward is averaged. Default 1000.0, s; above 0.

    Papers: greenstreet2025, miller2019, bogacz2020
    """

    @property
    def alpha_habit(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def alpha_action(self) -> float: ...
    @property
    def dip(self) -> float: ...
    @property
    def window(self) -> float: ...
    def __init__(
        self,
        *,
        alpha_habit: float = 0.1,
        alpha: float = 0.2,
        alpha_action: float = 0.1,
        dip: float = 0.1,
        window: float = 1000.0,
    ) -> None: ...

class Constant(Theory):
    """The null theory that dopamine answers each kind of event always alike: any theory must beat it.

    One channel a kind, 1 at each event of the kind; the observation model gives each channel its gain.


    Papers:
    """

    def __init__(self) -> None: ...

class Trend(Theory):
    """The null theory that dopamine drifts with experience and recovers with time: any theory must beat it.

    Linear in the event's number (of its own kind, over the subject's life) and in the time since the last outcome.


    Papers:
    """

    def __init__(self) -> None: ...
