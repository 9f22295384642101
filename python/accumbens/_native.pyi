"""The compiled part of accumbens."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__version__: str

_Floats: TypeAlias = NDArray[np.float64]
_Row: TypeAlias = tuple[str, str, int | None, float]
_Tick: TypeAlias = Callable[..., None] | None

def theories() -> list[str]: ...
def compared() -> list[str]: ...
def wrappers() -> list[dict[str, Any]]: ...
def experiments() -> list[str]: ...
def experiment_schema() -> str: ...
def findings() -> list[str]: ...
def findings_usual() -> list[str]: ...
def finding(name: str) -> dict[str, Any]: ...
def projections() -> list[str]: ...
def sensors() -> list[str]: ...
def room(what: str, sizes: Sequence[tuple[str, float]]) -> int: ...
def start(first_sample: float | None, first_event: float | None) -> float: ...
def read_events(path: str) -> tuple[NDArray[np.float64], list[str], NDArray[np.float64]]: ...
def usual_budget() -> tuple[int, int]: ...

class EventLog:
    """What happened."""

    @staticmethod
    def named(
        times: _Floats,
        names: Sequence[str],
        magnitudes: _Floats | None,
        outcomes: dict[str, float],
        omissions: dict[str, str],
        values: dict[str, float],
        actions: Sequence[str],
    ) -> EventLog: ...
    @staticmethod
    def of_kinds(
        times: _Floats, rows: NDArray[np.uint32], magnitudes: _Floats | None, kinds: Sequence[Any]
    ) -> EventLog: ...
    @property
    def time(self) -> _Floats: ...
    @property
    def kind(self) -> NDArray[np.uint32]: ...
    @property
    def magnitude(self) -> _Floats: ...
    @property
    def kinds(self) -> list[_Row]: ...
    def __len__(self) -> int: ...

class Dopamine:
    """The door through which a theory releases dopamine; open only while the theory lives."""

    def release(self, time: float, value: float, channel: int = 0) -> float:
        """Dopamine at ``time`` (s) for whatever happened since the last release; returns what really came out."""

    def respond(self, time: float, value: float, channel: int = 0) -> float:
        """Dopamine in answer to the one event now observed; returns what really came out."""

    def report(self, time: float, value: float, channel: int) -> None:
        """Tells what is not dopamine, in answer to what was last answered; nothing holds it."""

    def fail(self, time: float, problem: str, accepted: str = "") -> None:
        """The theory cannot go on: the life ends with this error."""

class Declared:
    """A class of theory written in Python, as the compiled part knows it."""

    def __init__(self, cls: type, about: dict[str, Any], table: list[dict[str, Any]]) -> None: ...

class Theory:
    """A theory with its parameters."""

    @staticmethod
    def parse(label: str) -> Theory: ...
    @staticmethod
    def own(declared: Declared) -> Theory: ...
    def with_parameters(self, parameters: dict[str, Any]) -> Theory: ...
    def wrapped(self, wrapper: str) -> Theory: ...
    def add(self, account: str) -> None: ...
    @property
    def name(self) -> str: ...
    def info(self) -> dict[str, Any]: ...
    def parameters(self) -> dict[str, Any]: ...
    def check(self, cases: int, seed: int) -> list[tuple[str, str]]: ...
    def live(
        self, log: EventLog, schedule: str, region: str | None, seed: int, behaviour: bool
    ) -> dict[str, Any]: ...
    def live_experiment(
        self,
        experiment: Experiment,
        group: str | None,
        subject: int,
        schedule: str,
        region: str | None,
        seed: int,
        behaviour: bool,
    ) -> dict[str, Any]: ...

class Experiment:
    """A declared experiment."""

    @staticmethod
    def by_name(name: str) -> Experiment: ...
    @staticmethod
    def parse(place: str, text: str) -> Experiment: ...
    @staticmethod
    def declared(place: str, json: str) -> Experiment: ...
    def add(self, name: str) -> None: ...
    @property
    def title(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def source(self) -> list[str]: ...
    @property
    def groups(self) -> list[str]: ...
    @property
    def text(self) -> str: ...
    def declaration(self) -> str: ...
    def kinds(self) -> list[_Row]: ...
    def timeline(self) -> str: ...
    def sessions(self, group: str | None, subject: int, seed: int) -> list[dict[str, Any]]: ...

class Choices:
    """A table of choices."""

    @staticmethod
    def of(columns: Sequence[tuple[str, NDArray[np.float64] | Sequence[str]]]) -> Choices: ...
    @staticmethod
    def read(path: str) -> Choices: ...
    def compare(
        self,
        models: Sequence[str],
        likelihood: bool,
        diffusion: bool,
        recovery: int,
        seed: int,
        threads: int | None,
        tick: _Tick,
    ) -> tuple[str, str]: ...

def choice_models() -> list[tuple[str, str, str]]: ...
def clinic_catalogue() -> str: ...
def clinic_ask(names: Sequence[str], subjects: int, seed: int, threads: int | None, tick: _Tick) -> str: ...
def treat(
    phenotype: str,
    treatments: Sequence[str],
    tasks: Sequence[str],
    people: int,
    receptors: str | None,
    seed: int,
    threads: int | None,
    tick: _Tick,
) -> tuple[str, str]: ...

class Findings:
    """Theory × finding."""

    def results(self) -> str: ...
    def page(self, command: str) -> str: ...

def ask(
    theories: Sequence[tuple[str, Theory]],
    findings: Sequence[str],
    subjects: int,
    seed: int,
    threads: int | None,
    tick: _Tick,
    prior: int = 0,
) -> Findings: ...

class Study:
    """Subjects, their sessions and how responses are scored."""

    @staticmethod
    def read(path: str, tick: _Tick) -> Study: ...
    @staticmethod
    def simulated(
        truth: str,
        subjects: int,
        seed: int,
        rate: float,
        gain: float,
        white: float,
        drift: float,
        experiment: str,
        scoring: str,
        choices: str,
    ) -> Study: ...
    @staticmethod
    def made(made: dict[str, Any]) -> Study: ...
    def cleaned(self, tick: _Tick) -> Study: ...
    def about(self) -> dict[str, Any]: ...
    def recording(self, subject: int, session: int) -> dict[str, Any]: ...
    def choice_table(self) -> dict[str, Any]: ...
    def describe(self) -> str: ...
    def peri(
        self,
        events: Sequence[str],
        window: tuple[float, float],
        baseline: tuple[float, float],
        response: tuple[float, float],
        normalise: str,
        rate: float,
        by_number: bool,
        bands: str,
        seed: int,
    ) -> dict[str, Any]: ...

class Comparison:
    """Theories compared on a study."""

    def results(self) -> str: ...
    def trials(self) -> dict[str, Any]: ...
    def figures(self) -> str: ...
    def report(self, command: str) -> str: ...

def compare(
    study: Study,
    theories: Sequence[tuple[str, Theory]],
    design: int,
    evaluations: int,
    recovery: int,
    prior_count: float | None,
    seed: int,
    threads: int | None,
    tick: _Tick,
) -> Comparison: ...

class Chain:
    """The chain from a teaching signal to the fibre."""

    def __init__(self, parts: dict[str, Any]) -> None: ...
    def apply(self, recording: dict[str, Any], seed: int, stream: str) -> dict[str, Any]: ...
    def record(
        self,
        theory: Theory,
        experiment: Experiment,
        group: str | None,
        subject: int,
        sessions: int | None,
        unit: float | None,
        seed: int,
        tick: _Tick,
    ) -> list[tuple[str, dict[str, Any]]]: ...

def clean_recording(
    recording: dict[str, Any], steps: str, signal: str, reference: str | None
) -> dict[str, Any]: ...
def through_sensor(
    recording: dict[str, Any],
    name: str,
    json: str | None,
    from_: str,
    to: str,
    unit: str,
    gain: float,
    /,
) -> dict[str, Any]: ...
def with_noise(
    recording: dict[str, Any],
    channel: str,
    white: float,
    drift: float,
    time_constant: float,
    seed: int,
    stream: str,
) -> dict[str, Any]: ...
def teaching_signal(signal: _Floats) -> dict[str, Any]: ...
def chain_page(recording: dict[str, Any], title: str, lead: str) -> str: ...

class Lanes:
    """Many subjects of an experiment at once, step by step."""

    def __init__(
        self,
        experiment: Experiment,
        group: str | None,
        phase: str | None,
        step: float,
        seed: int,
        lanes: int,
        autoreset: str,
    ) -> None: ...
    def names(self) -> tuple[list[str], list[str], list[str]]: ...
    def places(self) -> list[tuple[int, str, float]]: ...
    def reset(self, seed: int | None, which: Sequence[bool] | None) -> NDArray[np.float32]: ...
    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], _Floats, _Floats, NDArray[np.bool_], NDArray[np.float32]]: ...

def teach(
    experiment: Experiment,
    group: str | None,
    phase: str | None,
    step: float,
    seed: int,
    agent: dict[str, Any],
    theory: Theory | None,
    region: str | None,
    subjects: int,
    threads: int | None,
    tick: _Tick,
) -> dict[str, Any]: ...
def expected_traces(
    states: NDArray[np.uint32], restart: NDArray[np.bool_] | None, count: int, keep: float, rate: float | None
) -> _Floats: ...
def redistributed(rewards: _Floats, predictions: _Floats) -> _Floats: ...
def homeostatic(levels: _Floats, set_points: _Floats, weights: _Floats, n: float, m: float) -> _Floats: ...
def threat(threats: _Floats, keep: float) -> _Floats: ...
def fused(noise: _Floats, xi: float, most: float) -> _Floats: ...
def dual(weights: _Floats, floors: _Floats, means: _Floats, rate: float) -> _Floats: ...
def conflict(advantages: _Floats, channels: int) -> _Floats: ...
def ensemble(rewards: _Floats, members: int, beta: float) -> _Floats: ...

class Values:
    """Values of sources of unequal noise."""

    def __init__(self, sources: int, drift: float, half_life: float) -> None: ...
    def learn(self, sources: NDArray[np.uint32], numbers: _Floats) -> _Floats: ...
    def known(self) -> _Floats: ...
    def state(self) -> str: ...
    def restore(self, state: str) -> None: ...

class Tonic:
    """The average reward of a step."""

    def __init__(self, half_life: float) -> None: ...
    def learn(self, rewards: _Floats) -> None: ...
    def average(self) -> tuple[float, float]: ...
    def state(self) -> str: ...
    def restore(self, state: str) -> None: ...

def read(
    path: str | PathLike[str],
    time: str | None = None,
    time_unit: str | None = None,
    rate: float | None = None,
    stagger: bool = False,
) -> dict[str, Any]:
    """What a recording of any format holds."""

def run(words: Sequence[str], write_nwb: Callable[[dict[str, Any], str], None]) -> int:
    """Runs the command; returns its exit status."""

def gae(arrays: dict[str, Any], gamma: float, lam: float) -> NDArray[np.float32]:
    """Generalised advantages of flat arrays."""

def vtrace(
    arrays: dict[str, Any], ratios: NDArray[np.float32], gamma: float, lam: float, rho: float, c: float
) -> NDArray[np.float32]:
    """V-trace corrections of flat arrays."""

def group_advantages(
    rewards: NDArray[np.float64],
    groups: NDArray[np.int64],
    centre: str,
    prior: float | None,
    pooled: float | None,
) -> NDArray[np.float64]:
    """Advantages of rewards in their groups."""

def shaped(
    rewards: NDArray[np.float64], potentials: NDArray[np.float64], gamma: float, terminated: bool
) -> NDArray[np.float64]:
    """Rewards shaped by potentials."""

class Adjusted:
    """Weights of events that come together."""

    def __init__(self, keys: int, half_life: float, ridge: float) -> None: ...
    def learn(self, traces: NDArray[np.float64], outcomes: NDArray[np.float64]) -> None: ...
    def weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...

class Credit:
    """Settings of credit, what earlier batches taught, and the signal of the next."""

    def __init__(
        self,
        weights: Sequence[float],
        mode: str,
        centre: str,
        prior: float | None,
        precision: bool,
        half_life: float,
        z0: float,
        gate: float,
        adjust: int | None,
    ) -> None: ...
    def worth(self, events: NDArray[np.int32], context: int) -> tuple[_Floats, _Floats]: ...
    def weigh(self, weights: Sequence[float]) -> None: ...
    def give(
        self,
        events: NDArray[np.int32],
        mask: NDArray[np.bool_],
        rewards: NDArray[np.float64],
        groups: NDArray[np.int64],
        contexts: NDArray[np.uint32] | None,
        length: int,
    ) -> dict[str, Any]: ...
    def state(self) -> str: ...
    def restore(self, state: str) -> None: ...

class Contingency:
    """Retrospective contingency, event by event."""

    def __init__(
        self,
        keys: int,
        targets: Sequence[int],
        time: float,
        half_life: float,
        successor: float,
        z0: float,
        start: float,
        promotion: tuple[float, int] | None,
    ) -> None: ...
    def targets(self) -> list[int]: ...
    def worth(self) -> _Floats: ...
    def among(self, target: int, rivals: Sequence[int], policy: Sequence[float] | None) -> dict[str, _Floats]: ...
    def observe(
        self, keys: NDArray[np.uint32], times: NDArray[np.float64], magnitudes: NDArray[np.float64]
    ) -> None: ...
    def reset(self, time: float) -> None: ...
    def net(self, target: int) -> dict[str, NDArray[np.float64]]: ...
