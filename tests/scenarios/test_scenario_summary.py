"""What replicates say is summarised as it is defined, beside the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from town import scenarios_of, study
from town_scenarios import SCENARIOS

from coproduction.scenarios.summary import UNOPPOSED, VERDICTS, bounds, summary

NAN = float("nan")


def table(verdicts: list[str], estimates: list[float], scenario: str = "base") -> pd.DataFrame:
    """Replicates of H1, with standard errors of .02 and intervals of ± .04."""
    estimate = np.array(estimates)
    return pd.DataFrame(
        {
            "scenario": scenario,
            "replicate": range(len(verdicts)),
            "hypothesis": "H1",
            "estimate": estimate,
            "std_error": np.where(np.isnan(estimate), NAN, 0.02),
            "p_value": np.where(np.abs(estimate) > 0.04, 0.01, 0.3),
            "conf_low": estimate - 0.04,
            "conf_high": estimate + 0.04,
            "verdict": verdicts,
            "objections": "",
        }
    )


def summed(replicates: pd.DataFrame, truth: float, mc_error: float = 0.0) -> pd.DataFrame:
    scenario = replicates["scenario"].iloc[0]
    known = {"scenario": scenario, "hypothesis": "H1", "effect": "total", "mc_error": mc_error}
    values = [known | {"per": "score_sd", "value": truth}, known | {"per": "latent_sd", "value": 9}]
    told = summary(replicates, pd.DataFrame(values), scenarios_of(SCENARIOS), study().plan)
    return told.set_index("quantity")


MIXED = ["supported"] * 2 + ["inconclusive", "not_estimable"]
ESTIMATES = [0.10, 0.06, 0.02, NAN]


def test_shares_of_verdicts_are_of_all_replicates_and_sum_to_one():
    told = summed(table(MIXED, ESTIMATES), 0.05)
    assert told.loc["supported", "value"] == 0.5
    assert told.loc["supported", "mc_error"] == pytest.approx(np.sqrt(0.25 / 4))
    assert told.loc[list(VERDICTS), "value"].sum() == pytest.approx(1)
    assert (told.loc[list(VERDICTS), "n"] == 4).all()


def test_bias_coverage_and_errors_are_of_those_with_an_estimate():
    told = summed(table(MIXED, ESTIMATES), 0.05, mc_error=0.003)
    assert told.loc["bias", "value"] == pytest.approx(0.06 - 0.05)
    assert told.loc["bias", "mc_error"] == pytest.approx(np.hypot(0.04 / np.sqrt(3), 0.003))
    assert told.loc["coverage", "value"] == pytest.approx(2 / 3)
    assert told.loc["error_ratio", "value"] == pytest.approx(0.04 / 0.02)
    assert told.loc["error_ratio", "mc_error"] == pytest.approx(2 * np.sqrt(1 / 4))
    assert (told.loc[["bias", "coverage", "error_ratio"], "n"] == 3).all()


def test_rejections_are_errors_where_nothing_is_true_and_power_on_the_true_side():
    estimates = [0.10, -0.06, 0.02, NAN]
    null = summed(table(MIXED, estimates), 0.0)
    assert null.loc["type_1_error", "value"] == pytest.approx(2 / 3) and "power" not in null.index
    true = summed(table(MIXED, estimates), 0.05)
    assert true.loc["power", "value"] == pytest.approx(1 / 3) and "type_1_error" not in true.index


def test_nothing_is_measured_without_a_true_value_or_estimates():
    assert set(summed(table(MIXED, ESTIMATES), NAN).index) == {*VERDICTS, UNOPPOSED, "must"}
    assert set(summed(table(["not_estimable"] * 3, [NAN] * 3), 0.05).index) == {
        *VERDICTS,
        UNOPPOSED,
        "must",
    }


@pytest.mark.parametrize(
    ("supported", "judgement"), [(40, "held"), (34, "open"), (30, "open"), (25, "broken")]
)
def test_what_must_come_is_held_broken_or_open(supported, judgement):
    verdicts = ["supported"] * supported + ["inconclusive"] * (40 - supported)
    told = summed(table(verdicts, [0.05] * 20 + [0.06] * 20), 0.05).loc["must"]
    assert (told["value"], told["limit"]) == (supported / 40, 0.8)
    assert told["judgement"] == judgement


@pytest.mark.parametrize(("claims", "judgement"), [(3, "held"), (12, "open"), (30, "broken")])
def test_what_must_not_come_is_held_broken_or_open(claims, judgement):
    verdicts = ["contradicted"] * claims + ["supported"] * (60 - claims)
    told = summed(table(verdicts, [0.05, 0.06] * 30, "hurried"), 0.0).loc["must_not"]
    assert told["value"] == claims / 60 and told["limit"] == 0.2
    assert told["judgement"] == judgement


def test_bounds_are_those_that_the_binomial_distribution_gives():
    """Of x of n the lower bound is the share of which x or more have a chance of 5 %."""
    from scipy.stats import binom

    low, high = bounds(7, 40)
    assert binom.sf(6, 40, low) == pytest.approx(0.05)
    assert binom.cdf(7, 40, high) == pytest.approx(0.05)
    assert bounds(0, 59)[0] == 0 and bounds(0, 59)[1] == pytest.approx(1 - 0.05 ** (1 / 59))
    assert bounds(9, 9)[1] == 1


def test_a_hypothesis_on_a_direct_effect_has_its_truth_and_the_total_one_where_none_differs():
    plan = study().plan
    first, *others = plan.hypotheses
    direct = replace(plan, hypotheses=(replace(first, effect="direct"), *others))
    rows = {"scenario": "base", "hypothesis": "H1", "mc_error": 0.0, "per": "score_sd"}
    total, apart = (
        rows | {"effect": "total", "value": 0.05},
        rows | {"effect": "direct", "value": 0},
    )
    found = table(MIXED, ESTIMATES)
    for truths, expected in (([apart, total], 0.0), ([total], 0.05)):
        told = summary(found, pd.DataFrame(truths), scenarios_of(SCENARIOS), direct)
        assert (told["true_value"] == expected).all()
    told = summary(found, pd.DataFrame([apart, total]), scenarios_of(SCENARIOS), plan)
    assert (told["true_value"] == 0.05).all()


@pytest.mark.parametrize(("per", "expected"), [("construct", 0.08), ("score", 0.06), (None, 0.06)])
def test_the_truth_is_per_the_standard_deviation_that_the_hypothesis_means(per, expected):
    plan = study().plan
    first, *others = plan.hypotheses
    asked = replace(first, estimand=replace(first.estimand, per=per))
    rows = {"scenario": "base", "hypothesis": "H1", "effect": "total", "mc_error": 0.0}
    truths = [
        rows | {"per": "score_sd", "value": 0.06},
        rows | {"per": "latent_sd", "value": 0.08},
    ]
    told = summary(
        table(MIXED, ESTIMATES),
        pd.DataFrame(truths),
        scenarios_of(SCENARIOS),
        replace(plan, hypotheses=(asked, *others)),
    )
    assert (told["true_value"] == expected).all()


def test_a_supported_hypothesis_with_objections_is_one_that_must_come_and_none_that_must_not():
    replicates = table(["supported"] * 4, [0.1] * 4)
    opposed = replicates.assign(objections=["agreement_explains"] * 3 + [""])
    told = summed(opposed, 0.05)
    assert told.loc["supported", "value"] == 1
    assert told.loc["supported_without_objections", "value"] == 0.25
    forbidding = replicates.assign(scenario="nothing"), opposed.assign(scenario="nothing")
    shares = [summed(each, 0.0).loc["must_not", "value"] for each in forbidding]
    assert shares == [1, 0.25]
