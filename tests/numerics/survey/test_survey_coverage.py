"""Where selection tells of the answers, weighted intervals hold the truth and others do not.

A few replicates of the benchmark in `tests/benchmarks/survey`, which has many.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks/survey"


@pytest.fixture(scope="module")
def benchmark():
    found = importlib.util.spec_from_file_location("coverage_of_surveys", FOLDER / "coverage.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_few_places_are_enough_for_intervals_that_hold_the_truth(benchmark):
    found = benchmark.coverage(12, 80).set_index("estimate")["coverage"]
    assert found["mean_unweighted"] < 0.25
    for name in ("mean", "mean_of_members", "ratio", "median"):
        # With 80 replicates two errors are 0.05.
        assert 0.88 <= found[name] <= 1, name


def test_the_benchmark_says_what_was_found_with_many_replicates():
    table = pd.read_csv(FOLDER / "coverage.csv")
    weighted = table[table["estimate"] != "mean_unweighted"]
    assert sorted(table["places"].unique()) == [12, 20, 60]
    assert (table["replicates"] >= 400).all() and table["synthetic"].all()
    assert (weighted["coverage"] - 2 * weighted["mc_error"] <= 0.97).all()
    assert (weighted["coverage"] + 2 * weighted["mc_error"] >= 0.93).all()
    assert (table.loc[table["estimate"] == "mean_unweighted", "coverage"] < 0.1).all()
