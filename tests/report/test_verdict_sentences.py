"""What is said of a verdict is what its intervals say, in both languages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import PLAN, PROVENANCE, STUDY, instrument, result_tables

from coproduction.inference.verdicts import verdict
from coproduction.report.document import compose
from coproduction.report.figures import verdict_picture
from coproduction.report.labels import labels
from coproduction.report.sentences import verdict_sentences

UNIT = {"unit": {"en": "points", "zh-CN": "分"}}
LARGE = {
    "en": {
        "predicted": ("rules out one as large", "ruled out"),
        "opposite": "does not rule out one of that size in the opposite direction",
        "zero": "does not hold zero",
        "absence": "no evidence of absence",
    },
    "zh-CN": {
        "predicted": ("排除了", "可以排除"),
        "opposite": "它不能排除相反方向",
        "zero": "不含零",
        "absence": "不等于没有关联",
    },
}


@pytest.fixture(scope="module", params=["en", "zh-CN"])
def named(request, schemas):
    return labels(instrument(schemas), {}, request.param, False)


def judged(estimate, half, smallest, direction, p, **other):
    """Row of `inference/verdicts.csv`, with a 95 % interval somewhat wider than the 90 % one."""
    ends = (estimate - half, estimate + half)
    return {
        **{
            "verdict": verdict(estimate, p, ends, direction, smallest, 0.05),
            "direction": direction,
        },
        **{"comparison": "superiority", "smallest_effect": smallest, "estimate": estimate},
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
def test_what_is_ruled_out_lies_outside_the_interval(named, estimate, half, smallest, direction, p):
    row, words = judged(estimate, half, smallest, direction, p), LARGE[named.language]
    told = verdict_sentences(row, UNIT, named)[0]
    sign = 1 if direction == "positive" else -1
    low, high = sorted((sign * row["equivalence_low"], sign * row["equivalence_high"]))
    assert any(each in told for each in words["predicted"]) <= (high < smallest)
    assert (words["opposite"] in told) <= (low <= -smallest)
    assert (words["zero"] in told) <= (row["conf_low"] > 0 or row["conf_high"] < 0)
    assert (words["absence"] in told) == (row["verdict"] == "inconclusive")


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
    told = verdict_sentences(row, UNIT, labels(instrument(schemas), {}, "en", False))[0]
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
        simulated = labels(instrument(schemas), {}, language, True)
        assert verdict_sentences(row, UNIT, simulated)[0].startswith(start)


def test_the_picture_of_the_verdicts_points_to_the_prediction(root, schemas):
    table = result_tables(root)["inference/verdicts.csv"]
    named = labels(instrument(schemas), {}, "en", False)
    mirrored = table.assign(
        direction="negative",
        estimate=-table["estimate"],
        conf_low=-table["conf_high"],
        conf_high=-table["conf_low"],
    )
    places = [_dots(verdict_picture(each, named, "").svg) for each in (table, mirrored)]
    assert places[0] == places[1] != []
    assert places[0] != _dots(verdict_picture(table.assign(direction="negative"), named, "").svg)


def _dots(picture: str) -> list[str]:
    return re.findall(r'<use[^>]*x="[^"]+"[^>]*>', picture)


def test_the_note_under_the_picture_says_which_way_it_points(root, schemas):
    tables = result_tables(root)
    for language, word in (("en", "predicted direction"), ("zh-CN", "预测的方向")):
        made = compose(language, tables, instrument(schemas), STUDY, PLAN, PROVENANCE)
        figure = next(each for each in made.figures if each.id == "verdicts")
        assert word in " ".join(figure.notes)
