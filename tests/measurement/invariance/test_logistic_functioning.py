"""Ordinal logistic differential item functioning against R; see tests/reference/invariance.

Likelihoods and tests agree to 1e-6 with ordinal::clm, cluster-robust score tests with numerical
derivatives.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.invariance.logistic_functioning import COLUMNS, logistic_functioning
from coproduction.notes import sentences
from coproduction.rows import clustered, rows_of

FOLDER = Path(__file__).parents[2] / "reference" / "invariance"
REFERENCE = json.loads((FOLDER / "functioning.json").read_text("utf-8"))
NAMES = [f"x{number}" for number in range(1, 9)]
FACTORS = {"a": NAMES[:4], "b": NAMES[4:]}
GROUPS = {"independent": "group", "crossed": "sex", "nested": "region"}


@pytest.fixture(scope="module")
def data() -> dict[str, pd.DataFrame]:
    nested = pd.read_csv(FOLDER / "nested.csv")
    return {
        "independent": pd.read_csv(FOLDER / "items.csv"), "crossed": nested, "nested": nested
    }  # fmt: skip


@pytest.mark.parametrize("case", GROUPS)
def test_every_column_equals_r(data, case):
    answers, expected = data[case], pd.DataFrame(REFERENCE[case])
    groups = answers[GROUPS[case]].astype(str)
    rows = rows_of(answers, "community" if "community" in answers else None)
    found = logistic_functioning(answers, FACTORS, groups, rows=rows)
    assert tuple(found.columns) == COLUMNS
    numbers = [name for name in expected if pd.api.types.is_numeric_dtype(expected[name])]
    for name in numbers:
        ours, theirs = found[name].astype(float), expected[name].astype(float)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-8, err_msg=name)
    for name in ("construct", "item", "level", "reference_level", "decision"):
        assert found[name].tolist() == expected[name].tolist()
    assert (found["warning"] == "").all()
    assert set(COLUMNS) - set(expected) == {"n_clusters", "warning"}
    clusters = 48 if "community" in answers else pd.NA
    assert found["n_clusters"].tolist() == [clusters] * 8


def test_what_was_built_in_is_found(data):
    """In group 2 item 6 loads less, items 4 and 7 are answered otherwise; in group 3 item 3."""
    answers = data["independent"]
    found = logistic_functioning(answers, FACTORS, answers["group"]).set_index("item")
    differing = found[found["decision"] != "no_difference"]
    assert set(differing.index) == {"x3", "x4", "x6", "x7"}
    assert found.loc["x6", "decision"] == "nonuniform"
    assert found.loc["x3", "level"] == 3 and found.loc["x3", "difference"] > 0.5
    assert found.loc["x4", "level"] == 2 and found.loc["x4", "difference"] > 0


def test_single_respondents_as_clusters_give_nearly_the_likelihood_ratio(data):
    answers = data["crossed"]
    about = (answers, FACTORS, answers["sex"])
    alone = logistic_functioning(*about)
    single = logistic_functioning(*about, rows=clustered(pd.Series(answers.index)))
    np.testing.assert_allclose(single["statistic"], alone["statistic"], rtol=0.1, atol=0.1)
    for name in ("r_squared_change", "difference"):
        np.testing.assert_array_equal(single[name], alone[name])


def test_tests_of_copies_within_clusters_stay_and_others_double(data):
    answers = data["nested"]
    copies = pd.concat([answers] * 2, ignore_index=True)
    once = logistic_functioning(
        answers, FACTORS, answers["sex"], rows=rows_of(answers, "community")
    )
    twice = logistic_functioning(copies, FACTORS, copies["sex"], rows=rows_of(copies, "community"))
    np.testing.assert_allclose(twice["statistic"], once["statistic"], rtol=1e-2)
    # With a limit that flags nothing, so that both match by the same score.
    apart = logistic_functioning(answers, FACTORS, answers["sex"], 1.0)
    doubled = logistic_functioning(copies, FACTORS, copies["sex"], 1.0)
    np.testing.assert_allclose(doubled["statistic"], 2 * apart["statistic"], rtol=1e-2)


def test_a_group_that_scores_higher_throughout_shows_no_item_that_differs():
    rng = np.random.default_rng(4)
    group = pd.Series(np.repeat([1, 2], 500))
    latent = 0.8 * (rng.standard_normal(1000) + 0.8 * (group - 1))
    items = pd.DataFrame(
        {
            f"x{j}": np.digitize(latent + 0.6 * rng.standard_normal(1000), [-1, 0, 1])
            for j in range(6)
        }
    )
    found = logistic_functioning(items, {"a": list(items)}, group)
    assert (found["decision"] == "no_difference").all()


def test_what_cannot_be_tested_says_why(data):
    answers = data["independent"]
    groups = answers["group"]
    pair = logistic_functioning(answers, {"a": NAMES[:2], "b": NAMES[4:]}, groups)
    failed = pair[pair["construct"] == "a"]
    assert (failed["decision"] == "not_tested").all()
    assert failed["warning"].map(sentences).str.contains("too few items").all()
    assert (pair.loc[pair["construct"] == "b", "decision"] != "not_tested").all()
    many = logistic_functioning(answers.assign(x1=answers["y1"]), FACTORS, groups).set_index("item")
    assert "continuous" in sentences(many.loc["x1", "warning"])
    few = logistic_functioning(answers, FACTORS, groups.where(groups == 1))
    assert few["warning"].map(sentences).str.contains("Fewer than two groups have 20").all()
    flat = logistic_functioning(answers.assign(x1=2), FACTORS, groups).set_index("item")
    assert "answered `x1` gave the same answer" in sentences(flat.loc["x1", "warning"])
    parted = answers.assign(x1=np.where(groups == 1, 1, 2))
    parted = logistic_functioning(parted, FACTORS, groups).set_index("item")
    assert "no solution" in sentences(parted.loc["x1", "warning"])
    lonely = logistic_functioning(
        answers, FACTORS, groups, rows=clustered(groups.mask(groups == 1, 7 + answers.index % 30))
    )
    assert lonely["warning"].map(sentences).str.contains("lies within one cluster").all()
