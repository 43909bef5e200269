"""Whether the planned factor models fit, said from their indices and the limits of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.report.blocks import Paragraphs
from coproduction.report.material import Material
from coproduction.report.numbers import beside, given
from coproduction.report.sections.measurement.factors import planned_model

INDICES = ("cfi", "rmsea")


def fit_of_planned(material: Material) -> list[Paragraphs]:
    """Say the CFI and RMSEA of the model that validity is checked with, and whether they do."""
    table = material.table("measurement/fit.csv")
    rows = table[table["model"] == planned_model(material)] if len(table) else table
    known = rows.dropna(subset=["cfi", "rmsea"]) if len(rows) else rows
    if known.empty:
        return []
    row, words = known.to_dict("records")[0], material.text["fit_sentence"]
    missed = _missed(row, material)
    told = [
        words["values"].format(
            model=material.labels.model(row["model"]),
            **_indices(row, material),
            **_limits(material),
        ),
        words["bad" if missed else "good"].format(
            missed=material.text["enumeration"].join(name.upper() for name in missed)
        ),
    ]
    return [Paragraphs(told)]


def caution_on_steps(material: Material) -> list[str]:
    """Warn where the first step of a comparison of groups fits badly itself."""
    table, text = material.table("measurement/invariance.csv"), material.text
    first = table[table["decision"] == "reference"] if len(table) else pd.DataFrame()
    named = [
        text["fit_sentence"]["step"].format(
            model=material.labels.model(row["comparison"]), **_indices(row, material)
        )
        for row in first.to_dict("records")
        if _missed(row, material)
    ]
    if not named:
        return []
    listed = text["list_separator"].join(named)
    return [text["fit_sentence"]["steps"].format(list=listed, **_limits(material))]


def _missed(row: Mapping[str, Any], material: Material) -> list[str]:
    """Name the indices beyond their limits; one that is unknown is not."""
    limits = material.plan.measurement.fit_limits
    beyond = {"cfi": row["cfi"] < limits.cfi, "rmsea": row["rmsea"] > limits.rmsea}
    return [name for name, missed in beyond.items() if missed]


def _indices(row: Mapping[str, Any], material: Material) -> dict[str, str]:
    limits = material.plan.measurement.fit_limits
    return {name: beside(row[name], getattr(limits, name)) for name in INDICES}


def _limits(material: Material) -> dict[str, str]:
    limits, words = material.plan.measurement.fit_limits, material.text["fit_sentence"]
    source = words["planned" if material.plan.states("measurement", "fit_limits") else "usual"]
    numbers = {f"{name}_limit": given(getattr(limits, name)) for name in INDICES}
    return {**numbers, "limits": source.format(**numbers)}
