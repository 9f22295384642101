"""Results are tables that other libraries take without being told how."""

import numpy as np
import pytest

import accumbens
from accumbens import EventLog, Table


def test_a_table_crosses_to_arrow_pandas_and_polars_unchanged():
    pa = pytest.importorskip("pyarrow")
    table = Table({"x": np.array([1.5, np.nan]), "n": np.array([1, 2]), "who": ["a", None]})
    arrow = pa.table(table)
    assert arrow.column("n").to_pylist() == [1, 2] and arrow.column("who").to_pylist() == ["a", None]
    assert arrow.column("x").to_pylist()[0] == 1.5
    frame = table.to_pandas() if _there("pandas") else None
    if frame is not None:
        assert frame["n"].tolist() == [1, 2]
    if _there("polars"):
        assert table.to_polars()["who"].to_list() == ["a", None]


def _there(name: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(name) is not None


def test_rows_columns_and_what_is_shown():
    table = Table({"x": np.arange(30.0), "who": ["m"] * 30})
    assert len(table) == 30 and table.columns == ["x", "who"] and next(iter(table)) == {"x": 0.0, "who": "m"}
    assert table.where(table["x"] > 27)["x"].tolist() == [28.0, 29.0]
    assert "…" in repr(table) and "[30 rows × 2 columns]" in repr(table) and "<table>" in table._repr_html_()
    with pytest.raises(KeyError, match="there are x, who"):
        table["y"]
    with pytest.raises(ValueError, match="x 1, y 2"):
        Table({"x": [1.0], "y": [1.0, 2.0]})


def test_a_simulation_a_log_and_a_recording_are_arrow_tables():
    pa = pytest.importorskip("pyarrow")
    log = EventLog([1.0, 2.0], ["tone", "juice"], outcomes=["juice"])
    assert pa.table(log).to_pydict() == {"time": [1.0, 2.0], "event": ["tone", "juice"], "magnitude": [0.0, 1.0]}
    lived = accumbens.simulate(log, "rescorla_wagner")
    assert pa.table(lived.dopamine).column("dopamine").to_pylist()[1] == 1.0
    for shown in (lived, log, lived.theory, accumbens.experiments.load("schultz1997")):
        assert "<" in shown._repr_html_() and repr(shown)
