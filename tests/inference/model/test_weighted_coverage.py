"""Weighted contrasts hold a known truth where selection goes with the outcome; see benchmarks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plans import model_of

from coproduction.inference.data.design import design
from coproduction.inference.model.regression import coefficients, fit
from coproduction.rows import rows_of

SAMPLES, CLUSTERS, RESIDENTS = 80, 20, 60
MEMBERS = np.array([0.3, 0.6])
EFFECT = 2.0
#: Membership alone makes the two kinds of communities differ.
TRUTH = EFFECT * (MEMBERS[1] - MEMBERS[0])
MODEL = {
    "id": "m",
    "outcome": "y",
    "family": "gaussian",
    "predictors": [{"variable": "kind"}],
    "cluster": "place",
    "covariance": "CR2",
}


def drawn(seed: int) -> pd.DataFrame:
    """Draw a sample in which members are four times as likely to be as others."""
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(CLUSTERS), RESIDENTS)
    kind = place % 2
    member = rng.random(len(place)) < MEMBERS[kind]
    level = 0.4 * rng.normal(size=CLUSTERS)[place]
    rate = np.where(member, 0.8, 0.2)
    table = pd.DataFrame(
        {
            "place": place,
            "kind": kind * 1.0,
            "y": EFFECT * member + level + rng.normal(size=len(place)),
            "weight": 1 / rate,
        }
    )
    return table[rng.random(len(place)) < rate].reset_index(drop=True)


def contrasts(weighted: bool) -> pd.DataFrame:
    found = []
    for seed in range(SAMPLES):
        table = drawn(seed)
        rows = rows_of(table, "place")
        if weighted:
            rows = replace(rows, weight=table["weight"].to_numpy())
        made = coefficients(fit(design(table, model_of(MODEL), rows))).set_index("term")
        found.append(made.loc["kind", ["estimate", "std_error", "conf_low", "conf_high"]])
    return pd.DataFrame(found).astype(float)


@pytest.fixture(scope="module")
def weighted() -> pd.DataFrame:
    return contrasts(weighted=True)


def test_weighted_contrasts_are_those_of_the_population(weighted):
    error = weighted["estimate"].std() / np.sqrt(SAMPLES)
    assert abs(weighted["estimate"].mean() - TRUTH) < 3 * error
    plain = contrasts(weighted=False)["estimate"]
    assert abs(plain.mean() - TRUTH) > 3 * plain.std() / np.sqrt(SAMPLES)


def test_intervals_of_weighted_contrasts_hold_the_truth(weighted):
    inside = (weighted["conf_low"] <= TRUTH) & (weighted["conf_high"] >= TRUTH)
    # Within three Monte-Carlo errors of 95 %; the benchmark has many more samples.
    assert inside.mean() > 0.95 - 3 * np.sqrt(0.95 * 0.05 / SAMPLES)
    ratio = weighted["std_error"].mean() / weighted["estimate"].std()
    assert 0.8 < ratio < 1.25
