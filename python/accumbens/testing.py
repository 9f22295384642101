"""Checks for what others write."""

from __future__ import annotations

from .theories import Theory

__all__ = ["broken", "check_theory"]


def broken(theory: Theory | type[Theory], cases: int = 20, seed: int = 1) -> list[tuple[str, str]]:
    """What a theory owes and does not keep, each with what was seen: the suite that every theory of accumbens passes.

    On ``cases`` random logs: silence in pieces is the same silence, a saved state goes on where it stopped, every event is
    answered with a finite number, being asked what it wants changes nothing, parameters anywhere in their domains give a
    number or an error, and what the theory says of itself is so.
    """
    made = theory() if isinstance(theory, type) else theory
    return made._handle.check(cases, seed)


def check_theory(theory: Theory | type[Theory], cases: int = 20, seed: int = 1) -> None:
    """Raises ``AssertionError`` with everything that a theory owes and does not keep."""
    found = broken(theory, cases, seed)
    assert not found, "\n".join(f"{owed}; seen: {seen}" for owed, seen in found)
