"""Theories of dopamine, and the recordings they explain.

``theories()`` lists them, ``describe(name)`` gives one theory's parameters, and ``simulate`` lets a theory live through
an event log and returns what it releases. ``accumbens.recordings`` reads, cleans and writes recordings;
``accumbens.credit`` gives agents and language models their learning signals.
"""

from . import credit, recordings
from ._native import __version__, describe, simulate, theories

__all__ = ["__version__", "credit", "describe", "recordings", "simulate", "theories"]
