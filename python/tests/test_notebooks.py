"""The notebooks of the examples run from end to end, and what they assert of themselves holds."""

import runpy
from pathlib import Path

import pytest

pytest.importorskip("matplotlib").use("Agg")

NOTEBOOKS = sorted((Path(__file__).parents[2] / "examples" / "notebooks").glob("*.py"))


def test_the_five_notebooks_are_there():
    assert len(NOTEBOOKS) == 5


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook):
    runpy.run_path(str(notebook), run_name="__main__")
