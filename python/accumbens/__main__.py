"""The ``accumbens`` command, as the Rust program has it, and able to write NWB and to take in theories of your own.

``accumbens --load my_theory.py compare study.toml --theories anccr,my_theory`` runs a Python file first, whose theories
and experiments are known by their names from then on. A package does the same for every call by an entry point of the group
``accumbens.plugins`` that names a module.
"""

import os
import runpy
import sys
import traceback
from importlib.metadata import entry_points

from . import _native
from .recordings import _write_held


def _run(path: str) -> None:
    """Runs a file; where it raises its traceback is printed too."""
    try:
        runpy.run_path(path, run_name="accumbens.loaded")
    except Exception:
        if os.path.exists(path):
            traceback.print_exc()
        raise


def _loaded(words: list[str]) -> list[str]:
    """Runs the files behind ``--load`` and returns the words that are left."""
    left: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--load":
            path = next(rest, None)
            if path is None:
                raise ValueError("--load: nothing behind it; accepted: --load FILE.py")
            _run(path)
        elif word.startswith("--load="):
            _run(word.removeprefix("--load="))
        else:
            left.append(word)
    return left


def main() -> int:
    """Runs the command with the words of the command line."""
    try:
        for plugin in entry_points(group="accumbens.plugins"):
            plugin.load()
        words = _loaded(sys.argv[1:])
    except Exception as error:  # noqa: BLE001 whatever a plugin or a file raises is told as an error of the command
        print(f"error: {error}", file=sys.stderr)
        return 2
    return _native.run(["accumbens", *words], _write_held)


if __name__ == "__main__":
    sys.exit(main())
