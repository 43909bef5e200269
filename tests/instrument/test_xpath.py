"""A form asks a question exactly where the study's own logic says it is asked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xforms
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds
from coproduction.instrument.forms.xlsform.xpath import to_xpath

KINDS = Path(__file__).with_name("kinds.yaml").read_text("utf-8")
SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
EQUAL = st.sampled_from(["==", "!="])
NUMBERS = st.sampled_from(["-1", "0", "1", "2", "2.5", "3", "-88"])
PLAIN = st.sampled_from(["one", "two", "whole", "part", "drawn"])
TEXTS = st.sampled_from(["'a'", "'b'", '"it\'s"', "''"])


def joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(" ".join)


ARITHMETIC = st.recursive(
    PLAIN | NUMBERS,
    lambda inner: (
        joined(st.just("("), inner, st.sampled_from(["+", "-", "*", "/"]), inner, st.just(")"))
        | inner.map("(-{})".format)
    ),
    max_leaves=3,
)
LISTS = st.lists(NUMBERS, min_size=1, max_size=3).map(lambda codes: f"[{', '.join(codes)}]")
COMPARISONS = st.one_of(
    joined(ARITHMETIC, SIGNS, ARITHMETIC),
    joined(st.just("other"), SIGNS, NUMBERS),
    joined(NUMBERS, SIGNS, st.just("other")),
    joined(st.just("words"), EQUAL, TEXTS),
    joined(PLAIN | st.just("other"), st.sampled_from(["in", "not in"]), LISTS),
    st.sampled_from(["one", "other", "many", "named", "whole", "words"]).map("answered({})".format),
    st.builds("selected({}, {})".format, st.sampled_from(["many", "named"]), NUMBERS),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | inner.map("(not {})".format)
    ),
    max_leaves=6,
)
WIRES = {
    "plain": {"1": "1", "2": "2", "3": "3", "DK": "-88", "RF": "-99"},
    "renamed": {"A1": "1", "7": "2", "DK": "-88"},
}


def ticked(wires: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(wires), unique=True).map(" ".join)


ANSWERS = st.fixed_dictionaries(
    {
        "one": st.sampled_from(["", *WIRES["plain"]]),
        "two": st.sampled_from(["", *WIRES["plain"]]),
        "other": st.sampled_from(["", *WIRES["renamed"]]),
        "many": ticked(["1", "2", "3"]) | st.sampled_from(["DK", "RF"]),
        "named": ticked(["A1", "7"]) | st.just("DK"),
        "whole": st.sampled_from(["", "-1", "0", "1", "2", "3"]),
        "part": st.sampled_from(["", "-1.5", "0", "1", "2.5", "3.0"]),
        "words": st.sampled_from(["", "a", "b", "it's"]),
        "drawn": st.sampled_from(["1", "2", "3"]),
    }
)


def row(answers: dict[str, str], instrument: Instrument) -> pd.DataFrame:
    """The same answers in the study's own codes."""
    columns = {}
    for name, text in answers.items():
        item = instrument.by_id[name]
        if item.response_set is not None:
            codes = WIRES[item.response_set.id]
            text = " ".join(codes[wire] for wire in text.split())
        kind = "string" if item.type in ("select_multiple", "text") else "Float64"
        value = None if text == "" else text if kind == "string" else float(text)
        columns[name] = pd.array([value], dtype=kind)
    return pd.DataFrame(columns)


@pytest.fixture(scope="module")
def kinds(parse) -> Instrument:
    return parse(KINDS)


def asked_alike(condition: str, answers: dict[str, str], instrument: Instrument) -> None:
    ours = holds(condition, row(answers, instrument), instrument.missing_values).item()
    try:
        xpath = to_xpath(condition, instrument)
    except StudyError as error:
        assert "calculates with `other`" in str(error)
        return
    assert xforms.holds(xpath, answers) == ours, xpath


EMPTY = dict.fromkeys(("one", "two", "other", "many", "named", "whole", "part", "words"), "")


@settings(max_examples=600)
@given(condition=CONDITIONS, answers=ANSWERS)
@example(condition="whole / part > 1", answers={**EMPTY, "whole": "3", "part": "0", "drawn": "1"})
@example(condition="whole > 1 / part", answers={**EMPTY, "whole": "3", "part": "0", "drawn": "1"})
@example(condition="not (one in [1, 2])", answers={**EMPTY, "one": "DK", "drawn": "1"})
@example(condition="one != 1", answers={**EMPTY, "drawn": "1"})
@example(condition="not answered(many)", answers={**EMPTY, "many": "DK", "drawn": "1"})
@example(condition="not selected(named, 1)", answers={**EMPTY, "named": "DK", "drawn": "1"})
@example(condition="selected(many, -88)", answers={**EMPTY, "many": "DK", "drawn": "1"})
@example(condition="1 == 1", answers={**EMPTY, "drawn": "1"})
@example(condition="part == whole", answers={**EMPTY, "whole": "3", "part": "3.0", "drawn": "1"})
@example(condition="words == 'it\\'s'", answers={**EMPTY, "words": "it's", "drawn": "1"})
def test_the_form_and_the_study_agree_on_any_answers(kinds, condition, answers):
    asked_alike(condition, answers, kinds)


def test_calculating_with_renamed_options_is_refused_in_a_sentence(kinds):
    with pytest.raises(StudyError, match="compare it with single codes instead"):
        to_xpath("other + 1 > 2", kinds)
