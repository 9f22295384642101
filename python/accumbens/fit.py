"""From recordings to an honest comparison: studies, every theory fitted alike, the verdict.

>>> study = read_study("study.toml")
>>> comparison = compare(study, ["anccr", "td_csc", MyTheory()])
>>> print(comparison.verdict["sentence"])
>>> comparison.ranking.to_pandas()
>>> comparison.report("report.html")
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _native
from ._files import write
from ._names import mapping, mappings, names
from ._progress import bar
from .choices import _table
from .recordings import Recording
from .tables import Table
from .theories import Theory, _labelled

__all__ = ["Comparison", "Peri", "Scoring", "Study", "compare", "read_study", "simulated_study"]


@dataclass(frozen=True)
class Scoring:
    """How the response to an event is taken from the signal."""

    #: The kinds of event whose responses are scored; a single text is one kind.
    events: Sequence[str] | str
    #: The window of the response, s around the event.
    response: tuple[float, float] = (0.0, 1.0)
    #: The window subtracted from it; nothing is subtracted where absent.
    baseline: tuple[float, float] | None = (-1.0, -0.1)
    #: ``sum`` (integral over time, the signal's unit times s), ``mean``, or ``samples`` (sum over samples, as published analyses
    #: have it: it depends on the sampling rate).
    statistic: str = "mean"
    #: The least share of each window's samples that must be there; an event with less is left out and counted.
    coverage: float = 0.8
    #: Events closer than this to the one of their kind before, s, are left out.
    min_interval: float = 0.0
    #: The event the description correlates and averages; the first where absent.
    focus: str | None = None
    #: ``{"first": name, "within": s}``: aligned to the first event of that kind after the scored one.
    align: Mapping[str, Any] | None = None


#: How the usual simulated study is scored.
_USUAL = Scoring(["sucrose", "cs_plus"], response=(0.0, 0.8), min_interval=2.0)


@dataclass(eq=False)
class Peri:
    """The signal around events."""

    #: Times around the event, s.
    lags: NDArray[np.float64]
    #: One row a trial: subject, session, event, number, time (s), amplitude, area, peak, latency (s).
    trials: Table
    #: (trials, lags); NaN where there is none.
    values: NDArray[np.float64]
    #: The unit of ``values``.
    unit: str
    #: The mixed model at each lag: ``effects`` with ``estimate``, ``error``, ``df`` and half the widths of 95 % bands at
    #: one lag (``pointwise``) and at all lags together (``joint``); ``about`` says what the bands are, for how many
    #: animals, and how often they held the truth in simulations.
    functional: dict[str, Any]

    def __repr__(self) -> str:
        return f"Peri of {len(self.trials)} trials at {len(self.lags)} lags, in {self.unit}"


class Study:
    """Subjects, their sessions in order, and how responses are scored.

    ``subjects`` are recordings by session and subject: ``{"mouse-1": {"day-1": recording, …}, …}``. ``channel`` is the
    signal that is analysed and ``reference`` the one for movement; ``clean`` are steps as in a study file. ``sensor`` is
    a name of the catalogue or ``{"name", "rise", "decay"}`` in s. ``choices`` are what the animals chose between, as in a study
    file: ``[{"between": ["left", "right"], "after": "go"}]``; theories explain them together with dopamine. ``groups`` names the
    group of each subject, for :meth:`choice_table`. A subject's sessions are one life, with ``session_gap``
    (s) of silence between them. A session starts at its first sample, or at its first event where that is earlier,
    whatever its clock was set to (:attr:`~accumbens.recordings.Recording.start`), and :meth:`recording` gives it on a clock
    that starts there at 0. A kind of event may be missing from a session, and is the same in every session that has it.
    Raises ``ValueError`` where a session has no such channel, no session has such an event, or a name is of no subject.
    """

    def __init__(
        self,
        subjects: Mapping[str, Mapping[str, Recording]],
        scoring: Scoring | Sequence[Scoring],
        *,
        channel: str,
        unit: str = "",
        reference: str | None = None,
        clean: Sequence[Mapping[str, Any]] = (),
        sensor: str | Mapping[str, Any] | None = None,
        choices: Sequence[Mapping[str, Any]] = (),
        groups: Mapping[str, str] | None = None,
        title: str = "A study",
        session_gap: float = 0.0,
    ) -> None:
        self._study = _native.Study.made(
            {
                "title": title,
                "subjects": [(s, [(n, r._given()) for n, r in of.items()]) for s, of in subjects.items()],
                "channel": channel,
                "unit": unit,
                "reference": reference,
                "cleaning": json.dumps(mappings(clean, "clean")),
                "sensor": json.dumps(dict(sensor)) if isinstance(sensor, Mapping) else sensor,
                "scoring": _written(scoring),
                "choices": json.dumps(mappings(choices, "choices")),
                "groups": mapping(groups or {}, "groups"),
                "session_gap": session_gap,
                "truth": None,
            }
        )

    @classmethod
    def _of(cls, study: _native.Study) -> Study:
        made = cls.__new__(cls)
        made._study = study
        return made

    @property
    def about(self) -> dict[str, Any]:
        """Title, channel, unit, scoring, sensor, choices, cleaning still to be done, and the names of subjects and sessions."""
        about = self._study.about()
        for key in ("cleaning", "scoring", "sensor", "choices"):
            about[key] = json.loads(about[key]) if about[key] else about[key]
        return about

    @property
    def subjects(self) -> dict[str, list[str]]:
        """The names of sessions by subject."""
        return dict(self._study.about()["subjects"])

    def recording(self, subject: str, session: str) -> Recording:
        """One session. Raises ``KeyError`` where there is none."""
        subjects = self.subjects
        if subject not in subjects or session not in subjects[subject]:
            raise KeyError(f"no session {subject}/{session}")
        at = list(subjects).index(subject), subjects[subject].index(session)
        return Recording._of(self._study.recording(*at))

    def sessions(self) -> Iterator[tuple[str, str, Recording]]:
        """Subject, session and recording of every session."""
        for subject, sessions in self.subjects.items():
            for session in sessions:
                yield subject, session, self.recording(subject, session)

    def cleaned(self, progress: bool = True) -> Study:
        """The same study, cleaned as it says."""
        with bar("cleaning sessions", progress, sum(map(len, self.subjects.values()))) as tick:
            return Study._of(self._study.cleaned(tick))

    def through(self, *stages: Any) -> Study:
        """The same study with every recording sent through stages: of ``accumbens.stages``, or of your own."""
        from .stages import apply

        sessions = [(subject, session, apply(recording, *stages)) for subject, session, recording in self.sessions()]
        return _restored(self._study.about(), sessions)

    def describe(self) -> dict[str, Any]:
        """The model-free facts: responses, their correlation with experience and with time, averages over animals."""
        return json.loads(self._study.describe())

    def choice_table(self) -> Table:
        """One row a choice, as :func:`accumbens.choices.compare` takes it: subject, group, session, trial, choice, offered, outcome
        (worth up to the next choice), latency (s since it was open) and dopamine (response to the first scored outcome)."""
        return Table(self._study.choice_table())

    def peri(
        self,
        events: Sequence[str] | str | None = None,
        *,
        window: tuple[float, float] = (-2.0, 6.0),
        baseline: tuple[float, float] | None = None,
        response: tuple[float, float] | None = None,
        normalise: str = "subtract",
        rate: float = 20.0,
        by_number: bool = False,
        bands: str = "animals",
        seed: int = 1,
    ) -> Peri:
        """The signal around events (those that are scored where none are named), with a mixed model at each lag.

        Windows are s around the event. ``normalise`` is ``none``, ``subtract`` or ``z``; ``rate`` (Hz) the samples a
        second of the result; ``by_number`` adds the change over trials to the model. ``bands`` is ``animals`` (errors
        between animals, t, a bound on the largest t at any lag: holds with few animals, and is wide there) or ``fui``
        (fast univariate inference as published, without smoothing over lags: the model's errors and normal quantiles,
        too narrow with few animals; ``seed`` is for its draws).
        """
        scoring = self.about["scoring"]
        before = baseline or (window[0], min(window[1], 0.0))
        after = response or (max(window[0], 0.0), window[1])
        rules = scoring if isinstance(scoring, list) else [scoring]
        scored = [event for rule in rules for event in rule["events"]]
        chosen = scored if events is None else names(events, "events")
        out = self._study.peri(chosen, window, before, after, normalise, rate, by_number, bands, seed)
        trials = json.loads(out["trials"])
        rows, lags = trials["trials"], np.asarray(trials["lags"])
        subjects = self.subjects
        called = list(subjects)
        keys = ("number", "time", "amplitude", "area", "peak", "latency")
        table = Table(
            {
                "subject": [called[r["subject"]] for r in rows],
                "session": [subjects[called[r["subject"]]][r["session"]] for r in rows],
                "event": [chosen[r["event"]] for r in rows],
                **{key: np.asarray([np.nan if r[key] is None else r[key] for r in rows]) for key in keys},
            }
        )
        values = out["values"].reshape(len(rows), len(lags))
        return Peri(lags, table, values, trials["unit"], json.loads(out["functional"]))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._study.about(), list(self.sessions()))

    def __repr__(self) -> str:
        about = self._study.about()
        sessions = sum(len(names) for _, names in about["subjects"])
        return f"Study {about['title']!r}: {len(about['subjects'])} subjects, {sessions} sessions of {about['channel']}"


def _written(scoring: Scoring | Sequence[Scoring]) -> str:
    rules = [scoring] if isinstance(scoring, Scoring) else list(scoring)
    fields = [{k: v for k, v in asdict(rule).items() if v is not None} for rule in rules]
    written = [{**of, "events": names(rule.events, "events")} for of, rule in zip(fields, rules)]
    return json.dumps(written[0] if len(written) == 1 else written)


def _restored(about: dict[str, Any], sessions: list[tuple[str, str, Recording]]) -> Study:
    subjects: dict[str, list[Any]] = {}
    for subject, session, recording in sessions:
        subjects.setdefault(subject, []).append((session, recording._given()))
    return Study._of(_native.Study.made({**about, "subjects": list(subjects.items())}))


def read_study(path: str | os.PathLike[str], *, clean: bool = True, progress: bool = True) -> Study:
    """A study file with every recording it names, cleaned as it says.

    Raises ``ValueError`` with the file's line or the recording's fault, ``OSError`` where a file cannot be read.
    """
    with bar("reading sessions", progress) as tick:
        study = Study._of(_native.Study.read(os.fspath(path), tick))
    return study.cleaned(progress) if clean else study


def simulated_study(
    truth: str = "anccr",
    subjects: int = 6,
    *,
    seed: int = 1,
    rate: float = 20.0,
    gain: float = 4.0,
    white: float = 0.8,
    drift: float = 0.5,
    experiment: str = "random-then-cued",
    scoring: Scoring | Sequence[Scoring] | None = None,
    choices: Sequence[Mapping[str, Any]] = (),
) -> Study:
    """A small study whose truth is known: dLight in mice that a theory moves, first random then cued rewards.

    ``rate`` in Hz; ``gain``, ``white`` and ``drift`` (standard deviations of light for dopamine, of white noise and of slow
    drift) in % dF/F. Any ``experiment`` of the catalogue can be lived through; another than the usual one needs its own
    ``scoring``, and what its animals choose between in ``choices``, as :class:`Study` takes them.
    """
    scored = _written(scoring or _USUAL)
    chosen = json.dumps(mappings(choices, "choices"))
    made = _native.Study.simulated(truth, subjects, seed, rate, gain, white, drift, experiment, scored, chosen)
    return Study._of(made)


class Comparison:
    """Theories compared on a study. Made by :func:`compare`."""

    def __init__(self, comparison: _native.Comparison, command: str) -> None:
        self._comparison = comparison
        self._command = command
        #: Everything, as the command writes it to results.json.
        self.results: dict[str, Any] = json.loads(comparison.results())

    @property
    def verdict(self) -> dict[str, Any]:
        """The answer: ``winner``, ``strength``, ``sentence`` and ``caveats``."""
        return self.results["verdict"]

    @property
    def ranking(self) -> Table:
        """The theories and the description without theory, best first: evidence (``held_out``, nats), difference to the best with its
        standard error, and the rest."""
        rows = self.results["ranking"]
        scalars = [k for k, v in rows[0].items() if not isinstance(v, (list, dict))] if rows else []
        columns: dict[str, Any] = {key: [row[key] for row in rows] for key in scalars}
        columns["difference"] = [row["difference"][0] for row in rows]
        columns["error"] = [row["difference"][1] for row in rows]
        return Table(columns)

    @property
    def subjects(self) -> Table:
        """One row a theory and subject: evidence with parameters averaged over their priors (``held_out``) and at the fitted ones
        (nats), BIC, noise, explained variance: of all, without any theory, and of what that leaves (``r2_own``)."""
        keys = ("subject", "held_out", "left_out", "log_evidence", "bic", "noise", "r2", "r2_without", "r2_own")
        rows = [(t["label"], *(s[k] for k in keys)) for t in self.results["theories"] for s in t["subjects"]]
        return Table({name: list(column) for name, column in zip(("theory", *keys), zip(*rows))})

    @property
    def parameters(self) -> Table:
        """One row a theory, subject and fitted parameter."""
        rows = [
            (t["label"], s["subject"], name, value)
            for t in self.results["theories"]
            for s in t["subjects"]
            for name, value in s["parameters"]
        ]
        names = ("theory", "subject", "parameter", "value")
        return Table({n: list(c) for n, c in zip(names, list(zip(*rows)) or [() for _ in names])})

    @property
    def choices(self) -> Table:
        """One row a theory and subject, where there are choices: how many, their evidence given the responses (nats), the mean chance of what
        was taken, the weight of a preference of one spread and that of repetition (log-odds)."""
        keys = "count held_out chance weight repeats"
        said = [(t["label"], s) for t in self.results["theories"] for s in t["subjects"] if "choices" in s]
        rows = [(label, s["subject"], *(s["choices"][k] for k in keys.split())) for label, s in said]
        return _table(rows, f"theory subject {keys}")

    @property
    def trials(self) -> Table:
        """One row a response: what was observed and what each theory predicts."""
        return Table(self._comparison.trials())

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The numbers that the report's figures draw."""
        return json.loads(self._comparison.figures())

    def report(self, path: str | os.PathLike[str]) -> None:
        """Writes the report: one self-contained HTML file."""
        write(path, self._comparison.report(self._command))

    def __repr__(self) -> str:
        return f"{self.verdict['sentence']}\n{self.ranking!r}"

    def _repr_html_(self) -> str:
        caveats = "".join(f"<li>{c}</li>" for c in self.verdict["caveats"])
        return f"<p><b>{self.verdict['sentence']}</b></p><ul>{caveats}</ul>{self.ranking._repr_html_()}"


def compare(
    study: Study,
    theories: Sequence[Theory | str] | Mapping[str, Theory] | Theory | str | None = None,
    *,
    design: int | None = None,
    evaluations: int | None = None,
    recovery: int = 5,
    prior_count: float | None = None,
    seed: int = 1,
    threads: int | None = None,
    progress: bool = True,
) -> Comparison:
    """Compares theories (the usual four where none are named) and a description without theory on a study that is clean.

    Every theory is fitted with the same budget: ``design`` points shared by all subjects and ``evaluations`` of each start
    of the search. ``recovery`` simulated studies for each theory, at its fitted size, say what would be said of this study if
    it were true. ``prior_count`` is that of each account among animals: 1, as SPM has it; the package groupBMC takes 1 over
    the number of accounts, and finds frequencies further apart on the same evidences. The same
    seed gives the same results on any number of threads. After Ctrl-C the subjects that are done are reported, with a
    warning. Theories written in Python take part; they are slower by the speed of Python. One that raises ends the
    comparison with a ``RuntimeError`` that names theory, subject, event and parameters, with what was raised as its cause.
    Points of a theory's parameters with which its dopamine is no finite number are counted (``failed_points`` of
    ``tried_points`` in ``results["theories"]``) and count as the worst.

    Frequencies and exceedance are those of random effects with a prior count of 1 for each theory, as in ``spm_BMS``. In
    ``groupBMC`` the prior counts of all theories sum to one, so that on the same evidences of few animals its frequencies
    lie further from equal.
    """
    labelled = _labelled(theories, _native.compared())
    points, tries = _native.usual_budget()
    points, tries = design or points, evaluations or tries
    if points < 2 or tries < 1:
        raise ValueError(f"design {points}, evaluations {tries}; accepted: design of 2 or more, evaluations of 1 or more")
    with bar("comparing theories", progress) as tick:
        made = _native.compare(study._study, labelled, points, tries, recovery, prior_count, seed, threads, tick)
    called = ", ".join(repr(label) for label, _ in labelled)
    return Comparison(made, f"accumbens.compare(study, [{called}], seed={seed}, recovery={recovery})")


