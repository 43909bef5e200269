"""Differences between models against lavaan, and which models are nested.

lavaan takes the scaling of Satorra and Bentler (2010) at parameters that it carries over by name.
It is compared where those imply what the restricted model does: where the general model has all of
that model's parameters and no others that start away from zero. WLSMV: `satorra.2000`, scaled and
shifted, the restriction by both Jacobians.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from confirmatory_cases import (
    CROSSED,
    FIML,
    METHOD,
    METRIC,
    ML,
    MLR,
    RAISED,
    REFERENCE,
    THREE,
    WLSMV,
    XS,
    data,
    told,
)

from coproduction.measurement.factor.confirmatory import FactorFit, confirmatory
from coproduction.measurement.fit.difference import difference_test
from coproduction.measurement.fit.nesting import reproduce
from coproduction.measurement.planned.comparisons import COLUMNS, compare, comparisons_table
from coproduction.measurement.planned.fits import FittedModel, fit_model, ordinal_statistics
from coproduction.measurement.planned.models import PlannedModel
from coproduction.notes import sentence, sentences

JOINED = {"factors": {"a": XS[:8], "c": XS[8:]}}
ONE = {"factors": {"a": XS}}
OTHER = JOINED | {"residual_covariances": [["x1", "x2"]]}
CONFIGURAL = {key: value for key, value in METRIC.items() if key != "equal_across"}
PAIRS = {
    "ml_joined": (JOINED, THREE, "twelve", ML, {}),
    "mlr_joined": (JOINED, THREE, "twelve", MLR, {}),
    "mlr_one": (ONE, THREE, "twelve", MLR, {}),
    "mlr_crossed": (THREE, CROSSED, "twelve", MLR, {}),
    "mlr_method": (THREE, METHOD, "twelve", MLR, {}),
    "fiml_joined": (JOINED, THREE, "gaps", MLR | FIML, {}),
    "cluster_joined": (JOINED, THREE, "twelve", MLR | {"rows": "community", "means": True}, {}),
    "wlsmv_joined": (JOINED, THREE, "twelve", WLSMV, {}),
    "wlsmv_one": (ONE, THREE, "twelve", WLSMV, {}),
    "wlsmv_crossed": (THREE, CROSSED, "twelve", WLSMV, {}),
    "wlsmv_method": (THREE, METHOD, "twelve", WLSMV, {}),
    "pairwise_joined": (JOINED, THREE, "gaps", WLSMV | {"missing": "pairwise"}, {}),
    "groups_mlr_metric": (THREE, THREE, "twelve", MLR | CONFIGURAL | {"means": True}, METRIC),
    "groups_wlsmv_metric": (THREE, THREE, "twelve", WLSMV | CONFIGURAL, METRIC),
}
CARRIED_OVER = ("mlr_crossed", "groups_mlr_metric")


def fitted(model: dict, file: str, options: dict) -> FactorFit:
    answers = data(file)
    return confirmatory(answers, model, **(options | told(answers, options)))


@pytest.fixture(scope="module")
def pairs() -> dict[str, tuple[FactorFit, FactorFit]]:
    return {
        name: (fitted(narrow, file, options | more), fitted(wide, file, options))
        for name, (narrow, wide, file, options, more) in PAIRS.items()
    }


def equal(test, expected) -> None:
    scaled = test.scaled
    assert test.df == scaled.df == expected["df"]
    assert scaled.chisq == pytest.approx(expected["statistic"], rel=1e-4)
    assert scaled.p_value == pytest.approx(expected["p_value"], rel=1e-2, abs=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_every_difference_equals_lavaan(pairs, name):
    narrow, wide = pairs[name]
    methods = REFERENCE["differences"][name]
    first = next(iter(methods))
    equal(difference_test(narrow, wide), methods[first])
    if name in CARRIED_OVER:
        at_restricted = reproduce(wide, narrow).theta
        equal(difference_test(narrow, wide, at_restricted), methods["satorra.bentler.2010"])


@pytest.mark.parametrize("name", PAIRS)
def test_a_model_is_nested_in_the_other_and_not_the_other_in_it(pairs, name):
    narrow, wide = pairs[name]
    assert reproduce(wide, narrow).exact
    assert not reproduce(narrow, wide).exact


def planned(name: str, model: dict, estimator: str) -> PlannedModel:
    return PlannedModel(name, estimator, model | {"order": XS}, tuple(XS), ())


def ran(name: str, model: dict, estimator: str = "WLSMV") -> FittedModel:
    items = data("twelve")[XS]
    statistics = ordinal_statistics(items, None) if estimator == "WLSMV" else None
    return fit_model(planned(name, model, estimator), items, None, 0.95, statistics)


@pytest.mark.parametrize("estimator", ["WLSMV", "MLR"])
def test_models_that_are_not_nested_are_compared_by_their_indices_only(estimator):
    model, rival = ran("three", THREE, estimator), ran("other", OTHER, estimator)
    row = compare(model, rival)
    assert row["relation"] == "not_nested" and "statistic" not in row
    table = comparisons_table([row])
    assert list(table) == list(COLUMNS)
    assert table["statistic"].isna().all() and table["cfi_change"].notna().all()
    suffix = "_scaled"
    expected = rival.fit.fit[f"rmsea{suffix}"] - model.fit.fit[f"rmsea{suffix}"]
    assert row["rmsea_change"] == pytest.approx(expected)


def test_a_second_order_factor_behind_three_factors_is_equivalent_to_their_correlations():
    row = compare(ran("three", THREE), ran("raised", RAISED))
    assert row["relation"] == "equivalent" and "p_value" not in row


def test_the_wider_model_is_found_whichever_is_called_the_rival():
    there = compare(ran("three", THREE), ran("one", ONE))
    back = compare(ran("one", ONE), ran("three", THREE))
    assert (there["relation"], back["relation"]) == ("rival_nested", "model_nested")
    assert there["statistic"] == back["statistic"] and there["df"] == back["df"] == 3
    assert there["cfi_change"] == -back["cfi_change"] < 0


def test_a_negative_scaling_gives_way_to_that_of_2010():
    model, rival = ran("crossed", CROSSED, "MLR"), ran("three", THREE, "MLR")
    estimates = model.fit.estimates
    swollen = replace(estimates, test=replace(estimates.test, scaling=3.0))
    row = compare(replace(model, fit=replace(model.fit, estimates=swollen)), rival)
    assert row["method"] == "Satorra and Bentler 2010"
    expected = REFERENCE["differences"]["mlr_crossed"]["satorra.bentler.2010"]["statistic"]
    assert row["statistic"] == pytest.approx(expected, rel=1e-4)


def test_a_failed_model_leaves_a_row_with_the_reason():
    items = data("twelve")[XS].assign(x3=1)
    failed = fit_model(
        planned("three", THREE, "WLSMV"), items, None, 0.95, ordinal_statistics(items, None)
    )
    told = " ".join(map(sentence, failed.notes))
    assert failed.fit is None and "`x3`" in told and "`a`" in told
    row = compare(failed, ran("one", ONE))
    assert row["relation"] == "failed" and "`three`" in sentences(row["warning"])
    assert pd.isna(comparisons_table([row])["df"]).all() and np.isnan(row.get("n", np.nan))
