"""The Python face against closed forms."""

import math

import pytest

import accumbens


def test_every_theory_lives_through_a_log_from_python():
    for name in accumbens.theories():
        released = accumbens.simulate(name, [1.0, 2.0, 11.0], ["tone", "juice", "tone"], [0, 1, 0], {"juice": 1.0})
        assert len(released["time"]) == len(released["dopamine"]) > 0
        assert all(math.isfinite(x) for x in released["dopamine"])


def test_rescorla_wagner_follows_its_closed_form():
    trials, alpha = 30, 0.2
    times = [t for i in range(trials) for t in (20.0 * i + 1, 20.0 * i + 2)]
    released = accumbens.simulate(
        "rescorla_wagner", times, ["tone", "juice"] * trials, [0, 1] * trials, {"juice": 1.0}, {"alpha": alpha}
    )
    errors = [x for x, e in zip(released["dopamine"], released["event"]) if e == "juice"]
    assert errors == pytest.approx([(1 - alpha) ** n for n in range(trials)], rel=1e-12)


def test_bad_input_is_a_value_error_that_names_it():
    with pytest.raises(ValueError, match="no parameter is called 'alhpa'|\"alhpa\""):
        accumbens.simulate("td_csc", [1.0], ["juice"], [1.0], {"juice": 1.0}, {"alhpa": 0.1})
    with pytest.raises(ValueError, match="no theory is called"):
        accumbens.describe("nobody")


def test_kinds_numbered_alike_stand_by_number_as_on_the_command_line():
    released = accumbens.simulate("constant", [1.0, 2.0], ["e2", "e1"], [0, 1], {"e1": 1.0})
    assert released["channel"][:2] == ["e1", "e2"]


def test_a_wrapper_goes_behind_a_theory():
    times, names, sizes = [1.0, 2.0, 21.0, 22.0], ["tone", "juice"] * 2, [0, 1] * 2
    plain = accumbens.simulate("td_csc", times, names, sizes, {"juice": 1.0})
    same = accumbens.simulate("td_csc+precision", times, names, sizes, {"juice": 1.0}, {"precision_rate": 0.0})
    assert same["dopamine"] == plain["dopamine"]
    tonic = accumbens.simulate("td_csc+tonic", times, names, sizes, {"juice": 1.0})
    assert set(tonic["channel"]) == {"dopamine", "tonic"}
    assert accumbens.describe("td_csc+precision")["papers"][-1] == "diederen2016"
    with pytest.raises(ValueError, match="signed error"):
        accumbens.simulate("anccr+precision", times, names, sizes, {"juice": 1.0})
