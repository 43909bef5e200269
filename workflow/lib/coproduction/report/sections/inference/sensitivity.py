"""How strong a confounder that nobody measured would have to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coproduction.report.blocks import Block, Paragraphs
from coproduction.report.columns import written
from coproduction.report.material import Material
from coproduction.report.sections.tables import shown

FILE = "inference/sensitivity.csv"
COLUMNS = (
    *("hypothesis", "estimate", "interval", "e_value", "e_value_limit"),
    *("robustness_value", "robustness_value_limit"),
)


def sensitivity(material: Material) -> list[Block]:
    """Say it of the first family's hypotheses in a sentence each, and of all in a table."""
    table, verdicts = material.table(FILE), material.table("inference/verdicts.csv")
    if table.empty or verdicts.empty:
        return []
    first = verdicts[verdicts["family"] == verdicts["family"].iloc[0]]
    rows = table[table["hypothesis"].isin(first["hypothesis"]) & table["estimate"].notna()]
    sentences = [_sentence(row, material) for row in rows.to_dict("records")]
    caveat = material.text["sensitivity_sentence"]["caveat"]
    told = [Paragraphs([*sentences, caveat], further=True)] if sentences else []
    return [*told, *shown(material, FILE, COLUMNS, group="measure", further=True)]


def _sentence(row: Mapping[str, Any], material: Material) -> str:
    """Say which strength explains the estimate away, and which takes its interval to the null."""
    words = material.text["sensitivity_sentence"]
    share = row["e_value"] != row["e_value"]
    measure, null = ("robustness_value", 0) if share else ("e_value", 1)
    value, limit = (written(row[name], name, FILE) for name in (measure, f"{measure}_limit"))
    interval = words["included" if row[f"{measure}_limit"] == null else "interval"]
    return words["share" if share else "ratio"].format(
        hypothesis=row["hypothesis"], value=value, interval=interval.format(limit=limit)
    )
