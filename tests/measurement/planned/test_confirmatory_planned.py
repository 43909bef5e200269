"""From the plan to the fitted models and their tables."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from confirmatory_cases import XS, data
from plans import measurement_model_of, rivalries_of

from coproduction.measurement.planned.comparisons import comparison_tasks, comparisons_table
from coproduction.measurement.planned.fits import (
    LARGEST,
    FittedModel,
    fit_model,
    fit_table,
    loadings_table,
    modification_table,
    ordinal_statistics,
    residuals_table,
)
from coproduction.measurement.planned.models import PlannedModel, planned_model
from coproduction.numerics.processes import run

REVERSED = ("x2", "x7")
FACETS = {"x5": "one", "x6": "one", "x7": "two", "x8": "two"}
SCALES = {"a": XS[:4], "b": XS[4:8], "c": XS[8:]}


def instrument() -> SimpleNamespace:
    scales = {
        name: [SimpleNamespace(id=i, reverse=i in REVERSED, facet=FACETS.get(i)) for i in items]
        for name, items in SCALES.items()
    }
    return SimpleNamespace(scale=scales.__getitem__)


def plan(**more) -> PlannedModel:
    return planned_model(
        measurement_model_of({"id": "planned", "constructs": ["a", "b", "c"]} | more), instrument()
    )


def fitted(model: PlannedModel, items: pd.DataFrame) -> FittedModel:
    return fit_model(model, items, None, 0.95, ordinal_statistics(items, None))


def test_every_model_of_the_same_constructs_has_its_items_in_one_order():
    models = [plan(), plan(merge=[["c", "a"]]), plan(second_order=["a"]), plan(one_factor=True)]
    assert {model.items for model in models} == {tuple(XS)}
    for model in models[:2]:
        assert tuple(fitted(model, data("twelve")[XS]).fit.model.items) == tuple(XS)


def test_reversed_items_load_on_agreement_as_they_were_answered():
    keyed = data("twelve")[XS]
    model = plan(acquiescence=True)
    fixed = {f"acquiescence =~ {item}": -1.0 for item in REVERSED}
    assert model.specification["fixed"] == fixed
    raw = keyed.assign(**{item: keyed[item].max() + 1 - keyed[item] for item in REVERSED})
    as_answered = PlannedModel(
        "raw", "WLSMV", {**model.specification, "fixed": {}}, model.items, model.constructs
    )
    one, other = fitted(model, keyed).fit, fitted(as_answered, raw).fit
    assert one.fit["chisq_scaled"] == pytest.approx(other.fit["chisq_scaled"], rel=1e-6)
    here, there = one.loadings.set_index("term"), other.loadings.set_index("term")
    signs = np.where(here["rhs"].isin(REVERSED), -1, 1)
    np.testing.assert_allclose(here["estimate"], signs * there["estimate"], atol=1e-6)
    assert (here.loc[here["lhs"] != "acquiescence", "estimate"] > 0).all()


@pytest.fixture(scope="module")
def models() -> dict[str, FittedModel]:
    entries = {"three": {}, "joined": {"merge": [["a", "b"]]}, "second": {"second_order": ["b"]}}
    items = data("twelve")[XS]
    return {name: fitted(plan(id=name, **more), items) for name, more in entries.items()}


def test_planned_comparisons_are_made_in_the_order_of_the_plan(models):
    planned = [{"model": "three", "rival": "second"}, {"model": "three", "rival": "joined"}]
    table = comparisons_table(run(comparison_tasks(models, rivalries_of(planned))).values())
    assert table["rival"].tolist() == ["second", "joined"]
    assert table["relation"].tolist() == ["model_nested", "rival_nested"]
    assert table["df"].tolist() == [2, 2]
    assert table["method"].eq("Satorra 2000, scaled and shifted").all()
    fit = fit_table(models).set_index("model")
    change = fit["cfi"].loc[table["rival"]].to_numpy() - fit.loc["three", "cfi"]
    np.testing.assert_allclose(table["cfi_change"], change)


def test_the_table_of_fit_holds_the_corrected_test(models):
    row, fit = fit_table(models).set_index("model").loc["three"], models["three"].fit.fit
    for column in ("chisq", "p_value", "cfi", "tli", "rmsea", "rmsea_conf_high", "rmsea_p_close"):
        assert row[column] == fit[f"{column}_scaled"]
    for column in ("cfi", "tli", "rmsea"):
        assert row[f"{column}_robust"] == fit[f"{column}_robust"]
    assert row["rmsea_robust_conf_high"] == fit["rmsea_conf_high_robust"]
    assert row["chisq_uncorrected"] == fit["chisq"] and row["n_parameters"] == 56


def test_the_largest_residuals_and_indices_are_listed_for_each_model(models):
    residuals, indices = residuals_table(models), modification_table(models)
    for table in (residuals, indices):
        assert table["model"].value_counts().eq(LARGEST).all()
    for name, part in residuals.groupby("model"):
        whole = models[name].fit.residual_correlations[0].to_numpy()
        every = np.sort(np.abs(whole[np.triu_indices(12, 1)]))[::-1]
        np.testing.assert_allclose(part["residual"].abs(), every[:LARGEST])
        largest = fit_table(models).set_index("model").loc[name, "largest_residual"]
        assert largest == pytest.approx(every[0])
        np.testing.assert_allclose(part["observed"] - part["implied"], part["residual"])
    for _, part in indices.groupby("model"):
        assert part["statistic"].is_monotonic_decreasing


def test_a_listed_index_foretells_what_estimating_the_parameter_does(models):
    first = models["three"].modification.iloc[0]
    spec = models["three"].planned.specification
    assert first["kind"] == "residual"
    wider = {**spec, "residual_covariances": [[first["lhs"], first["rhs"]]]}
    fit = fitted(PlannedModel("wider", "WLSMV", wider, tuple(XS), ()), data("twelve")[XS]).fit
    fall = models["three"].fit.fit["chisq"] - fit.fit["chisq"]
    assert fall == pytest.approx(first["modification_index"], rel=0.1)
    row = fit.parameters.set_index("term").loc[first["term"]]
    assert row["estimate"] == pytest.approx(first["expected_change"], rel=0.1)
    assert row["statistic"] ** 2 == pytest.approx(first["statistic"], rel=0.25)


def test_loadings_stand_with_model_and_estimator(models):
    table = loadings_table(models, 0.9)
    assert set(table["model"]) == set(models) and set(table["estimator"]) == {"WLSMV"}
    half = (table["standardised_conf_high"] - table["standardised_conf_low"]) / 2
    np.testing.assert_allclose(
        half, 1.6448536269514722 * table["standardised_std_error"], atol=1e-12
    )
