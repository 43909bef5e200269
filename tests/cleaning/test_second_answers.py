"""Who answered once more is matched with the first answers and never counted twice."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.cleaning.clean import clean
from coproduction.cleaning.dispositions import read_contacts, reconcile
from coproduction.cleaning.exclusions import ANALYSED, RETEST
from coproduction.cleaning.links import read_links
from coproduction.cleaning.response_rates import response_rates
from coproduction.errors import StudyError

BY_CODE = {"waves": ["again"], "person": ["remark"]}
BY_LINK = {"waves": ["again"], "links": "links.csv"}
RULES = {
    "rejected": ["bad"],
    "duplicates": {"same": ["device"], "minimum_match": 0.9},
    "complete": {"partial": 0.3, "complete": 0.8},
    "quality": {"long_string": 4},
}
FIRST = {"device": "A", "started_at": "2025-04-01T08:00:00Z"}
AGAIN = {**FIRST, "wave": "again", "started_at": "2025-04-12T20:00:00Z"}


def rules(retest=BY_CODE):
    return {**RULES, "retest": retest}


def person(code, row=FIRST, **others):
    return {**row, "remark": code, **others}


def links(*pairs):
    rows = "".join(f"{second},{first}\n" for second, first in pairs)
    return read_links(f"submission,first\n{rows}".encode(), "links.csv")


def found(result, *names):
    table = result.findings
    table = table[table["code"].str.contains("retest")]
    return [tuple(row) for row in table[["code", "submission", *names]].itertuples(index=False)]


@pytest.fixture(scope="module")
def pair(answers, survey):
    """One person in both waves, with the same answers but for two, from the same device."""
    table = answers(person("ab12", t1=5, t2=4), person(" AB12", AGAIN, t1=3, t2=4))
    return clean(table, survey, rules())


def test_the_same_person_twice_is_one_respondent_and_no_duplicate(pair):
    assert pair.responses["status"].tolist() == [ANALYSED, RETEST]
    assert pair.scores["submission"].tolist() == ["s1"]
    assert found(pair, "action", "severity") == [("retest", "s2", "set_apart", "note")]


def test_second_answers_are_scored_beside_the_submission_they_repeat(pair):
    row = pair.retest.iloc[0].to_dict()
    assert row["submission"] == "s2" and row["first_submission"] == "s1"
    assert row["wave"] == "again" and row["days"] == 11.5
    # Three items, the last reversed: 3, 4 and 6 - 2; and the sum of two items.
    assert row["t1"] == 3 and row["t3_r"] == 4 and row["trust"] == pytest.approx(11 / 3)
    assert row["duty"] == 7


@pytest.mark.filterwarnings("error")
def test_a_questionnaire_of_many_items_makes_no_noise(answers, survey):
    weight = survey.by_id["weight"]
    many = [replace(weight, id=f"weight{number}") for number in range(120)]
    table = answers(person("ab12"), person("ab12", AGAIN))
    table = pd.concat([table, pd.DataFrame({item.id: table["weight"] for item in many})], axis=1)
    wide = replace(survey, items=(*survey.items, *many))
    assert clean(table, wide, rules()).retest["first_submission"].tolist() == ["s1"]


def test_what_persons_are_matched_by_is_not_in_the_table_or_the_findings(pair):
    assert "remark" not in pair.retest
    told = pair.findings.astype("string").to_csv() + pair.retest.astype("string").to_csv()
    assert "ab12" not in told.casefold()


def test_the_flow_has_a_stage_for_second_answers_and_adds_up(pair):
    flow = pair.flow.set_index("reason")
    assert flow.loc[RETEST, ["n_removed", "n_remaining"]].tolist() == [1, 1]
    assert pair.flow["n_removed"].sum() + pair.flow["n_remaining"].iloc[-1] == 2


def test_second_answers_are_cleaned_and_flagged_but_not_counted(answers, survey):
    alike = {"t1": 4, "t2": 4, "t3": 4, "y1": 4, "y2": 4}
    table = answers(person("a"), person("a", AGAIN, hours=999, **alike))
    result = clean(table, survey, rules())
    codes = result.findings.set_index("code")["submission"]
    assert codes["out_of_range"] == codes["flag_long_string"] == "s2"
    quality = result.quality.set_index("index")
    assert quality.loc["long_string", ["n", "n_flagged"]].tolist() == [1, 0]
    assert result.nonresponse.shape[0] == 1


def test_nothing_of_the_sample_depends_on_the_retest(answers, survey):
    first = [person(code, t1=t1) for code, t1 in zip("abcde", (1, 2, 3, 4, 5), strict=True)]
    again = [person(code, AGAIN, t1=5, duration_seconds=30.0) for code in "abc"]
    alone, both = (
        clean(answers(*first), survey, RULES),
        clean(answers(*first, *again), survey, rules()),
    )
    for name in ("scores", "nonresponse", "quality"):
        pd.testing.assert_frame_equal(getattr(alone, name), getattr(both, name))
    pd.testing.assert_frame_equal(alone.responses, both.responses.iloc[:5])


CASES = {
    "not usable": ([person("a"), person("a", AGAIN, consent=0)], "retest_not_usable", "no_consent"),
    "no code": ([person("a"), person(None, AGAIN)], "retest_without_person", ""),
    "a refused code": ([person("a"), person("-99", AGAIN)], "retest_without_person", ""),
    "never seen": ([person("a"), person("b", AGAIN)], "retest_without_first", ""),
    "first left out": (
        [person("b"), person("a", validation_status="bad"), person("a", AGAIN)],
        "retest_without_first",
        "rejected",
    ),
    "a code of two": (
        [person("a"), person("a", device="B"), person("a", AGAIN)],
        "retest_ambiguous",
        "",
    ),
    "twice": (
        [person("a"), person("a", AGAIN), person("a", AGAIN, device="B")],
        "retest_repeated",
        "repeats s2",
    ),
    "sent twice": (
        [person("a"), person("a", AGAIN), person("a", AGAIN)],
        "retest_not_usable",
        "duplicate repeats s2",
    ),
}


@pytest.mark.parametrize(("rows", "code", "stands"), CASES.values(), ids=CASES)
def test_what_cannot_be_compared_is_a_finding_that_says_why(answers, survey, rows, code, stands):
    result = clean(answers(*rows), survey, rules())
    last = f"s{len(rows)}"
    assert (code, last, stands, "not_compared") in found(result, "found", "action")
    assert last not in set(result.retest["submission"])
    assert result.responses["status"].iloc[-1] == RETEST


def test_a_retest_dated_before_the_first_interview_is_kept_and_told(answers, survey):
    early = {**AGAIN, "started_at": "2025-03-31T08:00:00Z"}
    result = clean(answers(person("a"), person("a", early)), survey, rules())
    assert ("retest_before_first", "s2", "-1.0 days", "kept") in found(result, "found", "action")
    assert result.retest["days"].tolist() == [-1.0]


def test_without_times_the_days_are_not_known(answers, survey):
    times = {"started_at": None, "submitted_at": None}
    table = answers(person("a", **times), person("a", AGAIN, **times))
    result = clean(table, survey, rules())
    assert len(result.retest) == 1 and result.retest["days"].isna().all()


def test_several_columns_together_tell_persons_apart(answers, survey):
    table = answers(
        person("a", submitted_by="x"),
        person("a", device="B", submitted_by="y"),
        person("a", AGAIN, submitted_by="Y"),
    )
    by_both = {"waves": ["again"], "person": ["remark", "submitted_by"]}
    result = clean(table, survey, rules(by_both))
    assert result.retest["first_submission"].tolist() == ["s2"]


def test_each_further_wave_is_an_occasion_of_its_own(answers, survey):
    third = {**AGAIN, "wave": "third"}
    table = answers(person("a"), person("a", AGAIN), person("a", third))
    result = clean(table, survey, rules({"waves": ["again", "third"], "person": ["remark"]}))
    assert result.retest[["first_submission", "wave"]].to_numpy().tolist() == [
        ["s1", "again"],
        ["s1", "third"],
    ]


def test_links_match_what_the_answers_do_not(answers, survey):
    table = answers(FIRST, FIRST | {"t1": 1, "t2": 1, "y1": 1}, AGAIN, AGAIN | {"device": "B"})
    result = clean(table, survey, rules(BY_LINK), links(("s3", "s2"), ("s9", "s1")))
    assert result.retest[["submission", "first_submission"]].to_numpy().tolist() == [["s3", "s2"]]
    assert ("retest_without_person", "s4", "not_compared") in found(result, "action")
    assert ("link_without_retest", "s9", "kept") in found(result, "action")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("submission,primary\na,b\n", "links.csv: the column `first` is missing"),
        ("submission,first\na,b\na,c\n", "links.csv, row 2: the submission `a` stands twice"),
        ("submission,first\na,\n", "links.csv, row 1: `first` is empty"),
    ],
)
def test_links_that_do_not_link_are_refused(text, message):
    with pytest.raises(StudyError, match=message):
        read_links(text.encode(), "links.csv")


def test_a_wave_that_nobody_is_of_is_refused_before_its_rows_count_as_respondents(answers, survey):
    table = answers(FIRST, {**AGAIN, "wave": "Again"})
    with pytest.raises(StudyError, match=r"no submission is of the wave `again` .*`Again`"):
        clean(table, survey, rules())


def test_who_was_contacted_for_a_retest_is_no_new_contact(pair):
    log = "contact,disposition,submission\nK1,1.1,s1\nK2,1.1,s2\nK3,2.1,\n"
    contacts = read_contacts(log.encode(), "log.csv", {"complete": ["1.1"], "refusal": ["2.1"]})
    counted, findings = reconcile(contacts, pair.responses)
    assert counted["contact"].tolist() == ["K1", "K3"]
    assert "contact_for_retest" in set(findings["code"])
    rates = response_rates(counted)
    assert rates["rr1"].iloc[0] == 0.5


CODES = st.sampled_from(["a", "b", "c", None])
ROWS = st.fixed_dictionaries(
    {
        "remark": CODES,
        "wave": st.sampled_from([None, "again", "third"]),
        "consent": st.sampled_from([1, 1, 0]),
        "device": st.sampled_from(["A", "B"]),
        "t1": st.sampled_from([1, 5, None]),
    }
)


@settings(max_examples=25)
@given(rows=st.lists(ROWS, min_size=1, max_size=10))
def test_every_second_interview_is_compared_or_told_of(rows, answers, survey):
    waves = {"waves": ["again", "third"], "person": ["remark"]}
    table = answers({"remark": "z"}, *rows, {"wave": "again"}, {"wave": "third"})
    result = clean(table, survey, rules(waves))
    responses, matched = result.responses, result.retest
    again = set(responses.loc[responses["wave"].notna(), "submission"])
    told = result.findings[result.findings["action"] == "not_compared"]["submission"]
    assert told.is_unique
    assert again == set(told) | set(matched["submission"])
    assert not set(told) & set(matched["submission"])
    assert not matched.duplicated(["first_submission", "wave"]).any()
    assert set(matched["first_submission"]) <= set(result.scores["submission"])
    assert again == set(responses.loc[responses["status"] == RETEST, "submission"])
