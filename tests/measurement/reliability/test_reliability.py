"""Reliability and item statistics against R's psych; see tests/reference/reliability.

All values are closed form and agree to 1e-10.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.reliability.alpha import cronbach_alpha
from coproduction.measurement.reliability.item_statistics import item_statistics
from coproduction.measurement.reliability.table import reliability
from coproduction.notes import sentences

FILE = Path(__file__).parents[2] / "reference" / "reliability" / "reference.json"
REFERENCE = json.loads(FILE.read_text("utf-8"))
SCALES = "ACENO"


@pytest.mark.parametrize("scale", SCALES)
def test_alpha_and_feldt_interval_equal_psych_on_complete_rows(scales, scale):
    result, expected = cronbach_alpha(scales[scale]), REFERENCE[scale]
    assert result.n == expected["n"] and result.n_items == 5
    for field in ("alpha", "conf_low", "conf_high"):
        assert getattr(result, field) == pytest.approx(expected[field], abs=1e-10)


@pytest.mark.parametrize("scale", SCALES)
def test_alpha_is_pingouins_and_the_interval_is_before_its_rounding(scales, scale):
    import pingouin

    complete = scales[scale].dropna()
    result = cronbach_alpha(complete)
    alpha, interval = pingouin.cronbach_alpha(complete)
    assert result.alpha == pytest.approx(alpha, rel=1e-15)
    np.testing.assert_allclose([result.conf_low, result.conf_high], interval, atol=5.1e-4)


def test_incomplete_rows_do_not_narrow_the_interval(scales):
    gaps = scales["A"].iloc[:60].copy()
    gaps.iloc[:20, 0] = np.nan
    assert cronbach_alpha(gaps) == cronbach_alpha(gaps.dropna())


@pytest.mark.parametrize("scale", SCALES)
def test_item_statistics_equal_psych(scales, scale):
    items = scales[scale]
    nonresponse = items.isna().replace({True: "no_answer", False: ""})
    table = item_statistics(items, dict.fromkeys(items, (1.0, 6.0)), nonresponse)
    for column, name in (
        ("n", "answered"),
        ("mean", "mean"),
        ("sd", "sd"),
        ("floor", "floor"),
        ("ceiling", "ceiling"),
        ("missing_rate", "missing"),
        ("item_rest_correlation", "item_rest"),
        ("alpha_if_dropped", "alpha_if_dropped"),
    ):
        np.testing.assert_allclose(table[column], REFERENCE[scale][name], atol=1e-10)
    assert (table["dont_know_rate"] == 0).all()


def test_the_reliability_table_equals_psych_for_every_scale(scales):
    table = reliability(scales, minimum=0).set_index("construct")
    for scale in SCALES:
        row, expected = table.loc[scale], REFERENCE[scale]
        assert row["n"] == expected["n"] and row["n_items"] == 5 and row["warning"] == ""
        assert row["alpha"] == pytest.approx(expected["alpha"], abs=1e-10)
        assert row["alpha_conf_low"] == pytest.approx(expected["conf_low"], abs=1e-10)
        assert row["alpha_conf_high"] == pytest.approx(expected["conf_high"], abs=1e-10)
        assert row["mean_interitem_correlation"] == pytest.approx(expected["mean_r"], abs=1e-10)


def small(**columns) -> pd.DataFrame:
    base = {"a": [1.0, 2, 3, 4, 5], "b": [2.0, 1, 4, 3, 5]}
    return pd.DataFrame({**base, **columns})


SOUND = pd.concat([small()] * 4, ignore_index=True)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (small()[["a"]], "one item only"),
        (small().iloc[:2], "2 complete rows"),
        (small(c=[3.0] * 5), "same answer to `c`"),
        (small(c=[1.0, 2, 3, 4, 5]), "two items are identical"),
    ],
)
def test_a_scale_with_a_flaw_is_named_and_the_others_still_arrive(items, message):
    table = reliability({"flawed": items, "sound": SOUND}, minimum=0)
    told = sentences(table["warning"].iloc[0])
    assert message in told and "`flawed`" in told
    assert table["alpha"].notna().iloc[1] and table["warning"].iloc[1] == ""


def test_rates_count_only_those_who_were_asked_and_reached_the_item():
    items = pd.DataFrame({"a": [1.0, np.nan, np.nan, np.nan, np.nan]})
    kinds = pd.DataFrame({"a": ["", "dont_know", "no_answer", "not_asked", "not_reached"]})
    row = item_statistics(items, {"a": (1.0, 5.0)}, kinds).iloc[0]
    assert row["dont_know_rate"] == pytest.approx(1 / 3)
    assert row["missing_rate"] == pytest.approx(2 / 3)
    assert row["n"] == 1 and row["floor"] == 1.0


def test_an_item_nobody_answered_is_named():
    items = pd.DataFrame({"a": [np.nan] * 4, "b": [1.0, 2, 3, 4]})
    kinds = pd.DataFrame({"a": ["no_answer"] * 4, "b": [""] * 4})
    table = item_statistics(items, dict.fromkeys(items, (1.0, 5.0)), kinds)
    assert table["warning"].tolist() == ['nobody_answered {"name": "a"}', ""]
