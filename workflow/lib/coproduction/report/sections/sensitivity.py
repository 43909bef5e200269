"""How strong a confounder that nobody measured would have to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coproduction.report.blocks import Block, Paragraphs
from coproduction.report.material import Material
from coproduction.report.numbers import number, percent
from coproduction.report.sections.tables import shown

FILE = "inference/sensitivity.csv"
COLUMNS = (
    *("hypothesis", "estimate", "interval", "e_value", "e_value_limit"),
    *("robustness_value", "robustness_value_limit"),
)


def sensitivity(material: Material) -> list[Block]:
    """Say it of the first family's hypotheses in a sentence each, and of all in a table."""
    table, verdicts = material.table(FILE), material.table("inference/verdicts.csv")
    if table.empty:
        return []
    first = verdicts[verdicts["family"] == verdicts["family"].iloc[0]]
    rows = table[table["hypothesis"].isin(first["hypothesis"]) & table["estimate"].notna()]
    sentences = [_sentence(row, material) for row in rows.to_dict("records")]
    caveat = material.text["sensitivity_sentence"]["caveat"]
    told = [Paragraphs([*sentences, caveat], further=True)] if sentences else []
    return [*told, *shown(material, FILE, COLUMNS, group="measure", further=True)]


def _sentence(row: Mapping[str, Any], material: Material) -> str:
    linear = row["e_value"] != row["e_value"]
    wording = material.text["sensitivity_sentence"]["share" if linear else "ratio"]
    return wording.format(
        hypothesis=row["hypothesis"],
        e_value=number(row["e_value"], 2),
        e_value_limit=number(row["e_value_limit"], 2),
        share=percent(row["robustness_value"]),
        share_limit=percent(row["robustness_value_limit"]),
    )
