"""Whether a text has the form asked for is decided once, and alike in every room."""

from __future__ import annotations

import json
import re

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from questionnaires import headed

from coproduction.cleaning.corrections import COLUMNS, apply_corrections
from coproduction.cleaning.ranges import remove_impossible
from coproduction.errors import StudyError
from coproduction.intake.canonical import canonical
from coproduction.intake.confidential import hold_apart, redact, rejoin, split

NAMED = headed(
    "named",
    """
sections:
  - id: one
    label: {en: One}
    items:
      - {id: code, type: text, pattern: PATTERN, text: {en: "Code?"}}
      - {id: age, type: integer, MORE, text: {en: "Age?"}}
""",
)
PIECES = st.sampled_from(
    [r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", ".", "[A-Z]", r"[^\d]", r"[\w-]", "张", "a", "-"]
)
COUNTS = st.sampled_from(["", "*", "+", "?", "{2,8}", "{11}"])
PARTS = st.lists(st.tuples(PIECES, COUNTS).map("".join), min_size=1, max_size=3).map("".join)
PATTERNS = st.lists(PARTS, min_size=1, max_size=2).map("|".join)
TEXTS = st.text("aZé张强１３13٣ -_\n\u3000\u00a0", min_size=1, max_size=12)
TEXTS = TEXTS.map(str.strip).filter(bool)


def one(parse, pattern: str, more: str = "range: [0, 9]"):
    return parse(NAMED.replace("PATTERN", json.dumps(pattern)).replace("MORE", more))


def corrections(names: list[str], texts: list[str]) -> pd.DataFrame:
    rows = [
        (name, "code", text, "x", "w", "Li", "now") for name, text in zip(names, texts, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).assign(source_file="c.csv")


def compared(parse, pattern: str, text: str) -> bool:
    """Whether the definition lets a condition compare the item with this text."""
    try:
        one(parse, pattern, f"relevant: {json.dumps(f'code == {json.dumps(text)}')}")
    except StudyError as error:
        assert "texts of the form" in str(error)
        return False
    return True


@given(pattern=PATTERNS, texts=st.lists(TEXTS | st.just("-77"), min_size=1, max_size=6))
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
def test_a_text_reaches_tables_and_findings_only_if_the_whole_of_it_has_the_form(
    pattern, texts, parse
):
    instrument = one(parse, pattern)
    may = [text == "-77" or bool(re.fullmatch(pattern, text, re.ASCII)) for text in texts]
    names = [f"s{number}" for number in range(len(texts))]
    metadata = pd.DataFrame({"submission": names, "source_row": range(len(texts))})
    raw = canonical(pd.DataFrame({"code": texts}), metadata, instrument)
    public, apart = split(raw, instrument)
    assert (public["code"] == raw["code"]).tolist() == may
    cleaned, found = remove_impossible(rejoin(public, apart), instrument)
    assert cleaned["code"].notna().tolist() == may
    assert found["submission"].tolist() == [
        name for name, ok in zip(names, may, strict=True) if not ok
    ]
    made = corrections(names, texts)
    _, corrected = apply_corrections(raw, made, instrument)
    written = [public["code"], hold_apart(raw, instrument)["code"]]
    written += [redact(each, instrument, raw)["found"] for each in (found, corrected)]
    allowed = {text for text, ok in zip(texts, may, strict=True) if ok}
    assert set().union(*map(set, written)) <= allowed | {"", "[held apart]"}


@given(pattern=PATTERNS, text=st.text("aZ张１13-", min_size=1, max_size=12))
@settings(max_examples=50, suppress_health_check=list(HealthCheck))
def test_conditions_compare_with_texts_that_can_be_answers_alone(pattern, text, parse):
    assert compared(parse, pattern, text) == bool(re.fullmatch(pattern, text, re.ASCII))
