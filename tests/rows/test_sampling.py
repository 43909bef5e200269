"""What a sample's table says of weights, design and replicates, and what is refused in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import Refusal
from coproduction.numerics.survey.estimates import means, totals
from coproduction.numerics.survey.variance import design_of
from coproduction.rows.design import stages_of
from coproduction.rows.membership import membership
from coproduction.rows.sampling import ReplicateColumns, Sampling, sampled

TABLE = pd.DataFrame(
    {
        "w": [2.0, 1, 3, 1, 2, 2],
        "region": list("aaabbb"),
        "place": [1, 1, 2, 1, 2, 3],
        "places": [9.0, 9, 9, 3, 3, 3],
        "y": [1.0, 2, 4, 3, 5, 9],
    }
)
SAMPLING = Sampling("w", ("place",), ("region",), ("places",))


def refusal(table: pd.DataFrame, sampling: Sampling = SAMPLING) -> str:
    with pytest.raises(Refusal) as error:
        sampled(table, sampling)
    return f"{error.value.note.code}: {error.value}"


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("w", None, "weight_missing: `w`: the weight of row 3 is missing or no number (1 row"),
        ("w", "many", "weight_missing: `w`: the weight of row 3 is missing or no number"),
        ("w", -1.0, "weight_negative: `w`: the weight of row 3 is negative (1 row has"),
        ("w", np.inf, "weight_infinite: `w`: the weight of row 3 is infinite"),
        ("region", None, "design_missing: `region`: row 3 has no value (1 row has none)"),
        ("place", None, "design_missing: `place`: row 3 has no value"),
        ("places", 0.0, "population_not_positive: `places`: row 3 has no number of units"),
        ("places", 8.0, "population_of_two_sizes: `places`: row 1 states another number"),
    ],
)
def test_what_a_row_says_wrongly_is_told_with_its_column_and_place(column, value, said):
    table = TABLE.astype(object)
    table.loc[2, column] = value
    assert said in refusal(table)


def test_weights_that_sum_to_nothing_and_shares_for_populations_are_refused():
    assert "weights_sum_to_nothing: `w`" in refusal(TABLE.assign(w=0.0))
    assert "states 0.5 units of the population, but 2 were" in refusal(TABLE.assign(places=0.5))


def test_one_primary_unit_in_a_stratum_is_refused_unless_it_is_said_what_it_adds():
    alone = TABLE[~((TABLE["region"] == "a") & (TABLE["place"] == 2))]
    rows = sampled(alone, SAMPLING)
    with pytest.raises(Refusal, match="Stratum `a` has one primary unit"):
        means(alone["y"], rows)
    certain = sampled(alone, replace(SAMPLING, lonely="certainty"))
    assert np.isfinite(means(alone["y"], certain).std_errors).all()
    only = alone[alone["region"] == "a"]
    with pytest.raises(Refusal, match="No stratum has two units"):
        means(only["y"], sampled(only, replace(SAMPLING, lonely="average")))


def test_a_stratum_drawn_whole_adds_nothing_even_with_one_unit():
    alone = TABLE[~((TABLE["region"] == "a") & (TABLE["place"] == 2))].assign(
        places=[1.0] * 2 + [3.0] * 3
    )
    assert means(alone["y"], sampled(alone, SAMPLING)).std_errors == pytest.approx([0.0])


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"kind": "bootstrap"}, "replicates_without_scale"),
        ({"kind": "JKn"}, "replicates_without_scale"),
        ({"kind": "Fay"}, "replicates_without_fay"),
        ({"kind": "BRR", "rscales": (1.0,)}, "replicates_and_scales"),
    ],
)
def test_replicates_whose_scale_is_not_told_are_refused(told, code):
    table = TABLE.assign(r1=1.0, r2=2.0)
    sampling = Sampling("w", replicates=ReplicateColumns(("r1", "r2"), **told))
    assert refusal(table, sampling).startswith(f"{code}: ")


@pytest.mark.parametrize(
    ("told", "scale"),
    [
        ({"kind": "BRR"}, 1 / 2),
        ({"kind": "Fay", "fay": 0.3}, 1 / (2 * 0.7**2)),
        ({"kind": "JK1"}, 1 / 2),
        ({"kind": "JKn", "rscales": (0.5, 0.5)}, 1.0),
        ({"kind": "bootstrap", "scale": 0.1}, 0.1),
        ({"kind": "JK1", "scale": 0.7}, 0.7),
    ],
)
def test_replicates_have_the_scale_of_their_kind_or_the_one_that_is_told(told, scale):
    table = TABLE.assign(r1=2.0, r2=1.0)
    columns = ReplicateColumns(("r1", "r2"), factors=True, **told)
    made = sampled(table, Sampling("w", replicates=columns)).replicates
    assert made.scale == pytest.approx(scale)
    np.testing.assert_array_equal(made.weights, np.outer(TABLE["w"], [2, 1]))


def test_replicate_weights_are_held_to_what_weights_are():
    table = TABLE.assign(r1=2.0, r2=[1.0, 1, -1, 1, 1, 1])
    sampling = Sampling("w", replicates=ReplicateColumns(("r1", "r2"), "BRR"))
    assert "weight_negative: `r2`: the weight of row 3" in refusal(table, sampling)


def test_units_and_strata_lie_within_what_they_were_drawn_from():
    region, place = membership(TABLE["region"]), membership(TABLE["place"])
    (stage,) = stages_of([place], [region])
    assert stage.unit.tolist() == [0, 0, 1, 2, 3, 4] and stage.stratum.tolist() == [0] * 3 + [1] * 3
    assert stage.names.tolist() == ["a", "b"]
    first, second = stages_of([region, place])
    assert first.unit.tolist() == second.stratum.tolist() == [0, 0, 0, 1, 1, 1]
    assert second.unit.tolist() == stage.unit.tolist()


def test_some_rows_keep_the_design_of_all():
    rows = sampled(TABLE, SAMPLING)
    chosen = (TABLE["y"] > 2).to_numpy()
    some = rows[chosen]
    assert some.design.stratum.tolist() == rows.design.stratum[chosen].tolist()
    assert len(some.design.weight) == 6
    zero = totals(TABLE["y"].where(chosen, 0), rows)
    assert totals(TABLE["y"][chosen], some).std_errors == pytest.approx(zero.std_errors)
    assert rows.design.degrees_of_freedom == 3 and some.design.degrees_of_freedom == 2


def test_without_a_design_clusters_or_rows_are_what_was_drawn():
    rows = replace(sampled(TABLE, Sampling("w")), design=None)
    assert design_of(rows).degrees_of_freedom == 5
    clustered = replace(rows, cluster=membership(TABLE["place"]))
    assert design_of(clustered).degrees_of_freedom == 2
