"""Weights of a study are made from its contact log, its sheets and its margins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import Refusal, StudyError
from coproduction.rows.sampling import Sampling, sampled
from coproduction.weighting.making import Sources, make_weights
from coproduction.weighting.margins import margins_of, read_margins
from coproduction.weighting.nonresponse import factors, responses
from coproduction.weighting.rules import (
    Frame,
    MarginsFile,
    Nonresponse,
    Weights,
    sample_rows,
    weight_rules,
)

FRAMES = (Frame("address", "residents"), Frame("roster", "enrolled", "member == 1"))
RULES = Weights(None, None, FRAMES, None, None, None, Sampling("survey_weight"))
SHEETS = pd.DataFrame({"residents": [100.0, 50], "enrolled": [10.0, np.nan]}, ["C1", "C2"])
MARGINS = "item,value,population,source\nsex,1,600,census\nsex,2,400,census\n"


def log(*rows: tuple) -> pd.DataFrame:
    """Contacts: community, frame, outcome and the submission that each led to."""
    table = pd.DataFrame(rows, columns=["community", "frame", "outcome", "submission"])
    return table.assign(count=1, source_file="contacts.csv", source_row=np.arange(len(table)) + 2)


def drawn(community: str, frame: str, n: int, *submissions: str) -> list[tuple]:
    told = [*submissions, *[""] * (n - len(submissions))]
    return [(community, frame, "complete" if each else "refusal", each) for each in told]


CONTACTS = log(
    *drawn("C1", "address", 20, "s1", "s2"),
    *drawn("C1", "roster", 4, "s3"),
    *drawn("C2", "address", 10, "s4"),
)
TABLE = pd.DataFrame(
    {"submission": ["s1", "s2", "s3", "s4"], "member": [2.0, 1, 2, 2], "sex": [1.0, 2, 1, 2]}
)
SOURCES = Sources(TABLE, CONTACTS, None, SHEETS)


def weights(rules: Weights = RULES, sources: Sources = SOURCES) -> np.ndarray:
    return make_weights(rules, sources, 1).columns["survey_weight"].to_numpy()


def test_whoever_is_on_two_lists_counts_by_both():
    """Of the roster of 10 a fifth is in the address sample already, so that 4 of 8 were drawn."""
    found = 1 / weights()
    assert found == pytest.approx([0.2, 1 - 0.8 * 0.5, 1 - 0.8 * 0.5, 0.2])


def test_a_probability_that_the_log_states_is_taken_as_it_is():
    stated = CONTACTS.assign(probability=["0.25"] * 20 + ["0.5"] * 14)
    rules = replace(RULES, frames=(), probability="probability")
    assert weights(rules, replace(SOURCES, contacts=stated)).tolist() == [4, 4, 2, 2]
    stated.loc[3, "probability"] = "1.5"
    with pytest.raises(StudyError, match=r"contacts\.csv, row 5: `probability` is `1\.5`"):
        weights(rules, replace(SOURCES, contacts=stated))


def test_respondents_count_for_those_of_their_cell_who_did_not_respond():
    rules = replace(RULES, nonresponse=Nonresponse(("frame", "community"), "cells", 1))
    assert weights(rules) / weights() == pytest.approx([10, 10, 4, 10])
    made = make_weights(rules, SOURCES, 1)
    assert made.columns["weight_before_margins"].to_numpy() == pytest.approx(weights(rules))
    steps = made.summary.set_index(["step", "frame"])
    assert steps.loc[("nonresponse", "all"), "total"] == pytest.approx(weights(rules).sum())
    assert steps.loc[("base", "roster"), "n"] == 1


def test_small_cells_are_joined_where_they_agree_in_all_but_the_last_column():
    rule = Nonresponse(("frame", "community"), "cells", 2)
    found = factors(CONTACTS, responses(CONTACTS, None), rule)
    assert found[0] == 10, "large enough"
    assert found[20] == found[24] == pytest.approx(14 / 2), "all small ones together"


def test_unknown_cases_count_by_the_share_that_is_eligible():
    contacts = log(
        *[("C1", "a", outcome, "") for outcome in ("complete", "complete", "refusal")],
        *[("C1", "a", outcome, "") for outcome in ("not_eligible", "unknown_other")],
    )
    rule = Nonresponse(("frame",), "cells", 1)
    assert factors(contacts, responses(contacts, None), rule)[0] == pytest.approx(3.75 / 2)
    assert factors(contacts, responses(contacts, 0.5), rule)[0] == pytest.approx(3.5 / 2)


def test_a_model_of_response_gives_respondents_the_totals_of_all_who_could_respond():
    rng = np.random.default_rng(4)
    rows = [(f"C{rng.integers(3)}", f"f{rng.integers(2)}", "refusal", "") for _ in range(400)]
    contacts = log(*rows)
    contacts["outcome"] = np.where(rng.uniform(size=400) < 0.5, "complete", "refusal")
    told = responses(contacts, None)
    found = factors(contacts, told, Nonresponse(("frame", "community"), "model", 1))
    for name in ("frame", "community"):
        sums = (found * told.responded).groupby(contacts[name]).sum()
        assert sums.to_numpy() == pytest.approx(contacts[name].value_counts().sort_index())


def test_a_group_in_which_nobody_responded_is_named():
    contacts = log(("C1", "a", "refusal", ""), ("C2", "a", "refusal", ""))
    with pytest.raises(Refusal, match="Nobody"):
        factors(contacts, responses(contacts, None), Nonresponse(("community",), "cells", 1))


def test_margins_are_met_and_the_analysis_table_knows_what_weights_were_fitted_to():
    rules = replace(RULES, margins=MarginsFile("margins.csv", "raking"))
    population = read_margins(MARGINS.encode(), "margins.csv")
    sources = replace(SOURCES, population=population)
    made = make_weights(rules, sources, 1)
    sums = made.columns["survey_weight"].groupby(TABLE["sex"]).sum()
    assert sums.tolist() == pytest.approx([600, 400])
    assert made.columns["margin_sex"].tolist() == [0, 1, 0, 1]
    assert made.margins["population_share"].tolist() == [0.6, 0.4]
    assert made.margins["weighted_share"].tolist() == pytest.approx([0.6, 0.4])
    assert made.margins["sample_share"].tolist() == [0.5, 0.5]
    hidden = make_weights(rules, sources, 5)
    assert hidden.margins[["n", "sample_share", "weighted_share"]].isna().all().all()
    assert hidden.summary.loc[hidden.summary["frame"] != "all", "mean"].isna().all()


def test_known_truth_totals_of_two_overlapping_lists_are_without_bias():
    """Everybody's address can be drawn, members' names too, and members do more."""
    rng = np.random.default_rng(11)
    member = np.repeat([0, 1], [80, 20])
    hours = np.where(member == 1, rng.poisson(9, 100), rng.poisson(3, 100))
    sheets = pd.DataFrame({"residents": [100.0], "enrolled": [20.0]}, ["C1"])
    totals, plain = [], []
    for _ in range(400):
        address = rng.choice(100, 25, replace=False)
        roster = np.setdiff1d(rng.choice(np.flatnonzero(member), 10, replace=False), address)
        people = np.concatenate([address, roster])
        names = [f"s{each}" for each in people]
        frames = ["address"] * 25 + ["roster"] * len(roster)
        pairs = zip(frames, names, strict=True)
        contacts = log(*(("C1", frame, "complete", name) for frame, name in pairs))
        table = pd.DataFrame({"submission": names, "member": 2.0 - member[people]})
        weight = weights(RULES, Sources(table, contacts, None, sheets))
        totals.append(weight @ hours[people])
        plain.append(100 * hours[people].mean())
    error = np.std(totals) / 20
    assert abs(np.mean(totals) - hours.sum()) < 3 * error
    assert np.mean(plain) - hours.sum() > 20 * error


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": TABLE.assign(submission=["s1", "s2", "s3", "x"])}, "1 analysed submissions"),
        ({"contacts": None}, "cleaning.contacts names none"),
        ({"listed": None}, "sheets of communities, but the study has none"),
        ({"listed": SHEETS.assign(residents=[15.0, 50])}, "community `C1`, but `residents` of its"),
        ({"listed": SHEETS.assign(enrolled=np.nan)}, "how many were on that list, is unknown"),
        ({"contacts": CONTACTS.replace("roster", "street")}, "from the frame `street`, which"),
        (
            {"contacts": CONTACTS[CONTACTS["frame"] == "address"], "table": TABLE.iloc[[0, 1, 3]]},
            "nobody was drawn from the frame `roster`",
        ),
    ],
)
def test_sources_that_do_not_tell_how_people_were_drawn_are_refused(change, said):
    with pytest.raises(StudyError, match=said):
        weights(RULES, replace(SOURCES, **change))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,value,population\nsex,1,2\n", "the column `source` is missing"),
        (MARGINS.replace("600", "-6"), "row 1: `-6` is no number from 0 on"),
        (MARGINS.replace("400", "many"), "row 2: `many` is no number"),
        (MARGINS.replace("600,census", "600,"), "row 1: `` is no source"),
        (MARGINS.replace("sex,2", "sex,2 1"), "row 2: the answer 1 to `sex` stands in two"),
    ],
)
def test_a_file_of_margins_that_cannot_be_read_is_told_with_its_row(text, said):
    with pytest.raises(StudyError, match=said):
        read_margins(text.encode(), "margins.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MARGINS.replace("sex", "age"), "`age` is no item with one answer"),
        (MARGINS.replace("sex,2,400,census\n", ""), "respondents answered 2 to `sex`"),
        (MARGINS.replace("600", "0").replace("400", "0"), "all numbers of the margin `sex` are 0"),
    ],
)
def test_margins_that_do_not_fit_the_answers_are_refused(text, said):
    with pytest.raises(StudyError, match=said):
        margins_of(TABLE, read_margins(text.encode(), "margins.csv"))


def test_margins_of_different_populations_are_refused_and_shares_are_not():
    other = MARGINS + "member,1,40,register\nmember,2,160,register\n"
    rules = replace(RULES, margins=MarginsFile("margins.csv", "raking"))
    with pytest.raises(StudyError, match="different sizes"):
        weights(rules, replace(SOURCES, population=read_margins(other.encode(), "m.csv")))
    shares = other.replace(",40,", ",0.2,").replace(",160,", ",0.8,")
    found = weights(rules, replace(SOURCES, population=read_margins(shares.encode(), "m.csv")))
    assert found.sum() == pytest.approx(1000)


def test_several_answers_can_be_one_category():
    table = pd.DataFrame({"age": [1.0, 2, 3, np.nan]})
    text = "item,value,population,source\nage,1 2,10,census\nage,3,5,census\n"
    (margin,) = margins_of(table, read_margins(text.encode(), "margins.csv"))
    assert margin.codes.tolist() == [0, 0, 1, -1] and margin.categories == ("1 2", "3")


def test_a_given_weight_with_its_design_is_four_lines():
    block = {"column": "w", "design": {"stages": [{"unit": "psu", "stratum": "region"}]}}
    table = pd.DataFrame({"submission": list("abcd"), "w": [1.0, 2, 3, 4]})
    table = table.assign(psu=[1.0, 2, 3, 4], region=[1.0, 1, 2, 2])
    rules = weight_rules(block, list(table))
    made = make_weights(rules, Sources(table), 1)
    rows = sampled(table.join(made.columns), rules.sampling)
    assert rows.weight.tolist() == [1, 2, 3, 4] and rows.design.degrees_of_freedom == 2
    assert rules.identifying == {"w", "psu", "region"}


def test_replicate_weights_can_be_named_by_what_they_begin_with():
    block = {"column": "w", "replicates": {"prefix": "r", "kind": "JK1"}}
    rules = weight_rules(block, ["w", "r10", "r2", "r1", "rx", "region"])
    assert rules.sampling.replicates.columns == ("r1", "r2", "r10")
    assert rules.identifying == {"w", "r1", "r2", "r10"}


def test_the_analysis_table_tells_what_its_rows_stand_for():
    rules = replace(RULES, margins=MarginsFile("margins.csv", "raking"))
    population = read_margins(MARGINS.encode(), "margins.csv")
    made = make_weights(rules, replace(SOURCES, population=population), 1)
    rows = sample_rows(TABLE.join(made.columns), rules)
    assert rows.weight.tolist() == made.columns["survey_weight"].tolist()
    (told,) = rows.design.calibrations
    assert (told.margins.T @ told.fitted)[:2] == pytest.approx([600, 400])
    assert sample_rows(TABLE, None) is None


def test_rows_of_fitted_weights_know_their_margins():
    table = TABLE.assign(
        survey_weight=[1.0, 2, 3, 4], before=[1.0, 1, 1, 1], margin_sex=TABLE["sex"]
    )
    sampling = Sampling("survey_weight", before="before", margins=("margin_sex",))
    (told,) = sampled(table, sampling).design.calibrations
    assert told.margins.sum(axis=0).tolist() == [2, 2, 0]
    assert told.fitted.tolist() == [1, 2, 3, 4] and told.weight.tolist() == [1, 1, 1, 1]
