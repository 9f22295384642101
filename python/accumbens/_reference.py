"""The known signals, at compiled speed: GAE, V-trace, group advantages, shaping, traces, potentials, channels."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import _native
from ._arrays import array_of

Layout = Literal["steps", "sequences"]
Centre = Literal["leave_one_out", "mean"]


def _rollout(
    rewards: Any,
    values: Any,
    last: Any,
    terminated: Any,
    next_values: Any,
    truncated: Any,
    reset: Any,
    layout: Layout,
) -> tuple[dict[str, Any], tuple[int, ...]]:
    if layout not in ("steps", "sequences"):
        raise ValueError(f"layout: {layout!r}; expected 'steps' (T, N) or 'sequences' (B, T)")
    rewards = array_of(rewards, np.float32)
    if rewards.ndim != 2:
        raise ValueError(f"rewards: {rewards.ndim} dimensions; expected 2")
    shape = rewards.shape
    lanes = shape[0] if layout == "sequences" else shape[1]
    same = {"values": values, "terminated": terminated}
    other = {"next_values": next_values, "truncated": truncated, "reset": reset}
    arrays: dict[str, Any] = {n: array_of(a, np.float32, shape, n).ravel() for n, a in same.items()}
    for name, array in other.items():
        arrays[name] = None if array is None else array_of(array, np.float32, shape, name).ravel()
    arrays["last"] = np.zeros(lanes, np.float32) if last is None else array_of(last, np.float32, (lanes,), "last")
    return arrays | {"rewards": rewards.ravel(), "lanes": lanes, "lanes_first": layout == "sequences"}, shape


def gae(
    rewards: Any,
    values: Any,
    last: Any,
    terminated: Any,
    *,
    gamma: float = 0.99,
    lam: float = 0.95,
    next_values: Any = None,
    truncated: Any = None,
    reset: Any = None,
    layout: Layout = "steps",
) -> NDArray[np.float32]:
    """Generalised advantages (Schulman et al. 2016): A_t = δ_t + γλ·A_{t+1}, δ_t = r_t + γ·V_{t+1} − V_t.

    ``rewards`` and ``values`` are (T, N), steps by environments, or with ``layout="sequences"`` (B, T). ``last`` (N,) are
    the values after the last step, zeros where ``None``. ``terminated`` marks steps after which nothing follows;
    ``truncated`` those before a reset whose successor has a value: pass that in ``next_values``, for the next row holds the
    new episode's. ``reset`` marks rows that are no step, such as Gymnasium's next-step autoreset inserts.
    """
    arrays, shape = _rollout(rewards, values, last, terminated, next_values, truncated, reset, layout)
    return _native.gae(arrays, gamma, lam).reshape(shape)


def vtrace(
    rewards: Any,
    values: Any,
    last: Any,
    terminated: Any,
    ratios: Any,
    *,
    gamma: float = 0.99,
    lam: float = 1.0,
    rho: float = 1.0,
    c: float = 1.0,
    next_values: Any = None,
    truncated: Any = None,
    reset: Any = None,
    layout: Layout = "steps",
) -> NDArray[np.float32]:
    """Corrections v_t − V_t of V-trace (Espeholt et al. 2018); ``ratios`` are π(a|s)/μ(a|s), capped at ``rho`` and ``c``.

    The other arrays are those of `gae`.
    """
    arrays, shape = _rollout(rewards, values, last, terminated, next_values, truncated, reset, layout)
    flat = array_of(ratios, np.float32, shape, "ratios").ravel()
    return _native.vtrace(arrays, flat, gamma, lam, rho, c).reshape(shape)


def group_advantages(
    rewards: Any,
    groups: Any,
    *,
    centre: Centre = "leave_one_out",
    prior: float | None = 8.0,
    pooled: float | None = None,
) -> NDArray[np.float64]:
    """Rewards (B,) against their group (B,), NaN where a reward is.

    (r − centre)/√((n·s² + n₀·τ²)/(n + n₀)), n₀ = ``prior``, τ² = ``pooled`` (the variance within the groups of this batch
    where ``None``). ``centre="mean", prior=0`` is GRPO, ``prior=inf`` one scale for all groups, ``prior=None`` none.
    """
    rewards = array_of(rewards, np.float64)
    return _native.group_advantages(rewards, array_of(groups, np.int64, rewards.shape, "groups"), centre, prior, pooled)


def shaped(rewards: Any, potentials: Any, *, gamma: float = 1.0, terminated: bool = True) -> NDArray[np.float64]:
    """One episode's rewards r_t + γ·Φ_{t+1} − Φ_t (Ng et al. 1999): ``potentials`` has one number more than ``rewards``.

    Φ is 0 at the end of an episode that ``terminated``, and the last potential otherwise.
    """
    return _native.shaped(array_of(rewards, np.float64), array_of(potentials, np.float64), gamma, terminated)


def expected_traces(
    states: Any, count: int, *, keep: float, rate: float | None = None, restart: Any = None
) -> NDArray[np.float64]:
    """Expected eligibility traces z(s) = E[e_t | S_t = s] (van Hasselt et al. 2021), (count, count), rows s.

    ``states`` (T,) are below ``count``; ``keep`` is γλ; ``restart`` (T,) marks states with which an episode begins. Each
    visit moves z by ``rate``; where ``None`` z is the mean over visits. An ET(λ) update is ``w += α·δ·z[s]``.
    """
    states = array_of(states, np.uint32)
    restart = None if restart is None else array_of(restart, np.bool_, states.shape, "restart")
    return _native.expected_traces(states, restart, count, keep, rate).reshape(count, count)


def redistributed(rewards: Any, predictions: Any) -> NDArray[np.float64]:
    """One episode's rewards redistributed by how predictions of its return change (RUDDER, Arjona-Medina et al. 2019).

    ``predictions`` (T,) are made after each step. What they miss of the return is spread over all steps, so that the sum is
    that of ``rewards``: the same return, elsewhere.
    """
    return _native.redistributed(array_of(rewards, np.float64), array_of(predictions, np.float64))


def homeostatic(
    levels: Any, set_points: Any, *, weights: Any = None, n: float = 4.0, m: float = 3.0
) -> NDArray[np.float64]:
    """Potentials −D of bodily states, D = (Σ w·|set point − level|ⁿ)^(1/m) (Keramati & Gutkin 2014), for `shaped`.

    ``levels`` (T, D); ``set_points`` and ``weights`` (D,). Shaping by them pays how much the drive falls.
    """
    set_points = array_of(set_points, np.float64)
    levels = array_of(levels, np.float64)
    if levels.ndim != 2 or levels.shape[1:] != set_points.shape:
        raise ValueError(f"levels: shape {levels.shape}; expected (T, {len(set_points)})")
    weights = np.ones(len(set_points)) if weights is None else array_of(weights, np.float64, set_points.shape, "weights")
    return _native.homeostatic(levels.ravel(), set_points, weights, n, m)


def threat(threats: Any, *, keep: float) -> NDArray[np.float64]:
    """Potentials −E of threat for `shaped`: E_t = keep·E_{t−1} + threat_t (T,), a fear that fades."""
    return _native.threat(array_of(threats, np.float64), keep)


def fused(noise: Any, *, xi: float = 0.05, most: float = 10.0) -> NDArray[np.float64]:
    """Weights (K,) of channels by the noise (variance) of each, 1/(s² + ξ), mean 1, none above ``most`` times the least.

    Take the variances from earlier batches: a weight that depends on the reward it weighs biases the gradient.
    """
    return _native.fused(array_of(noise, np.float64), xi, most)


def dual(weights: Any, floors: Any, means: Any, *, rate: float) -> NDArray[np.float64]:
    """Lagrange multipliers (K,) of "channel k is at least ``floors[k]`` on average", after a batch with these ``means``."""
    weights = array_of(weights, np.float64)
    floors = array_of(floors, np.float64, weights.shape, "floors")
    means = array_of(means, np.float64, weights.shape, "means")
    return _native.dual(weights, floors, means, rate)


def conflict(advantages: Any) -> NDArray[np.float64]:
    """Cosines (K, K) of the columns of advantages (B, K): below 0 two channels pull apart."""
    advantages = array_of(advantages, np.float64)
    if advantages.ndim != 2:
        raise ValueError(f"advantages: {advantages.ndim} dimensions; expected 2, (B, K)")
    channels = advantages.shape[1]
    return _native.conflict(advantages.ravel(), channels).reshape(channels, channels)


def ensemble(rewards: Any, *, beta: float) -> NDArray[np.float64]:
    """Rewards (B,) of an ensemble (B, M) of reward models: −β·ln mean exp(−r/β), between their mean and their least."""
    rewards = array_of(rewards, np.float64)
    if rewards.ndim != 2 or rewards.shape[1] == 0:
        raise ValueError(f"rewards: shape {rewards.shape}; expected (B, M)")
    return _native.ensemble(rewards.ravel(), rewards.shape[1], beta)


class Tonic:
    """The average reward of a step, with its precision: what there is to lose by waiting.

    Subtract ``mean`` from rewards and set ``gamma=1`` in `gae` for advantages relative to the average (Schwartz 1993).
    ``half_life``: after so many steps half of what was learnt is gone.
    """

    def __init__(self, half_life: float = 1000.0) -> None:
        self._native = _native.Tonic(half_life)
        self._half_life = half_life

    def learn(self, rewards: Any) -> None:
        """Takes rewards in, in their order; of several lanes (T, N) the mean of each step."""
        rewards = array_of(rewards, np.float64)
        self._native.learn(np.ascontiguousarray(rewards.reshape(len(rewards), -1).mean(axis=1)))

    @property
    def mean(self) -> float:
        """The average reward of a step."""
        return self._native.average()[0]

    @property
    def error(self) -> float:
        """Its standard error."""
        return self._native.average()[1]

    def __getstate__(self) -> dict[str, Any]:
        return {"half_life": self._half_life, "state": self._native.state()}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        self.__init__(kept["half_life"])
        self._native.restore(kept["state"])

    def __repr__(self) -> str:
        return f"Tonic(mean={self.mean:.4g}, error={self.error:.2g})"


class Values:
    """Values of sources of unequal noise, each learnt at the rate that its precision asks for: gain p/(p + s²).

    A Kalman filter a source (Geist & Pietquin 2010), whose noise s² is what its own answers leave unexplained; p, the
    uncertainty of the value, grows by ``drift`` (a variance) each step. ``half_life``: after so many numbers half of what
    was learnt of the noise is gone.
    """

    def __init__(self, sources: int, *, drift: float = 0.01, half_life: float = 100.0) -> None:
        self._settings = (sources, drift, half_life)
        self._native = _native.Values(*self._settings)

    def learn(self, sources: Any, numbers: Any) -> NDArray[np.float64]:
        """Takes numbers (N,) of ``sources`` (N,) in, one a step, in their order; returns the gain of each."""
        numbers = array_of(numbers, np.float64)
        return self._native.learn(array_of(sources, np.uint32, numbers.shape, "sources"), numbers)

    @property
    def mean(self) -> NDArray[np.float64]:
        """The value of each source."""
        return self._known[:, 0]

    @property
    def variance(self) -> NDArray[np.float64]:
        """How uncertain each value is now; infinite before the second number."""
        return self._known[:, 1]

    @property
    def noise(self) -> NDArray[np.float64]:
        """The noise (a variance) of each source; infinite before the second number."""
        return self._known[:, 2]

    @property
    def _known(self) -> NDArray[np.float64]:
        return self._native.known().reshape(-1, 3)

    def __getstate__(self) -> dict[str, Any]:
        return {"settings": self._settings, "state": self._native.state()}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        self._settings = kept["settings"]
        self._native = _native.Values(*self._settings)
        self._native.restore(kept["state"])

    def __repr__(self) -> str:
        return f"Values({self._settings[0]} sources)"
