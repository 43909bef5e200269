"""Small studies in which answers are missing not at random, and their analysis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from plans import plan_of
from questionnaires import headed

from coproduction.cleaning.routing import nonresponse
from coproduction.cleaning.scoring import analysis_table
from coproduction.inference.analysis import Analysis, analyse
from coproduction.inference.completed.items import Answers
from coproduction.instrument.definition import Instrument
from coproduction.instrument.item_scales import scales_of
from coproduction.plan.plan import Plan

CODES = ", ".join(f'{{value: {code}, label: {{en: "A{code}"}}}}' for code in range(1, 8))
QUESTIONS = headed(
    "people",
    f"""
response_sets:
  agree: {{level: ordinal, options: [{CODES}]}}
  two:
    level: nominal
    options: [{{value: 1, label: {{en: "Yes"}}}}, {{value: 0, label: {{en: "No"}}}}]
constructs:
  trust: {{label: {{en: "Trust"}}}}
sections:
  - id: one
    label: {{en: "One"}}
    items:
      - {{id: t1, response_set: agree, construct: trust, text: {{en: "T1"}}}}
      - {{id: t2, response_set: agree, construct: trust, reverse: true, text: {{en: "T2"}}}}
      - {{id: t3, response_set: agree, construct: trust, text: {{en: "T3"}}}}
      - {{id: exposed, type: decimal, range: [-50, 50], text: {{en: "X"}}}}
      - {{id: work, response_set: two, text: {{en: "Work"}}}}
      - {{id: outcome, type: decimal, range: [-50, 500], relevant: "work == 1", text: {{en: "Y"}}}}
""",
)
NAMES = {"x": "exposed", "y": "outcome"}
MISSING = {"refused": -99, "not_asked": -77}


def study(
    shifts: dict[str, Any] | None = None,
    model: dict[str, Any] | None = None,
    hypothesis: dict[str, Any] | None = None,
    missing: dict[str, Any] | None = None,
) -> Plan:
    """Plan one hypothesis on x and y, with what is shifted."""
    base = {"id": "m", "outcome": "outcome", "family": "binomial", "predictors": ["exposed"]}
    asked = {"id": "H1", "smallest_effect": 0.01, "estimand": {"kind": "coefficient"}}
    asked["estimand"]["variable"] = "exposed"
    block = {"imputations": 5, "iterations": 2} | (missing or {})
    if shifts is not None:
        block["not_at_random"] = {"hypotheses": ["H1"]} | shifts
    content = {
        "models": [base | (model or {})],
        "families": [{"id": "all", "method": "none", "level": 0.05}],
        "hypotheses": [asked | (hypothesis or {})],
        "missing": block,
        "flagged_rows": {"leave_out": "none"},
    }
    return plan_of(content)


def grid(*sizes: float, plausible: float | None = None) -> dict[str, Any]:
    """Plan some shifts."""
    size = sizes[-1] if plausible is None else plausible
    return {"shifts": list(sizes), "plausible": size, "plausible_slope": size}


def answers(instrument: Instrument, **columns: Any) -> tuple[pd.DataFrame, Answers]:
    """Make the analysis table of answers; NaN was refused, infinity not asked."""
    n = len(columns["x"])
    table = pd.DataFrame({"submission": [f"r{each:05d}" for each in range(n)]})
    for item in ("t1", "t2", "t3", "x", "work", "y"):
        values = pd.Series(np.asarray(columns.get(item, np.ones(n)), float))
        values = values.fillna(MISSING["refused"]).replace(np.inf, MISSING["not_asked"])
        table[NAMES.get(item, item)] = values if item in ("x", "y") else values.astype("Int64")
    return analysis_table(table, instrument), Answers(instrument, nonresponse(table, instrument))


def analysed(given: tuple[pd.DataFrame, Answers], plan: Plan, seed: int = 5) -> Analysis:
    """Analyse a study."""
    scores, kinds = given
    scales = scales_of(kinds.instrument)
    return analyse(scores, plan, seed, answers=kinds, scales=scales)


def path(found: Analysis, shifted: str) -> pd.DataFrame:
    """Take the estimates under the shifts of one thing, from the lowest to the highest."""
    rows = found.shifted_answers
    rows = rows[rows["shifted"] == shifted].sort_values("shift")
    return rows.set_index("shift")
