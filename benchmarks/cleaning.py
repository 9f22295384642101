"""Times reading and cleaning an hour at 1 kHz with two channels: accumbens, the same steps with SciPy, GuPPy's own.

    pip install '.[test]' guppy-neuro statsmodels     # GuPPy is left out where it is not installed
    python benchmarks/cleaning.py

Each figure is the best of three, or the first where one takes more than ten seconds. The steps are those of the published photometry notebook (low-pass, double exponential,
reference by least squares, ΔF/F) and those of GuPPy (moving average, reference, ΔF/F).
"""

import json
import pathlib
import struct
import tempfile
import time

import numpy as np
from scipy import optimize, signal, stats

from accumbens import recordings

RATE, SECONDS = 1000, 3600


def make(path):
    """A pyPhotometry file of light that fades, with noise and transients."""
    rng = np.random.default_rng(1)
    t = np.arange(RATE * SECONDS) / RATE
    motion = signal.lfilter([0.001], [1, -0.999], rng.normal(size=t.size))
    green = 1.5 + 0.3 * np.exp(-t / 200) + 0.5 * np.exp(-t / 5000) + motion + rng.normal(size=t.size) / 200
    red = 1.2 + 0.2 * np.exp(-t / 300) + 0.3 * np.exp(-t / 6000) + motion + rng.normal(size=t.size) / 200
    words = np.empty(2 * t.size, dtype="<u2")
    words[0::2], words[1::2] = (np.round(x / 0.00010122).astype("u2") << 1 for x in (green, red))
    header = {"mode": "2EX_2EM_continuous", "sampling_rate": RATE, "volts_per_division": [0.00010122] * 2}
    header |= {"version": "1.0.0", "n_analog_signals": 2, "n_digital_signals": 2}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<H", len(text)) + text + words.tobytes())


def best(work):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
        if times[-1] > 10:
            break
    return min(times)


def read_scipy(path):
    raw = path.read_bytes()
    size = struct.unpack("<H", raw[:2])[0]
    words = np.frombuffer(raw[2 + size :], dtype="<u2") >> 1
    return words[0::2] * 0.00010122, words[1::2] * 0.00010122


def double(t, constant, fast, slow, tau, share):
    return constant + slow * np.exp(-t / tau) + fast * np.exp(-t / (tau * share))


def notebook_scipy(path):
    green, red = read_scipy(path)
    t = np.arange(green.size) / RATE
    b, a = signal.butter(2, 10, btype="low", fs=RATE)
    curves, flat = [], []
    for x in (signal.filtfilt(b, a, green), signal.filtfilt(b, a, red)):
        most = x.max()
        start = [most / 2, most / 4, most / 4, 3600, 0.1]
        bounds = ([0, 0, 0, 600, 0], [most, most, most, 36000, 1])
        fitted, _ = optimize.curve_fit(double, t, x, p0=start, bounds=bounds, maxfev=1000)
        curves.append(double(t, *fitted))
        flat.append(x - curves[-1])
    line = stats.linregress(flat[1], flat[0])
    return 100 * (flat[0] - line.intercept - line.slope * flat[1]) / curves[0]


NOTEBOOK = [
    {"step": "low_pass", "cutoff": 10.0},
    {"step": "bleaching", "method": "exponential", "terms": 2},
    {"step": "reference", "method": "ols"},
    {"step": "dff", "over": "bleaching"},
]


def guppy_steps(method):
    return [
        {"step": "smooth", "samples": 100},
        {"step": "reference", "method": method},
        {"step": "dff", "over": "reference"},
    ]


def ours(path, steps):
    recording = recordings.read(path)
    return recordings.clean(recording["analog_1"], steps, recording["analog_2"])


def guppy(path, method):
    from guppy.analysis import control_fit
    from guppy.analysis.filtering import filterSignal
    from guppy.analysis.z_score import deltaFF

    green, red = read_scipy(path)
    green, red = filterSignal(100, green), filterSignal(100, red)
    model = control_fit.fit(red, green, method=method)
    return deltaFF(green, control_fit.predict(model, red))


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "hour.ppd"
        make(path)
        print(f"reading: accumbens {best(lambda: recordings.read(path)):.3f} s, NumPy {best(lambda: read_scipy(path)):.3f} s")
        here, there = best(lambda: ours(path, NOTEBOOK)), best(lambda: notebook_scipy(path))
        print(f"reading and the notebook's steps: accumbens {here:.3f} s, SciPy {there:.3f} s")
        for method, name in (("ols", "OLS"), ("robust", "IRWLS")):
            here = best(lambda m=method: ours(path, guppy_steps(m)))
            try:
                there = f"{best(lambda n=name: guppy(path, n)):.3f} s"
            except ImportError:
                there = "not installed"
            print(f"reading and GuPPy's steps, {name}: accumbens {here:.3f} s, GuPPy {there}")


if __name__ == "__main__":
    main()
