"""Models of choices beside cpm-toolbox: the same data, the same model, the same optimum, and how long it takes.

    pip install accumbens cpm-toolbox numba
    python benchmarks/choices.py

The data are those that come with cpm-toolbox (a bandit of four stimuli, two of which are offered). The model is Rescorla and
Wagner's with a softmax, fitted to each subject by maximum likelihood: in cpm by its own compiled application (`RLRW`) with
L-BFGS-B from several starts, here by `accumbens.choices`. Then twenty subjects of 200 trials are simulated and fitted by both.
"""

from __future__ import annotations

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from cpm.applications.reinforcement_learning import RLRW
from cpm.datasets import load_bandit_data
from cpm.optimisation import FminBound, minimise

from accumbens import choices


def tidy(data: pd.DataFrame) -> dict[str, list]:
    """The columns of accumbens from those of cpm."""
    left, right = data["arm_left"].astype(int), data["arm_right"].astype(int)
    taken = data["response"].astype(int)
    return {
        "subject": list(data["ppt"]),
        "choice": [f"s{r if t else l}" for l, r, t in zip(left, right, taken)],
        "offered": [f"s{l}|s{r}" for l, r in zip(left, right)],
        "outcome": list(np.where(taken == 1, data["reward_right"], data["reward_left"])),
    }


def by_cpm(data: pd.DataFrame, stimuli: int, starts: int) -> tuple[np.ndarray, float]:
    """Negative log-likelihoods by subject, and the seconds that fitting took."""
    first = data[data["ppt"] == data["ppt"].iloc[0]]
    model = RLRW(data=first, dimensions=stimuli, parameters_settings=[[0.5, 1e-6, 1 - 1e-6], [5, 1e-6, 60]])
    fit = FminBound(
        model=model, data=data, ppt_identifier="ppt", minimisation=minimise.LogLikelihood.bernoulli,
        number_of_starts=starts, approx_grad=True,
    )  # fmt: skip
    start = time.perf_counter()
    fit.optimise()
    return np.array([f["fun"] for f in fit.fit]), time.perf_counter() - start


def by_accumbens(data: pd.DataFrame, stimuli: int, threads: int | None) -> tuple[np.ndarray, float]:
    """The same by accumbens."""
    columns, model = tidy(data), f"q:initial={1 / stimuli}"
    start = time.perf_counter()
    compared = choices.compare(columns, [model], maximum_likelihood=True, threads=threads, progress=False)
    subjects = compared.results["models"][0]["subjects"]
    return np.array([-s["log_likelihood"] for s in subjects]), time.perf_counter() - start


def simulated(subjects: int, trials: int, seed: int = 1) -> pd.DataFrame:
    """A bandit of two stimuli that pay in 70 and 30%, and turn every 50 trials."""
    rng = np.random.default_rng(seed)
    rows = []
    for subject in range(subjects):
        alpha, beta, value = rng.uniform(0.2, 0.7), rng.uniform(2, 6), np.full(2, 0.5)
        for trial in range(trials):
            pays = (rng.random(2) < ([0.7, 0.3] if trial // 50 % 2 == 0 else [0.3, 0.7])).astype(int)
            taken = int(rng.random() < 1 / (1 + np.exp(-beta * (value[1] - value[0]))))
            value[taken] += alpha * (pays[taken] - value[taken])
            rows.append((subject, trial, 0, 1, pays[0], pays[1], taken))
    names = ["ppt", "trial", "arm_left", "arm_right", "reward_left", "reward_right", "response"]
    data = pd.DataFrame(rows, columns=names)
    return data.assign(observed=data["response"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=5, help="starts of cpm's optimiser")
    parser.add_argument("--threads", type=int, default=1, help="threads of accumbens")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    data = load_bandit_data()
    data = data.assign(observed=data["response"])
    for name, table, stimuli in (("cpm's own data", data, 4), ("20 simulated subjects", simulated(20, 200), 2)):
        by_cpm(table[table["ppt"] == table["ppt"].iloc[0]], stimuli, 1)  # compiles
        theirs, slow = by_cpm(table, stimuli, args.starts)
        ours, fast = by_accumbens(table, stimuli, args.threads)
        better = theirs - ours
        print(
            f"{name}: {len(ours)} subjects, {len(table)} trials; -log L {theirs.sum():.4f} (cpm) {ours.sum():.4f} (accumbens), "
            f"subject by subject cpm less accumbens {better.min():+.2e} to {better.max():+.2e}; "
            f"{slow:.2f} s and {fast:.4f} s: {slow / fast:.0f} times as fast"
        )


if __name__ == "__main__":
    main()
