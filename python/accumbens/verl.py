"""verl: advantage estimators that it finds by itself once accumbens is installed.

``algorithm.adv_estimator=accumbens_group``: the outcome of a response against its group, whose scale is shrunk from the
group's own spread towards that of earlier batches (between GRPO and one scale for all).
``algorithm.adv_estimator=accumbens_turns``: the same, with credit given turn by turn to agents: the events are the turns of a
response, and what each turn was followed by in earlier batches is shrunk by its precision.

verl gives an estimator of one's own rewards, mask and groups, and neither tokens nor further rewards: there is one channel,
and events are places. Settings come from the environment, as JSON: ``ACCUMBENS_VERL='{"prior": 8, "half_life": 512, "mode":
"gate"}'``, or from `configure`.
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from .coders import _runs
from .credit import Credit

__all__ = ["ESTIMATORS", "configure", "group", "turns"]

ESTIMATORS = ("accumbens_group", "accumbens_turns")

_KNOWN = {"prior": 8.0, "half_life": 512.0, "mode": "potential", "z0": 1.0, "gate": 0.5, "centre": "leave_one_out"}
_made: dict[str, Credit] = {}
_settings: dict[str, Any] = {}


def configure(**settings: Any) -> None:
    """Sets what the estimators take from `Credit`: prior, half_life, mode, z0, gate, centre. Forgets what was learnt."""
    unknown = set(settings) - set(_KNOWN)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}; accepted: {', '.join(_KNOWN)}")
    _settings.clear()
    _settings.update(_KNOWN | settings)
    _made.clear()


def _credit(name: str) -> Credit:
    if not _settings:
        configure(**json.loads(os.environ.get("ACCUMBENS_VERL", "{}")))
    return _made.setdefault(name, Credit(1, **_settings))


def _given(name: str, token_level_rewards: Any, response_mask: Any, index: Any, events: np.ndarray) -> Any:
    import torch

    with torch.no_grad():
        scores = (token_level_rewards * response_mask).sum(dim=-1).double().cpu().numpy()
        if index is None:
            raise ValueError(f"{name}: no uid; expected one a response, as verl's trainers give")
        _, groups = np.unique(np.asarray(index).astype(str), return_inverse=True)
        signal = _credit(name)(events, scores, groups, mask=response_mask.bool().cpu().numpy())
        advantages = torch.from_numpy(np.nan_to_num(signal.advantages)).to(token_level_rewards) * response_mask
    return advantages, advantages


def group(
    token_level_rewards: Any, response_mask: Any, config: Any = None, index: Any = None, **_: Any
) -> tuple[Any, Any]:
    """Advantages (bs, length) of responses in their groups, with a shrunk scale; the same twice, as verl wants it."""
    nothing = np.full(tuple(response_mask.shape), -1, dtype=np.int32)
    return _given("accumbens_group", token_level_rewards, response_mask, index, nothing)


def turns(
    token_level_rewards: Any, response_mask: Any, config: Any = None, index: Any = None, **_: Any
) -> tuple[Any, Any]:
    """The same, with the turns of a response as its events."""
    mask = response_mask.bool().cpu().numpy()
    events = np.full(mask.shape, -1, dtype=np.int32)
    for row, of in enumerate(mask):
        for turn, (start, end) in enumerate(_runs(of)):
            events[row, start:end] = turn
    return _given("accumbens_turns", token_level_rewards, response_mask, index, events)


def _register() -> None:
    # verl loads this while it is being imported itself: its registry is asked for by the module that has it.
    from verl.trainer.ppo.core_algos import ADV_ESTIMATOR_REGISTRY, register_adv_est

    for name, function in zip(ESTIMATORS, (group, turns)):
        if name not in ADV_ESTIMATOR_REGISTRY:
            register_adv_est(name)(function)


_register()
