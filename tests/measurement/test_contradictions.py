"""Coefficients that their own model or interval contradicts are told or left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.measurement.factor.confirmatory import confirmatory
from coproduction.measurement.fit.measures import (
    Test as FitTest,
)
from coproduction.measurement.fit.measures import incremental, rmsea, robust_incremental
from coproduction.measurement.planned.fits import fit_model, fit_table
from coproduction.measurement.planned.models import PlannedModel
from coproduction.measurement.reliability.table import reliability
from coproduction.measurement.validity.validity import (
    convergent_validity,
    heterotrait_monotrait,
    validity,
)
from coproduction.notes import read, sentence

NO_FACTORS = pd.DataFrame(columns=["construct_1", "construct_2", "estimate"])


def both_signs(n: int = 500) -> pd.DataFrame:
    """Six items, of which half go with a factor and half against it, and share something else."""
    rng = np.random.default_rng(2)
    trait, style = rng.standard_normal((2, n))
    signs = np.array([1, 1, 1, -1, -1, -1])
    latent = np.outer(trait, signs) * 0.7 + 0.5 * style[:, None] + rng.standard_normal((n, 6)) * 0.6
    return pd.DataFrame(np.digitize(latent, [-1, 0, 1]) + 1.0, columns=list("uvwxyz"))


def test_a_factor_with_loadings_of_both_signs_is_told_with_the_items():
    row = reliability({"s": both_signs()}, minimum=0.7).iloc[0]
    (note,) = [n for n in read(row["warning"]) if n.code == "loadings_of_both_signs"]
    assert set(note.values["names"]) in ({"u", "v", "w"}, {"x", "y", "z"})
    assert row["composite_reliability"] < 0.2 < row["alpha"]


@given(st.lists(st.floats(-0.95, 0.95), min_size=3, max_size=8))
def test_composite_reliability_stands_without_a_note_only_where_all_loadings_have_one_sign(values):
    loadings = np.array(values)
    found, notes = convergent_validity("f", [str(i) for i in range(len(values))], loadings)
    assert 0 <= found["composite_reliability"] <= 1
    one_sign = (loadings >= 0).all() or (loadings <= 0).all()
    assert (not notes) == one_sign


def test_a_loading_beyond_one_leaves_out_what_rests_on_it():
    found, (note,) = convergent_validity("f", list("abc"), np.array([1.2, 0.5, 0.6]))
    assert found == {} and note.values["names"] == ["a"]


def test_geometric_means_are_left_out_where_items_of_one_scale_do_not_go_together():
    matrix = np.full((4, 4), 0.3) + 0.7 * np.eye(4)
    matrix[0, 1] = matrix[1, 0] = -0.1
    first, second = np.array([0, 1]), np.array([2, 3])
    arithmetic, geometric = heterotrait_monotrait(matrix, first, second)
    assert arithmetic == pytest.approx(0.3 / np.sqrt(0.1 * 0.3)) and np.isnan(geometric)


@pytest.mark.parametrize("seed", range(8))
def test_a_ratio_that_is_shown_with_an_interval_lies_in_it(seed):
    rng = np.random.default_rng(seed)
    scales = {
        name: pd.DataFrame(
            0.6 * rng.standard_normal((150, 1)) + rng.standard_normal((150, 3)),
            columns=[f"{name}{i}" for i in range(3)],
        )
        for name in "ab"
    }
    scores = pd.DataFrame({name: items.mean(axis=1) for name, items in scales.items()})
    row = validity(scales, scores, NO_FACTORS, {}, 200, np.random.default_rng(1)).iloc[0]
    codes = [note.code for note in read(row["warning"])]
    for ratio in ("htmt", "htmt2"):
        low, high = row[f"{ratio}_conf_low"], row[f"{ratio}_conf_high"]
        if np.isfinite(low):
            assert low <= row[ratio] <= high
        elif np.isfinite(row[ratio]):
            assert "ratio_outside_interval" in codes or ratio == "htmt2"
    assert np.isfinite(row["htmt"])


numbers = st.floats(-50, 500) | st.just(float("nan"))


@given(
    st.floats(0, 500),
    st.integers(1, 60),
    numbers,
    st.floats(0, 2000),
    st.integers(1, 80),
    numbers,
)
def test_a_test_that_is_not_available_is_blank_and_ends_nothing(chisq, df, c, worst, base_df, base):
    test, baseline = FitTest(chisq, df, c), FitTest(worst, base_df, base)
    measures = (
        incremental(test.scaled, baseline.scaled)
        | rmsea(test.scaled, 100)
        | {f"robust_{k}": v for k, v in robust_incremental(test, baseline).items()}
        | {f"robust_{k}": v for k, v in rmsea(test.scaled, 100, 1, c).items()}
    )
    if not c > 0:
        assert np.isnan(test.scaled.p_value) and all(map(np.isnan, measures.values()))


def negative_scaling() -> pd.DataFrame:
    """Few respondents, five answers, next to nothing in common."""
    rng = np.random.default_rng(94)
    return pd.DataFrame(rng.integers(1, 6, (40, 6)).astype(float), columns=list("uvwxyz"))


def test_a_model_whose_scaling_factor_is_negative_arrives_without_that_test():
    factors = {"f": list("uvw"), "g": list("xyz")}
    fit = confirmatory(negative_scaling(), {"factors": factors}, "MLR")
    assert fit.fit["scaling"] < 0 and np.isnan(fit.fit["p_value_scaled"])
    assert fit.fit["p_value"] > 0 and fit.parameters["std_error"].notna().any()
    assert "scaling factor is not positive" in " ".join(map(sentence, fit.warnings))
    model = PlannedModel("m", "MLR", {"factors": factors}, tuple("uvwxyz"), ("f", "g"))
    row = fit_table({"m": fit_model(model, negative_scaling(), None, 0.95)}).iloc[0]
    assert row["status"] == "fitted" and np.isnan(row["chisq"]) and row["chisq_uncorrected"] > 0
