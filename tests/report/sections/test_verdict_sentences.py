"""What is said of a verdict is what its intervals say, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import hypotheses_of, plan_of
from small_study import PLAN, PROVENANCE, STUDY, instrument, result_tables

from coproduction.inference.verdicts import verdict
from coproduction.report.document import compose
from coproduction.report.figures.estimates import verdict_picture
from coproduction.report.labels import labels
from coproduction.report.sentences import verdict_sentences

(UNIT,) = hypotheses_of([{"unit": {"en": "points", "zh-CN": "分"}}])
Claim = Callable[[float, float, float, Mapping[str, Any]], bool]
CLAIMS: tuple[tuple[str, str, Claim], ...] = (
    (
        "holds no smaller one.",
        "不含更小",
        lambda low, high, size, row: low >= size or high <= -size,
    ),
    ("rule out a smaller one", "不能排除更小", lambda low, high, size, row: low < size <= high),
    (
        "rule out one as large",
        "不能排除达到该大小",
        lambda low, high, size, row: low < size <= high,
    ),
    (
        "not rule out one as large as",
        "不能排除在预测",
        lambda low, high, size, row: low < size <= high,
    ),
    ("rules out one as large", "排除了达到该大小", lambda low, high, size, row: high < size),
    ("rules out one as large as", "排除了在预测", lambda low, high, size, row: high < size),
    ("is ruled out in the predicted", "可以排除", lambda low, high, size, row: high < size),
    ("in both directions", "两个方向上", lambda low, high, size, row: -size < low <= high < size),
    ("beyond the smallest", "预测的方向上完全达到", lambda low, high, size, row: low >= size),
    ("of that size in the", "不能排除相反", lambda low, high, size, row: low <= -size < high),
    ("beyond that size in the", "相反方向上完全", lambda low, high, size, row: high <= -size),
    (
        "does not hold zero",
        "不含零",
        lambda low, high, size, row: row["conf_low"] > 0 or row["conf_high"] < 0,
    ),
    (
        "evidence of absence",
        "不等于没有关联",
        lambda low, high, size, row: row["verdict"] == "inconclusive" and high >= size,
    ),
)
"""What a sentence says in either language, and when it is true of the interval that has been turned
so that the prediction is positive: its ends, the smallest effect, the row."""


@pytest.fixture(scope="module", params=["en", "zh-CN"])
def named(request, schemas):
    return labels(instrument(schemas), None, request.param, False)


def judged(estimate, half, smallest, direction, p, **other):
    """Row of `inference/verdicts.csv`, with a 95 % interval somewhat wider than the 90 % one."""
    ends = (estimate - half, estimate + half)
    return {
        **{
            "verdict": verdict(estimate, p, ends, direction, smallest, 0.05, "superiority"),
            "direction": direction,
        },
        **{"estimand": "average_marginal_effect", "comparison": "superiority"},
        **{"smallest_effect": smallest, "estimate": estimate},
        **{"equivalence_low": ends[0], "equivalence_high": ends[1], "p_adjusted": p, "n": 99},
        **{"conf_low": estimate - 1.2 * half, "conf_high": estimate + 1.2 * half},
        **{"status": "confirmatory", "note": "", "reason": "", "n_clusters": float("nan")},
        **other,
    }


@given(
    st.floats(-1, 1),
    st.floats(0.01, 0.5),
    st.floats(0.01, 0.5),
    st.sampled_from(["positive", "negative"]),
    st.floats(0, 1),
)
def test_what_is_said_of_an_interval_is_true_of_it(
    named, estimate, half, smallest, direction, chance
):
    row = judged(estimate, half, smallest, direction, chance)
    told = verdict_sentences(row, UNIT, named)[0]
    sign = 1 if direction == "positive" else -1
    low, high = sorted((sign * row["equivalence_low"], sign * row["equivalence_high"]))
    for english, chinese, holds in CLAIMS:
        if (english if named.language == "en" else chinese) in told:
            assert holds(low, high, smallest, row), (english, told)


@pytest.mark.parametrize("said", [claim[:2] for claim in CLAIMS])
def test_every_claim_is_made_somewhere(schemas, said):
    found = {"en": False, "zh-CN": False}
    cases = [
        (estimate, half, chance)
        for estimate in (-0.9, -0.4, -0.1, 0.0, 0.1, 0.4, 0.9)
        for half in (0.05, 0.2, 0.45)
        for chance in (0.01, 0.5)
    ]
    for language, words in zip(found, said, strict=True):
        labelled = labels(instrument(schemas), None, language, False)
        for estimate, half, chance in cases:
            row = judged(estimate, half, 0.3, "positive", chance)
            found[language] |= words in verdict_sentences(row, UNIT, labelled)[0]
    assert found == {"en": True, "zh-CN": True}


def test_an_interval_wholly_beyond_the_size_on_the_other_side_rules_out_smaller_ones(schemas):
    row = judged(-0.3, 0.05, 0.1, "positive", 0.001)
    (english, chinese) = (
        verdict_sentences(row, UNIT, labels(instrument(schemas), None, each, False))[0]
        for each in ("en", "zh-CN")
    )
    assert "wholly at or beyond that size in the opposite direction (−0.100)" in english
    assert "does not rule out" not in english
    assert "相反方向上完全达到或超出该大小（−0.100）" in chinese
    assert "不能排除" not in chinese


@pytest.mark.parametrize(
    ("estimand", "words"),
    [("average_marginal_effect", "The effect is"), ("difference", "The difference is")],
)
def test_what_is_held_against_a_margin_is_called_what_it_is(schemas, estimand, words):
    row = judged(0.1, 0.05, 0.02, "positive", 0.01, verdict="supported", estimand=estimand)
    row |= {"comparison": "non_inferiority"}
    told = verdict_sentences(row, UNIT, labels(instrument(schemas), None, "en", False))[0]
    assert told.startswith(words)


@pytest.mark.parametrize(
    ("direction", "code", "better"),
    [
        ("positive", "supported", "above the margin of −0.020"),
        ("negative", "supported", "below the margin of 0.020"),
        ("positive", "contradicted", "below the margin of −0.020"),
        ("negative", "contradicted", "above the margin of 0.020"),
        ("negative", "inconclusive", "the margin of 0.020"),
    ],
)
def test_the_margin_stands_on_the_side_opposite_to_the_prediction(schemas, direction, code, better):
    row = judged(0.1, 0.05, 0.02, direction, 0.5, comparison="non_inferiority", verdict=code)
    told = verdict_sentences(row, UNIT, labels(instrument(schemas), None, "en", False))[0]
    assert better in told


def test_where_nothing_was_corrected_nothing_is_said_of_a_correction(named):
    row = judged(0.6, 0.1, 0.2, "positive", 0.001)
    alone = " ".join(verdict_sentences(row, UNIT, named, corrected=False))
    together = " ".join(verdict_sentences(row, UNIT, named))
    for word in ("correct", "adjusted", "校正"):
        assert word not in alone
    assert "correct" in together or "校正" in together


def test_sentences_on_simulated_data_begin_with_that(schemas):
    row = judged(0.6, 0.1, 0.2, "positive", 0.001)
    for language, start in (("en", "In the simulated data:"), ("zh-CN", "在模拟数据中：")):
        simulated = labels(instrument(schemas), None, language, True)
        assert verdict_sentences(row, UNIT, simulated)[0].startswith(start)


def test_the_picture_of_the_verdicts_points_to_the_prediction(schemas):
    table = result_tables()["inference/verdicts.csv"]
    named = labels(instrument(schemas), None, "en", False)
    mirrored = table.assign(
        direction="negative",
        estimate=-table["estimate"],
        conf_low=-table["conf_high"],
        conf_high=-table["conf_low"],
    )
    places = [_dots(verdict_picture(each, named, "").svg) for each in (table, mirrored)]
    assert places[0] == places[1] != []
    assert places[0] != _dots(verdict_picture(table.assign(direction="negative"), named, "").svg)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("value", "half", "arrows"), [(9.0, 0.4, 1), (9.0, 20.0, 2), (9.0, 3, 1)])
def test_an_estimate_beyond_the_axis_is_a_dot_at_its_end_with_one_arrowhead_a_side(
    schemas, side, value, half, arrows
):
    named = labels(instrument(schemas), None, "en", False)
    centre, far = _verdict("H1", 0.0, 1.0), _verdict("H2", side * value, half)
    drawn = verdict_picture(pd.DataFrame([centre, far]), named, "").svg
    alone = verdict_picture(pd.DataFrame([centre, _verdict("H2", side * 1.0, 0.4)]), named, "").svg
    x = {tip.split()[0]: float(place) for tip, place in DOT.findall(drawn)}
    assert set(x) == {"H1", "H2"} and side * (x["H2"] - x["H1"]) > 0
    assert _heads(drawn) == arrows and _heads(alone) == 0
    assert drawn.count("<title>H2") == 1


DOT = re.compile(r'<title>(H\d [^<]*)</title>.*?<use[^>]*? x="([\d.]+)"', re.S)


def _verdict(name: str, value: float, half: float) -> dict:
    return {
        **{"hypothesis": name, "direction": "positive", "smallest_effect": 1.0, "estimate": value},
        **{"conf_low": value - half, "conf_high": value + half, "verdict": "inconclusive"},
    }


def _heads(picture: str) -> int:
    """Count the arrowheads: marks of three corners."""
    marks = re.findall(r'<path id="m\w+" d="(M[^"]*)"', picture)
    return sum(mark.count("L") == 2 and mark.count("z") == 1 for mark in marks)


def _dots(picture: str) -> list[str]:
    return re.findall(r'<use[^>]*x="[^"]+"[^>]*>', picture)


def test_the_note_under_the_picture_says_which_way_it_points(schemas):
    tables = result_tables()
    for language, word in (("en", "predicted direction"), ("zh-CN", "预测的方向")):
        made = compose(language, tables, instrument(schemas), STUDY, plan_of(PLAN), PROVENANCE)
        figure = next(each for each in made.figures if each.id == "verdicts")
        assert word in " ".join(figure.notes)
