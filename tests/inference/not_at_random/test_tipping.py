"""The tipping point is where the plan's own decision changes, found between two shifts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from plans import hypotheses_of
from scipy.stats import norm
from unanswered import analysed, answers, grid, study

from coproduction.inference.analysis import analyse
from coproduction.inference.not_at_random.tipping import tipping_point

LEVEL = 0.05


def row(shift: float, estimate: float, z: float, verdict: str) -> dict:
    p = 2 * norm.sf(abs(z))
    return {"shift": shift, "estimate": estimate, "p_adjusted": p, "verdict": verdict}


def hypothesis(**changes):
    (made,) = hypotheses_of([{"smallest_effect": 0.1, "direction": "positive"} | changes])
    return made


CRITICAL = norm.isf(LEVEL / 2)


def test_the_test_is_lost_where_its_quantile_crosses_the_critical_one():
    path = [
        row(0, 0.5, CRITICAL + 1, "supported"),
        row(1, 0.5, CRITICAL + 0.5, "supported"),
        row(3, 0.5, CRITICAL - 0.5, "inconclusive"),
    ]
    assert tipping_point(path, hypothesis(), LEVEL) == pytest.approx(2.0)


def test_the_smallest_effect_can_be_lost_before_the_test():
    path = [
        row(0, 0.30, CRITICAL + 4, "supported"),
        row(-2, 0.05, CRITICAL - 1, "inconclusive"),
    ]
    # The test is lost after 4/5 of the way, the smallest effect after 0.20/0.25 of it less.
    assert tipping_point(path, hypothesis(), LEVEL) == pytest.approx(-2 * 0.8)
    smaller = hypothesis(smallest_effect=0.2)
    assert tipping_point(path, smaller, LEVEL) == pytest.approx(-2 * 0.4)


def test_the_sign_counts_in_a_negative_hypothesis_and_the_margin_in_non_inferiority():
    path = [
        row(0, -0.3, CRITICAL + 1, "supported"),
        row(1, 0.3, CRITICAL + 1, "contradicted"),
    ]
    negative = hypothesis(direction="negative", smallest_effect=0.01)
    crossing = (0.3 - 0.01) / 0.6
    turned = 1 / (2 * CRITICAL + 2)
    expected = min(crossing, turned)
    assert tipping_point(path, negative, LEVEL) == pytest.approx(expected)
    inferior = hypothesis(comparison="non_inferiority", smallest_effect=0.5)
    assert tipping_point([row(0, -0.1, 3, "supported")], inferior, LEVEL) != 0
    lost = [row(0, -0.1, CRITICAL + 1, "supported"), row(1, -0.3, CRITICAL - 1, "inconclusive")]
    assert tipping_point(lost, inferior, LEVEL) == pytest.approx(0.5)


def test_there_is_none_within_shifts_that_leave_the_support_and_zero_if_none_is_needed():
    kept = [row(0, 0.5, 5, "supported"), row(2, 0.4, 4, "supported")]
    assert np.isnan(tipping_point(kept, hypothesis(), LEVEL))
    assert tipping_point([row(0, 0.5, 1, "inconclusive")], hypothesis(), LEVEL) == 0


@pytest.fixture(scope="module")
def lost(people):
    """A supported association, a quarter of whose outcomes are missing."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=500)
    y = (rng.random(500) < 1 / (1 + np.exp(-0.5 * x))).astype(float)
    return answers(people, x=x, y=np.where(rng.random(500) < 0.25, np.nan, y))


def test_a_nearby_tipping_point_is_an_objection_and_a_far_one_is_none(lost):
    told = {}
    for plausible in (0.1, 4.0):
        plan = study({"outcome": grid(1, 2, 4, plausible=plausible)})
        found = analysed(lost, plan)
        assert found.verdicts["verdict"].tolist() == ["supported"]
        told[plausible] = found.objections["objection"].tolist()
        points = found.tipping_points.set_index(["shifted", "side"])
    against, other = (points.loc[("outcome_along_exposure", side)] for side in ("lower", "higher"))
    assert -4 < against["tipping_point"] < -0.1 and np.isnan(other["tipping_point"])
    assert against["ratio"] == pytest.approx(np.exp(against["tipping_point"]))
    assert against["at_bound"] != "supported" and other["at_bound"] == "supported"
    assert "answers_not_at_random" not in told[0.1] and "answers_not_at_random" in told[4.0]


def test_the_decision_turns_at_the_tipping_point_itself(lost):
    def along(*sizes):
        found = analysed(lost, study({"outcome": grid(*sizes)}))
        points = found.tipping_points.set_index(["shifted", "side"])
        return found, points.loc[("outcome_along_exposure", "lower"), "tipping_point"]

    _, point = along(1, 2, 4)
    near, _ = along(abs(point) - 0.15, abs(point) + 0.15)
    rows = near.shifted_answers.query("shifted == 'outcome_along_exposure' and shift < 0")
    verdicts = rows[np.isfinite(rows["shift"])].set_index("shift")["verdict"].sort_index()
    assert verdicts.iloc[0] != "supported" and verdicts.iloc[1] == "supported"


def test_many_missing_outcomes_that_nobody_shifted_are_an_objection(lost, people):
    assert "not_at_random_not_examined" in set(analysed(lost, study()).objections["objection"])
    shifted = analysed(lost, study({"outcome": grid(1)})).objections["objection"]
    assert "not_at_random_not_examined" not in set(shifted)
    scores, kinds = lost
    four = scores.index[scores["outcome"].isna()][:4]
    rare = scores["outcome"].fillna(1.0).mask(scores.index.isin(four))
    few = analysed((scores.assign(outcome=rare), kinds), study())
    assert few.tipping_points["n_shifted"].tolist() == [4]
    assert "not_at_random_not_examined" not in set(few.objections["objection"])


def test_there_is_nothing_to_lose_without_support(lost):
    found = analysed(lost, study({"outcome": grid(1)}, hypothesis={"direction": "negative"}))
    assert found.verdicts["verdict"].tolist() == ["contradicted"]
    assert found.tipping_points["tipping_point"].isna().all()
    assert len(found.tipping_points) == 4


def test_a_plan_without_imputation_has_neither_shifts_nor_tipping_points(lost):
    scores, _ = lost
    found = analyse(scores, replace(study(), missing=None), 1)
    assert found.tipping_points.empty and found.shifted_answers.empty
