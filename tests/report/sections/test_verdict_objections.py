"""Nothing says "supported" alone where something is to be said against it."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from small_study import instrument

from coproduction.notes import Note
from coproduction.report.labels import labels
from coproduction.report.sentences import estimate_in_words, tally

WORDS = {
    "en": ("supported", "with objections", "weak scale"),
    "zh-CN": ("得到支持", "但有异议", "量表信度偏低"),
}
COUNTED = {
    "en": "1 supported; 2 supported, with objections",
    "zh-CN": "得到支持1个；得到支持，但有异议2个",
}
AGAINST = "inference/objections.csv"


@pytest.fixture
def objected(tables) -> dict[str, pd.DataFrame]:
    """Result tables with two objections to the only verdict."""
    codes = ["weak_scale", "same_source_not_examined"]
    notes = [Note("weak_scale", {"name": "trust", "value": 0.7}), Note("source_not_examined")]
    rows = {"hypothesis": "H1", "objection": codes, "note": list(map(str, notes))}
    tables["inference/verdicts.csv"]["objections"] = ";".join(codes)
    return tables | {AGAINST: pd.DataFrame(rows)}


@pytest.mark.parametrize("language", WORDS)
def test_summary_table_picture_and_appendix_say_the_objections(composed, objected, language):
    supported, objecting, weak = WORDS[language]
    document = composed(tables=objected, language=language)
    blocks = [block for section in document.sections for block in section.blocks]
    judged = [block.verdict for block in blocks if block.kind == "judgement"]
    assert judged and all(weak in each for each in judged)
    about = [block for block in blocks if getattr(block, "file", "") == "inference/verdicts.csv"]
    cells = [cell for each in about if each.kind == "table" for row in each.rows for cell in row]
    told = [cell for cell in cells if supported in cell]
    assert told and all(objecting in cell and weak in cell for cell in told)
    (picture,) = [block for block in about if block.kind == "figure"]
    assert weak in picture.description
    alone = re.compile(f"{supported}(?!.{{0,3}}{objecting})")
    drawn = re.findall("<text[^>]*>([^<]*)<", picture.drawing.svg)
    texts = [text for b in blocks if b.kind == "paragraphs" for text in b.sentences]
    said = [text for text in [*drawn, *texts] if supported in text]
    assert said and not [text for text in said if alone.search(text)]


@pytest.mark.parametrize("language", WORDS)
def test_the_tally_counts_supported_with_objections_apart(schemas, language):
    weak = WORDS[language][2]
    named = labels(instrument(schemas), None, language, False)
    table = pd.DataFrame(
        {"verdict": ["supported"] * 3, "objections": ["weak_scale", "", "same_source_not_examined"]}
    )
    assert COUNTED[language] in tally(table, named)
    row = {"hypothesis": "H1", "verdict": "supported", "objections": "weak_scale"}
    row |= {"estimate": 0.1, "conf_low": 0.0, "conf_high": 0.2}
    assert weak in estimate_in_words(row, named)


def test_the_sentences_of_a_hypothesis_say_why(composed, objected):
    document = composed(tables=objected, language="en")
    found = [b for s in document.sections for b in s.blocks if b.kind == "judgement"]
    text = " ".join(" ".join(each.sentences) for each in found)
    assert "Objections: " in text and "is a weak scale: alpha is below 0.7." in text
    assert "was not examined" in text
