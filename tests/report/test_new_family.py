"""A family is an object: one that is registered is planned, fitted, averaged, checked, reported."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from questionnaires import headed
from small_study import PROVENANCE, STUDY, result_tables

from coproduction import languages
from coproduction.inference.analysis import Analysis, analyse
from coproduction.numerics.families import FAMILIES
from coproduction.numerics.families.family import Counts
from coproduction.numerics.families.generalised_linear import (
    Distribution,
    generalised_linear,
    of_amounts,
)
from coproduction.numerics.families.needs import not_negative, whole
from coproduction.report.document import compose
from coproduction.report.manual import keys
from coproduction.report.renderers.html import html
from coproduction.schemas import schema
from coproduction.study import Study, read_study

INSTRUMENT = headed(
    "people",
    """
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: place, type: text, role: cluster, text: {en: "Place"}}
      - {id: age, type: decimal, range: [-9, 9], text: {en: "Age"}}
      - {id: visits, type: integer, range: [0, 500], text: {en: "Visits"}}
""",
)
SETTINGS = """
study: {id: small, title: {en: "Small"}, synthetic: true, seed: 1, languages: [en]}
instruments: [instrument.yaml]
data: [{instrument: people, platform: plain, files: [people.csv]}]
"""
PLAN = """
plan: {version: "1"}
models:
  - id: m1
    label: {en: "Model one"}
    outcome: visits
    family: geometric
    predictors: [{variable: age}]
    cluster: place
    covariance: CR2
    curves: [{variable: age}]
families:
  - {id: main, label: {en: "Main"}, method: holm, level: 0.05}
hypotheses:
  - id: H1
    statement: {en: "Older people come more often."}
    family: main
    model: m1
    estimand: {kind: average_marginal_effect, variable: age}
    direction: positive
    smallest_effect: 0.01
    unit: {en: "visits per year"}
"""


def zeros(linear, further, weights) -> float:
    return float(np.average(1 / (1 + np.exp(linear[0])), weights=weights))


GEOMETRIC = generalised_linear(
    "geometric",
    "counts with variance μ + μ², log link",
    Distribution("NegativeBinomial", "Log", {"alpha": 1.0}),
    expected="positive",
    needs=(not_negative, whole),
    separation=of_amounts,
    counts=Counts(zeros, lambda mean, further: mean + mean**2, limit=1.0),
)


@pytest.fixture
def registered(monkeypatch):
    """Register the family, as its line in the registry would."""
    monkeypatch.setitem(FAMILIES, GEOMETRIC.name, GEOMETRIC)


def people(n: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    age = rng.normal(size=n)
    visits = rng.negative_binomial(1, 1 / (1 + np.exp(0.4 + 0.3 * age))) * 1.0
    place = [f"c{number % 30}" for number in range(n)]
    return pd.DataFrame({"place": place, "age": age, "visits": visits})


def study() -> Study:
    texts = {"instrument.yaml": INSTRUMENT, "study.yaml": SETTINGS, "plan.yaml": PLAN}
    return read_study(
        texts, "instruments/small", {name: schema(name) for name in ("instrument", "study", "plan")}
    )


def analysed() -> Analysis:
    return analyse(people(), study().plan, 1)


def test_a_plan_may_name_it_and_the_manual_explains_it(registered):
    assert study().plan.models[0].family == "geometric"
    rows = {
        key: (meaning, allowed)
        for key, _, meaning, allowed in keys(schema("plan"), schema("plan")["$defs"])
    }
    meaning, allowed = rows["models[].family"]
    assert "geometric (counts with variance μ + μ², log link)" in meaning and "geometric" in allowed


def test_it_is_fitted_as_statsmodels_fits_it_and_averaged(registered):
    data, result = people(), analysed()
    x = sm.add_constant(data["age"].to_numpy())
    known = sm.GLM(data["visits"], x, family=GEOMETRIC.distribution()).fit(tol=1e-13)
    np.testing.assert_allclose(result.coefficients["estimate"], known.params, rtol=1e-8)
    (effect,) = result.effects.to_dict("records")
    assert effect["estimate"] == pytest.approx(known.params.iloc[1] * known.mu.mean())
    assert effect["std_error"] > 0 and np.isfinite(effect["df"])
    assert result.models[["family", "link"]].to_numpy().tolist() == [["geometric", "log"]]
    assert len(result.curves) == 21 and result.verdicts["verdict"].notna().all()


def test_its_checks_are_those_of_counts(registered):
    found = analysed().diagnostics.set_index("check")["value"]
    assert found["zeros_predicted"] == pytest.approx(found["zeros_observed"], abs=0.05)
    assert found["dispersion"] == pytest.approx(1, abs=0.3)
    assert {"without_cluster_lowest", "without_cluster_highest"} <= set(found.index)


def test_the_report_shows_it_under_its_code_where_there_are_no_words(registered):
    tables, result, read = result_tables(), analysed(), study()
    for name in ("models", "coefficients", "effects", "curves", "verdicts", "diagnostics"):
        made = getattr(result, name)
        columns = list(tables[f"inference/{name}.csv"])
        tables[f"inference/{name}.csv"] = made.reindex(columns=columns)
    page = html(compose("en", tables, read.main, STUDY, read.plan, PROVENANCE))
    assert "geometric" in page


@pytest.mark.parametrize("language", languages.known())
def test_every_shipped_family_has_words_in_every_language(language):
    assert set(languages.words(language, "report.yaml")["families"]) == set(FAMILIES)
