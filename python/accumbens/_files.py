"""Files, written whole or not at all."""

from __future__ import annotations

import os


def write(path: str | os.PathLike[str], text: str) -> None:
    """Writes a file beside its place and puts it there whole."""
    beside = f"{os.fspath(path)}.part"
    with open(beside, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(beside, path)
