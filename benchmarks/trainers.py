"""Times what trainers spend on advantages, and environments on steps, beside the libraries that are installed.

    pip install stable-baselines3 torchrl verl bsuite "gymnasium[classic-control]"   # any of them
    python benchmarks/trainers.py

Advantages: median of eleven, wall and CPU milliseconds, of the same numbers, on one thread. Environments: million steps a second of a
core, random acts. CleanRL has its loop in each script; it is written here again as it stands there, with NumPy and with torch.
"""

import importlib.util
import os

for name in ("RAYON", "OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{name}_NUM_THREADS", "1")

import time

import numpy as np
from credit import loop, timed

from accumbens import credit

GAMMA, LAMBDA = 0.99, 0.95


def there(name):
    return importlib.util.find_spec(name) is not None


def steps_first(shape):
    """Steps by environments: ours, CleanRL's loop with NumPy and torch, SB3's buffer, TorchRL's two functions."""
    rng = np.random.default_rng(1)
    rewards, values = rng.normal(size=(2, *shape)).astype(np.float32)
    ends, last = (rng.random(shape) < 0.01).astype(np.float32), np.zeros(shape[1], np.float32)
    yield "accumbens", lambda: credit.gae(rewards, values, last, ends)
    yield "CleanRL's loop, NumPy", lambda: loop(rewards, values, last, ends)
    if there("torch"):
        import torch

        torch.set_num_threads(1)
        given = [torch.from_numpy(a) for a in (rewards, values, last, ends)]

        def cleanrl():
            r, v, after, over = given
            out, flow = torch.zeros_like(r), 0
            for t in reversed(range(len(r))):
                following = after if t == len(r) - 1 else v[t + 1]
                delta = r[t] + GAMMA * following * (1.0 - over[t]) - v[t]
                out[t] = flow = delta + GAMMA * LAMBDA * (1.0 - over[t]) * flow
            return out

        yield "CleanRL's loop, torch", cleanrl
    if there("stable_baselines3"):
        from gymnasium.spaces import Box, Discrete
        from stable_baselines3.common.buffers import RolloutBuffer

        buffer = RolloutBuffer(shape[0], Box(-1, 1, (1,)), Discrete(2), "cpu", LAMBDA, GAMMA, shape[1])
        buffer.rewards, buffer.values = rewards.copy(), values.copy()
        buffer.episode_starts = np.concatenate([np.zeros((1, shape[1]), np.float32), ends[:-1]])
        yield "Stable-Baselines3", lambda: buffer.compute_returns_and_advantage(torch.from_numpy(last), ends[-1])
    if there("torchrl"):
        from torchrl.objectives.value.functional import (
            generalized_advantage_estimate,
            vec_generalized_advantage_estimate,
        )

        r, v, _, over = (torch.from_numpy(np.ascontiguousarray(a.T))[..., None] for a in (rewards, values, values, ends))
        following = torch.cat([v[:, 1:], torch.zeros(shape[1], 1, 1)], 1)
        done = over.bool()
        for title, function in (("loop", generalized_advantage_estimate), ("vectorised", vec_generalized_advantage_estimate)):
            yield f"TorchRL, {title}", lambda f=function: f(GAMMA, LAMBDA, v, following, r, done, done)


def sequences_first(shape):
    """Responses by tokens: ours and verl's."""
    rng = np.random.default_rng(2)
    rewards, values = rng.normal(size=(2, *shape)).astype(np.float32)
    ends = np.zeros(shape, np.float32)
    yield "accumbens", lambda: credit.gae(rewards, values, None, ends, layout="sequences")
    rows = [np.ascontiguousarray(a.T) for a in (rewards, values, ends)]
    yield "CleanRL's loop, NumPy", lambda: loop(rows[0], rows[1], np.zeros(shape[0], np.float32), rows[2])
    if there("verl"):
        import torch
        from verl.trainer.ppo.core_algos import compute_gae_advantage_return

        torch.set_num_threads(1)
        given = [torch.from_numpy(rewards), torch.from_numpy(values), torch.ones(shape)]
        yield "verl", lambda: compute_gae_advantage_return(*given, GAMMA, LAMBDA)


def environments(lanes=(256, 1024), steps=400):
    """Steps a second of a core."""
    if there("gymnasium"):
        import gymnasium

        from accumbens import envs

        for name in ("cannon2003", "nunes2013", "schultz1997"):
            for n in lanes:
                env = envs.ConditioningVectorEnv(name, num_envs=n)
                yield f"accumbens, {name}", n, stepped(env, n, steps)
        for n in lanes:
            env = gymnasium.make_vec("CartPole-v1", num_envs=n, vectorization_mode="vector_entry_point")
            yield "Gymnasium, CartPole in NumPy", n, stepped(env, n, steps)
    if there("bsuite"):
        from bsuite.environments import umbrella_chain

        env, count = umbrella_chain.UmbrellaChain(20, 0), 20_000
        env.reset()
        begun = time.process_time()
        for i in range(count):
            env.step(i % 2)
        yield "bsuite, umbrella_length 20", 1, count / (time.process_time() - begun)


def stepped(env, lanes, steps):
    env.reset(seed=1)
    acts = np.random.default_rng(1).integers(0, 2, (steps, lanes))
    rates = []
    for _ in range(3):
        begun = time.process_time()
        for act in acts:
            env.step(act)
        rates.append(steps * lanes / (time.process_time() - begun))
    return np.median(rates)


def main():
    for shape, cases in (((2048, 256), steps_first), ((64, 4096), sequences_first)):
        words = "steps x environments" if cases is steps_first else "responses x tokens"
        print(f"\n| advantages, {shape[0]} x {shape[1]} {words} | wall, ms | CPU, ms |\n|---|---|---|")
        for title, work in cases(shape):
            wall, cpu = timed(work)
            print(f"| {title} | {wall:.2f} | {cpu:.2f} |", flush=True)
    print("\n| environment | lanes | million steps a second of a core |\n|---|---|---|")
    for title, lanes, rate in environments():
        print(f"| {title} | {lanes} | {rate / 1e6:.2f} |", flush=True)


if __name__ == "__main__":
    main()
