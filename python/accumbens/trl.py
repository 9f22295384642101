"""TRL: reward functions that are channels, and a GRPO trainer whose advantages are given token by token.

>>> from accumbens import coders, credit
>>> from accumbens.trl import Channel, CreditGRPOTrainer
>>> trainer = CreditGRPOTrainer(
...     model=model, args=GRPOConfig(...), train_dataset=dataset,
...     reward_funcs=[Channel(correct), Channel(short, name="short")],
...     credit=credit.Credit(2, mode="contribution", half_life=256), coder=coders.NGrams(2),
... )

Each reward function is a channel. The trainer overrides a private method of TRL's, so the versions of the extra are pinned:
``pip install 'accumbens[trl]'``. What was learnt is saved and restored with checkpoints. Evaluation learns nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR
from trl import GRPOTrainer

from .coders import Coder, Sequences
from .credit import Credit

__all__ = ["Channel", "CreditGRPOTrainer", "CreditMixin"]

#: Where a checkpoint keeps what was learnt.
FILE = "accumbens_credit.json"


class Channel:
    """A reward function that logs its channel: mean, spread, and how often it skipped a completion.

    ``function`` is what TRL takes: ``f(prompts, completions, **columns) -> list[float | None]``.
    """

    def __init__(self, function: Callable[..., Sequence[float | None]], name: str | None = None) -> None:
        self.function = function
        self.__name__ = name or getattr(function, "__name__", type(function).__name__)

    def __call__(
        self, *args: Any, log_metric: Callable[[str, float], None] | None = None, **columns: Any
    ) -> list[float | None]:
        given = list(self.function(*args, **columns))
        if log_metric is not None:
            known = np.asarray([r for r in given if r is not None], dtype=float)
            log_metric(f"channel/{self.__name__}/skipped", 1.0 - len(known) / max(len(given), 1))
            if len(known):
                log_metric(f"channel/{self.__name__}/mean", float(known.mean()))
                log_metric(f"channel/{self.__name__}/std", float(known.std()))
        return given


class CreditMixin:
    """Put in front of a GRPO trainer, gives it advantages (B, T) by `Credit`; ``coder`` says what the events are."""

    def __init__(self, *args: Any, credit: Credit, coder: Coder, **options: Any) -> None:
        super().__init__(*args, **options)
        channels = len(self.reward_funcs)  # type: ignore[attr-defined]
        if credit.channels != channels:
            raise ValueError(f"credit: {credit.channels} channels; expected {channels}, one a reward function")
        self.credit, self.coder = credit, coder
        self._scored: tuple[Any, ...] | None = None

    def _calculate_rewards(self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any) -> Any:
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)  # type: ignore[misc]
        self._scored = (inputs, completions, rewards)
        return rewards

    def _generate_and_score_completions(self, inputs: Any) -> dict[str, Any]:
        out = super()._generate_and_score_completions(inputs)  # type: ignore[misc]
        scored, self._scored = self._scored, None
        if self.model.training and scored is not None:  # type: ignore[attr-defined]
            out["advantages"] = self._credited(out, *scored)
        return out

    def _credited(self, out: dict[str, Any], inputs: Any, completions: Any, rewards: torch.Tensor) -> torch.Tensor:
        ids, mask = out["completion_ids"], out["completion_mask"].bool()
        if out.get("tool_mask") is not None:
            mask = mask & out["tool_mask"].bool()
        batch = Sequences(ids.cpu().numpy(), mask.cpu().numpy(), completions, inputs)
        events = torch.from_numpy(np.ascontiguousarray(self.coder(batch), dtype=np.int32)).to(ids.device)
        if events.shape != ids.shape:
            raise ValueError(f"coder: events of shape {tuple(events.shape)}; expected {tuple(ids.shape)}")
        accelerator = self.accelerator  # type: ignore[attr-defined]
        local, length = events.shape
        # Every process learns from the whole batch, so that what they know is the same.
        events = accelerator.gather(accelerator.pad_across_processes(events, dim=1, pad_index=-1))
        places = accelerator.gather(accelerator.pad_across_processes(mask.int(), dim=1, pad_index=0)).bool()
        group = np.arange(len(events)) // self.num_generations  # type: ignore[attr-defined]
        signal = self.credit(events.cpu(), rewards.double().cpu(), group, mask=places.cpu())
        self._tell(signal)
        first = accelerator.process_index * local
        given = torch.from_numpy(np.nan_to_num(signal.advantages[first : first + local, :length]))
        return given.to(device=ids.device, dtype=out["advantages"].dtype)

    def _tell(self, signal: Any) -> None:
        names = self.reward_func_names  # type: ignore[attr-defined]
        metrics = self._metrics["train"]  # type: ignore[attr-defined]
        metrics["credit/loudest_z"].append(float(np.abs(signal.z).max()))
        metrics["credit/spoken_for"].append(float((signal.weights != 0).mean()))
        for name, weight in zip(names, signal.channels):
            metrics[f"credit/{name}/weight"].append(float(weight))
        for i, j in zip(*np.triu_indices(len(names), 1)):
            if np.isfinite(signal.conflict[i, j]):
                metrics[f"credit/{names[i]}_{names[j]}/cosine"].append(float(signal.conflict[i, j]))

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)  # type: ignore[misc]
        if self.args.should_save:  # type: ignore[attr-defined]
            folder = f"{PREFIX_CHECKPOINT_DIR}-{self.state.global_step}"  # type: ignore[attr-defined]
            path = os.path.join(self._get_output_dir(trial=trial), folder, FILE)  # type: ignore[attr-defined]
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"state": self.credit.state()}, file)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        super()._load_optimizer_and_scheduler(checkpoint)  # type: ignore[misc]
        path = None if checkpoint is None else os.path.join(checkpoint, FILE)
        if path is not None and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.credit.restore(json.load(file)["state"])


class CreditGRPOTrainer(CreditMixin, GRPOTrainer):
    """`trl.GRPOTrainer` with advantages token by token: takes ``credit`` and ``coder`` beside its own arguments."""
