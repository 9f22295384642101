"""The ``accumbens`` command, as the Rust program has it, and able to write NWB."""

import sys

from . import _native
from .recordings import _write_held


def main() -> int:
    """Runs the command with the words of the command line."""
    return _native.run(["accumbens", *sys.argv[1:]], _write_held)


if __name__ == "__main__":
    sys.exit(main())
