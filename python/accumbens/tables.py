"""Results as tables, ready for pandas, Polars and everything else that speaks Arrow.

>>> import pandas, polars
>>> simulation.dopamine.to_pandas()
>>> polars.DataFrame(simulation.dopamine)      # through the Arrow PyCapsule interface
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Table"]

Column = NDArray[Any] | Sequence[Any]

#: Rows that a ``repr`` shows at each end.
_ENDS = 5


class Table:
    """Columns of equal length under names. Numbers are NumPy arrays; text is a list."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        kept: dict[str, NDArray[Any] | list[Any]] = {}
        for name, column in columns.items():
            numbers = isinstance(column, np.ndarray)
            first = next((x for x in column if x is not None), None) if not numbers else None
            if not numbers and isinstance(first, (int, float)) and not isinstance(first, bool):
                column = np.asarray([np.nan if x is None else x for x in column])
            kept[name] = column if isinstance(column, np.ndarray) else list(column)
        lengths = {len(column) for column in kept.values()}
        if len(lengths) > 1:
            sizes = ", ".join(f"{name} {len(column)}" for name, column in kept.items())
            raise ValueError(f"columns of different lengths: {sizes}")
        self._columns = kept

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._columns)

    def __len__(self) -> int:
        return next((len(column) for column in self._columns.values()), 0)

    def __getitem__(self, name: str) -> Any:
        """A column: a NumPy array of numbers, or a list of text."""
        if name not in self._columns:
            raise KeyError(f"no column {name!r}; there are {', '.join(self._columns)}")
        return self._columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, each by the names of the columns."""
        for i in range(len(self)):
            yield {name: _plain(column[i]) for name, column in self._columns.items()}

    def where(self, kept: Sequence[bool] | NDArray[np.bool_]) -> Table:
        """The rows for which ``kept`` is true."""
        at = np.flatnonzero(np.asarray(kept, dtype=bool))
        return Table({n: c[at] if isinstance(c, np.ndarray) else [c[i] for i in at] for n, c in self._columns.items()})

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table by the Arrow PyCapsule interface."""
        from arro3.core import Array, DataType
        from arro3.core import Table as Arrow

        def array(column: NDArray[Any] | list[Any]) -> Any:
            if isinstance(column, np.ndarray):
                return Array.from_numpy(np.ascontiguousarray(column))
            if all(isinstance(x, bool) for x in column) and column:
                return Array(column, DataType.bool())
            return Array([None if x is None else str(x) for x in column], DataType.utf8())

        made = Arrow.from_pydict({name: array(column) for name, column in self._columns.items()})
        return made.__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> Any:
        """The table as a pandas ``DataFrame``."""
        import pandas

        return pandas.DataFrame(dict(self._columns))

    def to_polars(self) -> Any:
        """The table as a Polars ``DataFrame``."""
        import polars  # pyright: ignore[reportMissingImports]

        return polars.DataFrame(self)

    def _shown(self) -> tuple[list[list[str]], int | None]:
        """Rows as text, and after which of them others are left out."""
        n = len(self)
        cut = n > 2 * _ENDS + 1
        rows = [*range(_ENDS), *range(n - _ENDS, n)] if cut else list(range(n))
        shown = [[_text(column[i]) for column in self._columns.values()] for i in rows]
        return shown, _ENDS if cut else None

    def __repr__(self) -> str:
        rows, cut = self._shown()
        names = self.columns
        widths = [max([len(n), *(len(r[i]) for r in rows)]) for i, n in enumerate(names)]
        lines = ["  ".join(n.ljust(w) for n, w in zip(names, widths)).rstrip()]
        lines += ["  ".join(x.ljust(w) for x, w in zip(r, widths)).rstrip() for r in rows]
        if cut is not None:
            lines.insert(cut + 1, "…")
        return "\n".join([*lines, f"[{len(self)} rows × {len(names)} columns]"])

    def _repr_html_(self) -> str:
        rows, cut = self._shown()
        head = "".join(f"<th>{html.escape(n)}</th>" for n in self.columns)
        body = ["<tr>" + "".join(f"<td>{html.escape(x)}</td>" for x in r) + "</tr>" for r in rows]
        if cut is not None:
            body.insert(cut, f"<tr><td colspan={len(self.columns)}>…</td></tr>")
        size = f"<small>{len(self)} rows × {len(self.columns)} columns</small>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>{size}"


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _text(value: Any) -> str:
    value = _plain(value)
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
