from __future__ import annotations

import json
import re

import pytest

from coproduction.languages import known
from coproduction.notes import Note
from coproduction.report.renderers.html import html
from coproduction.report.words import borrowed, words

NUMBER = re.compile(r"[−-]?\d+(?:,\d{3})*(?:\.\d+)?")


def texts(document):
    for section in document.sections:
        yield section.title
        for block in section.blocks:
            if block.kind == "paragraphs":
                yield from block.sentences
            elif block.kind == "judgement":
                yield from (block.statement, block.verdict, *block.sentences)
            elif block.kind == "table":
                yield from (block.caption, *block.notes)
                for row in block.rows:
                    yield from row
            elif block.kind == "explorer":
                yield from (block.caption, *block.notes)
                for question in block.questions:
                    yield from (question.text, *question.remarks)
                    for each in question.answers:
                        yield from (each.name, each.n, each.of_answered, each.of_asked)
                    for pair in question.statistics:
                        yield from pair
            else:
                yield from (block.caption, block.description, *block.notes)


def judgements(document):
    section = next(each for each in document.sections if each.id == "verdicts-further")
    return section.blocks


def numbers(document):
    return sorted(NUMBER.findall(" ".join(texts(document)).replace("<", " ")))


def sections(document):
    return [section.id for section in document.sections]


def test_no_chinese_sentence_borrows_half_width_punctuation():
    def sentences(text):
        for value in text.values():
            if isinstance(value, dict):
                yield from sentences(value)
            else:
                yield value

    borrowed = [text for text in sentences(words("zh-CN")) if re.search("[一-鿿][,;:?!]", text)]
    assert borrowed == []


def test_both_languages_give_the_same_numbers(documents):
    assert numbers(documents["zh-CN"]) == numbers(documents["en"])
    assert "1.234" in numbers(documents["en"])


def test_every_number_in_a_verdict_stands_in_its_result_table(documents, tables):
    row = tables["inference/verdicts.csv"].iloc[0]
    known = {float(value) for value in row if isinstance(value, float)} | {95.0, 90.0}
    judgement = judgements(documents["en"])[0]
    found = NUMBER.findall(" ".join(judgement.sentences).replace(" .", " 0."))
    assert found
    for text in found:
        digits = len(text.partition(".")[2])
        value = float(text.replace(",", "").replace("−", "-"))
        assert any(abs(value - each) <= 0.5 * 10**-digits + 1e-12 for each in known), text


def known_numbers(tables, planned):
    """Every number of the result tables and the plan, their sizes, and shares as percentages."""
    known = set(map(float, re.findall(r"[-]?\d+(?:\.\d+)?", json.dumps(planned))))
    for table in tables.values():
        known.add(float(len(table)))
        known |= {float(size) for column in table for size in table[column].value_counts()}
        known |= {float(each) for each in table.select_dtypes("float").stack()}
    return known | {100 * each for each in known}


def unfounded(document, known):
    """Numbers of the sentences that are none of the known ones as they are rounded."""
    sentences = [
        sentence
        for section in document.sections
        if not section.id.startswith(("provenance", "standards"))
        for block in section.blocks
        if block.kind in ("paragraphs", "judgement")
        for sentence in block.sentences
    ]
    found = NUMBER.findall(
        " ".join(sentences).replace(" .", " 0.").replace("95% CI", "CI").replace("90%", "")
    )
    assert len(found) > 8
    return [text for text in found if not any(_same(text, each) for each in known)]


def _same(text, number):
    digits = len(text.partition(".")[2])
    return abs(float(text.replace(",", "").replace("−", "-")) - number) <= 0.5 * 10**-digits + 1e-9


def test_every_number_in_the_text_is_found_in_a_result_table_or_the_plan(
    documents, tables, planned
):
    assert unfounded(documents["en"], known_numbers(tables, planned)) == []


def test_a_number_that_no_table_holds_is_noticed(composed, tables, planned):
    known = known_numbers(tables, planned)
    tables["inference/verdicts.csv"]["estimate"] = 7.7777
    tables["cleaning/flow.csv"]["n_remaining"] = 4321.0
    found = unfounded(composed(tables=tables), known)
    assert {"7.778", "4,321"} <= set(found)


def test_languages_that_disagree_are_noticed(composed, documents, tables):
    tables["measurement/items.csv"]["mean"] = 1.99
    other = composed(tables=tables, language="zh-CN")
    assert numbers(other) != numbers(documents["en"])


def test_a_study_without_hypotheses_has_no_section_on_them(composed, tables):
    for name in tables:
        if name.startswith("inference/"):
            tables[name] = tables[name].iloc[:0]
    without = sections(composed(tables=tables, plan={"plan": {}}))
    assert not any(each.startswith(("verdicts", "models", "experiment")) for each in without)


def test_a_study_without_scales_has_no_section_on_them(composed, tables):
    for name in ("reliability.csv", "retest.csv", "items.csv"):
        name = f"measurement/{name}"
        tables[name] = tables[name].iloc[:0]
    assert not {"measurement", "measurement-further"} & set(sections(composed(tables=tables)))


def test_no_section_is_empty(documents):
    assert all(section.blocks for section in documents["en"].sections)


def test_verdicts_on_synthetic_data_say_so(documents):
    assert judgements(documents["en"])[0].verdict == "simulated: supported"


def test_the_stamp_stands_on_every_table_and_figure_of_synthetic_data(documents):
    page = html(documents["en"])
    shown = page.count("<caption>") + page.count("<figcaption>")
    assert shown > 5
    assert page.count('<span class="mark">SYNTHETIC DATA</span>') >= shown


def test_real_data_carry_no_stamp(composed):
    page = html(composed(study={"synthetic": False}))
    assert "synthetic" not in page.lower()
    assert "simulated" not in page.lower()


@pytest.mark.parametrize("verdict", ["inconclusive", "practically_null"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_evidence_is_never_written_as_no_effect(composed, tables, verdict, language):
    tables["inference/verdicts.csv"]["verdict"] = verdict
    page = html(composed(tables=tables, language=language))
    assert not re.search("no effect|does not affect|没有影响|无影响|无效应", page)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_sentences_about_associations_use_no_causal_words(composed, language):
    found = judgements(composed(language=language))
    text = " ".join(" ".join(judgement.sentences) for judgement in found)
    assert text
    assert not re.search(
        "cause|effect of|impact|leads to|导致|影响|促进",
        text.replace("smallest effect of interest", ""),
    )


def test_what_could_not_be_estimated_is_shown_with_its_reason(composed, tables):
    verdicts = tables["inference/verdicts.csv"]
    reason = Note("outcome_constant", {"model": "m1", "name": "hours", "n": 0})
    verdicts[["verdict", "reason"]] = ["not_estimable", str(reason)]
    for column in verdicts.select_dtypes("float"):
        verdicts[column] = float("nan")
    document = composed(tables=tables)
    page = html(document)
    assert "not estimable" in page
    assert "is the same for all 0 rows." in page
    assert not any("nan" in text.split() for text in texts(document))


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("resampled", [False, True])
def test_alpha_has_the_interval_that_suits_the_sample(composed, tables, planned, nested, resampled):
    if resampled:
        scales = tables["measurement/reliability.csv"]
        scales["alpha_bootstrap_low"], scales["alpha_bootstrap_high"] = 0.6022, 0.7088
    plan = {**planned[0], "measurement": {"cluster": "t1"} if nested else {}}
    blocks = [b for s in composed(tables=tables, plan=plan).sections for b in s.blocks]
    scale = [b for b in blocks if getattr(b, "file", "") == "measurement/reliability.csv"]
    assert {block.kind for block in scale} == {"table", "figure"}
    chosen = nested and resampled
    assert ("[0.602, 0.709]" if chosen else "[0.611, 0.700]") in scale[0].rows[0]
    told = [" ".join(b.notes) for b in scale if "ntervals of alpha" in " ".join(b.notes)]
    assert len(told) == 2
    assert all(("resampled clusters" in words) == chosen for words in told)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "fr",
            "The report has no words in fr (only in en, zh-CN): its own sentences are in English",
        ),
        ("zh-TW", "报告没有zh-TW的用语（只有en、zh-CN）：报告自身的语句用中文（简体）"),
    ],
)
def test_a_report_in_a_language_without_words_says_so_first(composed, tables, language, told):
    tables["measurement/reliability.csv"]["warning"] = str(Note("too_few_for_dimensions"))
    opening = composed(language=language, tables=tables).sections[0].blocks[0].sentences[0]
    assert opening.startswith(told)
    assert f"`words/{language}`" in opening


@pytest.mark.parametrize("language", known())
def test_a_language_with_words_borrows_none(language):
    assert borrowed(language) == ""
