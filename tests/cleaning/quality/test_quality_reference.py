"""Quality indices against R's careless; see tests/reference/quality.

All are closed forms on small integers and agree to 1e-10.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from coproduction.cleaning.quality.consistency import (
    even_odd_consistency,
    synonym_consistency,
    synonym_pairs,
)
from coproduction.cleaning.quality.mahalanobis import mahalanobis
from coproduction.cleaning.quality.patterns import individual_variability, long_string

ITEMS = [f"{scale}{number}" for scale in "ACENO" for number in range(1, 6)]
REVERSED = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]


@pytest.fixture(scope="module")
def values(root) -> np.ndarray:
    return pd.read_csv(root / "data/raw/bfi/bfi.csv")[ITEMS].iloc[:400].to_numpy(float)


@pytest.fixture(scope="module")
def reference(root) -> dict:
    return json.loads((root / "tests/reference/quality/reference.json").read_text("utf-8"))


def same(found, expected):
    expected = np.array([np.nan if value is None else value for value in expected], dtype=float)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def everyone(values):
    return np.ones(len(values), dtype=bool)


def test_the_data_hold_gaps(values, reference):
    assert 0 < np.isnan(values).any(axis=1).sum() == 400 - sum(reference["complete"])


def test_longest_run_equals_careless(values, reference):
    same(long_string(values), reference["longstring"])


def test_individual_variability_equals_careless(values, reference):
    same(individual_variability(values), reference["irv"])


def test_even_odd_is_careless_with_the_sign_turned(values, reference):
    keyed = values.copy()
    backward = [ITEMS.index(name) for name in REVERSED]
    keyed[:, backward] = 7 - keyed[:, backward]
    scales = [range(start, start + 5) for start in range(0, 25, 5)]
    same(-even_odd_consistency(keyed, scales), reference["evenodd"])


def test_synonyms_equal_careless_without_its_random_refills(values, reference):
    pairs = synonym_pairs(values, everyone(values), 0.50)
    assert len(pairs) == reference["psychsyn_pairs"] >= 3
    same(synonym_consistency(values, pairs), reference["psychsyn"])


def test_the_distance_of_complete_rows_equals_careless(values, reference):
    complete = values[np.array(reference["complete"])]
    distance = mahalanobis(complete, everyone(complete))
    same(distance.squared, reference["mahad"])
    assert distance.shrinkage == 0
    assert (distance.df == 25).all()


def test_the_distance_over_answered_items_equals_its_definition(values, reference):
    distance = mahalanobis(values, everyone(values))
    same(distance.squared, reference["distance_squared"])
    same(distance.df, reference["distance_df"])
    same(distance.p_value, reference["distance_p"])
