"""Standard errors and tests under dependence within clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from confirmatory_cases import THREE, XS, data

from coproduction.measurement.factor.confirmatory import FactorFit, confirmatory
from coproduction.measurement.fit.modification import modification_indices
from coproduction.measurement.fit.scaled_statistic import clustered_traces
from coproduction.measurement.ordinal.polychoric import polychoric
from coproduction.measurement.planned.fits import fit_model, fit_table, ordinal_statistics
from coproduction.measurement.planned.models import PlannedModel
from coproduction.rows import clustered, rows_of


@pytest.mark.parametrize("name", ["twelve", "gaps"])
def test_respondents_who_are_clusters_of_their_own_are_independent(name):
    answers = data(name)[XS]
    alone = polychoric(answers, rows=clustered(-pd.Series(answers.index)))
    together = alone.cluster_influences
    np.testing.assert_allclose(together.sum(0), 0, atol=1e-12)
    np.testing.assert_allclose(together.T @ together * alone.n, alone.covariance, atol=1e-9)


@pytest.fixture(scope="module")
def independent() -> FactorFit:
    return confirmatory(data("twelve"), THREE)


def errors(fit: FactorFit) -> pd.DataFrame:
    return fit.parameters[["estimate", "std_error", "standardised", "standardised_std_error"]]


def test_standard_errors_of_single_respondents_are_those_of_independent_ones(independent):
    single = confirmatory(data("twelve"), THREE, rows=clustered(pd.Series(range(800))))
    np.testing.assert_allclose(errors(single), errors(independent), rtol=1e-7, atol=1e-9)
    assert single.fit["chisq"] == pytest.approx(independent.fit["chisq"], rel=1e-9)
    tests = [
        modification_indices(fit.objective, fit.estimates)["statistic"]
        for fit in (single, independent)
    ]
    np.testing.assert_allclose(*tests, rtol=1e-6)


def test_copies_of_respondents_in_their_clusters_add_nothing(independent):
    copies = pd.concat([data("twelve")] * 3, ignore_index=True)
    together = confirmatory(copies, THREE, rows=clustered(pd.Series(list(range(800)) * 3)))
    np.testing.assert_allclose(errors(together), errors(independent), rtol=1e-6, atol=1e-9)
    apart = confirmatory(copies, THREE)
    ratio = (apart.parameters["std_error"] / together.parameters["std_error"]).dropna()
    np.testing.assert_allclose(ratio, 1 / np.sqrt(3), rtol=1e-3)


@pytest.mark.parametrize("estimator", ["WLSMV", "MLR", "FIML", "ML"])
def test_a_planned_model_allows_for_clusters_unless_it_is_fitted_by_ml(estimator):
    answers, model = data("twelve"), PlannedModel("three", estimator, THREE, tuple(XS), ())
    rows = rows_of(answers, "community")
    statistics = [ordinal_statistics(answers[XS], each) for each in (None, rows)]
    alone = fit_model(model, answers[XS], None, 0.95, statistics[0])
    inside = fit_model(model, answers[XS], rows, 0.95, statistics[1])
    table = fit_table({"alone": alone, "inside": inside})
    if estimator == "ML":
        assert table["n_clusters"].isna().all()
        pd.testing.assert_frame_equal(errors(alone.fit), errors(inside.fit))
        return
    assert table["n_clusters"].isna().tolist() == [True, False]
    assert table["n_clusters"].iloc[1] == answers["community"].nunique()
    np.testing.assert_array_equal(alone.fit.estimates.theta, inside.fit.estimates.theta)
    ratio = inside.fit.estimates.covariance / alone.fit.estimates.covariance
    assert np.abs(np.diag(ratio) - 1).max() > 0.1
    assert inside.fit.fit["chisq_scaled"] != alone.fit.fit["chisq_scaled"]


def test_clusters_may_reach_across_groups():
    answers = data("twelve")
    fits = [
        confirmatory(answers, THREE, groups=answers["group"], rows=clustered(clusters))
        for clusters in (answers["community"], answers["community"] * 2 + answers["group"])
    ]
    joined, split = (fit.estimates.covariance for fit in fits)
    count = fits[0].model.n_free // 2
    between = joined[:count, count:]
    assert np.abs(between).max() > 1e-5
    np.testing.assert_allclose(split[:count, count:], 0, atol=1e-12)


def test_the_traces_from_few_clusters_are_unbiased():
    rng = np.random.default_rng(0)
    spread = np.diag(np.linspace(0.2, 2, 30))
    found = []
    for _ in range(2000):
        rows = rng.standard_normal((12, 30)) @ np.sqrt(spread)
        rows = (rows - rows.mean(0)) / 12 * np.sqrt(12 / 11)
        found.append(clustered_traces(rows @ rows.T))
    found = np.array(found) * [12, 144]
    expected = [np.trace(spread), (spread**2).sum()]
    error = found.std(0) / np.sqrt(len(found))
    assert (np.abs(found.mean(0) - expected) < 4 * error).all()
    assert np.isnan(clustered_traces(np.eye(3))[1])
