"""The page on known truths tells what the summary holds, in every language, and is stamped."""

from __future__ import annotations

import pandas as pd
import pytest
from pages import problems, read
from plans import plan_of
from small_study import PLAN, STUDY, instrument

from coproduction.report.blocks import Document, Figure, Paragraphs, Table
from coproduction.report.known_truths import compose_known_truths
from coproduction.report.renderers.html import html
from coproduction.schemas import schema

VERDICTS = {
    "base": {"supported": 0.75, "contradicted": 0.0, "inconclusive": 0.25},
    "null": {"supported": 0.05, "practically_null": 0.9, "inconclusive": 0.05},
}
ALL = schema("scenario")["$defs"]["verdicts"]["items"]["enum"]
MEASURES = {
    "base": {"bias": (-0.012, 0.004), "coverage": (0.9, 0.067), "power": (0.8, 0.089)},
    "null": {"bias": (0.001, 0.003), "coverage": (0.95, 0.049), "type_1_error": (0.05, 0.049)},
}
TRUTHS = {"base": 0.076, "null": 0.0}
SCENARIOS = {
    "base": {
        "label": {"en": "Base", "zh-CN": "基准"},
        "why": {"en": "It is there.", "zh-CN": "效应存在。"},
    },
    "null": {
        "label": {"en": "Nothing", "zh-CN": "全无"},
        "why": {"en": "There is none.", "zh-CN": "没有效应。"},
    },
}


def row(scenario: str, quantity: str, value: float, mc_error: float, **further) -> dict:
    shared = {"scenario": scenario, "hypothesis": "H1", "true_value": TRUTHS[scenario]}
    told = {"quantity": quantity, "value": value, "mc_error": mc_error, "judgement": "", "n": 20.0}
    return shared | told | {"limit": float("nan")} | further


def summary() -> pd.DataFrame:
    rows = []
    for name in SCENARIOS:
        rows += [row(name, each, VERDICTS[name].get(each, 0.0), 0.05) for each in ALL]
        rows += [row(name, each, *pair) for each, pair in MEASURES[name].items()]
    rows.append(row("base", "supported_without_objections", 0.7, 0.102))
    rows.append(row("base", "must", 0.75, 0.097, limit=0.8, judgement="open"))
    rows.append(row("null", "must_not", 0.05, 0.049, limit=0.05, judgement="open"))
    return pd.DataFrame(rows)


def page(
    language: str, synthetic: bool = True, plan: dict = PLAN, imputations: int | None = None
) -> Document:
    study = {**STUDY, "synthetic": synthetic}
    people = instrument({"instrument": schema("instrument")})
    planned = plan_of(plan)
    return compose_known_truths(
        language, summary(), SCENARIOS, people, study, planned, 5000, imputations
    )


def blocks(document: Document, kind: type) -> list:
    return [b for section in document.sections for b in section.blocks if isinstance(b, kind)]


def told(document: Document) -> str:
    return " ".join(each for block in blocks(document, Paragraphs) for each in block.sentences)


LANGUAGES = ["en", "zh-CN"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_persons_are_told_and_imputed_tables_where_they_are_not_as_many_as_planned(language):
    imputing = {**PLAN, "missing": {"imputations": 10}}
    few = {
        "en": "2 imputed tables, where the plan asks for 10",
        "zh-CN": "2个插补数据集，而计划为10个",
    }
    assert few[language] in told(page(language, plan=imputing, imputations=2))
    assert {"en": "in about 5,000", "zh-CN": "由约5,000名"}[language] in told(page(language))
    same = told(page(language))
    assert told(page(language, plan=imputing)) == same
    assert told(page(language, plan=imputing, imputations=10)) == same
    assert told(page(language, imputations=2)) == same


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scenario_is_named_with_what_it_shows(language):
    told = [each for block in blocks(page(language), Paragraphs) for each in block.sentences]
    for scenario in SCENARIOS.values():
        assert any(
            scenario["label"][language] in each and scenario["why"][language] in each
            for each in told
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_a_hypothesis_has_every_measure_with_its_error(language):
    limits, measures = blocks(page(language), Table)
    opened, closed = {"en": (" (", ")"), "zh-CN": ("（", "）")}[language]
    names = [SCENARIOS[name]["label"][language] for name in SCENARIOS]
    base, null = measures.rows
    error = (opened + "{}" + closed).format
    assert list(base[:4]) == [names[0], "0.076", f"−0.012{error('0.004')}", f"90%{error('7%')}"]
    assert list(base[4:]) == ["–", "–", f"80%{error('9%')}", f"70%{error('10%')}"]
    assert list(null[:4]) == [names[1], "0.000", f"0.001{error('0.003')}", f"95%{error('5%')}"]
    assert list(null[4:]) == ["–", f"5%{error('5%')}", "–", "–"]
    assert [heading for _, heading in limits.groups] == names
    assert [each[0] for each in limits.rows] == ["H1", "H1"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figure_draws_and_says_the_shares_of_the_verdicts_that_came(language):
    (figure,) = blocks(page(language), Figure)
    supported = {"en": "supported 75%", "zh-CN": "得到支持 75%"}[language]
    assert supported in figure.description
    contradicted = {"en": "contradicted", "zh-CN": "与假设相反"}[language]
    assert contradicted not in figure.description
    base = SCENARIOS["base"]["label"][language]
    assert f"<title>{base}: {supported}</title>" in figure.drawing.svg
    assert contradicted not in figure.drawing.svg


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_sound_stamped_and_the_same_every_time(language):
    text = html(page(language))
    assert text == html(page(language))
    assert problems(text) == []
    stamp = {"en": "SYNTHETIC DATA", "zh-CN": "模拟数据"}[language]
    assert read(text).text.count(stamp) >= 4


def test_real_data_or_not_the_page_says_that_it_is_of_synthetic_studies():
    document = page("en", synthetic=False)
    assert document.stamp == "SYNTHETIC DATA" and document.warning
