"""The pages that plan a survey are stamped, in every language, and word what the tables hold."""

from __future__ import annotations

import pandas as pd
import pytest
from plans import plan_of
from small_study import PLAN, STUDY, instrument

from coproduction.planning.formula import by_formula, costs
from coproduction.planning.settings import read_planning
from coproduction.planning.summary import power_of_verdicts
from coproduction.report.power import compose_planning
from coproduction.report.renderers.html import html

PLANNING = read_planning(
    {
        "power": 0.8,
        "currency": "CNY",
        "costs": {"fixed": 0, "community": 100, "contact": 1, "interview": 10},
        "hypotheses": {"H1": ["supported"]},
        "assumed": {
            "H1": {
                **{"outcome_sd": 0.5, "predictor_sd": 1, "outcome_explained": 0},
                **{"predictor_explained": 0, "outcome_icc": 0, "predictor_icc": 0},
                **{"reliability": 1, "kept": 1, "size_variation": 0, "weighting": 1},
            }
        },
        "designs": [
            {
                "id": "large",
                "label": {"en": "Large", "zh-CN": "大"},
                "communities": 40,
                "drawn": {"address": 50},
                "response_rate": 0.5,
                "intraclass_correlations": {},
            }
        ],
    }
)


def page(schemas, language: str, simulated: bool) -> str:
    plan = plan_of(PLAN)
    found = {"design": "large", "hypothesis": "H1", "std_error": 0.02, "df": 39.0}
    verdicts = pd.DataFrame({"verdict": ["supported"] * 30 + ["inconclusive"] * 10})
    power = power_of_verdicts(verdicts.assign(**found, conf_low=0.0, conf_high=0.08), PLANNING)
    tables = costs(PLANNING), by_formula(PLANNING, {"H1": 0.05})
    given = (language, *tables, PLANNING, instrument(schemas), STUDY, plan, "large")
    return html(compose_planning(*given, power=power if simulated else None, imputations=2))


@pytest.mark.parametrize(
    ("language", "stamp", "sentence"),
    [
        ("en", "SYNTHETIC DATA", "We plan to survey 40 communities, drawing 2,000 persons"),
        ("zh-CN", "模拟数据", "我们计划调查40个社区，抽取2,000人"),
    ],
)
def test_pages_are_stamped_and_hold_a_paragraph_for_a_registration(
    schemas, language, stamp, sentence
):
    for simulated in (True, False):
        told = page(schemas, language, simulated)
        assert stamp in told and sentence in told


def test_simulated_power_stands_with_its_error_and_the_figure(schemas):
    told = page(schemas, "en", simulated=True)
    assert "75% (7%)" in told and "<svg" in told and "2 imputed tables" in told
    assert "of each verdict on H1, by design" not in page(schemas, "en", simulated=False)
