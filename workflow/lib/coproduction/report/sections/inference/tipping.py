"""What answers that are missing not at random could undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from coproduction.report.blocks import Block, Paragraphs
from coproduction.report.columns import written
from coproduction.report.material import Material
from coproduction.report.sections.tables import shown

FILE = "inference/tipping_points.csv"
COLUMNS = (
    *("shifted", "scale", "side", "tipping_point", "ratio", "examined", "plausible"),
    *("at_bound", "n_shifted"),
)
NOT_PLANNED = "shift_not_planned"
SUPPORTED = "supported"


def tipping_points(material: Material) -> list[Block]:
    """Say it of every planned hypothesis in a sentence, and show all in a table."""
    table = material.table(FILE)
    rows = table[table["reason"].fillna("").ne(NOT_PLANNED)]
    sentences = [
        told
        for _, own in rows.groupby("hypothesis", sort=False)
        for told in _sentences(own, material)
    ]
    if material.study["synthetic"]:
        stamped = material.text["simulated_verdict"]
        sentences = [stamped.format(sentence=each) for each in sentences]
    told = [Paragraphs(sentences, further=True)] if sentences else []
    return [*told, *shown(material, FILE, COLUMNS, rows=rows, group="hypothesis", further=True)]


def _sentences(rows: pd.DataFrame, material: Material) -> Iterator[str]:
    """Say which shifts take the support from one hypothesis, and which do not."""
    words, name = material.text["tipping_sentence"], rows["hypothesis"].iloc[0]
    examined = rows[rows["reason"].fillna("").eq("")]
    if examined.empty:
        return
    if examined["verdict"].iloc[0] != SUPPORTED:
        yield words["unsupported"].format(hypothesis=name)
        return
    lost = examined[examined["tipping_point"].notna()]
    kept = examined[examined["tipping_point"].isna()]
    conditions = [_condition(row, material) for row in lost.to_dict("records")]
    if conditions:
        joined = words["or"].join(dict.fromkeys(conditions))
        yield words["lost"].format(hypothesis=name, conditions=joined)
    listed = [_kept(own, material) for _, own in kept.groupby("shifted", sort=False)]
    if listed:
        told = material.text["list_separator"].join(listed)
        yield words["kept" if conditions else "all_kept"].format(hypothesis=name, list=told)


def _condition(row: Mapping[str, Any], material: Material) -> str:
    """Say what would have to be true of those who did not answer."""
    words, labels = material.text["tipping_conditions"], material.labels
    if row["tipping_point"] == 0:
        return str(words["at_random"].format(shifted=labels.word("shifted", row["shifted"])))
    size = written(abs(row["tipping_point"]), "tipping_point", FILE)
    return str(
        words[row["shifted"]][row["scale"]].format(
            ratio=written(row["ratio"], "ratio", FILE),
            size=size,
            side=labels.word("shift_sides", row["side"]),
        )
    )


def _kept(rows: pd.DataFrame, material: Material) -> str:
    """Say how far something was shifted, in one direction or both, and the support was there."""
    labels, row = material.labels, rows.iloc[0]
    key = "examined" if len(rows) > 1 else f"examined_{row['side']}"
    return str(
        material.text["tipping_sentence"][key].format(
            shifted=labels.word("shifted", row["shifted"]),
            size=written(rows["examined"].min(), "examined", FILE),
            scale=labels.word("shift_scales", row["scale"]),
        )
    )
