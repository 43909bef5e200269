from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.numerics.multiplicity import adjusted

FILE = Path(__file__).parents[1] / "reference" / "regression" / "reference.json"
REFERENCE = json.loads(FILE.read_text("utf-8"))["adjusted"]
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=8).map(np.array)


@pytest.mark.parametrize("method", ["holm", "bh"])
def test_adjusted_p_values_equal_r(method):
    np.testing.assert_allclose(adjusted(REFERENCE["p"], method), REFERENCE[method], rtol=1e-12)


@given(P_VALUES, st.sampled_from(["holm", "bh", "none"]))
def test_adjusting_never_lowers_a_p_value_nor_changes_their_order(p_values, method):
    result = adjusted(p_values, method)
    assert (result >= p_values - 1e-15).all() and (result <= 1).all()
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(result[order]) >= -1e-15).all()


@given(P_VALUES)
def test_a_missing_p_value_does_not_count(p_values):
    with_gap = np.append(p_values, np.nan)
    result = adjusted(with_gap, "holm")
    assert np.isnan(result[-1])
    np.testing.assert_array_equal(result[:-1], adjusted(p_values, "holm"))
