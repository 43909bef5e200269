"""Given weights and designs that do not serve are told with the submissions that have them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.weighting.making import Sources, make_weights
from coproduction.weighting.rules import weight_rules

TABLE = pd.DataFrame(
    {
        "submission": [f"s{place}" for place in range(1, 21)],
        "w": 2.0,
        "r1": 1.0,
        "r2": -1.0,
        "psu": np.arange(20.0) // 2,
        "region": np.arange(20.0) // 10,
        "size": 40.0,
    }
)
STAGES = {"stages": [{"unit": "psu", "stratum": "region", "population": "size"}]}
REPLICATES = {"prefix": "r", "kind": "JK1"}


def refused(block: dict, **changed: list) -> list[str]:
    """Say what is told of a table some of whose cells are others, by row."""
    table = TABLE.copy()
    for name, cells in changed.items():
        for row, value in cells:
            table.loc[row, name] = value
    rules = weight_rules({"column": "w"} | block, table.columns)
    with pytest.raises(StudyError) as caught:
        make_weights(rules, Sources(table), 1)
    return str(caught.value).split("\n")


@pytest.mark.parametrize("value", [np.nan, -1.0, np.inf])
def test_who_has_no_weight_is_named_and_not_the_place_in_a_table(value):
    told, remedy = refused({}, w=[(2, value), (6, value)])
    assert told.startswith("`w`, which the block `weights` of study.yaml names, is missing, ")
    assert told.endswith("for 2 of 20 respondents (submissions s3, s7).")
    assert "Correct the answers" in remedy and "weight 0" in remedy


def test_every_column_is_told_at_once_and_many_respondents_are_counted():
    told = refused(
        {"design": STAGES},
        w=[(0, np.nan)],
        psu=[(row, np.nan) for row in range(12)],
        region=[(3, np.nan)],
        size=[(4, 0.0)],
    )
    assert [each.split("`")[1] for each in told[:-1]] == ["w", "size", "psu", "region"]
    assert "(submissions s1, s2, s3, s4, s5, s6, s7, s8 and 4 more)" in told[2]


def test_replicate_weights_may_be_below_zero_but_must_be_there():
    rules = weight_rules({"column": "w", "replicates": REPLICATES}, TABLE.columns)
    make_weights(rules, Sources(TABLE), 1)
    told, _ = refused({"replicates": REPLICATES}, r2=[(5, np.nan)])
    assert told.startswith("`r2`") and "(submissions s6)" in told
