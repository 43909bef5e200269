from __future__ import annotations

import pandas as pd
import pytest

from coproduction.cleaning.corrections import apply_corrections, read_corrections
from coproduction.errors import StudyError

HEADER = "submission,item,old,new,reason,who,when\n"
SOURCE = "corrections.csv"


def corrected(table, survey, *lines):
    data = (HEADER + "".join(f"{line}\n" for line in lines)).encode()
    return apply_corrections(table, read_corrections(data, SOURCE), survey)


def test_a_correction_replaces_the_value_and_is_on_record(answers, survey):
    table = answers({"hours": 100}, {})
    fixed, findings = corrected(table, survey, "s1,hours,100,10,typing error,Li,2025-05-01")
    assert fixed["hours"].tolist() == [10, 10]
    assert table["hours"].tolist() == [100, 10]
    row = findings.iloc[0]
    assert len(findings) == 1
    assert (row["code"], row["submission"], row["item"]) == ("corrected_by_hand", "s1", "hours")
    assert (row["found"], row["action"]) == ("100", "corrected")
    assert row["expected"] == "10 (Li on 2025-05-01: typing error)"


def test_an_old_value_that_does_not_match_is_an_error(answers, survey):
    with pytest.raises(StudyError, match=r"row 1: the old value is `99`, but .* stands `10`"):
        corrected(answers({}), survey, "s1,hours,99,10,why,Li,2025-05-01")


def test_an_old_value_where_nothing_stands_is_an_error(answers, survey):
    with pytest.raises(StudyError, match="but in the data stands nothing"):
        corrected(answers({"hours": None}), survey, "s1,hours,10,11,why,Li,2025-05-01")


def test_blank_to_value_and_value_to_blank(answers, survey):
    table = answers({"hours": None})
    fixed, _ = corrected(
        table, survey, "s1,hours,,7,on paper,Li,2025-05-01", "s1,t1,4,,unreadable,Li,2025-05-01"
    )
    assert fixed.at[0, "hours"] == 7 and pd.isna(fixed.at[0, "t1"])


def test_corrections_follow_one_another(answers, survey):
    lines = ("s1,t1,4,3,first look,Li,2025-05-01", "s1,t1,3,2,second look,Wu,2025-05-02")
    fixed, findings = corrected(answers({}), survey, *lines)
    assert fixed.at[0, "t1"] == 2 and len(findings) == 2


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("s9,hours,10,11,why,Li,2025", "row 1: there is no submission `s9`"),
        ("s1,hour,10,11,why,Li,2025", "row 1: there is no item `hour` in `survey`"),
        ("s1,t1,4,7,why,Li,2025", "7"),
        ("s1,t1,4,3,,Li,2025", "row 1: `reason` is empty"),
        ("s1,t1,4,3,why,,2025", "row 1: `who` is empty"),
        ("s1,t1,4,3,why,Li,", "row 1: `when` is empty"),
    ],
)
def test_what_cannot_be_corrected_is_refused_with_its_place(answers, survey, line, sentence):
    with pytest.raises(StudyError, match=sentence):
        corrected(answers({}), survey, line)


def test_the_columns_are_fixed(answers, survey):
    with pytest.raises(StudyError, match="the columns must be submission, item, old, new"):
        read_corrections(b"submission,item,new\ns1,t1,2\n", SOURCE)


def test_a_file_with_its_header_only_corrects_nothing(answers, survey):
    fixed, findings = corrected(answers({}), survey)
    assert findings.empty
    pd.testing.assert_frame_equal(fixed, answers({}))
