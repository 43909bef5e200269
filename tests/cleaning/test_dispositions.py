from __future__ import annotations

import pandas as pd
import pytest

from coproduction.cleaning.dispositions import read_contacts, reconcile
from coproduction.errors import StudyError

CODES = {"complete": ["1.1"], "partial": ["1.2"], "refusal": ["2.11"], "non_contact": ["2.2"]}


def read(text):
    return read_contacts(text.encode(), "contacts.csv", CODES)


def test_codes_become_outcomes_and_the_other_columns_are_ignored():
    log = read("contact,disposition,frame,mode,colour\nk1,1.1,address,visit,red\nk2,2.2,roster,,\n")
    assert log["outcome"].tolist() == ["complete", "non_contact"]
    assert log["count"].tolist() == [1, 1]
    assert "colour" not in log
    assert log["source_row"].tolist() == [1, 2]


def test_a_row_may_stand_for_many_contacts():
    log = read("contact,disposition,count\nno answer,2.2,288\nrefused,2.11,\n")
    assert log["count"].tolist() == [288, 1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("contact,mode\nk1,visit\n", "the column `disposition` is missing"),
        ("contact,disposition\nk1,9.9\n", "row 1: the disposition `9.9` belongs to no outcome"),
        ("contact,disposition\nk1,1.1\nk1,2.2\n", "row 2: the contact `k1` stands twice"),
        (
            "contact,disposition,submission\nk1,1.1,s1\nk2,1.1,s1\n",
            "row 2: the submission `s1` stands twice",
        ),
        ("contact,disposition,count\nk1,1.1,0\n", "row 1: the count `0` is no whole number"),
        ("contact,disposition,count\nk1,1.1,2.5\n", "row 1: the count `2.5` is no whole number"),
        ("contact,disposition,count\nk1,1.1,many\n", "row 1: the count `many` is no whole number"),
    ],
)
def test_a_log_that_cannot_be_counted_is_refused_with_its_place(text, sentence):
    with pytest.raises(StudyError, match=sentence):
        read(text)


LOG = "contact,disposition,submission\nk1,1.1,s1\nk2,1.1,s2\nk3,1.1,s3\nk4,1.1,s9\nk5,2.2,\n"


def cleaned(*rows):
    names = ("submission", "status", "completeness")
    table = pd.DataFrame(rows, columns=list(names), dtype="string")
    return table.assign(source_row=range(1, len(rows) + 1))


def test_the_answers_decide_what_became_of_a_contact_and_each_change_is_told(codes):
    responses = cleaned(
        ("s1", "analysed", "partial"),
        ("s2", "no_consent", "partial"),
        ("s3", "duplicate", "complete"),
        ("s4", "analysed", "complete"),
        ("s5", "not_eligible", "partial"),
    )
    log, findings = reconcile(read(LOG), responses)
    expected = ["partial", "refusal", "complete", "complete", "non_contact"]
    assert log["outcome"].tolist() == expected
    assert codes(findings) == [
        "disposition_differs_from_answers s1",
        "disposition_differs_from_answers s2",
        "logged_submission_absent s9",
        "submission_not_logged s4",
    ]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("analysed", "complete"),
        ("no_consent", "refusal"),
        ("not_eligible", "not_eligible"),
        ("break_off", "break_off"),
        ("test_submission", "complete"),
        ("duplicate", "complete"),
    ],
)
def test_the_outcome_of_every_status(status, outcome):
    log = read("contact,disposition,submission\nk1,1.1,s1\n")
    assert reconcile(log, cleaned(("s1", status, "complete")))[0]["outcome"].tolist() == [outcome]
