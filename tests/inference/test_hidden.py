"""Groups of few people, and shares that stand for few, are not passed on."""

from __future__ import annotations

import pandas as pd

from coproduction.inference.hidden import hide_groups, hide_points


def means(*rows: tuple[float, int]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["estimate", "n_cell"])
    return table.assign(description="d", conf_low=0.1, level=[str(n) for n in range(len(rows))])


def test_a_small_group_is_hidden_with_the_next_smallest():
    table = hide_groups(means((3.37, 4), (3.11, 20), (2.93, 90)), 5, ["description"])
    hidden = table[["estimate", "conf_low", "n_cell"]].isna()
    assert hidden.all(axis=1).tolist() == [True, True, False]
    assert hidden.any(axis=1).tolist() == [True, True, False]


def test_a_share_that_stands_for_few_people_is_hidden_with_another():
    table = hide_groups(means((3 / 40, 40), (12 / 50, 50), (30 / 60, 60)), 5, ["description"])
    assert table["estimate"].isna().tolist() == [True, True, False]


def test_a_share_without_few_people_is_too_and_a_mean_is_no_share():
    almost = hide_groups(means((38 / 40, 40), (20 / 50, 50), (9 / 60, 60)), 5, ["description"])
    assert almost["estimate"].isna().any()
    assert hide_groups(means((0.3771, 40), (0.24, 51)), 5, ["description"]).notna().all(axis=None)


def test_communities_whose_share_stands_for_few_are_left_out():
    points = pd.DataFrame({"estimate": [3 / 30, 0.0, 0.5, 27 / 30], "n": [30, 30, 30, 30]})
    assert hide_points(points, 5)["estimate"].tolist() == [0.0, 0.5]


def test_a_pooled_share_is_hidden_though_it_is_no_whole_number_of_people():
    """Of 40 people 3.2 in the mean of the imputed tables."""
    pooled = means((0.08, 40), (0.2471, 51), (0.511, 60)).assign(n_imputations=10.0)
    assert hide_groups(pooled, 5, ["description"])["estimate"].isna().tolist() == [
        True,
        True,
        False,
    ]
    single = pooled.assign(n_imputations=float("nan"), estimate=[0.081, 0.2471, 0.511])
    assert hide_groups(single, 5, ["description"])["estimate"].notna().all()
