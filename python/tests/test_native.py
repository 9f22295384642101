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
