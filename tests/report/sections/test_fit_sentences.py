"""Whether a factor model fits is said from its indices and the limits of the plan."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_study import PLAN

from coproduction.notes import Note
from coproduction.report.blocks import Paragraphs

FIT, STEPS = "measurement/fit.csv", "measurement/invariance.csv"
AGGREGATION = "measurement/aggregation.csv"
LABEL = {"zh-CN": "双因子", "en": "Two factors"}
WORDS = {
    "en": ("By ", "It keeps both limits", "Already the first step fits badly"),
    "zh-CN": ("该模型拟合不佳", "两项都达到界限", "第一步本身就拟合不佳"),
}


def said(document) -> str:
    section = next(each for each in document.sections if each.id == "measurement")
    found = [each for each in section.blocks if isinstance(each, Paragraphs)]
    notes = [note for each in section.blocks for note in getattr(each, "notes", ())]
    return " ".join([*(text for block in found for text in block.sentences), *notes])


def table(tables, file: str, *rows: dict) -> pd.DataFrame:
    """Rows of a result table; text columns that they leave out are empty."""
    frame = pd.DataFrame(rows).reindex(columns=tables[file].columns)
    for name, kind in tables[file].dtypes.items():
        text = kind == "object"
        known = frame[name].astype("object")
        frame[name] = known.where(known.notna(), "") if text else known.astype("float64")
    return frame


def plan(**limits: float) -> dict:
    measured = {
        "models": [{"id": "two", "label": LABEL}],
        "invariance": [{"id": "by_t1", "label": LABEL}],
    }
    return {**PLAN, "measurement": measured | ({"fit_limits": limits} if limits else {})}


def fitted(tables, cfi: float, rmsea: float) -> dict:
    indices = {"cfi": cfi, "rmsea": rmsea}
    steps = [
        {"comparison": "by_t1", "step": "configural", "decision": "reference", **indices},
        {"comparison": "by_t1", "step": "loadings", "decision": "holds", **indices},
    ]
    one = {"model": "two", "estimator": "MLR", "status": "fitted", **indices}
    return {**tables, FIT: table(tables, FIT, one), STEPS: table(tables, STEPS, *steps)}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.floats(0.5, 1),
    st.floats(0, 0.2),
    st.floats(0.8, 1),
    st.floats(0.02, 0.1),
    st.sampled_from(["en", "zh-CN"]),
)
def test_a_model_is_said_to_fit_badly_where_an_index_is_beyond_the_limits_of_the_plan(
    composed, tables, cfi, rmsea, least, most, language
):
    told = said(
        composed(
            language=language,
            tables=fitted(tables, cfi, rmsea),
            plan=plan(cfi=least, rmsea=most),
        )
    )
    beyond = cfi < least or rmsea > most
    bad, good, steps = WORDS[language]
    assert (bad in told) == (steps in told) == beyond
    assert (good in told) == (not beyond)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({}, "usual limits, as the plan names none"),
        ({"cfi": 0.95, "rmsea": 0.06}, "(CFI of at least 0.95"),
    ],
)
def test_the_limits_are_the_plans_or_said_to_be_usual(composed, tables, limits, words):
    told = said(composed(tables=fitted(tables, 0.82, 0.05), plan=plan(**limits)))
    assert "Two factors: CFI 0.820 and RMSEA 0.050" in told
    assert "By CFI the model fits badly" in told
    assert words in told


@pytest.mark.parametrize(
    ("language", "rule", "both"),
    [
        ("en", "the clusters differ (F test, p < .05) and at least half", "tell clusters apart"),
        ("zh-CN", "至少一半的群组内部一致", "均值难以区分各群组"),
    ],
)
def test_the_rule_of_averaging_stands_beside_the_reliability_of_means(
    composed, tables, language, rule, both
):
    note = str(Note("unreliable_means", {"name": "trust", "value": 0.4, "least": 0.7}))
    for decision, warning, wanted in (
        ("aggregate", note, True),
        ("aggregate", "", False),
        ("individual_only", note, False),
    ):
        row = {"construct": "trust", "icc_1": 0.05, "decision": decision, "warning": warning}
        changed = {**tables, AGGREGATION: table(tables, AGGREGATION, row)}
        told = said(composed(language=language, tables=changed))
        assert rule in told
        assert (both in told) == wanted
