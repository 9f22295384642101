"""What finds no room in memory is refused before it is made, with what would be accepted."""

import resource
import subprocess
import sys

TOML = """
title = "too much"
source = ["schultz1997"]
[[event]]
name = "juice"
role = "outcome"
[[phase]]
name = "long"
%s
iti = { fixed = 1.0 }
[[phase.trial]]
events = [{ event = "juice", at = 0.0 }]
"""

PREPARED = f"""
import numpy as np
import accumbens
from accumbens import credit, envs, experiments, findings, fit, recordings, stages
TOML = {TOML!r}
small = fit.simulated_study("constant", 1)
none = {{"progress": False}}
stream = recordings.Stream("dff", np.arange(100.0), np.arange(100.0))
"""

#: What a user asks for, what the answer says is too large, and what it says would be accepted.
CALLS = [
    ("credit.expected_traces([0], 2**20, keep=0.9)", "count 1048576 × count 1048576", "count 11585 with"),
    ("credit.Contingency(2**31, [0], time=1.0)", "keys 2147483648", "keys 2"),
    ("credit.Contingency(10**6, list(range(10**4)), time=1.0)", "keys 1000000 × targets 10000", "at most"),
    ("credit.Values(2**40)", "sources 1099511627776", "sources 1"),
    ("credit.Credit(10**12)", "channels 1000000000000", "channels 11585"),
    ("credit.Adjusted(2**31)", "keys: 2147483648", "1 to 1024"),
    ("fit.simulated_study(rate=1e9)", "rate (Hz) 1000000000", "rate (Hz) 3799 with"),
    ("fit.simulated_study(rate=float('nan'))", "rate (Hz) NaN", "a finite number"),
    ("fit.simulated_study(subjects=2**31)", "subjects 2147483648", "at most"),
    ("fit.compare(small, 'anccr', design=10**12, **none)", "points 1000000000000", "points "),
    ("fit.compare(small, 'anccr', threads=10**9, **none)", "threads: 1000000000", "1 to 1024"),
    ("fit.compare(small, 'anccr', threads=0, **none)", "threads: 0", "1 to 1024"),
    ("small.peri(rate=1e12)", "lags", "rate"),
    ("recordings.clean(stream, {'step': 'resample', 'rate': 1e12})", "rate (Hz) 1000000000000", "at most"),
    ("stages.Chain(lattice=1000)", "side 1000 × side 1000 × side 1000", "side 322 with"),
    ("stages.Chain(drugs='cocaine:1@0+1x4000000000')", "doses 4000000000", "doses "),
    ("envs.ConditioningVectorEnv('cannon2003', num_envs=2**31)", "lanes 2147483648", "lanes "),
    ("experiments.parse(TOML % 'trials = 4000000000')", "trials 4000000000", "trials "),
    ("experiments.parse(TOML % 'duration = 1e300')", "trials 1", "trials "),
    ("experiments.parse(TOML % 'trials = 100\\nsessions = 4000000000')", "sessions 4000000000", "trials "),
]


def _bounded():
    """So much memory that an abort is the process's and not the machine's."""
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))


def test_what_finds_no_room_is_refused_with_what_is_too_large_and_what_would_be_accepted():
    asked = [
        f"try:\n    {call}\nexcept (ValueError, RuntimeError) as error:\n    print(str(error).replace(chr(10), ' '))\n"
        f"else:\n    print('was accepted')\n"
        for call, *_ in CALLS
    ]
    program = PREPARED + "".join(asked)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, preexec_fn=_bounded, timeout=300
    )
    said = done.stdout.splitlines()
    assert done.returncode == 0, (CALLS[len(said)][0], done.stderr[-2000:])
    for (call, large, accepted), line in zip(CALLS, said, strict=True):
        assert large in line and accepted in line, (call, line)
