"""A small bilingual study with results, as the report reads them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coproduction.dictionary import Column, dictionary
from coproduction.instrument.reading import read_instrument
from coproduction.notes import Note
from coproduction.yamlfiles.yamlfile import read_yaml

REASON = str(Note("outcome_constant", {"model": "m4", "name": "t2", "n": 421}))

INSTRUMENT = """
instrument: {id: people, version: "1", unit: respondent, languages: [zh-CN, en],
             title: {zh-CN: "人", en: "People"}, licence: CC0-1.0}
missing_codes:
  dont_know: {code: -88, label: {zh-CN: "不知道", en: "Don't know"}}
  refused: {code: -99, label: {zh-CN: "拒答", en: "Refused"}}
  not_asked: {code: -77, label: {zh-CN: "未问", en: "Not asked"}}
  not_reached: {code: -66, label: {zh-CN: "未到", en: "Not reached"}}
response_sets:
  agree:
    level: ordinal
    options:
      - {value: 1, label: {zh-CN: "不同意", en: "Disagree"}}
      - {value: 2, label: {zh-CN: "一般", en: "Neutral"}}
      - {value: 3, label: {zh-CN: "同意", en: "Agree"}}
constructs:
  trust: {label: {zh-CN: "信任", en: "Trust"}}
sections:
  - id: one
    label: {zh-CN: "一", en: "One"}
    items:
      - {id: t1, response_set: agree, construct: trust, text: {zh-CN: "多数人可信", en: 'LABEL'}}
      - {id: t2, response_set: agree, construct: trust, text: {zh-CN: "邻居可信", en: "Neighbours"}}
      - {id: hours, type: integer, range: [0, 500], text: {zh-CN: "小时", en: "Hours"}}
"""
STUDY = {
    "id": "small",
    "title": {"zh-CN": "小研究", "en": "A small study"},
    "question": {"zh-CN": "信任能否预测小时数？", "en": "Does trust predict hours?"},
    "synthetic": True,
    "seed": 1,
    "minimum_cell": 5,
    "languages": ["zh-CN", "en"],
    "limitations": [{"zh-CN": "样本很小。", "en": "The sample is small."}],
}
PLAN: dict[str, Any] = {
    "plan": {"version": "1"},
    "measurement": {"minimum_reliability": 0.7},
    "models": [{"id": "m1", "label": {"zh-CN": "模型一", "en": "Model one"}}],
    "grids": [
        {
            "id": "choices",
            "label": {"zh-CN": "选择", "en": "Choices"},
            "hypotheses": ["H1"],
            "dimensions": {
                "outcome": [
                    {
                        "id": "other",
                        "outcome": "t2",
                        "label": {"zh-CN": "邻居", "en": "Neighbours alone"},
                        "reason": {"zh-CN": "同样合理。", "en": "It is as good."},
                    }
                ],
                "subset": [
                    {
                        "id": "young",
                        "subset": "t1 < 3",
                        "label": {"zh-CN": "年轻者", "en": "The young"},
                        "reason": {"zh-CN": "他们更常回答。", "en": "They answer more."},
                    }
                ],
            },
            "excluded": [
                {
                    "where": {"outcome": ["other"], "subset": ["primary"]},
                    "reason": {"zh-CN": "太贵。", "en": "It is too dear."},
                }
            ],
        }
    ],
    "hypotheses": [
        {
            "id": "H1",
            "model": "m1",
            "statement": {"zh-CN": "越信任，小时越多。", "en": "Trust goes with hours."},
            "unit": {"zh-CN": "每分的小时数", "en": "hours per point"},
        }
    ],
}
PROVENANCE = {
    "software": {"coproduction": "0.1.0"},
    "inputs": {"data/raw/small/people.csv": "ab" * 32},
    "plan_sha256": "cd" * 32,
    "seed": 1,
    "synthetic": True,
}
TEST = {"statistic": 2.5, "df": 18.25, "p_value": 0.0217, "covariance": "CR2", "n": 421.0}
ROWS: dict[str, list[dict[str, Any]]] = {
    "cleaning/flow.csv": [
        {"step": "received", "reason": "", "n_removed": 0, "n_remaining": 1321},
        {"step": "excluded", "reason": "retest", "n_removed": 87, "n_remaining": 1234},
        {"step": "excluded", "reason": "duplicate", "n_removed": 13, "n_remaining": 1221},
        {"step": "analysed", "reason": "", "n_removed": 0, "n_remaining": 1221},
    ],
    "cleaning/frequencies.csv": [
        {"item": "t1", "value": "1", "kind": "answer", "n": 252, "share": 0.2118},
        {"item": "t1", "value": "2", "kind": "answer", "n": 938, "share": 0.7882},
        {"item": "t1", "value": "", "kind": "dont_know", "n": 31},
    ],
    "measurement/reliability.csv": [
        {
            "construct": "trust",
            "n_items": 2,
            "n": 1187,
            "alpha": 0.6543,
            "alpha_conf_low": 0.6111,
            "alpha_conf_high": 0.6999,
            "mean_interitem_correlation": 0.4861,
        }
    ],
    "measurement/retest.csv": [
        {
            **{"construct": "trust", "item": item, "n": n, "n_occasions": 2, "days_low": 9.75},
            **{"days_median": 11.5, "days_high": 14, "icc_agreement": icc},
            **{"agreement_conf_low": icc - 0.11, "agreement_conf_high": icc + 0.09},
            **{"icc_consistency": icc + 0.01, "error_of_measurement_agreement": 0.3771},
            **{"smallest_detectable_change": 1.0453},
        }
        for item, n, icc in (("", 81, 0.7654), ("t1", 83, 0.5432), ("t2", 84, 0.6123))
    ],
    "measurement/items.csv": [
        {
            "construct": "trust",
            "item": "t1",
            "reverse": 0.0,
            "n": 1190,
            "mean": 2.11,
            "sd": 0.83,
            "floor": 0.212,
            "ceiling": 0.331,
            "dont_know_rate": 0.012,
            "missing_rate": 0.025,
            "item_rest_correlation": 0.4861,
        }
    ],
    "inference/models.csv": [
        {
            "model": "m1",
            "role": "confirmatory",
            "outcome": "hours",
            "family": "gaussian",
            "link": "identity",
            "n": 421,
            "n_clusters": 19,
            "n_dropped": 800,
            "covariance": "CR2",
            "log_likelihood": -612.25,
            "status": "fitted",
        }
    ],
    "inference/coefficients.csv": [
        {
            "model": "m1",
            "term": "trust",
            "reference": "",
            "estimate": 1.2345,
            "std_error": 0.4938,
            "conf_low": 0.1981,
            "conf_high": 2.2709,
            "n_clusters": 19.0,
            **TEST,
        }
    ],
    "inference/effects.csv": [
        {
            **{"model": "m1", "role": role, "estimand": "average_marginal_effect"},
            **{"term": "trust", "reference": "", "at": "t1 = 1", "estimate": size},
            "std_error": 0.4938,
            **{"conf_low": 0.1981, "conf_high": 2.2709, "n_clusters": 19.0, **TEST},
        }
        for role, size in (("confirmatory", 1.2345), ("robustness", 1.1111))
    ],
    "inference/grid.csv": [
        {
            **{"grid": "choices", "hypothesis": "H1", "cell": cell, "rank": rank, "term": "trust"},
            **{"reference": "", "outcome": outcome, "subset": subset, "cluster": ""},
            **dict.fromkeys(("weights", "flagged_rows", "missing", "measure"), "primary"),
            **{
                "covariates": "primary",
                "family": "primary",
                "covariance": "CR2",
                "effect": 1.25,
                "outcome_sd": 4.5,
            },
            **{"estimate": estimate, "conf_low": 0.0625, "conf_high": 0.5625, "p_value": 0.0434},
            **{"n": 421.0, "reason": reason},
        }
        for cell, rank, outcome, subset, estimate, reason in (
            (1, 2.0, "primary", "primary", 0.2743, ""),
            (2, 1.0, "primary", "young", 0.3125, ""),
            (3, 3.0, "other", "primary", 0.1875, ""),
            (4, np.nan, "other", "young", np.nan, REASON),
        )
    ],
    "inference/grid_influences.csv": [
        {
            **{"grid": "choices", "hypothesis": "H1", "dimension": dimension},
            **{"alternative": name, "n_pairs": 1, "mean_change": change},
            **dict.fromkeys(("median_change", "smallest_change", "largest_change"), change),
        }
        for dimension, name, change in (
            ("outcome", "other", -0.0868),
            ("subset", "young", 0.0382),
        )
    ],
    "inference/grid_tests.csv": [
        {
            **{"grid": "choices", "hypothesis": "H1", "statistic": "stouffer_z"},
            **{"value": 3.25, "p_value": 0.0135, "mc_error": 0.0026, "draws": 1999, "n_cells": 3},
        }
    ],
    "inference/curves.csv": [
        {
            **{"model": "m1", "term": "trust", "by": "t1", "by_value": level, "value": value},
            **{
                "cell": "category",
                "estimate": value + 1,
                "conf_low": value,
                "conf_high": value + 2,
            },
        }
        for level in ("1", "3")
        for value in (1.0, 2.0, 3.0)
    ],
    "inference/surface.csv": [
        {
            **{"model": "m1", "term": "trust", "by": "t1", "value": value, "by_value": by_value},
            **{"estimate": value * by_value, "n_near": 9.0 if value < 3 else 2.0, "limit": 5.0},
            **{"n_value": 7.0, "n_by_value": 6.0},
        }
        for value in (1.0, 2.0, 3.0)
        for by_value in (1.5, 2.5, 3.5)
    ],
    "inference/moderation.csv": [
        {
            **{"moderation": "H1", "model": "m1", "term": "trust", "by": "t1", "level": "3"},
            **{"kind": "slope", "status": "exploratory", "estimate": 0.75, "n_cell": 19},
            **{"conf_low": 0.5, "conf_high": 1.0, "p_value": 0.001},
        }
    ],
    "inference/group_means.csv": [
        {
            **{"description": "d1", "outcome": "hours", "by": "t1", "level": level},
            **{"estimate": 4.25, "conf_low": 3.75, "conf_high": 4.75, "std_error": 0.25},
            **{"n_cell": 57, "covariance": "CR2"},
        }
        for level in ("reference", "t1[3]")
    ],
    "inference/community_points.csv": [
        {"description": "d2", "outcome": "hours", "by": "t1", "value": 2, "estimate": 3.5, "n": 17},
        {"description": "d2", "outcome": "hours", "by": "t1", "value": 3, "estimate": 4.5, "n": 21},
    ],
    "inference/arms.csv": [
        {
            **{"experiment": "x", "arm": "t1 = 1", "n": 99, "mean": 2.5, "sd": 1.25},
            **{"conf_low": 2.25, "conf_high": 2.75},
        }
    ],
    "inference/diagnostics.csv": [{"model": "m1", "check": "vif", "term": "trust", "value": 1.5}],
    "inference/sensitivity.csv": [
        {
            **{"hypothesis": "H1", "model": "m1", "term": "trust", "measure": "linear"},
            **{"estimate": 1.2345, "conf_low": 0.1981, "conf_high": 2.2709},
            **{"robustness_value": 0.1375, "robustness_value_limit": 0.0241},
        },
        {
            **{"hypothesis": "H9", "model": "m2", "term": "t1", "measure": "risk_ratio"},
            **{"estimate": 1.25, "conf_low": 0.8, "conf_high": 1.9531},
            **{"e_value": 1.8059, "e_value_limit": 1.0},
        },
    ],
    "inference/verdicts.csv": [
        {
            "hypothesis": "H1",
            "family": "main",
            "model": "m1",
            "estimand": "average_marginal_effect",
            "term": "trust",
            "direction": "positive",
            "smallest_effect": 0.5,
            "estimate": 1.2345,
            "std_error": 0.4938,
            "p_adjusted": 0.0434,
            "conf_low": 0.1981,
            "conf_high": 2.2709,
            "equivalence_low": 0.38,
            "equivalence_high": 2.09,
            "verdict": "supported",
            "minimum_detectable_effect": 1.44,
            "power_at_smallest_effect": 0.1635,
            "n_clusters": 19.0,
            **TEST,
        }
    ],
}


def instrument(schemas: dict, label: str = "Most people can be trusted"):
    text = INSTRUMENT.replace("LABEL", label)
    return read_instrument(read_yaml(text, "instrument.yaml", schemas["instrument"]))


def result_tables() -> dict[str, pd.DataFrame]:
    declared = dictionary().tables
    return {name: _table(ROWS.get(name, []), columns) for name, columns in declared.items()}


def _table(rows: list[dict[str, Any]], columns: dict[str, Column]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    for name, column in columns.items():
        blank = "" if column.type == "text" else np.nan
        frame[name] = frame[name].astype(object).where(frame[name].notna(), blank)
        frame[name] = frame[name].astype("object" if column.type == "text" else "float64")
    return frame
