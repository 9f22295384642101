"""Theories, stages and experiments written in Python work wherever those written in Rust do."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import accumbens
from accumbens import EventLog, Parameter, Theory, experiments, findings, fit, recordings, stages, testing, theories


class RescorlaPython(Theory):
    """The sum rule of Rescorla and Wagner, written in Python to be compared with the one written in Rust."""

    family = "error"
    papers = ("rescorla1972", "A paper of ours (2026).")
    parameters = (
        Parameter("alpha", 0.1, "Learning rate.", low=0.0, high=1.0, prior=("logit_normal", 0.1, 1.0)),
        Parameter("held", 1.0, "Traces last until the next outcome.", low=0.0, high=1.0),
    )

    def start(self, kinds):
        return {"values": np.zeros(len(kinds)), "present": [], "outcome": [k.role == "outcome" for k in kinds]}

    def observe(self, state, events, dopamine):
        for event in events:
            if state["outcome"][event.kind]:
                predicted = sum(state["values"][k] for k in state["present"])
                error = dopamine.respond(event.time, event.magnitude - predicted)
                for kind in state["present"]:
                    state["values"][kind] += self.alpha * error
                state["present"] = []
            else:
                dopamine.respond(event.time, 0.0)
                state["present"].append(event.kind)

    def describe(self, state):
        return {"values": state["values"]}


class Broken(Theory):
    """Silence counts."""

    def start(self, kinds):
        return [0]

    def advance(self, state, until, dopamine):
        state[0] += 1

    def observe(self, state, events, dopamine):
        for event in events:
            dopamine.respond(event.time, float(state[0]))


class Forgetful(Theory):
    """It forgets to answer outcomes."""

    def start(self, kinds):
        return [k.role for k in kinds]

    def observe(self, state, events, dopamine):
        for event in events:
            if state[event.kind] != "outcome":
                dopamine.respond(event.time, 0.0)


class Raising(Theory):
    """It raises in the middle of a life."""

    def start(self, kinds):
        return []

    def observe(self, state, events, dopamine):
        state.append(events)
        if len(state) > 2:
            raise ZeroDivisionError("nothing to divide by")
        for event in events:
            dopamine.respond(event.time, 0.0)


def _pairs(trials: int) -> EventLog:
    times = [t for i in range(trials) for t in (20.0 * i + 1, 20.0 * i + 2)]
    return EventLog(times, ["tone", "juice"] * trials, outcomes=["juice"])


def test_a_theory_in_python_gives_the_numbers_of_its_closed_form_and_learns_from_what_came_out():
    lived = accumbens.simulate(_pairs(20), RescorlaPython(alpha=0.2))
    assert lived.answers("juice")["dopamine"] == pytest.approx([0.8**n for n in range(20)], rel=1e-12)
    assert lived.end["values"][0] == pytest.approx(1 - 0.8**20)
    held = accumbens.simulate(_pairs(20), RescorlaPython(), event_clamps={row: 0.0 for row in range(1, 40, 2)})
    assert held.end["values"] == [0.0, 0.0]
    changed = accumbens.simulate(_pairs(3), RescorlaPython(alpha=0.5), changes=[(10.0, "alpha", 0.0)])
    assert changed.answers("juice")["dopamine"] == pytest.approx([1.0, 0.5, 0.5])


def test_the_conformance_suite_passes_what_is_sound_and_names_what_is_broken():
    testing.check_theory(RescorlaPython, cases=5)
    testing.check_theory(theories.Anccr, cases=3)
    with pytest.raises(AssertionError) as caught:
        testing.check_theory(Broken, cases=5)
    assert "silence in pieces" in str(caught.value)
    with pytest.raises(AssertionError, match="a life can be lived.*was never answered"):
        testing.check_theory(Forgetful, cases=5)


def test_an_exception_in_a_theory_ends_the_life_with_its_place():
    with pytest.raises(RuntimeError, match=r"nothing to divide by.*line \d+ of .*test_own"):
        accumbens.simulate(_pairs(4), Raising())
    with pytest.raises(RuntimeError, match="only while a theory lives"):
        _door().respond(1.0, 0.0)


def _door():
    doors = []

    class Keeper(Theory):
        """It keeps the door."""

        def start(self, kinds):
            return None

        def observe(self, state, events, dopamine):
            doors.append(dopamine)
            for event in events:
                dopamine.respond(event.time, 0.0)

    accumbens.simulate(_pairs(1), Keeper())
    return doors[0]


def test_parameters_of_a_theory_in_python_are_checked_as_those_in_rust():
    with pytest.raises(ValueError, match="0 to 1"):
        RescorlaPython(alpha=2.0)
    with pytest.raises(ValueError, match='"beta"'):
        RescorlaPython(beta=2.0)
    with pytest.raises(TypeError, match="derived from Theory"):
        Theory()
    theory = RescorlaPython(alpha=0.25)
    assert theory.replace(alpha=0.5).alpha == 0.5 and theory.alpha == 0.25
    assert pickle.loads(pickle.dumps(theory)) == theory and "alpha=0.25" in repr(theory)


def test_it_is_fitted_and_reported_beside_those_of_the_registry_and_on_any_number_of_threads(tmp_path):
    study = fit.simulated_study("rescorla_wagner", subjects=2, seed=3)
    options = {"design": 6, "evaluations": 8, "recovery": 1, "progress": False}
    made = accumbens.compare(study, [RescorlaPython(), "rescorla_wagner", "constant"], **options)
    again = accumbens.compare(study, [RescorlaPython(), "rescorla_wagner", "constant"], threads=1, **options)
    assert made.results == again.results
    by_theory = {row["label"]: row["held_out"] for row in made.ranking}
    assert set(by_theory) == {"rescorla_python", "rescorla_wagner", "constant", "description"}
    assert len(made.trials) > 10 and "rescorla_python (% dF/F)" in made.trials
    made.report(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert "rescorla_python" in text and "A paper of ours (2026)." in text


def test_it_is_asked_about_findings(tmp_path):
    asked = findings.ask([RescorlaPython(), "td_csc"], findings.names()[:3], subjects=2, progress=False)
    assert len(asked.table) == 6 and set(asked.totals["theory"]) == {"rescorla_python", "td_csc"}
    assert set(asked.table["evidence"]) <= {"data", "read", "code", "unverified"}
    assert np.isnan(asked.table["prior_agrees"]).all()
    asked.page(tmp_path / "findings.html")
    assert "rescorla_python" in (tmp_path / "findings.html").read_text()


def test_a_file_of_ones_own_is_loaded_by_the_command(tmp_path):
    own = tmp_path / "mine.py"
    own.write_text(
        "import accumbens\n\n\n@accumbens.theories.register\nclass MyOwn(accumbens.Theory):\n"
        '    """Dopamine is one at every event."""\n\n    def start(self, kinds):\n        return None\n\n'
        "    def observe(self, state, events, dopamine):\n        for event in events:\n"
        "            dopamine.respond(event.time, 1.0)\n"
    )
    log = tmp_path / "log.csv"
    log.write_text("time,event,magnitude\n1,tone,0\n2,juice,1\n")
    words = ["--load", str(own), "simulate", "--events", str(log), "--outcome", "juice", "--theory", "my_own"]
    said = subprocess.run([sys.executable, "-m", "accumbens", *words], capture_output=True, text=True, check=True)
    assert [line.split(",")[-1] for line in said.stdout.splitlines()[1:]] == ["1", "1"] or "1.0" in said.stdout
    listed = subprocess.run(
        [sys.executable, "-m", "accumbens", "--load", str(own), "theories"], capture_output=True, text=True, check=True
    )
    assert "my_own" in listed.stdout
    lost = subprocess.run([sys.executable, "-m", "accumbens", "--load"], capture_output=True, text=True, check=False)
    assert lost.returncode == 2 and "--load FILE.py" in lost.stderr


def test_an_experiment_is_declared_by_values_and_refused_with_its_fault():
    declared = experiments.declare(
        title="a tone, then juice",
        source=["jeong2022"],
        event=[{"name": "tone"}, {"name": "juice", "role": "outcome"}],
        phase=[
            {
                "name": "training",
                "trials": 10,
                "iti": {"fixed": 20.0},
                "trial": [{"events": [{"event": "tone", "at": 0.0}, {"event": "juice", "at": 1.0}]}],
            }
        ],
    )
    lived = accumbens.simulate(declared, theories.RescorlaWagner(alpha=0.5))
    assert lived.answers("juice")["dopamine"] == pytest.approx([0.5**n for n in range(10)])
    assert experiments.parse(declared.toml).declaration == declared.declaration
    assert pickle.loads(pickle.dumps(declared)).declaration == declared.declaration
    fields = declared.declaration
    fields["phase"][0]["trial"][0]["events"][0]["event"] = "light"
    with pytest.raises(ValueError, match="light"):
        experiments.declare(**fields)
    declared.register("tone-then-juice")
    assert "tone-then-juice" in experiments.names()
    assert accumbens.simulate("tone-then-juice", "constant").log == lived.log


def test_every_experiment_of_the_catalogue_crosses_as_values():
    for name in experiments.names()[:20]:
        loaded = experiments.load(name)
        assert experiments.declare(**loaded.declaration).sessions(seed=2)[0].log == loaded.sessions(seed=2)[0].log


def test_a_stage_in_python_stands_between_those_in_rust():
    class Inverted:
        def apply(self, recording):
            return recording.put("dff", "% dF/F", -recording["dff"])

    impulse = np.zeros(2000)
    impulse[500] = 1.0
    log = EventLog([0.5], ["juice"], outcomes=["juice"])
    clock = np.arange(2000) / 1000.0
    sensed = recordings.Recording(clock, [recordings.Channel("dopamine", "nM", impulse)], log)
    sensor = stages.Sensor({"name": "ours", "rise": 0.02, "decay": 0.2})
    plain = stages.apply(sensed, sensor)
    through = stages.apply(sensed, sensor, Inverted(), lambda r: r.put("twice", "", 2 * r["dff"]))
    assert np.array_equal(through["dff"], -plain["dff"]) and np.array_equal(through["twice"], -2 * plain["dff"])
    # The answer to an impulse is the difference of two exponentials, scaled to a peak of one.
    shape = np.exp(-clock / 0.2) - np.exp(-clock / 0.02)
    assert plain["dff"][500:] == pytest.approx(shape[:1500] / shape.max(), abs=0.02)
    with pytest.raises(TypeError, match="accepted: a recording"):
        stages.apply(sensed, lambda r: None)
    study = fit.simulated_study("constant", subjects=1)
    turned = study.through(Inverted())
    name, sessions = next(iter(study.subjects.items()))
    first = study.recording(name, sessions[0])
    assert np.array_equal(turned.recording(name, sessions[0])["dff"], -first["dff"])


def test_a_study_of_recordings_in_python_gives_the_comparison_of_the_study_they_came_from():
    study = fit.simulated_study("td_csc", subjects=2)
    subjects: dict[str, dict[str, recordings.Recording]] = {}
    for subject, session, recording in study.sessions():
        subjects.setdefault(subject, {})[session] = recording
    about = study.about
    scoring = fit.Scoring(**{k: v for k, v in about["scoring"].items() if v is not None})
    rebuilt = fit.Study(
        subjects, scoring, channel="dff", unit="% dF/F", sensor=about["sensor"], title=about["title"]
    )
    options = {"design": 4, "evaluations": 5, "recovery": 0, "progress": False}
    names = ["td_csc", "constant"]
    held = [c.subjects["held_out"].tolist() for c in (accumbens.compare(s, names, **options) for s in (study, rebuilt))]
    assert held[0] == held[1]
    assert pickle.loads(pickle.dumps(study)).about == study.about
    with pytest.raises(ValueError, match="nothing"):
        fit.Study(subjects, scoring, channel="nothing")


def test_the_chain_records_what_the_command_records(tmp_path):
    chain = stages.Chain(truth=True)
    recorded = chain.record("schultz1997", "td_csc", sessions=1, progress=False)
    (name, recording), = recorded.items()
    assert {"signal", "isosbestic", "dopamine"} <= {c.name for c in recording.channels}
    again = stages.Chain(truth=True).record("schultz1997", "td_csc", sessions=1, progress=False)
    assert np.array_equal(again[name]["signal"], recording["signal"])
    blocked = stages.Chain(truth=True, drugs=["cocaine:10"]).record("schultz1997", "td_csc", sessions=1, progress=False)
    assert not np.array_equal(blocked[name]["signal"], recording["signal"])
    recorded.page(str(tmp_path / "stages.html"))
    assert "<html" in (tmp_path / "stages.html").read_text()
    with pytest.raises(ValueError, match="no-such"):
        stages.Chain("no-such")
