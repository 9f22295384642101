"""Trains a tiny language model by TRL, GRPO beside token-by-token credit: does it run, and what does it reach?

A two-layer Qwen2 of 80,000 weights with a vocabulary of characters, made from its configuration: nothing is downloaded. It
is to write a given character at even places (the first reward), and little else (the second).

    pip install 'accumbens[trl]'
    python examples/agents/small_model.py --steps 40
"""

import argparse
import os

for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"):
    os.environ.setdefault(name, "1")

import numpy as np
from datasets import Dataset
from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, set_seed
from trl import GRPOConfig, GRPOTrainer

from accumbens import coders, credit
from accumbens.trl import Channel, CreditGRPOTrainer

CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789+-=? "


def tokenizer() -> PreTrainedTokenizerFast:
    """A token a character."""
    words = {c: i for i, c in enumerate(["<pad>", "<eos>", "<unk>", *CHARACTERS])}
    made = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>", padding_side="left"
    )


def model(vocabulary: int, seed: int) -> Qwen2ForCausalLM:
    """A model that knows nothing."""
    set_seed(seed)
    config = Qwen2Config(
        vocab_size=vocabulary, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128, pad_token_id=0, eos_token_id=1, bos_token_id=None,
    )  # fmt: skip
    return Qwen2ForCausalLM(config)


def letters(completions: list[str], **_: object) -> list[float]:
    """Share of even places that have the letter a."""
    return [float(np.mean([c == "a" for c in text[::2]])) if text else 0.0 for text in completions]


def sober(completions: list[str], **_: object) -> list[float]:
    """Share of places without a digit."""
    return [float(np.mean([not c.isdigit() for c in text])) if text else 0.0 for text in completions]


def run(method: str, steps: int, seed: int, out: str) -> list[dict[str, float]]:
    """Trains one model; returns TRL's log."""
    words = tokenizer()
    config = GRPOConfig(
        output_dir=out, max_steps=steps, per_device_train_batch_size=32, num_generations=8, max_completion_length=16,
        learning_rate=3e-3, use_cpu=True, bf16=False, report_to=[], logging_steps=1, seed=seed, save_strategy="no",
        disable_tqdm=True, beta=0.0,
    )  # fmt: skip
    common = {
        "model": model(len(words), seed),
        "args": config,
        "processing_class": words,
        "train_dataset": Dataset.from_dict({"prompt": ["write: ", "a? ", "go= ", "say "] * 64}),
        "reward_funcs": [Channel(letters), Channel(sober)],
    }
    if method == "grpo":
        trainer = GRPOTrainer(**common)
    else:
        coder = coders.Crossed(coders.NGrams(1), coders.Places(None))
        given = credit.Credit(2, mode=method, half_life=512)
        trainer = CreditGRPOTrainer(**common, credit=given, coder=coder)
    trainer.train()
    return [row for row in trainer.state.log_history if "reward" in row]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--out", default="small-model-out")
    given = parser.parse_args()
    for method in ("grpo", "potential", "contribution", "gate"):
        ends = []
        for seed in range(1, given.seeds + 1):
            log = run(method, given.steps, seed, given.out)
            ends.append((log[0]["reward"], np.mean([row["reward"] for row in log[-3:]])))
        first, last = np.mean(ends, axis=0)
        spread = np.std([e[1] for e in ends], ddof=1) / np.sqrt(len(ends)) if len(ends) > 1 else float("nan")
        print(f"{method:14} reward {first:.3f} -> {last:.3f} ± {spread:.3f} after {given.steps} steps")


if __name__ == "__main__":
    main()
