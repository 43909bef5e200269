"""Test-retest reliability of scores and items; see tests/reference/retest.

Closed forms agree with psych to 1e-10. Intervals of the bootstrap have no reference in R; they are
compared with resampling done the long way.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import measurement_of
from questionnaires import headed

from coproduction.cleaning.scoring import analysis_table
from coproduction.instrument.reading import read_instrument
from coproduction.measurement.planned.occasions import COLUMNS, retest_table
from coproduction.measurement.reliability.retest import retest_reliability
from coproduction.measurement.tables import measure
from coproduction.notes import sentences
from coproduction.numerics.resampling import bootstrap_counts, generator
from coproduction.rows import rows_of
from coproduction.yamlfiles.yamlfile import read_yaml

FOLDER = Path(__file__).parents[2] / "reference" / "retest"
EXPECTED = json.loads((FOLDER / "reference.json").read_text("utf-8"))
INSTRUMENT = headed(
    "people",
    """
response_sets:
  agree5:
    level: ordinal
    options:
      - {value: 1, label: {en: "Strongly disagree"}}
      - {value: 2, label: {en: "Disagree"}}
      - {value: 3, label: {en: "In between"}}
      - {value: 4, label: {en: "Agree"}}
      - {value: 5, label: {en: "Strongly agree"}}
constructs:
  trust: {label: {en: "Trust"}, scoring: {rule: mean, minimum_valid: 0.5}}
  unmeasured: {label: {en: "Nothing measures it"}}
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: community, type: text, role: cluster, text: {en: "Community"}}
      - {id: t1, response_set: agree5, construct: trust, text: {en: "One"}}
      - {id: t2, response_set: agree5, construct: trust, text: {en: "Two"}}
      - {id: t3, response_set: agree5, construct: trust, reverse: true, text: {en: "Three"}}
""",
)


@pytest.fixture(scope="module")
def people(schemas):
    return read_instrument(read_yaml(INSTRUMENT, "instrument.yaml", schemas["instrument"]))


@pytest.fixture(scope="module")
def waves(people) -> dict[int, pd.DataFrame]:
    """Analysis table of each wave; submissions are named after wave and person."""
    answers = pd.read_csv(FOLDER / "answers.csv", dtype={"community": "string"})
    answers = answers.astype(dict.fromkeys(["t1", "t2", "t3"], "Int64"))
    answers["submission"] = answers["wave"].astype("string") + answers["person"]
    return {
        wave: analysis_table(rows, people).assign(person=rows["person"])
        for wave, rows in answers.groupby("wave")
    }


def again(waves, *numbers):
    """Second answers as cleaning writes them, twelve days between waves."""
    parts = [
        waves[number].assign(
            first_submission="1" + waves[number]["person"],
            wave=f"wave {number}",
            days=12.0 * (number - 1),
        )
        for number in numbers
    ]
    return pd.concat(parts, ignore_index=True)


def compared(waves, people, *numbers, **options):
    table = retest_table(waves[1], again(waves, *numbers), people, **options)
    return table.assign(name=table["item"].where(table["item"] != "", table["construct"]))


@pytest.mark.parametrize(("case", "numbers"), [("two", (2,)), ("three", (2, 3))])
def test_every_score_and_item_equals_psych_on_two_and_on_three_occasions(
    waves, people, case, numbers
):
    table = compared(waves, people, *numbers).set_index("name")
    assert table.index.tolist() == list(EXPECTED[case])
    for name, expected in EXPECTED[case].items():
        for field, value in expected["values"].items():
            assert table.loc[name, field] == pytest.approx(value, abs=1e-10), (name, field)
    assert (table["days_median"] == 12 * len(numbers)).all()
    assert (table["warning"] == "").all()


def test_the_icc_of_an_item_is_quadratic_kappa_but_for_the_order_of_one_over_n(waves, people):
    table = compared(waves, people, 2).set_index("name")
    for name in ("t1", "t2", "t3"):
        kappa = EXPECTED["two"][name]["kappa"]
        assert table.loc[name, "icc_agreement"] == pytest.approx(
            kappa, abs=1 / table.loc[name, "n"]
        )
        assert table.loc[name, "icc_agreement"] != pytest.approx(kappa, abs=1e-6)


def test_bootstrap_intervals_come_from_whole_communities(waves, people):
    rows, replicates, seed = rows_of(waves[1], "community"), 400, 5
    table = compared(waves, people, 2, replicates=replicates, seed=seed, rows=rows).set_index(
        "name"
    )
    occasions = (
        waves[1]
        .merge(waves[2], on="person", suffixes=("_1", "_2"))[["community_1", "trust_1", "trust_2"]]
        .dropna()
    )
    units = rows_of(occasions, "community_1").sampling_units
    counts = bootstrap_counts(units, replicates, generator(seed, "retest", "trust"))
    values = occasions[["trust_1", "trust_2"]]
    resampled = [
        retest_reliability(values.iloc[np.repeat(np.arange(len(units)), times[units])])
        for times in counts
    ]
    for field, name in (("icc_agreement", "agreement"), ("icc_consistency", "consistency")):
        low, high = np.quantile([getattr(each, field) for each in resampled], [0.025, 0.975])
        assert table.loc["trust", f"{name}_bootstrap_low"] == pytest.approx(low, abs=1e-10)
        assert table.loc["trust", f"{name}_bootstrap_high"] == pytest.approx(high, abs=1e-10)


def test_without_a_retest_the_table_is_there_and_empty(waves, people):
    scores = waves[1].drop(columns="person")
    nonresponse = pd.DataFrame("", index=scores.index, columns=["t1", "t2", "t3"])
    plan = {"bootstrap": 0}
    nothing = measure(scores, nonresponse, people, measurement_of(plan)).retest
    assert nothing.empty and tuple(nothing) == COLUMNS
    table = measure(scores, nonresponse, people, measurement_of(plan), again=again(waves, 2)).retest
    assert tuple(table) == COLUMNS and len(table) == 4


def test_too_few_and_all_alike_are_said_and_stop_nothing(waves, people):
    few = again(waves, 2).iloc[:2]
    table = retest_table(waves[1], few, people, replicates=50)
    assert table["icc_agreement"].isna().all()
    assert (
        sentences(table["warning"].iloc[0])
        == "`trust`: 2 respondents have a value on every occasion."
    )
    alike = {number: table.assign(t1=3.0) for number, table in waves.items()}
    table = compared(alike, people, 2, replicates=50).set_index("name")
    assert (
        sentences(table.loc["t1", "warning"])
        == "`t1`: everyone has the same value on every occasion."
    )
    assert np.isnan(table.loc["t1", "agreement_bootstrap_low"])
    assert table.loc["t2", "warning"] == "" and table["icc_agreement"].notna().sum() == 3
    nobody = retest_table(waves[1], few.iloc[:0], people)
    assert nobody.empty and tuple(nobody) == COLUMNS
