"""Cleaning makes the weights of a study, and they stand in the analysis table alone."""

from __future__ import annotations

import pandas as pd
import pytest

from coproduction.cleaning.dispositions import read_contacts
from coproduction.cleaning.study import Beside, CleanedStudy, clean_study
from coproduction.errors import StudyError
from coproduction.release.deidentify import deidentify
from coproduction.weighting.margins import read_margins
from coproduction.weighting.rules import sample_rows, weight_rules

RULES = {
    "eligible": "adult == 1",
    "contacts": {"file": "contacts.csv", "dispositions": {"complete": ["1.1"], "refusal": ["2.1"]}},
}
LOG = """contact,disposition,submission,frame,community,chance
k1,1.1,s1,address,C01,0.5
k2,1.1,s2,address,C01,0.25
k3,1.1,s3,roster,C02,0.5
k4,2.1,,address,C01,0.5
"""
MARGINS = "item,value,population,source,submitted_by\nsex,1,0.7,census,\nsex,2,0.3,census,\n"
BLOCK = {
    "base": {"probability": "chance"},
    "nonresponse": {"by": ["frame"], "how": "cells", "minimum": 1},
    "margins": {"file": "margins.csv", "method": "raking"},
    "design": {"stages": [{"unit": "place"}], "lonely": "fail"},
}


@pytest.fixture
def whole(answers, survey):
    def clean(block=BLOCK, margins: str | None = MARGINS, log: str = LOG) -> CleanedStudy:
        weights = weight_rules(block, survey.by_id)
        responses = answers({}, {"sex": 2}, {"place": "C02"})
        dispositions = RULES["contacts"]["dispositions"]
        contacts = read_contacts(log.encode(), "contacts.csv", dispositions, weights.of_log)
        population = None if margins is None else read_margins(margins.encode(), "margins.csv")
        beside = Beside(contacts=contacts, weights=weights, margins=population)
        return clean_study(responses, survey, RULES, beside, ["place"], bytes(32), 1, False)

    return clean


def test_base_response_and_margins_are_put_together(whole):
    cleaned = whole()
    scores = cleaned.scores
    assert scores["weight_before_margins"].tolist() == pytest.approx([3, 6, 2])
    assert scores["survey_weight"].tolist() == pytest.approx([11 * 0.7 * 0.6, 3.3, 11 * 0.7 * 0.4])
    assert cleaned.weights["step"].unique().tolist() == ["base", "nonresponse", "fitted"]
    assert cleaned.weight_margins["weighted_share"].tolist() == pytest.approx([0.7, 0.3])


def test_the_analysis_table_says_what_its_rows_stand_for(whole, survey):
    rows = sample_rows(whole().scores, weight_rules(BLOCK, survey.by_id))
    assert rows.weight.sum() == pytest.approx(11)
    assert rows.design.degrees_of_freedom == 1 and len(rows.design.calibrations) == 1


def test_a_weight_that_is_given_is_an_item(whole):
    cleaned = whole({"column": "hours"}, None)
    assert cleaned.scores["survey_weight"].tolist() == [10, 10, 10]
    assert cleaned.weights["design_effect"].tolist() == [1]
    assert cleaned.weight_margins.empty


def test_no_weight_frame_or_margin_is_released(whole, survey, schemas):
    cleaned = whole()
    numbers = dict(zip(cleaned.numbers["code"], cleaned.numbers["number"], strict=True))
    rules = {"quasi_identifiers": ["served"], "k": 2, "suppress": True}
    told = deidentify(
        cleaned.responses, cleaned.scores, survey, rules, _Steady(), numbers, {}, 1, False
    )
    leaked = {"survey_weight", "weight_before_margins", "margin_sex", "frame", "chance"}
    assert leaked & set(cleaned.scores), "the analysis table has them"
    assert leaked & set(told.table) == set()


class _Steady:
    """A source of the order of rows that leaves them as they are."""

    def permutation(self, n: int) -> range:
        return pd.RangeIndex(n).to_numpy()


def test_tables_on_weights_are_empty_without_them(answers, survey):
    responses = answers({}, {})
    cleaned = clean_study(responses, survey, {}, Beside(), ["place"], bytes(32), 1, False)
    assert cleaned.weights.empty and cleaned.weight_margins.empty
    assert "survey_weight" not in cleaned.scores


@pytest.mark.parametrize(
    ("margins", "said"),
    [
        (MARGINS.replace("census,\n", "x,simulator\n"), "made by the simulator, but study.yaml"),
        (MARGINS.replace("sex", "income"), "`income` is sensitive"),
    ],
)
def test_simulated_and_sensitive_margins_are_refused(whole, margins, said):
    with pytest.raises(StudyError, match=said):
        whole(margins=margins)


def test_a_column_of_the_log_that_weights_need_is_asked_for(whole):
    with pytest.raises(StudyError, match="the column `chance` is missing from the contact log"):
        whole(log=LOG.replace("chance", "luck"))
