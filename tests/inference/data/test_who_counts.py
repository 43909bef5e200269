"""Who counts is decided of rows, before anything is made of them; the flow tells every loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.errors import StudyError
from coproduction.inference.analysis import Analysis, analyse
from coproduction.inference.data.tables import all_tables
from coproduction.inference.hidden import hide_compared
from coproduction.plan.data.flagged_rows import FlaggedRows
from coproduction.rows.counted import counted

MODEL = {
    "outcome": "y",
    "family": "gaussian",
    "predictors": [{"variable": "x", "split": "within_cluster"}],
    "cluster": "place",
    "covariance": "CR1",
}
HYPOTHESIS = {
    "id": "H1",
    "family": "all",
    "model": "usual",
    "estimand": {"kind": "coefficient", "variable": "x_within"},
    "direction": "positive",
    "smallest_effect": 0.1,
}


def people(n: int = 120) -> pd.DataFrame:
    """People of four places; every fourth is flagged, has a huge x and an opposite answer."""
    rng = np.random.default_rng(4)
    x, flagged = rng.normal(size=n), np.arange(n) % 4 == 0
    table = pd.DataFrame(
        {"place": np.repeat(["a", "b", "c", "d"], n // 4), "x": x + 5 * flagged, "age": 20.0}
    )
    table["y"] = np.where(flagged, -x, x) + rng.normal(size=n)
    table["flag_quick"] = flagged.astype(float)
    table["flag_odd"] = (np.arange(n) % 8 == 0).astype(float)
    return table.assign(flags=table["flag_quick"] + table["flag_odd"])


def analysed(table: pd.DataFrame, *models: dict[str, Any], **blocks: Any) -> Analysis:
    said = {
        "models": [MODEL | each for each in models],
        "flagged_rows": {"leave_out": "any"},
        "families": [{"id": "all", "method": "none", "level": 0.05}],
        "hypotheses": [HYPOTHESIS],
    }
    return analyse(table, plan_of(said | blocks), 1, n_received=200)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (FlaggedRows("none"), [True, True, True]),
        (FlaggedRows("any"), [True, False, False]),
        (FlaggedRows("any", ("quick",)), [True, False, True]),
        (FlaggedRows("any", ("quick", "odd")), [True, False, False]),
    ],
)
def test_a_row_counts_unless_one_of_the_meant_flags_marks_it(rule, kept):
    table = pd.DataFrame({"flag_quick": [0.0, 1, 0], "flag_odd": [0.0, 0, 1], "flags": [0, 1, 1]})
    assert counted(table, rule).tolist() == kept


def test_a_table_without_the_flags_is_refused():
    with pytest.raises(StudyError, match="has no column `flag_quick`"):
        counted(pd.DataFrame({"x": [1.0]}), FlaggedRows("any", ("quick",)))


def test_flagged_rows_are_in_no_model_but_in_one_that_says_so():
    own = {"id": "all_rows", "flagged_rows": {"leave_out": "none"}}
    named = {"id": "one", "flagged_rows": {"leave_out": "any", "among": ["odd"]}}
    result = analysed(people(), {"id": "usual"}, own, named)
    assert result.models.set_index("model")["n"].to_dict() == {
        "usual": 90,
        "all_rows": 120,
        "one": 105,
    }
    slopes = result.coefficients.set_index(["model", "term"])["estimate"]
    clean = people()[lambda table: table["flags"] == 0]
    alone = analysed(clean, {"id": "usual"}, flagged_rows={"leave_out": "none"})
    expected = alone.coefficients.set_index(["model", "term"])["estimate"]
    pd.testing.assert_series_equal(slopes[["usual"]], expected[["usual"]])
    assert slopes["all_rows", "x_within"] < 0.2 < slopes["usual", "x_within"]


def test_flagged_rows_make_no_mean_of_a_community():
    table = people()
    rule = {"cluster": "place", "key": "code", "minimum_respondents": 2}
    summary = {"id": "level", "label": {"en": "x"}, "variable": "x", "statistic": "mean"}
    plan = plan_of(
        {
            "communities": {**rule, "summaries": [summary]},
            "flagged_rows": {"leave_out": "any"},
            "models": [{**MODEL, "id": "all_rows", "flagged_rows": {"leave_out": "none"}}],
        }
    )
    sheets = pd.DataFrame({"code": ["a", "b", "c", "d"]})
    tables = all_tables(table, plan, sheets)
    for kept, made in (
        (table[table["flags"] == 0], tables.usual),
        (table, tables.by_rule[FlaggedRows("none")]),
    ):
        expected = kept.groupby("place")["x"].mean()
        found = made.by_level["communities"].set_index("place")["level"]
        pd.testing.assert_series_equal(found, expected, check_names=False)


def test_the_flow_of_every_model_adds_up_from_what_was_received_to_its_rows():
    table = people().assign(z=1.0)
    table.loc[[1, 2, 5], "y"] = np.nan
    table.loc[[2, 3, 7, 9], "x"] = np.nan
    table.loc[[10, 11], "age"] = 80.0
    result = analysed(
        table, {"id": "usual", "subset": "age < 70"}, {"id": "unknown", "outcome": "q"}
    )
    flow = result.model_flow[result.model_flow["model"] == "usual"]
    told = list(zip(flow["step"], flow["variable"], flow["n_removed"], strict=True))
    assert told == [
        ("received", "", 0),
        ("analysed", "", 80),
        ("counted", "", 30),
        ("population", "", 2),
        ("missing", "y", 3),
        ("missing", "x", 3),
        ("modelled", "", 0),
    ]
    assert (flow["n_remaining"].diff()[1:] == -flow["n_removed"][1:]).all()
    assert flow["n_remaining"].iloc[-1] == result.models["n"].iloc[0] == 82
    unknown = result.model_flow[result.model_flow["model"] == "unknown"]
    assert unknown["step"].tolist() == ["received", "analysed", "counted"]


def test_a_model_of_communities_goes_over_to_these():
    plan = {
        "communities": {
            **{"cluster": "place", "key": "code", "minimum_respondents": 2},
            "summaries": [{"id": "level", "label": {}, "variable": "y", "statistic": "mean"}],
        }
    }
    model = {"id": "usual", "level": "communities", "outcome": "level", "predictors": ["rooms"]}
    said = {"models": [MODEL | model], "flagged_rows": {"leave_out": "any"}} | plan
    sheets = pd.DataFrame({"code": ["a", "b", "c", "d"], "rooms": [1.0, 2.0, 3.0, np.nan]})
    flow = analyse(people(), plan_of(said), 1, sheets).model_flow
    assert flow["step"].tolist() == [
        *("analysed", "counted", "communities", "population", "missing", "modelled")
    ]
    assert flow["unit"].tolist() == ["respondents"] * 2 + ["communities"] * 4
    assert flow["n_remaining"].tolist() == [120, 90, 4, 4, 3, 3]


def test_those_left_out_are_compared_with_those_kept_by_reason():
    table = people()
    table.loc[[1, 2, 3, 5, 6], "y"] = np.nan
    rows = analysed(table, {"id": "usual"}).left_out.set_index(["reason", "variable"])
    kept, flagged = table[(table["flags"] == 0) & table["y"].notna()], table[table["flags"] > 0]
    incomplete = table.loc[[1, 2, 3, 5, 6]]
    assert set(rows.index) == {("flagged", "y"), ("flagged", "x"), ("incomplete", "x")}
    for reason, lost in (("flagged", flagged), ("incomplete", incomplete)):
        found = rows.loc[reason, "x"]
        assert (found["n_kept"], found["n_left_out"]) == (len(kept), len(lost))
        spread = np.sqrt((kept["x"].var() + lost["x"].var()) / 2)
        expected = (lost["x"].mean() - kept["x"].mean()) / spread
        assert found["standardised_difference"] == pytest.approx(expected, rel=1e-12)


def test_comparisons_with_few_people_on_a_side_are_hidden_with_others():
    table = pd.DataFrame(
        {
            **{"model": "m", "reason": "flagged", "variable": "v", "level": ["1", "2", "3", ""]},
            **{"n_kept": 100.0, "n_left_out": 50.0, "standardised_difference": 0.1, "p_value": 0.5},
            **{"mean_kept": [0.2, 0.3, 0.5, 2.0], "mean_left_out": [0.04, 0.4, 0.56, 3.0]},
        }
    )
    table.loc[3, ["variable"]] = "w"
    hidden = hide_compared(table, 5)
    assert hidden["mean_kept"].isna().tolist() == [True, True, False, False]
    assert hidden.loc[0, ["n_left_out", "p_value", "standardised_difference"]].isna().all()
