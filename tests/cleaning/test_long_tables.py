"""Shortcuts that make long tables fast change nothing: each against its plain definition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.cleaning.answers import as_numbers, is_answer
from coproduction.cleaning.duplicates import LEAST_ANSWERS, duplicates
from coproduction.cleaning.quality import blocks
from coproduction.cleaning.quality.consistency import person_total_correlation, row_correlation
from coproduction.cleaning.quality.mahalanobis import mahalanobis
from coproduction.cleaning.quality.pairwise import pairwise
from coproduction.cleaning.quality.patterns import individual_variability
from coproduction.instrument.definition import Instrument, Item, MissingCode

KINDS = {"dont_know": -88, "refused": -99, "not_asked": -77, "not_reached": -66}
N_ITEMS = 12


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """Likert answers with a common factor and gaps of every size."""
    draw = np.random.default_rng(5)
    factor = draw.normal(size=(300, 1))
    answers = np.clip(np.round(3 + factor + draw.normal(size=(300, 9))), 1, 5)
    answers[draw.random(answers.shape) < 0.2] = np.nan
    answers[0] = np.nan
    return answers


@pytest.fixture(scope="module")
def reference() -> np.ndarray:
    return np.random.default_rng(6).random(300) < 0.7


def test_pairwise_moments_equal_those_of_pandas(values, reference) -> None:
    found = pairwise(values, reference)
    table = pd.DataFrame(values[reference])
    np.testing.assert_allclose(found.mean, table.mean(), rtol=1e-13)
    np.testing.assert_allclose(found.covariance, table.cov(), rtol=1e-12)
    np.testing.assert_allclose(found.correlation, table.corr(), rtol=1e-12)


def test_pairs_that_are_hardly_known_have_no_correlation() -> None:
    nan = np.nan
    values = np.array([[1, 1, 7.5], [2, nan, 7.5], [nan, 2, 7.5], [nan, 3, 7.5], [5, 1, 7.5]])
    found = pairwise(values, np.ones(5, dtype=bool))
    assert np.isnan(found.correlation[0, 1])
    assert np.isnan(found.correlation[:, 2]).all()
    assert found.covariance[2, 2] == 0
    alone = pairwise(np.array([[1, nan], [nan, 2.0]]), np.ones(2, dtype=bool))
    assert (alone.covariance == 0).all()


def test_the_distance_of_every_row_equals_its_definition(values, reference) -> None:
    found = mahalanobis(values, reference)
    assert found.shrinkage == 0
    table = pd.DataFrame(values[reference])
    centre, covariance = table.mean().to_numpy(), table.cov().to_numpy()
    for row, squared, df in zip(values, found.squared, found.df, strict=True):
        known = ~np.isnan(row)
        if known.mean() < 0.5:
            assert np.isnan(squared)
            assert df == 0
            continue
        deviation = row[known] - centre[known]
        solved = np.linalg.solve(covariance[np.ix_(known, known)], deviation)
        assert squared == pytest.approx(deviation @ solved, rel=1e-11)
        assert df == known.sum()


def test_the_size_of_the_blocks_changes_no_bit(values, reference, monkeypatch) -> None:
    def indices() -> list[np.ndarray]:
        return [
            individual_variability(values),
            row_correlation(values[:, :4], values[:, 4:8]),
            mahalanobis(values, reference).squared,
        ]

    whole = indices()
    monkeypatch.setattr(blocks, "ROWS", 7)
    for one, other in zip(whole[:2], indices()[:2], strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(whole[2], indices()[2], rtol=1e-11)


def test_no_rows_give_no_indices_and_no_items_unknown_ones() -> None:
    assert individual_variability(np.empty((0, 3))).shape == (0,)
    nothing, everyone = np.empty((2, 0)), np.ones(2, dtype=bool)
    assert np.isnan(person_total_correlation(nothing, everyone)).all()
    assert np.isnan(mahalanobis(nothing, everyone).squared).all()


@pytest.mark.parametrize("kind", ["Int64", "Float64", "string"])
def test_codes_of_missing_answers_are_no_answers_in_any_type_of_column(kind) -> None:
    cells = [3, -88, None, 0] if kind != "string" else ["3", "-88", None, "0"]
    column = pd.Series(cells, dtype=kind)
    assert is_answer(column, KINDS.values()).tolist() == [True, False, False, True]
    if kind != "string":
        np.testing.assert_array_equal(as_numbers(column, KINDS.values()), [3, np.nan, np.nan, 0])


def instrument() -> Instrument:
    items = tuple(
        Item(f"q{number}", "integer" if number % 2 else "text", {}, "one")
        for number in range(N_ITEMS)
    )
    codes = {kind: MissingCode(kind, code, None, {}) for kind, code in KINDS.items()}
    return Instrument("few", "1", "respondent", (), {}, "", codes, {}, (), items, "few.yaml")


def by_definition(table: pd.DataFrame, items: list[str], match: float) -> list[str | None]:
    """Compare every row with every earlier one of its device that repeats none itself."""
    order = table.sort_values(["submitted_at", "source_row"], kind="stable")
    answers = order[items].astype("string")
    answers = answers.mask(answers == "-77")
    found: dict[int, str] = {}
    kept: list[int] = []
    for row in order.index:
        if pd.isna(order["device"][row]) or answers.loc[row].notna().sum() < LEAST_ANSWERS:
            continue
        for earlier in kept:
            either = answers.loc[row].notna() | answers.loc[earlier].notna()
            equal = (answers.loc[row] == answers.loc[earlier]).fillna(False) & either
            if (
                order["device"][row] == order["device"][earlier]
                and equal.sum() / either.sum() >= match
            ):
                found[row] = order["submission"][earlier]
                break
        else:
            kept.append(row)
    return [found.get(row) for row in table.index]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", None]),
            st.integers(0, 3),
            st.lists(st.sampled_from([1, 1, 1, 1, 2, None, -77]), min_size=12, max_size=12),
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([0.0, 0.5, 0.75, 0.9, 11 / 12, 1.0]),
)
def test_duplicates_equal_their_definition(rows, match) -> None:
    questionnaire = instrument()
    items = [item.id for item in questionnaire.questions]
    columns = {
        "submission": [f"s{number}" for number in range(len(rows))],
        "source_row": range(1, len(rows) + 1),
        "device": pd.array([device for device, _, _ in rows], dtype="string"),
        "submitted_at": [f"2026-01-0{day + 1}" for _, day, _ in rows],
    }
    for place, item in enumerate(questionnaire.questions):
        cells = [answers[place] for _, _, answers in rows]
        if item.type == "text":
            cells = [None if cell is None else str(cell) for cell in cells]
        columns[item.id] = pd.array(cells, dtype="Int64" if item.type == "integer" else "string")
    table = pd.DataFrame(columns)
    found = duplicates(table, questionnaire, ["device"], match)
    assert [None if pd.isna(name) else name for name in found] == by_definition(table, items, match)
