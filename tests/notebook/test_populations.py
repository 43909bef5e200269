"""Notebooks estimate means, totals and medians of a population."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import coproduction as cp
from coproduction.numerics.survey.estimates import means, totals
from coproduction.rows.sampling import ReplicateColumns, Sampling, sampled


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"place": np.arange(60) % 12, "region": np.arange(60) % 12 // 6})
    table = table.assign(w=rng.uniform(1, 5, 60), y=rng.normal(size=60), z=rng.integers(0, 2, 60))
    return table.assign(
        half=np.where(table["place"] % 2, 2.0, 0.0), other=2.0 * (1 - table["place"] % 2)
    )


def test_means_have_the_errors_of_the_design(sample):
    rows = cp.rows_of(sample, cluster="place", weight="w", stratum="region")
    found = cp.population(sample, ["y", "z"], rows=rows).to_frame().set_index("variable")
    expected = means(sample[["y", "z"]], sampled(sample, Sampling("w", ("place",), ("region",))))
    assert found["estimate"].tolist() == pytest.approx(expected.values.tolist())
    assert found["std_error"].tolist() == pytest.approx(expected.std_errors.tolist())
    assert (found["df"] == 10).all()
    assert found["unweighted"].tolist() == pytest.approx(sample[["y", "z"]].mean().tolist())


def test_groups_keep_the_design_and_missing_values_are_left_out(sample):
    gaps = sample.assign(y=sample["y"].where(sample.index > 4))
    rows = cp.rows_of(gaps, cluster="place", weight="w")
    found = cp.population(gaps, ["y"], rows=rows, by="z", statistic="total").to_frame()
    chosen = (gaps["z"].eq(1) & gaps["y"].notna()).to_numpy()
    zero = totals(np.where(chosen, gaps["y"].fillna(0), 0.0), rows)
    assert found["level"].tolist() == ["0", "1"] and found["n"].sum() == 55
    assert found["estimate"].iloc[1] == pytest.approx(zero.values[0])


def test_medians_and_replicate_weights(sample):
    told = ReplicateColumns(("half", "other"), "BRR", factors=True)
    rows = cp.rows_of(sample, weight="w", replicates=told)
    found = cp.population(sample, ["y"], rows=rows, statistic="median").to_frame()
    assert sample["y"].min() < found["estimate"].iloc[0] < sample["y"].max()
    assert found["df"].iloc[0] == 1


def test_what_cannot_be_used_is_said(sample):
    with pytest.raises(cp.StudyError, match="There is no column `v`"):
        cp.rows_of(sample, weight="v")
    with pytest.raises(cp.StudyError, match="the weight of row 1 is negative"):
        cp.rows_of(sample.assign(w=-1.0), weight="w")
    with pytest.raises(cp.StudyError, match="`lonely` cannot be `guess`"):
        cp.rows_of(sample, weight="w", lonely="guess")
    with pytest.raises(cp.StudyError, match="`statistic` cannot be `mode`"):
        cp.population(sample, ["y"], statistic="mode")
