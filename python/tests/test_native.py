"""The Python face against closed forms."""

import math

import numpy as np
import pytest

import accumbens
from accumbens import EventLog, theories


def _pairs(trials: int, every: float = 20.0) -> EventLog:
    times = [t for i in range(trials) for t in (every * i + 1, every * i + 2)]
    return EventLog(times, ["tone", "juice"] * trials, outcomes={"juice": 1.0})


def test_every_theory_of_the_registry_is_a_class_and_lives_through_a_log():
    log = EventLog([1.0, 2.0, 11.0], ["tone", "juice", "tone"], outcomes=["juice"])
    for name in theories.names():
        theory = theories.by_name(name)
        made = getattr(theories, "".join(part.capitalize() for part in name.split("_")))()
        assert made.values == theory.values or any(isinstance(v, float) and math.isnan(v) for v in made.values.values())
        released = accumbens.simulate(log, made).dopamine
        assert len(released) > 0
        assert all(math.isfinite(x) for x in released["dopamine"])
        assert name in type(made).__doc__ or made.info["summary"] or type(made).__doc__


def test_rescorla_wagner_follows_its_closed_form():
    trials, alpha = 30, 0.2
    lived = accumbens.simulate(_pairs(trials), theories.RescorlaWagner(alpha=alpha))
    assert lived.answers("juice")["dopamine"] == pytest.approx([(1 - alpha) ** n for n in range(trials)], rel=1e-12)


def test_bad_input_is_a_value_error_that_names_it():
    with pytest.raises(ValueError, match='"alhpa"'):
        theories.TdCsc(alhpa=0.1)
    with pytest.raises(ValueError, match="0 to 1"):
        theories.TdCsc(alpha=1.5)
    with pytest.raises(ValueError, match="no theory is called"):
        theories.by_name("nobody")
    with pytest.raises(ValueError, match="never go back"):
        EventLog([2.0, 1.0], ["a", "b"])
    with pytest.raises(FileNotFoundError):
        accumbens.fit.read_study("nowhere.toml")


def test_kinds_numbered_alike_stand_by_number_as_on_the_command_line():
    lived = accumbens.simulate(EventLog([1.0, 2.0], ["e2", "e1"], outcomes={"e1": 1.0}), "constant")
    assert lived.dopamine["channel"][:2] == ["e1", "e2"]


def test_a_wrapper_goes_behind_a_theory():
    log = _pairs(2)
    plain = accumbens.simulate(log, "td_csc").dopamine
    same = accumbens.simulate(log, theories.TdCsc().wrapped("precision", precision_rate=0.0)).dopamine
    assert np.array_equal(same["dopamine"], plain["dopamine"])
    assert set(accumbens.simulate(log, "td_csc+tonic").dopamine["channel"]) == {"dopamine", "tonic"}
    assert theories.by_name("td_csc+precision").info["papers"][-1] == "diederen2016"
    with pytest.raises(ValueError, match="signed error"):
        theories.Anccr().wrapped("precision")


def test_a_theory_is_a_value():
    theory = theories.TdCsc(alpha=0.25, lambda_=0.9)
    assert theory.alpha == 0.25 and theory.lambda_ == 0.9
    assert theory.replace(alpha=0.5).alpha == 0.5 and theory.alpha == 0.25
    assert theory == theories.TdCsc(lambda_=0.9, alpha=0.25) != theories.TdCsc()
    assert "alpha=0.25" in repr(theory)
    with pytest.raises(AttributeError, match="replace"):
        theory.alpha = 0.5
    with pytest.raises(AttributeError, match="its parameters"):
        _ = theory.nothing


def test_a_clamp_is_what_comes_out_and_changes_act_from_their_time():
    log = _pairs(3)
    held = accumbens.simulate(log, "rescorla_wagner", event_clamps={1: -0.25})
    assert held.answers("juice")["dopamine"][0] == -0.25
    changed = accumbens.simulate(log, theories.RescorlaWagner(alpha=0.5), changes=[(10.0, "alpha", 0.0)])
    assert changed.answers("juice")["dopamine"] == pytest.approx([1.0, 0.5, 0.5])
