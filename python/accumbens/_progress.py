"""Progress bars of long work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(what: str, shown: bool, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A bar that is told how many steps were done, and as a second number how many there will be."""
    from tqdm.auto import tqdm

    with tqdm(desc=what, total=total, disable=None if shown else True, leave=False) as progress:

        def tick(steps: int, total: int | None = None) -> None:
            if total is not None:
                progress.reset(total)
            progress.update(steps)

        yield tick
