"""What a session's clock was set to changes nothing."""

import time

import numpy as np
import pytest

import accumbens
from accumbens import EventLog, fit, recordings
from accumbens.events import Kind

OPTIONS = {"design": 4, "evaluations": 8, "recovery": 0, "progress": False}


def _moved(study, shift):
    """The study with every clock set to ``shift`` (s); times are multiples of 1/1024 s, which any such clock holds exactly."""
    subjects = {}
    for subject, session, held in study.sessions():
        log = EventLog.of_kinds(
            np.round(held.events.time * 1024) / 1024 + shift, held.events.kind, held.events.kinds, held.events.magnitude
        )
        clock = np.arange(len(held.time)) / 16.0 + shift
        made = recordings.Recording(clock, held.channels, log, duration=np.ceil(held.duration))
        subjects.setdefault(subject, {})[session] = made
    scoring = fit.Scoring(["sucrose", "cs_plus"], response=(0.0, 0.8), min_interval=2.0)
    return fit.Study(subjects, scoring, channel="dff", unit="% dF/F")


def test_a_study_gives_the_same_results_whatever_its_clocks_were_set_to():
    study = fit.simulated_study("anccr", subjects=2, rate=16.0)
    theories = ["anccr", "td_csc", "trend"]
    plain = accumbens.compare(_moved(study, 0.0), theories, **OPTIONS)
    for shift in (100.0, 1000.0, 1.7e9):
        moved = _moved(study, shift)
        assert accumbens.compare(moved, theories, **OPTIONS).results == plain.results, shift
        first = next(moved.sessions())[2]
        assert first.time[0] == 0.0 and first.start == 0.0


def test_a_recording_keeps_its_clock_and_its_length_counts_from_its_start():
    log = EventLog([1.7e9 + 3.0], ["juice"], outcomes="juice")
    channel = recordings.Channel("dff", "% dF/F", np.arange(100.0))
    held = recordings.Recording(1.7e9 + np.arange(100) / 10.0, [channel], log, duration=60.0)
    assert held.duration == 60.0 and held.start == 1.7e9
    steps = [{"step": "low_pass", "cutoff": 1.0}]
    stream = recordings.Stream("dff", held.time, held["dff"])
    late = recordings.clean(stream, steps)
    early = recordings.clean(recordings.Stream("dff", held.time - 1.7e9, held["dff"]), steps)
    assert late.time[0] == 1.7e9 and late.data == pytest.approx(early.data, abs=1e-3)


def test_a_log_on_a_computers_clock_is_refused_at_once_with_what_to_do():
    began = time.monotonic()
    log = EventLog(1.7e9 + np.array([1.0, 2.0]), ["tone", "juice"], outcomes="juice")
    for theory in ("td_csc", "anccr"):
        with pytest.raises(ValueError, match="more than a day after the start.*from the start of the session"):
            accumbens.simulate(log, theory)
    far = EventLog([1.0, 1.7e9], ["tone", "juice"], outcomes="juice")
    with pytest.raises(ValueError, match=r"a life of 1700000005 s; accepted: at most 1e8 s"):
        accumbens.simulate(far, "td_csc")
    with pytest.raises(ValueError, match="a life of"):
        accumbens.simulate("schultz1997", "td_csc", end=1e300)
    assert time.monotonic() - began < 10.0


def test_a_kind_is_the_same_in_every_session_of_a_study_though_one_lacks_it():
    rng = np.random.default_rng(1)
    clock = np.arange(0.0, 400.0, 0.1)

    def session(events, outcomes):
        times = 10.0 + 15.0 * np.arange(len(events))
        data = rng.normal(size=len(clock))
        log = EventLog(times, events, outcomes=outcomes)
        return recordings.Recording(clock, [recordings.Channel("dff", "% dF/F", data)], log)

    sessions = {"pairs": session(["tone", "juice"] * 12, "juice"), "juice alone": session(["juice"] * 24, "juice")}
    study = fit.Study({"a": sessions}, fit.Scoring("juice"), channel="dff")
    alone = study.recording("a", "juice alone").events
    assert [k.name for k in alone.kinds] == ["tone", "juice"] and set(alone.event) == {"juice"}
    other = {**sessions, "other": session(["tone", "juice"] * 12, {"juice": 3.0})}
    with pytest.raises(ValueError, match="worth 1 in one session and a outcome worth 3 in another"):
        fit.Study({"a": other}, fit.Scoring("juice"), channel="dff")


def test_a_single_text_is_one_name_and_a_name_that_never_happens_is_refused_with_those_that_do():
    log = EventLog([1.0, 2.0, 3.0], ["tone", "juice", "lick"], outcomes="juice", actions="lick")
    assert [(k.name, k.role) for k in log.kinds] == [("tone", "cue"), ("lick", "action"), ("juice", "outcome")]
    pairs = [1.0, 2.0], ["tone", "juice"]
    for declared in ({"outcomes": {"juise": 1.0}}, {"outcomes": "juise"}, {"omissions": {"juise": "juice"}}):
        with pytest.raises(ValueError, match='no event is called "juise"; accepted: juice, tone'):
            EventLog(*pairs, **declared)
    for declared in ({"actions": "lik"}, {"values": {"lik": 1.0}}):
        with pytest.raises(ValueError, match='"lik".*tone'):
            EventLog(*pairs, **declared)
    for declared in ({"omissions": "juice"}, {"values": "juice"}, {"outcomes": 3}, {"actions": [1]}):
        with pytest.raises(TypeError, match="accepted"):
            EventLog(*pairs, **declared)
    extinction = EventLog.of_kinds([1.0], [0], [Kind("tone"), Kind("juice", "outcome", value=1.0)])
    assert len(extinction.kinds) == 2
    study = fit.simulated_study("constant", subjects=1)
    assert len(study.peri("sucrose").trials) == len(study.peri(["sucrose"]).trials) > 0
    with pytest.raises(ValueError, match='no event is called "sucrase"; accepted'):
        fit.simulated_study("constant", subjects=1, scoring=fit.Scoring("sucrase"))
    name, session, held = next(study.sessions())
    with pytest.raises(ValueError, match=r'no subject is called "mouse 9"; accepted: mouse 1'):
        fit.Study({name: {session: held}}, fit.Scoring("sucrose"), channel="dff", groups={"mouse 9": "saline"})
