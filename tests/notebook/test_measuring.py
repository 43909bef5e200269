"""The functions for notebooks give what the rooms give, for tables as people have them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import coproduction as cp
from coproduction.measurement.reliability.alpha import cronbach_alpha

FACTORS = {"one": ["a", "b", "c"], "two": ["d", "e", "f"]}


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """600 people in 30 places and two groups, six items with four answers, a gap in each."""
    rng = np.random.default_rng(3)
    place = np.repeat(np.arange(30), 20)
    traits = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], 600)
    traits += 0.6 * rng.normal(size=(30, 1))[place]
    latent = np.repeat(traits, 3, axis=1) + rng.normal(size=(600, 6))
    items = pd.DataFrame(np.digitize(latent, [-1.0, 0.2, 1.3]) + 1.0, columns=list("abcdef"))
    items = items.mask(rng.random(items.shape) < 0.02)
    return items.assign(place=place, group=np.where(np.arange(600) % 2, "x", "y"))


def test_one_scale_and_several_by_name_give_the_same(answers):
    items = answers[FACTORS["one"]]
    alone = cp.reliability(items).to_frame()
    several = cp.reliability({name: answers[below] for name, below in FACTORS.items()}).to_frame()
    assert alone["alpha"].item() == cronbach_alpha(items).alpha
    assert several.set_index("construct")["alpha"]["one"] == alone["alpha"].item()


def test_groups_and_clusters_are_columns_or_series(answers):
    model = {"estimator": "MLR", "factors": {"one": FACTORS["one"]}}
    rows = cp.rows_of(answers, cluster="place")
    named = cp.confirmatory(answers, **model, rows=rows)
    given = cp.confirmatory(answers, **model, rows=cp.rows_of(answers, cluster=answers["place"]))
    pd.testing.assert_frame_equal(named.parameters, given.parameters)
    assert named.n_clusters == 30
    assert repr(rows) == "600 rows in 30 clusters" and repr(cp.rows_of(answers)) == "600 rows"
    by_group = cp.invariance(answers, model["factors"], "group", "ML")
    assert by_group.groups == ("x", "y")
    assert by_group.to_frame()["step"].iloc[0] == "configural"


def test_columns_that_there_are_not_are_refused_with_those_there_are(answers):
    with pytest.raises(cp.StudyError, match="no column `town` in the table; there are: a, b"):
        cp.rows_of(answers, cluster="town")
    with pytest.raises(cp.StudyError, match="no column `z` in the table"):
        cp.validity(answers, {"one": ["a", "z"], "two": FACTORS["two"]})


def test_notes_are_sentences_and_empty_columns_are_left_out(answers):
    weak = answers[["a", "d"]].assign(a=answers["a"].sample(frac=1, random_state=1).to_numpy())
    found = cp.reliability(weak)
    assert any("weak" in sentence for sentence in found.notes)
    assert not found.to_frame().isna().all().any()
    assert "alpha_bootstrap_low" not in found.to_frame()


def test_items_are_described_with_floor_and_ceiling_where_limits_are_known(answers):
    items = answers[FACTORS["one"]]
    assert "floor" not in cp.item_statistics(items).to_frame()
    known = cp.item_statistics(items, limits=(1, 4)).to_frame().set_index("item")
    assert known["floor"]["a"] == (items["a"] == 1).sum() / items["a"].notna().sum()
    assert known["missing_rate"]["a"] == items["a"].isna().mean()


def test_dimensions_and_factors_of_two_scales_are_two(answers):
    items = answers[[*FACTORS["one"], *FACTORS["two"]]]
    assert "2 factors" in cp.dimensionality(items, replicates=20).headline
    pattern = cp.exploratory(items, 2).to_frame()
    largest = pattern[["factor_1", "factor_2"]].abs().idxmax(axis=1)
    assert largest[FACTORS["one"]].nunique() == largest[FACTORS["two"]].nunique() == 1
    assert largest["a"] != largest["d"]


def test_polychoric_correlations_are_a_table_of_items(answers):
    items = answers[FACTORS["one"]]
    table = cp.polychoric(items, rows=cp.rows_of(answers, cluster="place")).to_frame()
    assert list(table.index) == list(table.columns) == FACTORS["one"]
    assert table.loc["a", "b"] > items.corr().loc["a", "b"]


def test_validity_compares_every_two_constructs(answers):
    rows = cp.rows_of(answers, cluster="place")
    found = cp.validity(answers, FACTORS, replicates=50, rows=rows).to_frame()
    row = found.iloc[0]
    assert (row["construct_1"], row["construct_2"], row["decision"]) == ("one", "two", "distinct")
    assert row["latent_conf_low"] < row["latent_correlation"] < row["latent_conf_high"]


def test_agreement_within_places_needs_to_know_how_many_answers_there_were(answers):
    scale = {"one": answers[FACTORS["one"]]}
    rows = cp.rows_of(answers, cluster="place")
    known = cp.aggregation(scale, rows, categories=4).to_frame()
    assert 0.05 < known["icc_1"].item() < 0.5
    assert "rwg_median" in known
    assert "rwg_median" not in cp.aggregation(scale, rows).to_frame()
