"""A theory whose code fails is an error that says where, and never a row of the ranking."""

import math
import subprocess
import sys
import traceback
from typing import ClassVar

import numpy as np
import pytest

import accumbens
from accumbens import EventLog, Parameter, Theory, findings, fit, rl, stages

OPTIONS = {"design": 4, "evaluations": 8, "recovery": 0, "progress": False}


class Own(Theory):
    """Dopamine is one at every event, until something in it fails."""

    parameters = (Parameter("alpha", 0.1, "A rate.", low=0.0, high=1.0, prior=("logit_normal", 0.1, 1.0)),)
    speaks = ("cue", "outcome", "behaviour")
    error = True

    def start(self, kinds):
        return {"seen": 0}

    def observe(self, state, events, dopamine):
        for event in events:
            state["seen"] += 1
            dopamine.respond(event.time, self.answer(state, event))

    def answer(self, state, event):
        return 1.0


class Raising(Own):
    def answer(self, state, event):
        return 1.0 / (state["seen"] - state["seen"])


class RaisingLate(Own):
    def answer(self, state, event):
        return 1.0 if self.alpha < 0.15 else 1.0 / (state["seen"] - state["seen"])


class RaisingInTheSearch(Own):
    """The points of the design, which are those of every subject, are no trouble to it."""

    design: ClassVar[set[float]] = set()

    def answer(self, state, event):
        if len(self.design) < OPTIONS["design"]:
            self.design.add(self.alpha)
        return 1.0 if self.alpha in self.design else 1.0 / (state["seen"] - state["seen"])


class OnNoChannel(Own):
    def observe(self, state, events, dopamine):
        for event in events:
            dopamine.respond(event.time, 1.0)
            dopamine.report(event.time, 1.0, channel=3)


class Starting(Own):
    def start(self, kinds):
        return {"seen": len(kinds) / 0}


class Channels(Own):
    def channels(self, kinds):
        raise KeyError("no channel today")


class NoChannels(Own):
    def channels(self, kinds):
        return []


class Telling(Own):
    def tell_session(self, log):
        return {"alhpa": 1.0}


class Driving(Own):
    def drive(self, state, kind):
        raise ZeroDivisionError("no drive today")


class Deaf(Own):
    """It answers outcomes alone: its answers would belong to the cues."""

    def observe(self, state, events, dopamine):
        for event in events:
            if event.magnitude > 0.0:
                dopamine.respond(event.time, 1.0)


class Silent(Own):
    """It never answers."""

    def observe(self, state, events, dopamine):
        pass


class NoNumber(Own):
    def answer(self, state, event):
        return math.nan


class NoNumberSometimes(Own):
    def answer(self, state, event):
        return math.inf if self.alpha > 0.1001 else math.sin(state["seen"])


@pytest.fixture(scope="module")
def study():
    return fit.simulated_study("rescorla_wagner", subjects=2, seed=3)


def _pairs(trials):
    times = [t for i in range(trials) for t in (20.0 * i + 1, 20.0 * i + 2)]
    return EventLog(times, ["tone", "juice"] * trials, outcomes=["juice"])


def _raised(caught):
    return "".join(traceback.format_exception(caught.value))


def test_a_theory_that_raises_is_never_ranked_but_an_error_with_theory_subject_event_parameters_and_traceback(study):
    with pytest.raises(RuntimeError) as caught:
        accumbens.compare(study, [Raising(), "constant"], **OPTIONS)
    said = str(caught.value)
    for word in ("raising (alpha 0.1", "mouse", "event 0 (", " s: observe: ZeroDivisionError", "test_broken.py"):
        assert word in said, said
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert "in answer" in _raised(caught) and "return 1.0 / (state" in _raised(caught)


@pytest.mark.parametrize(
    ("theory", "kind", "words"),
    [
        (RaisingLate, ZeroDivisionError, ["observe"]),
        (RaisingInTheSearch, ZeroDivisionError, ["observe", "mouse"]),
        (OnNoChannel, IndexError, ["observe", "channel 3 of a theory with 1 channels"]),
        (Starting, ZeroDivisionError, ["start"]),
        (Channels, KeyError, ["channels", "no channel today"]),
        (NoChannels, ValueError, ["channels", "one or more"]),
        (Telling, ValueError, ["tell_session", "alhpa", "alpha"]),
        (Deaf, RuntimeError, ["never answered", "respond once for each event"]),
    ],
)
def test_what_fails_at_some_parameters_or_outside_of_the_events_is_such_an_error_too(study, theory, kind, words):
    with pytest.raises(RuntimeError) as caught:
        accumbens.compare(study, ["constant", theory()], **{**OPTIONS, "evaluations": 40})
    assert type(caught.value.__cause__) is kind
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_an_event_that_is_never_answered_is_an_error_that_names_its_time(study):
    with pytest.raises(RuntimeError, match=r"the event at \d+\.\d+ s was never answered"):
        accumbens.compare(study, [Silent()], **OPTIONS)
    with pytest.raises(RuntimeError, match=r"the event at 1\.000 s was never answered"):
        accumbens.simulate(_pairs(3), Silent())


def test_dopamine_that_is_no_number_is_counted_where_parameters_lead_there_and_an_error_where_all_do(study):
    made = accumbens.compare(study, [NoNumberSometimes(), "constant"], **OPTIONS)
    own, null = ({t["label"]: t for t in made.results["theories"]}[k] for k in ("no_number_sometimes", "constant"))
    assert 0 < own["failed_points"] < own["tried_points"] and null["failed_points"] == 0
    assert max(made.parameters.where([t == "no_number_sometimes" for t in made.parameters["theory"]])["value"]) <= 0.1001
    with pytest.raises(ValueError, match=r"no_number, mouse 1: it goes on with none of 4 points.*not a finite number"):
        accumbens.compare(study, [NoNumber(), "constant"], **OPTIONS)


def test_a_wrapper_lets_the_failure_through(study):
    with pytest.raises(RuntimeError) as caught:
        accumbens.compare(study, [Raising().wrapped("precision")], **OPTIONS)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_findings_recordings_agents_and_simulations_end_with_the_failure_as_well():
    calls = [
        lambda theory: accumbens.simulate(_pairs(3), theory()),
        lambda theory: findings.ask([theory()], "jeong2022-interval", subjects=2, progress=False),
        lambda theory: stages.Chain().record("schultz1997", theory(), sessions=1, progress=False),
        lambda theory: rl.teach("cannon2003", theory(), subjects=1, progress=False),
    ]
    for call in calls:
        with pytest.raises(RuntimeError) as caught:
            call(Raising)
        assert isinstance(caught.value.__cause__, ZeroDivisionError), str(caught.value)
        assert "event" in str(caught.value) or " s: " in str(caught.value)
    with pytest.raises(RuntimeError, match="drive: ZeroDivisionError"):
        accumbens.simulate(_pairs(3), Driving(), behaviour=True)


def test_a_failure_of_one_life_does_not_stay_with_the_theory():
    class Picky(Own):
        def answer(self, state, event):
            return 1.0 / (3 - state["seen"])

    theory = Picky()
    with pytest.raises(RuntimeError):
        accumbens.simulate(_pairs(2), theory)
    assert len(accumbens.simulate(_pairs(1), theory).dopamine) == 2


def test_the_command_ends_with_the_traceback_of_a_loaded_file_and_a_status_that_is_not_zero(tmp_path):
    own = tmp_path / "mine.py"
    own.write_text(
        "import accumbens\n\n\n@accumbens.theories.register\nclass BrokenOwn(accumbens.Theory):\n"
        '    """It divides by nothing."""\n\n    speaks = ("cue", "behaviour")\n\n'
        "    def start(self, kinds):\n        return 0\n\n"
        "    def observe(self, state, events, dopamine):\n        return 1 / state\n\n"
        "    def drive(self, state, kind):\n        return 1 / state\n"
    )
    log = tmp_path / "log.csv"
    log.write_text("time,event,magnitude\n1,tone,0\n2,juice,1\n")
    simulated = ["simulate", "--events", str(log), "--outcome", "juice", "--theory", "broken_own"]
    compared = ["compare", "--theories", "broken_own,constant", "--design", "2", "--out", str(tmp_path / "report")]
    table = tmp_path / "choices.csv"
    table.write_text("subject,choice,outcome\n" + "a,left,1\na,right,0\n" * 6)
    chosen = ["compare", str(table), "--theories", "broken_own", "--out", str(tmp_path / "report")]
    for words in (simulated, compared, chosen):
        run = [sys.executable, "-m", "accumbens", "--load", str(own), *words]
        said = subprocess.run(run, capture_output=True, text=True, check=False)
        assert said.returncode != 0 and not (tmp_path / "report").exists()
        assert "Traceback" in said.stderr and "return 1 / state" in said.stderr
        assert "error: broken_own: " in said.stderr and "ZeroDivisionError" in said.stderr
    own.write_text("raise RuntimeError('not today')\n")
    said = subprocess.run(
        [sys.executable, "-m", "accumbens", "--load", str(own), "theories"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 2 and "Traceback" in said.stderr and "mine.py" in said.stderr


def test_what_answers_is_left_alone(study):
    made = accumbens.compare(study, [Own(), "constant"], **OPTIONS)
    assert np.isfinite([row["held_out"] for row in made.ranking]).all()
