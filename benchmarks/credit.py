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


def main():
    rng = np.random.default_rng(1)
    for rows, columns in [(2048, 256), (64, 4096)]:
        tokens = rows == 64
        rewards, values = rng.normal(size=(2, rows, columns)).astype(np.float32)
        ends = np.zeros((rows, columns), np.float32)
        last = np.zeros(rows if tokens else columns, np.float32)
        layout = "sequences" if tokens else "steps"
        ours = timed(lambda: credit.gae(rewards, values, last, ends, layout=layout))
        steps = [np.ascontiguousarray(a.T) if tokens else a for a in (rewards, values, ends)]
        theirs = timed(lambda: loop(steps[0], steps[1], last, steps[2]))
        np.testing.assert_allclose(
            credit.gae(rewards, values, last, ends, layout=layout),
            loop(steps[0], steps[1], last, steps[2]).T if tokens else loop(steps[0], steps[1], last, steps[2]),
            rtol=1e-3,
            atol=1e-4,
        )
        print(f"advantages {rows} x {columns}: {ours[0]:.2f} ms ({ours[1]:.2f} CPU); NumPy {theirs[0]:.1f} ms ({theirs[1]:.1f} CPU)")
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
