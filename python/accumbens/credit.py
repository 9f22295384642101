"""Learning signals for agents and language models: retrospective contingency, precision, several channels.

Arrays may be NumPy's or any with DLPack (torch, JAX) on the CPU; they are not copied where type and layout allow. What
comes out are NumPy arrays; ``torch.from_numpy`` takes them without a copy.

>>> credit = Credit(channels=2)                         # gradient unbiased: a baseline of earlier events
>>> signal = credit(events, rewards, group, mask=mask)  # (B, T), (B, 2), (B,), (B, T)
>>> signal.advantages                                   # (B, T), float32

What this is called elsewhere: mean traces at targets are expected eligibility traces (van Hasselt et al. 2021);
``contribution`` is a hindsight coefficient (COCOA, Meulemans et al. 2023); shaping by a potential is Ng et al. 1999's; the
group's centre and spread are GRPO's (Shao et al. 2024). Backtracking in papers on reasoning means undoing steps of a
solution, which this is not. Weights made of the finished sequence are not combined with rewards-to-go: that is biased
even where the sum is kept (a token that decides after the one that was given the reward gets no gradient).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import _native

__all__ = [
    "Adjusted",
    "Contingency",
    "Credit",
    "Signal",
    "Tonic",
    "conflict",
    "dual",
    "ensemble",
    "expected_traces",
    "fused",
    "gae",
    "group_advantages",
    "homeostatic",
    "redistributed",
    "shaped",
    "threat",
    "vtrace",
]

Layout = Literal["steps", "sequences"]
Centre = Literal["leave_one_out", "mean"]
Mode = Literal["potential", "contribution", "gate"]


def _array(values: Any, dtype: Any, shape: tuple[int, ...] | None = None, name: str = "array") -> NDArray[Any]:
    """An array of this type, in one piece: the very memory of `values` where that is one already."""
    if not isinstance(values, np.ndarray) and hasattr(values, "__dlpack__"):
        values = np.from_dlpack(values)
    array = np.ascontiguousarray(values, dtype=dtype)
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name}: shape {array.shape}; expected {shape}")
    return array


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
    rewards = _array(rewards, np.float32)
    if rewards.ndim != 2:
        raise ValueError(f"rewards: {rewards.ndim} dimensions; expected 2")
    shape = rewards.shape
    lanes = shape[0] if layout == "sequences" else shape[1]
    same = {"values": values, "terminated": terminated}
    other = {"next_values": next_values, "truncated": truncated, "reset": reset}
    arrays: dict[str, Any] = {n: _array(a, np.float32, shape, n).ravel() for n, a in same.items()}
    for name, array in other.items():
        arrays[name] = None if array is None else _array(array, np.float32, shape, name).ravel()
    arrays["last"] = np.zeros(lanes, np.float32) if last is None else _array(last, np.float32, (lanes,), "last")
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
    flat = _array(ratios, np.float32, shape, "ratios").ravel()
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
    rewards = _array(rewards, np.float64)
    return _native.group_advantages(rewards, _array(groups, np.int64, rewards.shape, "groups"), centre, prior, pooled)


def shaped(rewards: Any, potentials: Any, *, gamma: float = 1.0, terminated: bool = True) -> NDArray[np.float64]:
    """One episode's rewards r_t + γ·Φ_{t+1} − Φ_t (Ng et al. 1999): ``potentials`` has one number more than ``rewards``.

    Φ is 0 at the end of an episode that ``terminated``, and the last potential otherwise.
    """
    return _native.shaped(_array(rewards, np.float64), _array(potentials, np.float64), gamma, terminated)


def expected_traces(
    states: Any, count: int, *, keep: float, rate: float | None = None, restart: Any = None
) -> NDArray[np.float64]:
    """Expected eligibility traces z(s) = E[e_t | S_t = s] (van Hasselt et al. 2021), (count, count), rows s.

    ``states`` (T,) are below ``count``; ``keep`` is γλ; ``restart`` (T,) marks states with which an episode begins. Each
    visit moves z by ``rate``; where ``None`` z is the mean over visits. An ET(λ) update is ``w += α·δ·z[s]``.
    """
    states = _array(states, np.uint32)
    restart = None if restart is None else _array(restart, np.bool_, states.shape, "restart")
    return _native.expected_traces(states, restart, count, keep, rate).reshape(count, count)


def redistributed(rewards: Any, predictions: Any) -> NDArray[np.float64]:
    """One episode's rewards redistributed by how predictions of its return change (RUDDER, Arjona-Medina et al. 2019).

    ``predictions`` (T,) are made after each step. What they miss of the return is spread over all steps, so that the sum is
    that of ``rewards``: the same return, elsewhere.
    """
    return _native.redistributed(_array(rewards, np.float64), _array(predictions, np.float64))


def homeostatic(
    levels: Any, set_points: Any, *, weights: Any = None, n: float = 4.0, m: float = 3.0
) -> NDArray[np.float64]:
    """Potentials −D of bodily states, D = (Σ w·|set point − level|ⁿ)^(1/m) (Keramati & Gutkin 2014), for `shaped`.

    ``levels`` (T, D); ``set_points`` and ``weights`` (D,). Shaping by them pays how much the drive falls.
    """
    set_points = _array(set_points, np.float64)
    levels = _array(levels, np.float64)
    if levels.ndim != 2 or levels.shape[1:] != set_points.shape:
        raise ValueError(f"levels: shape {levels.shape}; expected (T, {len(set_points)})")
    weights = np.ones(len(set_points)) if weights is None else _array(weights, np.float64, set_points.shape, "weights")
    return _native.homeostatic(levels.ravel(), set_points, weights, n, m)


def threat(threats: Any, *, keep: float) -> NDArray[np.float64]:
    """Potentials −E of threat for `shaped`: E_t = keep·E_{t−1} + threat_t (T,), a fear that fades."""
    return _native.threat(_array(threats, np.float64), keep)


def fused(noise: Any, *, xi: float = 0.05, most: float = 10.0) -> NDArray[np.float64]:
    """Weights (K,) of channels by the noise (variance) of each, 1/(s² + ξ), mean 1, none above ``most`` times the least.

    Take the variances from earlier batches: a weight that depends on the reward it weighs biases the gradient.
    """
    return _native.fused(_array(noise, np.float64), xi, most)


def dual(weights: Any, floors: Any, means: Any, *, rate: float) -> NDArray[np.float64]:
    """Lagrange multipliers (K,) of "channel k is at least ``floors[k]`` on average", after a batch with these ``means``."""
    weights = _array(weights, np.float64)
    floors = _array(floors, np.float64, weights.shape, "floors")
    means = _array(means, np.float64, weights.shape, "means")
    return _native.dual(weights, floors, means, rate)


def conflict(advantages: Any) -> NDArray[np.float64]:
    """Cosines (K, K) of the columns of advantages (B, K): below 0 two channels pull apart."""
    advantages = _array(advantages, np.float64)
    if advantages.ndim != 2:
        raise ValueError(f"advantages: {advantages.ndim} dimensions; expected 2, (B, K)")
    channels = advantages.shape[1]
    return _native.conflict(advantages.ravel(), channels).reshape(channels, channels)


def ensemble(rewards: Any, *, beta: float) -> NDArray[np.float64]:
    """Rewards (B,) of an ensemble (B, M) of reward models: −β·ln mean exp(−r/β), between their mean and their least."""
    rewards = _array(rewards, np.float64)
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
        rewards = _array(rewards, np.float64)
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


@dataclass(frozen=True, eq=False)
class Signal:
    """What `Credit` gives a batch."""

    #: (B, T), float32; 0 where the mask is.
    advantages: NDArray[np.float32]
    #: (B, T): what each event was worth in earlier batches, after shrinkage, over all channels.
    weights: NDArray[np.float32]
    #: (B, T): how many standard errors the loudest channel lies from nothing.
    z: NDArray[np.float32]
    #: (B,): the advantage of each sequence in its group.
    sequences: NDArray[np.float64]
    #: (K,): the weight of each channel, its precision included.
    channels: NDArray[np.float64]
    #: (K, K): cosines of the channels' advantages; below 0 they pull apart.
    conflict: NDArray[np.float64]


class Credit:
    """Gives each event of a sequence its share, by what such events were followed by in earlier batches.

    ``mode="potential"``: the group's advantage less a baseline of the events before; the policy gradient stays unbiased.
    ``mode="contribution"``: the shrunk mean outcome after an event less that of all; unbiased in the limit where events tell
    the outcome. ``mode="gate"``: the group's advantage spread by how much events matter, within [1 − gate, 1 + gate], its sum
    kept; a heuristic, biased and bounded.

    ``weights`` (one a channel, ones where ``None``) scalarise last; ``precision`` multiplies them by what events explain of
    each channel. ``half_life``: after so many sequences half of what was learnt is gone. ``z0``: shrinkage max(0, 1 −
    z₀/z²), none where 0. ``centre`` and ``prior`` are those of `group_advantages`; τ² comes from earlier batches.
    ``adjust``: where events come together, each is asked what it adds to the others, by recursive least squares over at
    most so many events (1,024) of a context.
    """

    def __init__(
        self,
        channels: int = 1,
        *,
        mode: Mode = "potential",
        weights: Sequence[float] | None = None,
        precision: bool = False,
        half_life: float = 512.0,
        z0: float = 1.0,
        gate: float = 0.5,
        centre: Centre = "leave_one_out",
        prior: float | None = float("inf"),
        adjust: int | None = None,
    ) -> None:
        weights = [1.0] * channels if weights is None else [float(w) for w in weights]
        if len(weights) != channels:
            raise ValueError(f"weights: {len(weights)} numbers; expected {channels}, one a channel")
        self._settings = (weights, mode, centre, prior, precision, half_life, z0, gate, adjust)
        self._native = _native.Credit(*self._settings)
        self.channels = channels
        self.mode: Mode = mode

    def __call__(self, events: Any, rewards: Any, group: Any, *, mask: Any = None, context: Any = None) -> Signal:
        """The signal of a batch, which is learnt afterwards.

        ``events`` (B, T), integers, negative where there is none to speak of; ``rewards`` (B,), (B, K) or (B, T, K), NaN
        where a channel skips a sequence; ``group`` (B,); ``mask`` (B, T), all where ``None``; ``context`` (B,) where events
        mean different things in different ones.
        """
        events = _array(events, np.int32)
        if events.ndim != 2:
            raise ValueError(f"events: {events.ndim} dimensions; expected 2, (B, T)")
        count, length = events.shape
        rewards = _array(rewards, np.float64)
        if rewards.ndim == 1:
            rewards = rewards[:, None]
        if rewards.shape not in ((count, self.channels), (count, length, self.channels)):
            good = f"({count}, {self.channels}) or ({count}, {length}, {self.channels})"
            raise ValueError(f"rewards: shape {rewards.shape}; expected {good}")
        shape = events.shape
        mask = np.ones(shape, np.bool_) if mask is None else _array(mask, np.bool_, shape, "mask")
        group = _array(group, np.int64, (count,), "group")
        context = None if context is None else _array(context, np.uint32, (count,), "context")
        made = self._native.give(events.ravel(), mask.ravel(), rewards.ravel(), group, context, length)
        for name in ("advantages", "weights", "z"):
            made[name] = made[name].reshape(shape)
        made["conflict"] = made["conflict"].reshape(self.channels, self.channels)
        return Signal(**made)

    def worth(self, events: Any, context: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What events are worth by what earlier batches taught, and how many standard errors the loudest channel lies from
        nothing; nothing is learnt. Both as ``events``, integers of any shape."""
        events = _array(events, np.int32)
        worth, z = self._native.worth(events.ravel(), context)
        return worth.reshape(events.shape), z.reshape(events.shape)

    @property
    def weights(self) -> list[float]:
        """The weights of the channels; set them anew for constraints (`dual`) or schedules."""
        return list(self._settings[0])

    @weights.setter
    def weights(self, weights: Sequence[float]) -> None:
        changed = [float(w) for w in weights]
        if len(changed) != self.channels:
            raise ValueError(f"weights: {len(changed)} numbers; expected {self.channels}, one a channel")
        self._native.weigh(changed)
        self._settings = (changed, *self._settings[1:])

    def state(self) -> str:
        """What earlier batches taught, as JSON: keep it with a checkpoint, and `restore` it."""
        return self._native.state()

    def restore(self, state: str) -> None:
        """Goes on from what `state` gave."""
        self._native.restore(state)

    def __getstate__(self) -> dict[str, Any]:
        return {"settings": self._settings, "state": self.state(), "channels": self.channels, "mode": self.mode}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        self._settings, self.channels, self.mode = kept["settings"], kept["channels"], kept["mode"]
        self._native = _native.Credit(*self._settings)
        self.restore(kept["state"])

    def __repr__(self) -> str:
        return f"Credit(channels={self.channels}, mode={self.mode!r})"


class Adjusted:
    """Tells causes apart that come together: recursive least squares of outcomes on what preceded them.

    ``keys`` kinds of event (at most 1,024), an intercept beside them; ``half_life``: after so many outcomes half of what was
    learnt is gone; ``ridge``: how strongly weights are held at none.
    """

    def __init__(self, keys: int, *, half_life: float = float("inf"), ridge: float = 1.0) -> None:
        self._native = _native.Adjusted(keys, half_life, ridge)
        self.keys = keys

    def learn(self, traces: Any, outcomes: Any) -> None:
        """Takes outcomes (N,) in, with the traces (N, keys) of what came before each: presence, counts or decayed traces."""
        outcomes = _array(outcomes, np.float64)
        if outcomes.ndim != 1:
            raise ValueError(f"outcomes: {outcomes.ndim} dimensions; expected 1")
        traces = _array(traces, np.float64, (len(outcomes), self.keys), "traces")
        self._native.learn(traces.ravel(), outcomes)

    def weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What a unit of each trace adds to the outcome with the others held (keys,), and the standard errors."""
        return self._native.weights()

    def __repr__(self) -> str:
        return f"Adjusted(keys={self.keys})"


class Contingency:
    """Learns in one pass which events come before a target more often than they come at all.

    ``keys`` kinds of event, of which ``targets`` matter; ``time`` (s or steps) is the time constant of traces. See Jeong et
    al. 2022; the mean trace at a target is an expected eligibility trace. ``half_life``: after so many happenings of a
    target half of what it taught is gone. ``successor``: its share in the net contingency. With ``promotion`` (threshold,
    times) a cause becomes a target itself once its net contingency, after shrinkage, times the magnitude of its target has
    been above the threshold at so many happenings in a row: so chains of causes are found.
    """

    def __init__(
        self,
        keys: int,
        targets: Sequence[int],
        *,
        time: float = 10.0,
        half_life: float = float("inf"),
        successor: float = 0.5,
        z0: float = 1.0,
        start: float = 0.0,
        promotion: tuple[float, int] | None = None,
    ) -> None:
        self._native = _native.Contingency(keys, list(targets), time, half_life, successor, z0, start, promotion)

    @property
    def targets(self) -> list[int]:
        """The keys of the targets, those that were promoted last."""
        return self._native.targets()

    @property
    def worth(self) -> NDArray[np.float64]:
        """(keys,): net contingency after shrinkage times magnitude, over all targets."""
        return self._native.worth()

    def among(self, target: int, rivals: Sequence[int], policy: Any = None) -> dict[str, NDArray[np.float64]]:
        """What a target says of each of ``rivals``, the keys among which a choice lay: ``lift`` p(key | target)/p(key) − 1,
        ``z``, ``kept``. ``policy`` are the exact p(key) where they are known; counts stand for them where not. This
        conditions on the decision's context, as COCOA's hindsight coefficient does (Meulemans et al. 2023)."""
        if target not in self.targets:
            raise ValueError(f"target: {target}; expected one of {self.targets}")
        given = None if policy is None else _array(policy, np.float64, (len(rivals),), "policy").tolist()
        return self._native.among(self.targets.index(target), list(rivals), given)

    def observe(self, keys: Any, times: Any, magnitudes: Any = None) -> None:
        """Takes events in, in the order of time: three arrays of one length; magnitudes are 1 where ``None``."""
        keys = _array(keys, np.uint32)
        magnitudes = np.ones(len(keys)) if magnitudes is None else _array(magnitudes, np.float64)
        self._native.observe(keys, _array(times, np.float64), magnitudes)

    def reset(self, time: float) -> None:
        """Ends an episode: no trace lives on into the next, which begins at ``time``."""
        self._native.reset(time)

    def on(self, target: int) -> dict[str, NDArray[np.float64]]:
        """Contingencies of a target on every key: ``predecessor``, ``successor``, ``net``, ``z``, ``kept`` (the shrinkage)."""
        if target not in self.targets:
            raise ValueError(f"target: {target}; expected one of {self.targets}")
        return self._native.net(self.targets.index(target))

    def __repr__(self) -> str:
        return f"Contingency(targets={self.targets})"
