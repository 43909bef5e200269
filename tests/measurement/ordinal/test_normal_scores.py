"""Normal scores: against quadrature in R, and against the mean of what was cut."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.ordinal import normal_scores

FOLDER = Path(__file__).parents[2] / "reference"
SCORES = json.loads((FOLDER / "normal_scores/reference.json").read_text("utf-8"))["scores"]


@pytest.mark.parametrize("item", SCORES)
def test_scores_are_the_means_of_a_normal_variable_by_quadrature(item):
    answers = pd.read_csv(FOLDER / "structural/ordinal.csv")[[item]].to_numpy(float)
    np.testing.assert_allclose(np.unique(normal_scores(answers)), SCORES[item], atol=1e-9)


def test_they_are_the_means_of_what_was_cut_whatever_the_codes():
    z = np.random.default_rng(1).normal(size=400_000)
    codes = np.digitize(z, [-2.0, -1.3, -0.5, 0.7])
    (scores,) = normal_scores(np.array([1.0, 2.0, 10.0, 11.0, 90.0])[codes][:, None]).T
    means = [z[codes == code].mean() for code in range(5)]
    np.testing.assert_allclose(np.unique(scores), means, atol=0.01)
    assert scores.mean() == pytest.approx(0, abs=1e-12)


def test_covariances_of_easy_and_hard_items_suffer_less_than_those_of_codes():
    rng, rho = np.random.default_rng(2), 0.5
    easy, hard = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], 200_000).T
    codes = np.column_stack(
        [np.digitize(easy, [-2.0, -1.3, -0.5, 0.7]), np.digitize(hard, [-0.7, 0.5, 1.3, 2.0])]
    ).astype(float)
    plain, scored = (np.corrcoef(each.T)[0, 1] for each in (codes, normal_scores(codes)))
    assert plain < scored < rho
