"""All that cleaning passes on, from the answers and what stands beside them."""

from __future__ import annotations

import pandas as pd
import pytest

from coproduction.cleaning.corrections import read_corrections
from coproduction.cleaning.dispositions import read_contacts
from coproduction.cleaning.links import read_links
from coproduction.cleaning.study import Beside, CleanedStudy, clean_study
from coproduction.errors import StudyError

RULES = {
    "eligible": "adult == 1",
    "contacts": {"file": "contacts.csv", "dispositions": {"complete": ["1.1"], "refusal": ["2.1"]}},
}
KEY = bytes(32)


def whole(responses, instrument, *, synthetic=False, **beside) -> CleanedStudy:
    return clean_study(responses, instrument, RULES, Beside(**beside), ["place"], KEY, 1, synthetic)


def contacts(text: str) -> pd.DataFrame:
    return read_contacts(text.encode(), "contacts.csv", RULES["contacts"]["dispositions"])


def test_what_is_passed_on_holds_no_open_answers_and_codes_of_communities_in_no_result(
    answers, survey
):
    responses = answers({"remark": "call Li", "hours": 999}, {"place": "somewhere"}, {})
    fix = b"submission,item,old,new,reason,who,when\ns3,place,C01,C07,moved,Li,2025-05-01\n"
    cleaned = whole(responses, survey, corrections=read_corrections(fix, "corrections.csv"))
    tables = {name: table for name, table in vars(cleaned).items() if table is not None}
    texts = {name: table.to_csv() for name, table in tables.items()}
    assert [name for name, text in texts.items() if "call Li" in text] == []
    named = [name for name, text in texts.items() if "C01" in text or "C07" in text]
    assert named == ["responses", "scores", "numbers"]
    assert cleaned.numbers["code"].tolist() != []


def test_corrections_count_before_anybody_is_left_out(answers, survey):
    fix = b"submission,item,old,new,reason,who,when\ns2,adult,2,1,ticked wrong,Li,2025-05-01\n"
    responses = answers({}, {"adult": 2})
    corrected = whole(responses, survey, corrections=read_corrections(fix, "corrections.csv"))
    assert whole(responses, survey).scores["submission"].tolist() == ["s1"]
    assert corrected.scores["submission"].tolist() == ["s1", "s2"]
    assert corrected.findings["code"].tolist()[0] == "corrected_by_hand"


def test_rates_come_from_the_contact_log_as_the_answers_correct_it(answers, survey):
    log = contacts("contact,disposition,submission\nk1,2.1,s1\nk2,2.1,\n")
    rates = whole(answers({}), survey, contacts=log).response_rates
    assert rates.loc[rates["mode"] == "all", ["complete", "refusal"]].to_numpy().tolist() == [
        [1, 1]
    ]
    assert whole(answers({}), survey).response_rates.empty


def test_without_sheets_nothing_is_said_of_communities(answers, survey):
    cleaned = whole(answers({}), survey)
    assert cleaned.communities is None
    assert cleaned.informants is None


@pytest.mark.parametrize(
    "beside",
    [
        {"contacts": contacts("contact,disposition,submitted_by\nk1,1.1,simulator\n")},
        {"links": read_links(b"submission,first,submitted_by\ns2,s1,simulator\n", "links.csv")},
    ],
    ids=["contacts", "links"],
)
def test_simulated_contacts_and_links_are_refused_in_a_study_of_real_data(beside, answers, survey):
    with pytest.raises(StudyError, match=r"row 1: this row was made by the simulator"):
        whole(answers({}), survey, **beside)
    assert whole(answers({}), survey, synthetic=True, **beside).flow is not None
