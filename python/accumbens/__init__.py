"""Theories of dopamine: live through events, release dopamine.

``theories()`` lists them, ``describe(name)`` gives one theory's parameters, and ``simulate`` lets a theory live through
an event log and returns what it releases.
"""

from ._native import __version__, describe, simulate, theories

__all__ = ["__version__", "describe", "simulate", "theories"]
