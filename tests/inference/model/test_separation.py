"""Separation: found where there is no finite estimate, and only there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plans import model_of
from scipy.special import expit

from coproduction.errors import Refusal
from coproduction.inference.data.design import design
from coproduction.inference.model.regression import coefficients, fit
from coproduction.notes import Note
from coproduction.numerics.families import family_of
from coproduction.numerics.separation import (
    count_cone,
    logit_cone,
    ordinal_cone,
    separating_direction,
)

FAMILIES = (
    *("binomial", "ordinal", "poisson", "pseudo_poisson", "negative_binomial"),
    *("hurdle_negative_binomial", "two_part_gamma", "two_part_poisson"),
)
TWO_PARTS = [name for name in FAMILIES if len(family_of(name).parts) == 2]


def people(seed: int = 2) -> pd.DataFrame:
    """Four hundred people in twenty places with an outcome of each family."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"x": rng.normal(size=400), "place": np.arange(400) // 20})
    counts = rng.negative_binomial(0.8, 0.8 / (0.8 + np.exp(0.8 + 0.3 * data["x"])))
    for family in FAMILIES:
        data[family] = counts.astype(float)
    data["binomial"] = (rng.random(400) < 1 / (1 + np.exp(-data["x"]))) * 1.0
    data["ordinal"] = np.clip(np.round(data["x"] + rng.logistic(size=400)), -1, 2)
    data["two_part_gamma"] = np.where(counts > 0, rng.gamma(2, 1, 400), 0.0)
    return data


def spec(family: str, **changes) -> dict:
    return {
        **{"id": "m", "outcome": family, "family": family, "covariance": "HC1"},
        **{"predictors": [{"variable": "x"}, {"variable": "cell"}], **changes},
    }


def reason(note: Note) -> Note:
    """Take the reason of a note that only says which part of a model it is about."""
    return note.values.get("reason", note)


def lowest(family: str, data: pd.DataFrame) -> pd.Series:
    return data[family] == data[family].min()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_cell_where_all_outcomes_are_lowest_separates_every_family_that_can(family):
    data = people()
    data["cell"] = (lowest(family, data) & (data.index % 3 == 0)) * 1.0
    with pytest.raises(Refusal) as refused:
        fit(design(data, model_of(spec(family))))
    found = reason(refused.value.note)
    assert found.code == "outcome_separated" and found.values["terms"] == ["cell"]


@pytest.mark.parametrize("family", FAMILIES)
def test_one_other_outcome_in_the_cell_gives_a_finite_estimate(family):
    data = people()
    data["cell"] = (lowest(family, data) & (data.index % 3 == 0)) * 1.0
    other = data.index[~lowest(family, data)][:3]
    data.loc[other, "cell"] = 1.0
    table = coefficients(fit(design(data, model_of(spec(family))))).set_index("term")
    cell = table.loc[["cell"]]
    assert np.isfinite(cell["estimate"]).all() and (cell["std_error"] > 0).all()


def test_a_hurdle_is_separated_where_all_positive_counts_are_one():
    data = people()
    data["cell"] = (data["hurdle_negative_binomial"].eq(1) & (data.index % 3 == 0)) * 1.0
    data.loc[data.index[data["hurdle_negative_binomial"] == 0][:5], "cell"] = 1.0
    with pytest.raises(Refusal) as refused:
        fit(design(data, model_of(spec("hurdle_negative_binomial"))))
    assert refused.value.note.code == "among_positive_outcomes"
    assert reason(refused.value.note).values["terms"] == ["cell"]


@pytest.mark.parametrize("family", ["binomial", "ordinal"])
def test_a_two_level_model_is_separated_as_one_of_one_level_is(family):
    data = people()
    data["cell"] = (lowest(family, data) & (data.index % 3 == 0)) * 1.0
    nested = {"cluster": "place", "random": "intercept", "covariance": "classical"}
    with pytest.raises(Refusal) as refused:
        fit(design(data, model_of(spec(family, **nested))))
    assert refused.value.note.code == "outcome_separated"


@pytest.mark.parametrize("overlap", [0.3, 0.03, 0.003, 0.0003])
def test_a_large_estimate_is_given_however_near_to_separation(overlap):
    # Two outcomes change sides within the overlap: the maximum is finite whatever its size.
    x = np.concatenate([np.linspace(-2, -overlap, 40), [overlap], [-overlap / 2, overlap / 2]])
    y = np.concatenate([np.zeros(40), [1.0], [1.0, 0.0]])
    x, y = np.append(x, np.linspace(2 * overlap, 2, 40)), np.append(y, np.ones(40))
    data = pd.DataFrame({"x": x, "binomial": y})
    predictors = [{"variable": "x"}]
    result = fit(
        design(data, model_of(spec("binomial", predictors=predictors, covariance="classical")))
    )
    eta = result.design.matrix.to_numpy() @ result.params.to_numpy()
    score = result.design.matrix.to_numpy().T @ (y - expit(eta))
    np.testing.assert_allclose(score, 0, atol=1e-6)
    assert result.params.iloc[1] > 0.5 / overlap


def test_all_terms_that_together_separate_are_named():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": rng.normal(size=80), "cell": rng.normal(size=80)})
    data["binomial"] = (data["x"] > data["cell"] + 0.1) * 1.0
    with pytest.raises(Refusal) as refused:
        fit(design(data, model_of(spec("binomial"))))
    assert refused.value.note.values["terms"] == ["x", "cell"]


def brute(outcome: np.ndarray, x: np.ndarray, family: str) -> bool:
    """Whether one of many directions lowers no row and raises some, for integers on a small grid.

    Of integers within ± 2 and two slopes the edges of the cone have small integer coordinates, so
    that a grid of them holds every edge.
    """
    grid = np.arange(-8, 9)
    directions = np.array(np.meshgrid(grid, grid, grid)).reshape(3, -1)
    moves = x @ directions
    if family == "binomial":
        moves = np.where(outcome[:, None] > 0, moves, -moves)
        fine = (moves >= 0).all(axis=0)
    else:
        moves = -moves
        fine = (moves[outcome == 0] >= 0).all(axis=0) & (moves[outcome > 0] == 0).all(axis=0)
    return bool((fine & (moves != 0).any(axis=0)).any())


@pytest.mark.parametrize("family", ["binomial", "poisson"])
@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(0, 1)),
        min_size=6,
        max_size=14,
    )
)
def test_the_programme_finds_what_a_search_of_all_directions_finds(family, rows):
    data = np.array(rows, float)
    x = np.column_stack([np.ones(len(data)), data[:, :2]])
    assume(np.linalg.matrix_rank(x) == 3 and len(set(data[:, 2])) == 2)
    cone = (logit_cone if family == "binomial" else count_cone)(data[:, 2], x)
    assert (separating_direction(cone) is not None) == brute(data[:, 2], x, family)


def test_an_ordinal_cone_is_that_of_the_logit_where_there_are_two_categories():
    rng = np.random.default_rng(3)
    for _ in range(30):
        x = rng.integers(-2, 3, (10, 2)).astype(float)
        y = rng.integers(0, 2, 10)
        whole = np.column_stack([np.ones(10), x])
        if np.linalg.matrix_rank(whole) < 3 or len(set(y)) < 2:
            continue
        found = separating_direction(ordinal_cone(y, x))
        assert (found is None) == (separating_direction(logit_cone(y, whole)) is None)


FIRST = {
    **dict.fromkeys(FAMILIES, "outcome_hardly_varies"),
    **dict.fromkeys(TWO_PARTS, "few_positive_outcomes"),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("n", [1, 2])
def test_an_outcome_that_hardly_anybody_has_is_too_rare_whatever_separates_it(family, n):
    data = people()
    data["cell"] = (data.index < n) * 1.0
    data["rare"] = (data.index < n) * 1.0
    with pytest.raises(Refusal) as refused:
        fit(design(data, model_of(spec(family, outcome="rare"))))
    note = refused.value.note
    assert note.code == FIRST[family]
    assert (note.values["n"], note.values["k"]) == (n, 3)


@pytest.mark.parametrize("family", TWO_PARTS)
def test_of_a_model_of_two_parts_the_part_is_told_that_cannot_be_estimated(family):
    data = people()
    data["cell"] = (data.index < 1) * 1.0
    data["high"] = (data.index > 0) * (1.0 + data.index % 3)
    with pytest.raises(Refusal) as refused:
        fit(design(data, model_of(spec(family, outcome="high"))))
    assert refused.value.note.code == "whether_outcome_is_positive"
    found = reason(refused.value.note)
    assert found.code == "outcome_hardly_varies" and found.values["n"] == 1


@pytest.mark.parametrize("family", [*FAMILIES, "gaussian"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_rows_are_called_few_and_not_variables_without_variation(family, n):
    data = people().assign(row=lambda d: np.arange(len(d)))
    data["cell"] = (data.index % 2) * 1.0
    outcome = {"outcome": "binomial"} if family == "gaussian" else {}
    with pytest.raises(Refusal) as refused:
        design(data, model_of(spec(family, subset=f"row < {n}", **outcome)))
    assert refused.value.note == Note("model_few_rows", {"model": "m", "n": n, "k": 3})
