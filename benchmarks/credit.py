"""Times learning signals beside the loops that trainers write in NumPy: median of eleven, wall and CPU milliseconds.

    python benchmarks/credit.py
"""

import time

import numpy as np

from accumbens import credit


def timed(work):
    """Median wall and CPU time, ms."""
    work()
    walls, cpus = [], []
    for _ in range(11):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return 1e3 * np.median(walls), 1e3 * np.median(cpus)


def loop(rewards, values, last, terminated, gamma=0.99, lam=0.95):
    """Generalised advantages, a NumPy operation a step over all lanes, as single-file trainers have it."""
    out, flow = np.zeros_like(rewards), np.zeros_like(last)
    for t in reversed(range(len(rewards))):
        after = values[t + 1] if t + 1 < len(rewards) else last
        goes_on = 1.0 - terminated[t]
        flow = rewards[t] + gamma * after * goes_on - values[t] + gamma * lam * goes_on * flow
        out[t] = flow
    return out


def traces(keys, times, target, constant=10.0):
    """Contingency an event, dense in NumPy, as a port of the published code has it."""
    trace, before, count, last = np.zeros(9), np.zeros(9), 0, 0.0
    for key, now in zip(keys, times):
        trace *= np.exp(-(now - last) / constant)
        last = now
        if key == target:
            count += 1
            before += (trace - before) / count
        trace[key] += 1.0
    return before


def advantages(rows, columns, layout):
    """Ours and the loop on the same numbers, which must agree."""
    rng = np.random.default_rng(1)
    rewards, values = rng.normal(size=(2, rows, columns)).astype(np.float32)
    ends = np.zeros((rows, columns), np.float32)
    tokens = layout == "sequences"
    last = np.zeros(rows if tokens else columns, np.float32)
    steps = [np.ascontiguousarray(a.T) if tokens else a for a in (rewards, values, ends)]

    def ours():
        return credit.gae(rewards, values, last, ends, layout=layout)

    def theirs():
        return loop(steps[0], steps[1], last, steps[2])

    np.testing.assert_allclose(ours().T if tokens else ours(), theirs(), rtol=1e-3, atol=1e-4)
    (wall, cpu), (numpy_wall, numpy_cpu) = timed(ours), timed(theirs)
    print(f"{rows} x {columns}: {wall:.2f} ms ({cpu:.2f} CPU); NumPy {numpy_wall:.1f} ms ({numpy_cpu:.1f} CPU)")


def main():
    advantages(2048, 256, "steps")
    advantages(64, 4096, "sequences")
    keys = np.where(np.arange(100_000) % 50 == 49, 8, np.arange(100_000) * 7 % 8).astype(np.uint32)
    times = 0.5 * np.arange(100_000)

    def ours():
        found = credit.Contingency(9, [8], half_life=700.0)
        found.observe(keys, times)

    wall, _ = timed(ours)
    begun = time.perf_counter()
    traces(keys, times, 8)
    theirs = time.perf_counter() - begun
    print(f"contingency: {100 / wall:.1f} million events/s; NumPy {0.1 / theirs:.2f}")


if __name__ == "__main__":
    main()
