from __future__ import annotations

import re

import pytest


def blocks(document, kind):
    found = [block for section in document.sections for block in section.blocks]
    return [each for each in found if each.kind == kind]


def table(document, file="inference/sensitivity.csv"):
    return next(each for each in blocks(document, "table") if each.file == file)


def sentence(document):
    told = [text for each in blocks(document, "paragraphs") for text in each.sentences]
    return next(each for each in told if "nobody measured" in each or "未测量" in each)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_linear_hypothesis_is_told_in_shares(composed, language):
    text = sentence(composed(language=language))
    assert "H1" in text and re.findall(r"[\d.]+%", text) == ["13.8%", "2.4%"]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_ratio_is_told_in_risk_ratios(composed, tables, language):
    rows = tables["inference/sensitivity.csv"]
    rows = rows[rows["hypothesis"] == "H9"].assign(hypothesis="H1", e_value_limit=1.2345)
    tables["inference/sensitivity.csv"] = rows
    text = sentence(composed(language=language, tables=tables))
    assert re.findall(r"\d\.\d+", text) == ["1.81", "1.23"]


def test_an_interval_that_includes_no_association_is_said_to(composed, tables):
    rows = tables["inference/sensitivity.csv"]
    tables["inference/sensitivity.csv"] = rows.assign(robustness_value_limit=0.0)
    text = sentence(composed(tables=tables))
    assert "13.8%" in text and "its interval includes no association as it is" in text


def test_the_table_holds_every_hypothesis_under_its_measure(composed):
    shown = table(composed())
    assert [heading for _, heading in shown.groups] == [
        "Linear models, effects",
        "Logistic models, as risk ratios",
    ]
    assert shown.rows[0][-2:] == ["13.8%", "2.4%"] and shown.rows[1][-2:] == ["–", "–"]
    assert shown.rows[1][3:5] == ["1.81", "1.00"]


def test_a_study_without_such_hypotheses_has_neither(composed, tables):
    tables["inference/sensitivity.csv"] = tables["inference/sensitivity.csv"].iloc[:0]
    files = [each.file for each in blocks(composed(tables=tables), "table")]
    assert "inference/sensitivity.csv" not in files


def test_power_stands_beside_the_verdict(composed):
    shown = table(composed(), "inference/verdicts.csv")
    place = [heading for heading, _ in shown.columns].index("Power")
    assert shown.rows[0][place] == "16.4%"
