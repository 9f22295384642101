"""What editors show of the registry is what the registry says."""

from pathlib import Path

import accumbens
from accumbens import Theory, theories
from accumbens._stubs import stubs


def test_the_stubs_of_theories_are_those_of_the_registry():
    written = Path(accumbens.__file__).with_name("_registry.pyi").read_text(encoding="utf-8")
    own = [line for line in written.splitlines() if line.startswith("class ")]
    now = [line for line in stubs().splitlines() if line.startswith("class ")]
    # A theory that another test registered is no part of what is shipped.
    assert own == now[: len(own)]
    assert written == stubs() or len(now) > len(own), "run python -m accumbens._stubs"


def test_no_parameter_of_a_theory_hides_behind_what_every_theory_has():
    for name in theories.names():
        for parameter in theories.by_name(name).values:
            assert not hasattr(Theory, parameter), f"{name}: {parameter}"
