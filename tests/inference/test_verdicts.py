from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import families_of, hypotheses_of

from coproduction.inference.verdicts import power, verdict, verdicts
from coproduction.notes import sentences

FOLDER = Path(__file__).parents[1] / "reference"
VALUES = st.floats(-1, 1)
SMALLEST = st.floats(0.01, 0.5)


@pytest.mark.parametrize(
    ("estimate", "p", "equivalence", "expected"),
    [
        (0.06, 0.01, (0.02, 0.10), "supported"),
        (0.04, 0.01, (0.02, 0.06), "supported"),
        (0.02, 0.01, (0.01, 0.05), "detected_below_smallest_effect"),
        (0.02, 0.01, (0.01, 0.03), "detected_below_smallest_effect"),
        (0.01, 0.40, (-0.01, 0.03), "practically_null"),
        (-0.02, 0.01, (-0.03, -0.01), "practically_null"),
        (-0.06, 0.01, (-0.10, -0.02), "contradicted"),
        (0.05, 0.20, (-0.01, 0.11), "inconclusive"),
        (-0.06, 0.01, (-0.10, 0.05), "contradicted"),
        (-0.05, 0.20, (-0.11, 0.01), "effect_ruled_out"),
        (0.01, 0.60, (-0.06, 0.03), "effect_ruled_out"),
        (-0.05, 0.20, (-0.16, 0.06), "inconclusive"),
        (-0.01, 0.20, (-0.06, 0.04), "inconclusive"),
    ],
)
def test_the_first_rule_that_applies_decides(estimate, p, equivalence, expected):
    assert verdict(estimate, p, equivalence, "positive", 0.04, 0.05, "superiority") == expected


@given(VALUES, st.floats(0, 1), st.floats(0, 0.5), SMALLEST)
def test_a_hypothesis_and_its_mirror_image_get_the_same_verdict(estimate, p, half, smallest):
    interval = (estimate - half, estimate + half)
    mirrored = (-interval[1], -interval[0])
    one = verdict(estimate, p, interval, "positive", smallest, 0.05, "superiority")
    assert one == verdict(-estimate, p, mirrored, "negative", smallest, 0.05, "superiority")


@given(VALUES, st.floats(0.06, 1), st.floats(0, 0.5), SMALLEST)
def test_what_is_not_detected_is_neither_supported_nor_contradicted(estimate, p, half, smallest):
    result = verdict(
        estimate, p, (estimate - half, estimate + half), "positive", smallest, 0.05, "superiority"
    )
    assert result in ("practically_null", "effect_ruled_out", "inconclusive")


@given(VALUES, st.floats(0, 1), st.floats(0, 0.5), SMALLEST, st.sampled_from([1, -1]))
def test_nothing_is_inconclusive_whose_interval_rules_the_predicted_effect_out(
    estimate, p, half, smallest, sign
):
    interval = (estimate - half, estimate + half)
    direction = "positive" if sign > 0 else "negative"
    found = verdict(estimate, p, interval, direction, smallest, 0.05, "superiority")
    furthest = max(sign * end for end in interval)
    if found == "inconclusive":
        assert furthest >= smallest
    if found in ("effect_ruled_out", "practically_null"):
        assert furthest < smallest
    if found == "effect_ruled_out":
        assert min(sign * end for end in interval) <= -smallest


def test_a_margin_of_non_inferiority_is_no_effect_to_be_ruled_out():
    worse = {**UNCLEAR, "estimate": -0.05, "statistic": -2.5}
    row = judge(hypothesis("H1", comparison="non_inferiority"), H1=worse).iloc[0]
    assert row["equivalence_high"] < 0.04
    assert row["verdict"] == "inconclusive"


DETECTED = {
    "estimate": 0.08,
    "std_error": 0.02,
    "statistic": 4.0,
    "df": 20.0,
    "p_value": 0.0007,
    "conf_low": 0.038,
    "conf_high": 0.122,
    "n": 500,
    "n_cell": 60,
    "n_clusters": 30,
    "covariance": "CR2",
}
UNCLEAR = {**DETECTED, "estimate": 0.01, "statistic": 0.5, "p_value": 0.62}
FAMILIES = [{"id": "all", "method": "holm", "level": 0.05}]


def hypothesis(name: str, **changes) -> dict:
    base = {
        "id": name,
        "family": "all",
        "model": "m",
        "estimand": {"kind": "average_marginal_effect", "variable": "a"},
        "direction": "positive",
        "smallest_effect": 0.04,
    }
    return {**base, **changes}


def judge(*hypotheses: dict, **estimates: dict) -> pd.DataFrame:
    usual = {each["id"]: DETECTED for each in hypotheses}
    return verdicts({**usual, **estimates}, hypotheses_of(hypotheses), families_of(FAMILIES))


def test_p_values_are_corrected_within_the_family():
    table = judge(hypothesis("H1"), hypothesis("H2"), H2=UNCLEAR)
    assert table["p_adjusted"].tolist() == pytest.approx([0.0014, 0.62])
    assert table["verdict"].tolist() == ["supported", "inconclusive"]


def test_a_model_that_failed_makes_its_hypothesis_not_estimable_and_leaves_the_others():
    table = judge(hypothesis("H1"), hypothesis("H2"), H1={"reason": "Why."})
    assert table["verdict"].tolist() == ["not_estimable", "supported"]
    assert table["reason"].tolist() == ["Why.", ""]
    assert table["p_adjusted"].iloc[1] == pytest.approx(0.0007)


def test_a_rival_shares_the_test_of_its_hypothesis_and_is_not_counted_again():
    rival = hypothesis("H2", direction="negative", rival_of="H1")
    table = judge(hypothesis("H1"), rival)
    assert table["p_adjusted"].tolist() == [0.0007, 0.0007]
    assert table["verdict"].tolist() == ["supported", "contradicted"]


def test_too_few_cases_make_a_hypothesis_exploratory_whatever_the_plan_says():
    table = judge(hypothesis("H1", minimum_cell=61), hypothesis("H2", minimum_cell=60))
    assert table["status"].tolist() == ["exploratory", "confirmatory"]
    assert "fewer than the 61 respondents that the plan asks for" in sentences(
        table["note"].iloc[0]
    )


def test_non_inferiority_is_tested_against_the_margin():
    from scipy.stats import t

    row = judge(hypothesis("H1", comparison="non_inferiority"), H1=UNCLEAR).iloc[0]
    assert row["statistic"] == pytest.approx((0.01 + 0.04) / 0.02)
    assert row["p_value"] == pytest.approx(2 * t.sf(2.5, 20))
    assert row["verdict"] == "supported"


def test_the_detectable_effect_and_the_equivalence_interval_rest_on_the_t_distribution():
    from scipy.stats import t

    row = judge(hypothesis("H1")).iloc[0]
    assert row["minimum_detectable_effect"] == pytest.approx(
        (t.ppf(0.975, 20) + t.ppf(0.8, 20)) * 0.02
    )
    assert row["equivalence_high"] - 0.08 == pytest.approx(t.ppf(0.95, 20) * 0.02)


POWER = json.loads((FOLDER / "sensitivity" / "reference.json").read_text("utf-8"))["power"]


@pytest.mark.parametrize("case", POWER)
def test_power_equals_the_noncentral_t_of_r(case):
    found = power(0.02 * case["ratio"], 0.02, float(case["df"]), case["level"])
    assert found == pytest.approx(case["power"], rel=1e-9)


@pytest.mark.parametrize(("n", "effect", "level"), [(8, 0.9, 0.05), (40, 0.4, 0.10)])
def test_power_is_the_share_of_studies_that_detect_the_effect(n, effect, level):
    from scipy.stats import t

    studies = 40_000
    drawn = np.random.default_rng(2).normal(effect, 1, (studies, n))
    statistic = drawn.mean(axis=1) / (drawn.std(axis=1, ddof=1) / np.sqrt(n))
    share = (statistic > t.ppf(1 - level / 2, n - 1)).mean()
    expected = power(effect, 1 / np.sqrt(n), n - 1, level)
    assert share == pytest.approx(expected, abs=4 * np.sqrt(0.25 / studies))


@given(st.floats(0.5, 200), st.floats(0.01, 0.2), st.floats(0, 5))
def test_power_grows_with_the_effect_from_half_the_level(df, level, ratio):
    assert power(0, 1, df, level) == pytest.approx(level / 2, rel=1e-6)
    assert power(ratio, 1, df, level) >= level / 2 - 1e-9
    assert power(ratio + 0.5, 1, df, level) > power(ratio, 1, df, level)


@pytest.mark.parametrize("df", [1.0, 2.3, 20.0, 1000.0, np.inf])
def test_power_is_known_however_large_the_effect(df):
    found = np.array([power(ratio, 1, df, 0.05) for ratio in np.arange(0, 80, 0.25)])
    assert (np.diff(found) >= -1e-12).all() and found[-1] == pytest.approx(1, abs=1e-3)


def test_each_hypothesis_has_the_power_of_its_own_test_at_the_level_of_its_family():
    margin = hypothesis("H3", family="wide", comparison="non_inferiority")
    families = [*FAMILIES, {"id": "wide", "method": "bh", "level": 0.10}]
    known = {"H1": DETECTED, "H2": {"reason": "Why."}, "H3": UNCLEAR, "H4": UNCLEAR}
    planned = [hypothesis("H1"), hypothesis("H2"), margin, hypothesis("H4", family="wide")]
    found = verdicts(known, hypotheses_of(planned), families_of(families))[
        "power_at_smallest_effect"
    ]
    # What was estimated does not matter, only with which precision.
    assert found.iloc[0] == power(0.04, 0.02, 20, 0.05)
    assert np.isnan(found.iloc[1])
    assert found.iloc[2] == found.iloc[3] == power(0.04, 0.02, 20, 0.10)


def test_a_margin_is_rejected_with_that_power_if_the_truth_is_zero():
    from scipy.stats import t

    n, margin, studies = 20, 0.6, 40_000
    drawn = np.random.default_rng(4).normal(0, 1, (studies, n))
    error = drawn.std(axis=1, ddof=1) / np.sqrt(n)
    rejected = ((drawn.mean(axis=1) + margin) / error > t.ppf(0.975, n - 1)).mean()
    expected = power(margin, 1 / np.sqrt(n), n - 1, 0.05)
    assert rejected == pytest.approx(expected, abs=4 * np.sqrt(0.25 / studies))


def test_a_plan_without_hypotheses_gives_an_empty_table():
    table = verdicts({}, hypotheses_of([]), families_of([]))
    assert table.empty and "verdict" in table
    assert np.isin(["p_adjusted", "reason"], table.columns).all()
