"""The sheets of the communities: joined, checked, and compared between informants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from questionnaires import headed

from coproduction.cleaning.communities import communities
from coproduction.errors import StudyError

SHEET = headed(
    "sheet",
    """
response_sets:
  yesno: {level: nominal, options: [{value: 1, label: {en: "Yes"}}, {value: 2, label: {en: "No"}}]}
sections:
  - id: all
    label: {en: "All"}
    items:
      - {id: code, type: text, role: cluster, text: {en: "Code"}}
      - {id: company, response_set: yesno, text: {en: "A company?"}}
      - {id: staff, type: integer, range: [0, 100], relevant: "company == 1", text: {en: "Staff"}}
      - {id: pay, type: decimal, range: [0, 99], relevant: "company == 1", text: {en: "Pay"}}
      - {id: kinds, type: select_multiple, response_set: yesno, text: {en: "Kinds"}}
      - {id: funder, type: text, role: open_text, text: {en: "Funder"}}
""",
    "community",
)


@pytest.fixture(scope="module")
def sheet(parse):
    return parse(SHEET)


@pytest.fixture
def joined(answers, survey, sheet):
    def join(*sheets, places=("C01",), statuses=None):
        people = answers(*({"place": place} for place in places))
        people["status"] = list(statuses or ["analysed"] * len(places))
        return communities(answers(*sheets, instrument=sheet), sheet, people, survey)

    return join


def test_numbers_of_each_community_ordered_by_code(joined):
    result = joined(
        {"code": "C02", "company": 2, "staff": None, "funder": "Wu"},
        {"code": "C01", "company": 1, "staff": 12, "pay": 22.5},
    )
    expected = pd.DataFrame(
        {
            "code": ["C01", "C02"],
            "company": [1.0, 2.0],
            "staff": [12.0, np.nan],
            "pay": [22.5, np.nan],
        }
    )
    pd.testing.assert_frame_equal(result.table, expected, check_dtype=False)


def test_sheets_are_cleaned_as_interviews_are(joined, codes):
    result = joined(
        {"code": "C01", "company": 1, "staff": 999}, {"code": "C02", "company": 2, "staff": 5}
    )
    assert result.table["staff"].isna().all()
    assert codes(result.findings) == ["out_of_range s1 staff", "answered_not_asked s2 staff"]


def test_every_analysed_respondent_s_community_must_have_a_sheet(joined, codes):
    places = ("C01", "C05", None, "C06")
    statuses = ("analysed", "analysed", "analysed", "duplicate")
    result = joined({"code": "C01"}, places=places, statuses=statuses)
    expected = ["community_without_sheet s2 place", "community_without_sheet s3 place"]
    assert codes(result.findings) == expected
    assert result.findings["found"].tolist() == ["C05", ""]


def test_a_sheet_without_a_code_is_left_out_and_told(joined, codes):
    result = joined({"code": None, "company": 1}, {"code": "C01"})
    assert codes(result.findings) == ["community_unnamed s1 code"]
    assert result.table["code"].tolist() == ["C01"]


def test_the_first_sheet_counts_and_the_second_is_compared_with_it(joined, codes):
    result = joined(
        {"code": "C01", "company": 1, "staff": 10, "kinds": "1 2"},
        {"code": "C01", "company": 1, "staff": 11, "kinds": "2 1"},
        {"code": "C01", "company": 2},
    )
    assert result.table["staff"].tolist() == [10]
    assert codes(result.findings) == [
        "second_informant s2 code",
        "community_sheet_repeated s3 code",
        "informants_differ s2 staff",
    ]
    agreement = result.informants.set_index("item")["agreement"].to_dict()
    assert agreement == {"company": 1, "staff": 0, "kinds": 1}


def test_agreement_by_hand(joined):
    """Kappa: observed 3/4, expected (3 × 2 + 1 × 2) / 16. Concordance of 1 2 3 4 and 2 2 3 5."""
    company = [(1, 1), (1, 1), (1, 2), (2, 2)]
    staff = [(1, 2), (2, 2), (3, 3), (4, 5)]
    first = [{"code": f"C{i}", "kinds": "1", "company": a} for i, (a, _) in enumerate(company)]
    second = [{"code": f"C{i}", "kinds": None, "company": b} for i, (_, b) in enumerate(company)]
    row = joined(*first, *second).informants.set_index("item").loc["company"]
    assert (row["n"], row["n_equal"], row["agreement"]) == (4, 3, 0.75)
    assert row["kappa"] == pytest.approx((0.75 - 0.5) / 0.5)
    assert np.isnan(row["concordance"])

    yes = {"company": 1}
    first = [{"code": f"C{i}", "staff": a, **yes} for i, (a, _) in enumerate(staff)]
    second = [{"code": f"C{i}", "staff": b, **yes} for i, (_, b) in enumerate(staff)]
    row = joined(*first, *second).informants.set_index("item").loc["staff"]
    one, other = np.array(staff, dtype=float).T
    cross = np.cov(one, other, ddof=0)[0, 1]
    expected = 2 * cross / (one.var() + other.var() + (one.mean() - other.mean()) ** 2)
    assert row["concordance"] == pytest.approx(expected, abs=1e-12)
    assert np.isnan(row["kappa"])


def test_what_was_not_asked_is_no_agreement(joined):
    none = {"code": "C01", "company": 2, "staff": None, "pay": None}
    assert joined(none, none).informants["item"].tolist() == ["company"]


def test_without_second_informants_there_is_no_agreement_to_report(joined):
    assert joined({"code": "C01"}).informants.empty


def test_a_questionnaire_must_say_which_item_holds_the_community(answers, survey, sheet, parse):
    without = parse(SHEET, (" role: cluster,", ""))
    people = answers({}).assign(status="analysed")
    with pytest.raises(StudyError, match="`sheet` has 0 items with the role `cluster`"):
        communities(answers({"code": "C01"}, instrument=without), without, people, survey)
