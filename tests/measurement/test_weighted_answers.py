"""Shares and means of the population stand beside those of respondents where there are weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.weighted import UNWEIGHTED, weighted_means, weighted_shares
from coproduction.numerics.survey.estimates import means
from coproduction.rows.sampling import Sampling, sampled

TABLE = pd.DataFrame({"w": [1.0, 1, 2, 4, 0], "a": [1.0, 2, 2, np.nan, 1], "b": [5.0, 1, 3, 2, 4]})
ROWS = sampled(TABLE, Sampling("w"))
ITEMS = pd.DataFrame({"construct": "t", "item": ["a", "b"]})
SCALES = {"t": TABLE[["a", "b"]]}


def test_shares_are_of_those_who_answered_and_have_intervals():
    found = weighted_shares(TABLE["a"], ROWS)
    assert [found[value][0] for value in (1.0, 2.0)] == pytest.approx([1 / 4, 3 / 4])
    assert found[1.0][1] < 1 / 4 < found[1.0][2]
    assert found[1.0][1] == pytest.approx(1 - found[2.0][2])


def test_means_are_those_of_items_as_they_are_keyed():
    found = weighted_means(ITEMS, TABLE, {"t": 6 - TABLE[["a", "b"]]}, ROWS)
    known = TABLE["a"].notna().to_numpy()
    assert found["weighted_mean"].tolist() == pytest.approx([6 - 7 / 4, 6 - 20 / 8])
    expected = means(TABLE["a"][known], ROWS[known]).std_errors[0]
    assert found["weighted_std_error"].iloc[0] == pytest.approx(expected)


def test_without_weights_nothing_is_told():
    assert set(weighted_shares(TABLE["a"], None).values()) == {UNWEIGHTED}
    assert weighted_means(ITEMS, TABLE, SCALES, None).isna()["weighted_mean"].all()
    nobody = TABLE["a"].where(TABLE["w"] == 0)
    assert np.isnan(weighted_shares(nobody, ROWS)[1.0]).all()
