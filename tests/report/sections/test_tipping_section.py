"""The report says in words which shifts take the support from a hypothesis, and which do not."""

from __future__ import annotations

import pandas as pd
import pytest

from coproduction.notes import Note

FILE = "inference/tipping_points.csv"
NONE = float("nan")
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-CN"])


def row(shifted: str, side: str, point: float = NONE, scale: str = "log_odds", **other) -> dict:
    ratio = 2.718281828**point if scale != "deviations" else NONE
    known = {"examined": 2.0, "plausible": 1.0, "at_bound": "inconclusive", "n_shifted": 38.0}
    return {
        **{"hypothesis": "H1", "model": "m1", "verdict": "supported", "shifted": shifted},
        **{"scale": scale, "side": side, "tipping_point": point, "ratio": ratio, "n": 400.0},
        **known,
        "reason": "",
        **other,
    }


def told(composed, tables, rows: list[dict], language: str = "en"):
    document = composed(tables={**tables, FILE: pd.DataFrame(rows)}, language=language)
    blocks = [block for section in document.sections for block in section.blocks]
    texts = [each for b in blocks if b.kind == "paragraphs" for each in b.sentences]
    shown = [b for b in blocks if b.kind == "table" and b.file == FILE]
    marks = ("stays supported", "longer be supported", "no support to lose", "仍得到支持")
    marks += ("不再得到支持", "没有支持可失去")
    return [each for each in texts if any(mark in each for mark in marks)], shown


@LANGUAGES
def test_a_lost_support_names_the_odds_and_the_shifts_that_leave_it(composed, tables, language):
    rows = [
        row("outcome", "lower"),
        row("outcome", "higher", examined=1.0),
        row("outcome_along_exposure", "lower", -0.6931472),
        row("outcome_along_exposure", "higher"),
    ]
    (lost, kept), (table,) = told(composed, tables, rows, language)
    assert "H1" in lost and "0.50" in lost and "2.00" not in lost
    assert "1.00" in kept and "2.00" in kept
    along = {"en": ("missing outcomes along", "up to 2.00 log odds higher")}
    along |= {"zh-CN": ("沿暴露变量", "向更高至2.00对数优势")}
    assert all(each in kept for each in along[language])
    assert len(table.rows) == 4 and table.groups[0][1].startswith("H1")


@LANGUAGES
@pytest.mark.parametrize(
    ("shifted", "scale", "point", "number"),
    [
        ("outcome", "log_odds", 0.6931472, "2.00"),
        ("outcome", "log_mean", 0.6931472, "2.00"),
        ("outcome", "deviations", 0.25, "0.25"),
        ("outcome_along_exposure", "log_mean", -0.6931472, "0.50"),
        ("outcome_along_exposure", "deviations", -0.4, "0.40"),
        ("predictors", "deviations", -0.3, "0.30"),
        ("predictors_along_outcome", "deviations", -0.13, "0.13"),
    ],
)
def test_every_kind_of_shift_has_words_with_its_number(
    composed, tables, language, shifted, scale, point, number
):
    side = "lower" if point < 0 else "higher"
    (lost,), _ = told(composed, tables, [row(shifted, side, point, scale)], language)
    assert "H1" in lost and number in lost and "−" not in lost
    if scale == "deviations":
        words = {"en": side, "zh-CN": "更低" if point < 0 else "更高"}
        assert words[language] in lost


@LANGUAGES
def test_a_support_that_no_shift_takes_is_said_of_the_shifts_examined(composed, tables, language):
    rows = [
        row("predictors", side, scale="deviations", examined=0.5) for side in ("lower", "higher")
    ]
    (kept,), _ = told(composed, tables, rows, language)
    assert "0.50" in kept and "H1" in kept


@LANGUAGES
def test_without_support_there_is_none_to_lose(composed, tables, language):
    rows = [row("outcome", side, verdict="inconclusive") for side in ("lower", "higher")]
    (said,), _ = told(composed, tables, rows, language)
    assert {"en": "no support to lose", "zh-CN": "没有支持可失去"}[language] in said


def test_a_support_that_is_lost_without_a_shift_is_said_once(composed, tables):
    rows = [row("outcome", side, 0.0) for side in ("lower", "higher")]
    (lost,), _ = told(composed, tables, rows)
    assert lost.count("without any shift") == 1


def test_what_was_not_planned_is_not_told_and_what_could_not_be_done_says_why(composed, tables):
    unplanned = row("outcome", "", scale="", reason=str(Note("shift_not_planned")))
    assert told(composed, tables, [unplanned]) == ([], [])
    family = Note("shift_of_family", {"model": "m1", "family": "probit"})
    refused = row("outcome", "", scale="", reason=str(family))
    sentences, (table,) = told(composed, tables, [refused])
    assert not sentences and any("are not drawn" in note for note in table.notes)


@pytest.mark.parametrize(("synthetic", "said"), [(True, True), (False, False)])
def test_synthetic_data_are_said_to_be_synthetic(composed, tables, synthetic, said):
    given = {**tables, FILE: pd.DataFrame([row("outcome", "higher", 0.5)])}
    document = composed(tables=given, study={"synthetic": synthetic})
    blocks = [block for section in document.sections for block in section.blocks]
    texts = [each for b in blocks if b.kind == "paragraphs" for each in b.sentences]
    (lost,) = [each for each in texts if "no longer be supported" in each]
    assert ("simulated" in lost) is said
