"""Groups and communities as the plan describes them."""

from __future__ import annotations

import pandas as pd

from coproduction.plan.options import STUDY_WEIGHTS
from coproduction.report.blocks import Block, Figure, Section
from coproduction.report.figures.estimates import intervals, point_panels
from coproduction.report.material import Material
from coproduction.report.numbers import count
from coproduction.report.sections.assignment import randomised
from coproduction.report.sections.tables import noted, shown
from coproduction.report.sentences import described

MEANS, POINTS = "inference/group_means.csv", "inference/community_points.csv"
COLUMNS = (
    *("level", "estimate", "interval", "std_error", "df", "unweighted", "n_cell", "n_clusters"),
    *("fmi", "n_imputations"),
)


def descriptions(material: Material) -> Section:
    """Compose the means of groups and the communities as points."""
    table = material.table(MEANS)
    blocks: list[Block] = []
    if len(table):
        known = table[table["estimate"].notna()]
        blocks += [
            _means(rows, name, material) for name, rows in known.groupby("description", sort=False)
        ]
    blocks += _points(material)
    headings = {"estimate": "mean", "n_cell": "n"}
    blocks += shown(material, MEANS, COLUMNS, group="description", headings=headings, further=True)
    sizes = {"groups": len(table), "communities": len(material.table(POINTS))}
    only = [name for name, size in sizes.items() if size]
    title = f"descriptions_{only[0]}" if len(only) == 1 else "descriptions"
    return Section("descriptions", material.text["sections"][title], blocks)


def _means(rows: pd.DataFrame, name: str, material: Material) -> Figure:
    text, labels = material.text, material.labels
    names = [
        text["with_size"].format(name=labels.level(by, level), n=count(n))
        for by, level, n in rows[["by", "level", "n_cell"]].itertuples(index=False)
    ]
    drawing = intervals(
        names,
        rows["estimate"],
        rows["conf_low"],
        rows["conf_high"],
        stamp=material.stamp,
        axis_label=labels.term(rows["outcome"].iloc[0]),
    )
    notes = [
        *noted(
            material,
            "means_figure",
            covariance=labels.word("covariance", rows["covariance"].iloc[0]),
        ),
        *(noted(material, "means_weighted") if rows["weights"].eq(STUDY_WEIGHTS).any() else []),
        *_answers(rows, material),
        text["notes"]["assigned" if randomised(rows["by"].iloc[0], material) else "observed"],
    ]
    words = described(names, rows["estimate"], text["list_separator"])
    return Figure(f"means_{name}", labels.model(name), drawing, words, notes, MEANS)


def _answers(rows: pd.DataFrame, material: Material) -> list[str]:
    """Say which answers the means rest on, where the plan has some imputed."""
    if material.plan.missing is None:
        return []
    most = rows["n_imputations"].max()
    if pd.isna(most):
        return noted(material, "means_complete")
    return noted(material, "means_imputed", m=count(most))


def _points(material: Material) -> list[Figure]:
    text, labels, table = material.text, material.labels, material.table(POINTS)
    if table.empty:
        return []
    parts = [(labels.model(name), rows) for name, rows in table.groupby("description", sort=False)]
    drawing = point_panels(parts, labels, material.stamp)
    sentences = [
        text["points_sentence"].format(
            title=title,
            n=count(len(rows)),
            points=described(map("{:g}".format, rows["value"]), rows["estimate"], text["joiner"]),
        )
        for title, rows in parts
    ]
    caption, notes = text["captions"]["community_points"], [text["notes"]["community_points"]]
    return [Figure("communities", caption, drawing, " ".join(sentences), notes, POINTS)]
