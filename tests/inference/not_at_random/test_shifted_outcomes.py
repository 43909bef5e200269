"""Outcomes that are missing not at random are set right by the shift that is true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from unanswered import analysed, answers, grid, path, study

from coproduction.numerics.families.binomial import LOGIT
from coproduction.numerics.glm import fit_glm

N = 3000
TRUE = 1.5


def slope(x, y, family=LOGIT) -> float:
    return float(fit_glm(y, np.column_stack([np.ones(len(x)), x]), family()).params[1])


@pytest.fixture(scope="module")
def selected(people):
    """Answers that those of low exposure lack if y = 0, and those of high exposure if y = 1.

    The log odds of lacking y then differ by TRUE × x between y = 1 and y = 0, and so do, turned
    round, the log odds of y between those who lack it and those who do not.
    """
    rng = np.random.default_rng(11)
    x = rng.normal(size=N)
    y = (rng.random(N) < expit(0.7 * x)).astype(float)
    lost = rng.random(N) < expit(-1 + TRUE * x * (y - 0.5))
    observed = np.where(lost, np.nan, y)
    return x, y, lost, answers(people, x=x, y=observed)


def test_the_true_shift_along_the_exposure_sets_a_known_mechanism_right(selected):
    x, y, lost, given = selected
    unit = x.std(ddof=1)
    found = path(analysed(given, study({"outcome": grid(TRUE * unit)})), "outcome_along_exposure")
    everybody, complete = slope(x, y), slope(x[~lost], y[~lost])
    assert everybody - complete > 0.25
    assert found.loc[0.0, "estimate"] == pytest.approx(complete, abs=0.06)
    assert found.loc[TRUE * unit, "estimate"] == pytest.approx(everybody, abs=0.08)
    assert found.loc[0.0, "n_shifted"] == lost.sum()


def test_without_a_shift_the_estimate_stays_and_larger_ones_move_it_further(selected):
    *_, given = selected
    plan = study({"outcome": grid(0.5, 1, 2)})
    found = analysed(given, plan)
    main = found.verdicts.iloc[0]
    along = path(found, "outcome_along_exposure")
    apart = abs(along.loc[0.0, "estimate"] - main["estimate"])
    assert apart < 4 * max(along.loc[0.0, "mc_error"], 1e-9)
    assert along["estimate"].is_monotonic_increasing and len(along) == 9
    alike = path(found, "outcome")
    spread = {
        name: np.ptp(each.loc[-2:2, "estimate"])
        for name, each in {"alike": alike, "along": along}.items()
    }
    assert spread["along"] > 3 * spread["alike"]


def test_infinite_shifts_are_the_models_of_all_zeros_and_all_ones(selected):
    x, y, lost, given = selected
    found = analysed(given, study({"outcome": grid(1)}))
    alike, along = path(found, "outcome"), path(found, "outcome_along_exposure")
    above = x > x.mean()
    for table, shift, filled in (
        (alike, -np.inf, 0.0),
        (alike, np.inf, 1.0),
        (along, np.inf, above),
        (along, -np.inf, ~above),
    ):
        expected = slope(x, np.where(lost, filled, y))
        assert table.loc[shift, "estimate"] == pytest.approx(expected, abs=1e-6)
        assert table.loc[shift, "fmi"] == 0


@pytest.mark.parametrize(
    ("family", "scale", "ratio"),
    [("gaussian", "deviations", np.nan), ("pseudo_poisson", "log_mean", np.exp(0.8))],
)
def test_shifts_of_other_families_are_in_their_own_units(people, family, scale, ratio):
    rng = np.random.default_rng(3)
    x = rng.normal(size=1500)
    mean = 2 + 0.5 * x
    y = mean + rng.normal(size=1500) if family == "gaussian" else rng.poisson(np.exp(0.4 * x))
    lost = rng.random(1500) < 0.3
    given = answers(people, x=x, y=np.where(lost, np.nan, y))
    plan = study({"outcome": grid(0.8)}, {"family": family, "covariance": "HC1"})
    found = analysed(given, plan)
    rows = path(found, "outcome_along_exposure")
    assert set(rows["scale"]) == {scale} and len(rows) == 3
    assert rows.loc[0.8, "ratio"] == pytest.approx(ratio, nan_ok=True)
    # Three in ten lie on a slope that is steeper by the shift.
    spread = y[~lost].std(ddof=1) if family == "gaussian" else 1.0
    expected = 0.3 * 0.8 * spread / x.std(ddof=1)
    moved = rows.loc[0.8, "estimate"] - rows.loc[0.0, "estimate"]
    assert moved == pytest.approx(expected, rel=0.4)
    alike = path(found, "outcome")
    assert abs(alike.loc[0.8, "estimate"] - alike.loc[0.0, "estimate"]) < moved / 2


def test_who_was_not_asked_has_no_outcome_to_draw(people):
    rng = np.random.default_rng(4)
    x, work = rng.normal(size=900), (np.arange(900) % 3 > 0).astype(float)
    y = (rng.random(900) < expit(x)).astype(float)
    lost = rng.random(900) < 0.2
    shown = np.where(work == 1, np.where(lost, np.nan, y), np.inf)
    found = analysed(answers(people, x=x, y=shown, work=work), study({"outcome": grid(1)}))
    rows = path(found, "outcome")
    assert set(rows["n_shifted"]) == {(lost & (work == 1)).sum()}
    assert set(rows["n"]) == {work.sum()}


def test_results_depend_on_the_seed_and_on_nothing_else(selected):
    *_, given = selected
    plan = study({"outcome": grid(1)})
    one, again, other = (analysed(given, plan, seed).shifted_answers for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(one, again)
    assert not one["estimate"].equals(other["estimate"])


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ({"family": "probit"}, "shift_of_family"),
        ({"covariates": ["work"], "subset": "outcome >= 0"}, "outcome_never_missing"),
    ],
)
def test_what_cannot_be_shifted_says_why(people, model, code):
    rng = np.random.default_rng(9)
    x = rng.normal(size=400)
    y = (rng.random(400) < expit(x)).astype(float)
    y[:40] = np.nan
    given = answers(people, x=x, y=y, work=rng.integers(0, 2, 400))
    found = analysed(given, study({"outcome": grid(1)}, model))
    assert found.tipping_points["reason"].str.partition(" ")[0].unique().tolist() == [code]
    assert found.tipping_points["tipping_point"].isna().all()
