"""Items that are numbers are treated as numbers, and items that are categories as categories."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml
from plans import measurement_of

from coproduction.instrument.definition import Instrument
from coproduction.instrument.reading import read_instrument
from coproduction.measurement.continuous import continuous_items, uniform_variance
from coproduction.measurement.tables import measure
from coproduction.notes import sentences
from coproduction.plan.data.flagged_rows import FlaggedRows
from coproduction.schemas import schema
from coproduction.yamlfiles.yamlfile import read_yaml

FACTORS = {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "b3"]}


def instrument(**kinds: str) -> Instrument:
    """A questionnaire of two scales; `kinds` gives items a definition other than a decimal's."""
    english = {"en": "x"}
    codes = {"dont_know": -88, "refused": -99, "not_asked": -77, "not_reached": -66}
    options = [{"value": value, "label": {"en": str(value)}} for value in range(1, 31)]
    items = [
        {"id": item, "text": english, "construct": name}
        | yaml.safe_load(kinds.get(item, "{type: decimal}"))
        for name, below in FACTORS.items()
        for item in below
    ]
    items += [
        {"id": "where", "text": english, "response_set": "many"},
        {"id": "sex", "text": english, "response_set": "few"},
    ]
    data = {
        "instrument": {
            **{"id": "small", "version": "1", "unit": "respondent", "languages": ["en"]},
            **{"title": english, "licence": "CC0-1.0"},
        },
        "missing_codes": {
            kind: {"code": code, "label": {"en": kind}} for kind, code in codes.items()
        },
        "response_sets": {
            "many": {"level": "ordinal", "options": options},
            "few": {"level": "ordinal", "options": options[:5]},
        },
        "constructs": {name: {"label": english} for name in FACTORS},
        "sections": [{"id": "all", "label": english, "items": items}],
    }
    return read_instrument(read_yaml(yaml.safe_dump(data), "instrument.yaml", schema("instrument")))


def answers(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    factors = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], n).repeat(3, axis=1)
    values = 0.7 * factors + 0.7 * rng.standard_normal((n, 6))
    table = pd.DataFrame(values, columns=[*FACTORS["a"], *FACTORS["b"]])
    table["sex"], table["where"] = np.arange(n) % 2 + 1.0, np.arange(n) % 30 + 1.0
    return table.assign(**{name: table[below].mean(axis=1) for name, below in FACTORS.items()})


PLAN = {
    "cluster": "where",
    "bootstrap": 100,
    "aggregation": ["a"],
    "models": [{"id": "two", "constructs": ["a", "b"]}],
    "validity": {"constructs": ["a", "b"], "model": "two"},
    "invariance": [{"id": "by_sex", "group": "sex", "constructs": ["a", "b"]}],
    "dimensionality": [{"id": "all", "constructs": ["a", "b"], "replicates": 5}],
}


@pytest.fixture(scope="module")
def measured():
    table = answers()
    return measure(
        table, pd.DataFrame("", table.index, table.columns), instrument(), measurement_of(PLAN)
    )


@pytest.mark.parametrize(
    ("kind", "values", "continuous"),
    [
        ("{type: decimal}", [1.0, 2, 3, 4, 5], False),
        ("{type: decimal}", [1.0, 2.5, 3, 4, 5], True),
        ("{type: decimal}", list(range(11)), True),
        ("{type: integer, range: [0, 100]}", list(range(10)), False),
        ("{type: integer, range: [0, 100]}", list(range(11)), True),
        ("{response_set: few}", [1, 2, 3, 4, 5], False),
        ("{response_set: many}", list(range(1, 21)), False),
        ("{response_set: many}", list(range(1, 22)), True),
    ],
)
def test_the_definition_and_the_number_of_answers_tell_what_is_continuous(kind, values, continuous):
    items = pd.DataFrame({"a1": values}, dtype=float)
    assert (continuous_items(items, instrument(a1=kind)) == {"a1"}) == continuous


def test_continuous_scales_have_omega_total_and_no_ordinal_coefficient(measured):
    table = measured.reliability
    ordinal = [name for name in table if "ordinal" in name or "categorical" in name]
    assert ordinal and table[ordinal].isna().all(axis=None)
    found = ["omega_total", "omega_total_conf_low", "average_variance_extracted"]
    assert table[found].notna().all(axis=None)
    assert not table["warning"].str.contains("one_answer_only").any()


def test_composite_reliability_of_normal_items_is_omega_of_the_implied_variance(measured):
    """With three items the one-factor model fits perfectly: implied is observed."""
    table = answers()[FACTORS["a"]]
    standard = (table - table.mean()) / table.std()
    values = measure(
        standard.assign(a=0.0, b=0.0, **{name: answers()[name] for name in FACTORS["b"]}),
        pd.DataFrame("", table.index, [*FACTORS["a"], *FACTORS["b"]]),
        instrument(),
        measurement_of({"bootstrap": 0}),
    ).reliability.set_index("construct")
    row = values.loc["a"]
    assert row["composite_reliability"] == pytest.approx(row["omega_total"], abs=1e-8)


def test_without_an_estimator_continuous_models_use_every_answer_as_normal(measured):
    assert measured.fit["estimator"].tolist() == ["FIML"]
    assert set(measured.invariance["estimator"]) == {"FIML"}
    assert not (measured.loadings["kind"] == "threshold").any()


def test_ordinal_least_squares_asked_for_continuous_items_is_refused_with_their_names():
    table, plan = answers(), {"models": [PLAN["models"][0] | {"estimator": "WLSMV"}]}
    missing = pd.DataFrame("", table.index, table.columns)
    row = measure(table, missing, instrument(), measurement_of(plan)).fit.iloc[0]
    assert row["status"] == "failed" and "`a1`" in sentences(row["warning"])


def test_continuous_items_are_neither_compared_by_ordinal_regression_nor_polychoric(measured):
    assert (measured.logistic_functioning["decision"] == "not_tested").all()
    assert set(measured.dimensionality["correlation"]) == {"pearson"}


def test_items_without_limits_have_no_floor_and_no_agreement_but_all_else(measured):
    items = measured.items
    assert items[["floor", "ceiling"]].isna().all(axis=None) and items["mean"].notna().all()
    row = measured.aggregation.iloc[0]
    assert np.isnan(row["rwg_mean"]) and np.isfinite(row["icc_1"])
    assert "no limits" in sentences(row["warning"])


def test_uniform_variance_is_that_of_what_can_be_answered():
    found = instrument(a1="{type: decimal, range: [0, 6]}", a2="{type: integer, range: [1, 5]}")
    assert uniform_variance(found.by_id["a1"]) == pytest.approx(3)
    assert uniform_variance(found.by_id["a2"]) == uniform_variance(found.by_id["sex"]) == 2
    assert np.isnan(uniform_variance(found.by_id["a3"]))


def test_scales_are_judged_on_the_rows_that_count_and_the_sample_is_of_all():
    table = answers().assign(flags=lambda rows: (rows.index % 3 == 0).astype(int))
    missing = pd.DataFrame("", table.index, table.columns)
    planned = measurement_of({"bootstrap": 0, "sample": ["sex"], "models": PLAN["models"]})
    told = measure(table, missing, instrument(), planned, flagged_rows=FlaggedRows("any"))
    kept = table["flags"] == 0
    alone = measure(table[kept], missing[kept], instrument(), planned)
    for name in ("reliability", "items", "fit", "loadings"):
        pd.testing.assert_frame_equal(getattr(told, name), getattr(alone, name))
    assert told.sample["n"].sum() == len(table) > alone.sample["n"].sum()
