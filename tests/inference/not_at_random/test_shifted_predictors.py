"""Imputed answers of the exposure are moved towards it, whichever way its items are worded."""

from __future__ import annotations

import numpy as np
import pytest
from unanswered import analysed, answers, grid, path, study

from coproduction.inference.completed.analysis import imputations
from coproduction.inference.data.tables import all_tables
from coproduction.inference.not_at_random.predictors import moving

TRUST = {"family": "gaussian", "covariance": "classical"}
SCORE = TRUST | {"predictors": [{"variable": "trust"}]}
OF_TRUST = {"estimand": {"kind": "coefficient", "variable": "trust"}}


@pytest.fixture(scope="module")
def given(people):
    """Answers of which a third leave the reversed item of the exposure out."""
    rng = np.random.default_rng(8)
    trust = rng.normal(size=800)
    t1, t2, t3 = (
        np.clip(np.round(4 + sign * trust + 0.5 * rng.normal(size=800)), 1, 7)
        for sign in (1, -1, 1)
    )
    y = 0.3 * trust + rng.normal(size=800)
    hidden = np.where(rng.random(800) < 0.35, np.nan, t2)
    return answers(people, t1=t1, t2=hidden, t3=t3, x=trust, y=y)


def test_moved_answers_raise_the_exposure_by_as_much_of_their_items_spread(given):
    scores, kinds = given
    plan = study({"predictors": grid(0.5)}, SCORE, OF_TRUST)
    made = imputations(scores, all_tables(scores, plan, None), None, kinds, 3)
    found = moving(made, 0, made.table(0), plan.hypotheses[0], plan.models[0])
    known = scores["t2"].dropna()
    assert found.count == scores["t2"].isna().sum()
    before, after = (found.shifted(shift).matrix["trust"] for shift in (0.0, 0.5))
    # A third of the scale is the item; a lower answer to it is more trust.
    expected = np.where(scores["t2"].isna(), 0.5 * known.std(ddof=1) / 3, 0.0)
    np.testing.assert_allclose(after - before, expected, atol=1e-9)


def test_no_shift_is_the_verdict_itself_and_one_along_the_outcome_moves_it_most(given):
    found = analysed(given, study({"predictors": grid(0.25, 0.5)}, SCORE, OF_TRUST))
    main = found.verdicts.iloc[0]
    alike, along = path(found, "predictors"), path(found, "predictors_along_outcome")
    for rows in (alike, along):
        for name in ("estimate", "std_error", "df", "p_value", "verdict", "n"):
            assert rows.loc[0.0, name] == main[name], name
    assert along["estimate"].is_monotonic_increasing
    assert np.ptp(along["estimate"]) > 2 * np.ptp(alike["estimate"])
    assert set(along["scale"]) == {"deviations"} and along["ratio"].isna().all()


def test_constructs_are_moved_like_scores_whether_or_not_the_table_is_made_anew(given):
    predictor = [{"construct": "trust"}]
    asked = {"estimand": {"kind": "coefficient", "variable": "trust", "per": "construct"}}
    plain = TRUST | {"predictors": predictor, "agreement": "none"}
    quick = analysed(given, study({"predictors": grid(0.5)}, plain, asked))
    # A condition that names an item has the whole table made anew.
    slow = analysed(given, study({"predictors": grid(0.5)}, plain | {"subset": "t2 < 100"}, asked))
    for name in ("predictors", "predictors_along_outcome"):
        one, other = path(quick, name), path(slow, name)
        assert one["estimate"].to_numpy() == pytest.approx(other["estimate"].to_numpy(), rel=1e-9)
        assert one["estimate"].nunique() == 3


def test_an_exposure_without_imputed_answers_says_so(given):
    found = analysed(given, study({"predictors": grid(0.5)}, TRUST))
    assert set(found.tipping_points["reason"].str.partition(" ")[0]) == {"exposure_never_imputed"}
