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
from ._arrays import array_of
from ._reference import (
    Centre,
    Tonic,
    Values,
    conflict,
    dual,
    ensemble,
    expected_traces,
    fused,
    gae,
    group_advantages,
    homeostatic,
    redistributed,
    shaped,
    threat,
    vtrace,
)

__all__ = [
    "Adjusted",
    "Contingency",
    "Credit",
    "Signal",
    "Tonic",
    "Values",
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

Mode = Literal["potential", "contribution", "gate"]


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
        _native.room("Credit", [("channels", channels), ("channels", channels)])
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
        where a channel skips a sequence; ``group`` (B,); ``mask`` (B, T), all where ``None``; ``context`` (B,) or (B, T) where
        events mean different things in different ones: the prompt, or the state in which an action was taken.
        """
        events = array_of(events, np.int32)
        if events.ndim != 2:
            raise ValueError(f"events: {events.ndim} dimensions; expected 2, (B, T)")
        count, length = events.shape
        rewards = array_of(rewards, np.float64)
        if rewards.ndim == 1:
            rewards = rewards[:, None]
        if rewards.shape not in ((count, self.channels), (count, length, self.channels)):
            good = f"({count}, {self.channels}) or ({count}, {length}, {self.channels})"
            raise ValueError(f"rewards: shape {rewards.shape}; expected {good}")
        shape = events.shape
        mask = np.ones(shape, np.bool_) if mask is None else array_of(mask, np.bool_, shape, "mask")
        group = array_of(group, np.int64, (count,), "group")
        context = None if context is None else array_of(context, np.uint32)
        if context is not None and context.shape not in ((count,), shape):
            raise ValueError(f"context: shape {context.shape}; expected {(count,)} or {shape}")
        context = None if context is None else context.ravel()
        made = self._native.give(events.ravel(), mask.ravel(), rewards.ravel(), group, context, length)
        for name in ("advantages", "weights", "z"):
            made[name] = made[name].reshape(shape)
        made["conflict"] = made["conflict"].reshape(self.channels, self.channels)
        return Signal(**made)

    def worth(self, events: Any, context: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What events are worth by what earlier batches taught, and how many standard errors the loudest channel lies from
        nothing; nothing is learnt. Both as ``events``, integers of any shape."""
        events = array_of(events, np.int32)
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
        outcomes = array_of(outcomes, np.float64)
        if outcomes.ndim != 1:
            raise ValueError(f"outcomes: {outcomes.ndim} dimensions; expected 1")
        traces = array_of(traces, np.float64, (len(outcomes), self.keys), "traces")
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
        given = None if policy is None else array_of(policy, np.float64, (len(rivals),), "policy").tolist()
        return self._native.among(self.targets.index(target), list(rivals), given)

    def observe(self, keys: Any, times: Any, magnitudes: Any = None) -> None:
        """Takes events in, in the order of time: three arrays of one length; magnitudes are 1 where ``None``."""
        keys = array_of(keys, np.uint32)
        magnitudes = np.ones(len(keys)) if magnitudes is None else array_of(magnitudes, np.float64)
        self._native.observe(keys, array_of(times, np.float64), magnitudes)

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
