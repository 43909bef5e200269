"""Grids of specifications: the curve, what moves it, the joint test, and what was not estimable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from coproduction.plan.grid.grid import Grid
from coproduction.plan.options import DIMENSIONS, PRIMARY
from coproduction.report.blocks import Block, Figure, Paragraphs
from coproduction.report.columns import written
from coproduction.report.figures.specification_curve import Specification, specification_curve
from coproduction.report.material import Material
from coproduction.report.numbers import count, equated, number, percent
from coproduction.report.sections.tables import shown

FILE, INFLUENCES, TESTS = (
    f"inference/{name}.csv" for name in ("grid", "grid_influences", "grid_tests")
)
MOVED = (
    *("dimension", "alternative", "n_pairs", "mean_change", "median_change"),
    *("smallest_change", "largest_change", "why"),
)
TESTED = ("hypothesis", "statistic", "value", "p_value", "mc_error", "n_cells", "draws")
CLUSTERS, STOUFFER, LEVEL = "left_out_clusters", "stouffer_z", 0.05
FEWEST = 2
"""Fewer cells than this are no curve."""
Trait = tuple[str, str]


def curves(material: Material) -> list[Block]:
    """Draw the curve of each hypothesis under a sentence, and test it as one."""
    table = material.table(FILE)
    found: list[Block] = []
    told: set[str] = set()
    for place, (key, rows) in enumerate(table.groupby(["grid", "hypothesis"], sort=False), 1):
        grid = _grid(key[0], material)
        if grid is None or rows["estimate"].notna().sum() < FEWEST:
            continue
        sentences = list(_sentences(rows, grid, material))
        if rows["n_imputations"].notna().any() and grid.id not in told:
            sentences.append(_fits(rows, material))
        told.add(grid.id)
        found += [Paragraphs(sentences), _curve(place, rows, grid, sentences[0], material)]
    parts = ["cells"] if table["cluster"].fillna("").ne("").any() else []
    return [*found, *shown(material, TESTS, TESTED, parts=parts)]


def influences(material: Material) -> list[Block]:
    """List what moves the estimates, with the plan's reasons, and what is no cell or failed."""
    table = material.table(INFLUENCES)
    if table.empty:
        return []
    labels, reasons = [], []
    for row in table.to_dict("records"):
        label, reason = _named(row, material)
        labels.append(label)
        reasons.append(reason)
    rows = table.assign(alternative=labels, why=reasons)
    parts = ["reason"]
    blocks: list[Block] = [
        *shown(
            material, INFLUENCES, MOVED, rows=rows, group="hypothesis", parts=parts, further=True
        )
    ]
    sentences = [*_excluded(material), *_failed(material)]
    return [*blocks, *([Paragraphs(sentences, further=True)] if sentences else [])]


def _grid(name: str, material: Material) -> Grid | None:
    return next((each for each in material.plan.grids if each.id == name), None)


def _sentences(rows: pd.DataFrame, grid: Grid, material: Material) -> Iterator[str]:
    """Say how many cells there are, what they give, and what the test of all says."""
    words, hypothesis = material.text["grid_sentences"], rows["hypothesis"].iloc[0]
    known = rows[rows["estimate"].notna()]
    planned = next(each for each in material.plan.hypotheses if each.id == hypothesis)
    sign = 1 if planned.direction == "positive" else -1
    predicted = known["estimate"] * sign > 0
    primary = known.loc[known["cell"].eq(1), "estimate"]
    told = words["cells"].format(
        hypothesis=hypothesis,
        cells=count(len(rows)),
        grid=material.wording(grid.label),
        estimable=count(len(known)),
        sign=percent(predicted.mean()),
        significant=percent((predicted & (known["p_value"] < LEVEL)).mean()),
        primary=number(primary.iloc[0] if len(primary) else float("nan")),
        median=number(known["estimate"].median()),
    )
    yield _stamped(told, material)
    tests = material.table(TESTS)
    test = tests[tests["grid"].eq(grid.id) & tests["hypothesis"].eq(hypothesis)]
    for row in test[test["statistic"].eq(STOUFFER)].to_dict("records"):
        told = words["test"].format(
            p=equated(row["p_value"]),
            error=written(row["mc_error"], "mc_error", TESTS),
            tested=count(row["n_cells"]),
            draws=count(row["draws"]),
        )
        yield _stamped(told, material)


def _fits(rows: pd.DataFrame, material: Material) -> str:
    """Say how many fits the cells took, each of which all hypotheses share."""
    fits = rows["n_imputations"].fillna(1).sum()
    return str(material.text["grid_sentences"]["fits"].format(fits=count(fits)))


def _stamped(told: str, material: Material) -> str:
    """Say that a result is of simulated data, where it is."""
    if not material.study["synthetic"]:
        return told
    return str(material.text["simulated_verdict"].format(sentence=told))


def _curve(place: int, rows: pd.DataFrame, grid: Grid, words: str, material: Material) -> Figure:
    text, labels = material.text, material.labels
    records = rows[rows["estimate"].notna()].sort_values("rank").to_dict("records")
    drawn = [
        Specification(
            text["grid_cell"].format(grid=material.wording(grid.label), cell=count(row["cell"])),
            row["estimate"],
            row["conf_low"],
            row["conf_high"],
            "resting" if row["cell"] == 1 else "further",
            list(_traits(row, grid, material)),
        )
        for row in records
    ]
    term = labels.contrast(records[0]["term"], records[0]["reference"])
    return Figure(
        f"specifications_{place}",
        text["captions"]["specification_curve"].format(
            hypothesis=records[0]["hypothesis"], term=term
        ),
        specification_curve(
            drawn,
            _matrix(drawn, grid, material),
            text["axes"]["standard_deviations"],
            material.stamp,
        ),
        words,
        [text["notes"]["specification_curve"]],
        FILE,
    )


def _traits(row: Mapping[str, Any], grid: Grid, material: Material) -> Iterator[Trait]:
    """Say what is chosen otherwise than in the primary specification."""
    headings = material.text["dimensions"]
    for dimension in DIMENSIONS:
        alternative = grid.alternative(dimension, row[dimension])
        if alternative is not None:
            yield headings[dimension], material.wording(alternative.label)
    if row["cluster"]:
        yield headings[CLUSTERS], material.text["grid_sentences"]["left_out"]


def _matrix(drawn: list[Specification], grid: Grid, material: Material) -> list[Trait]:
    """Choose the rows of the matrix: alternatives in the plan's order that a drawn cell has."""
    headings, held = material.text["dimensions"], {t for each in drawn for t in each.traits}
    planned = [
        (headings[dimension], material.wording(each.label)) for dimension, _, each in grid.placed()
    ]
    left_out = headings[CLUSTERS], material.text["grid_sentences"]["left_out"]
    return [trait for trait in dict.fromkeys([*planned, left_out]) if trait in held]


def _named(row: Mapping[str, Any], material: Material) -> tuple[str, str]:
    """Name an alternative, and give the plan's reason for it."""
    grid, dimension = _grid(row["grid"], material), row["dimension"]
    if grid is None:
        return row["alternative"], ""
    if dimension == CLUSTERS:
        rule = grid.left_out_clusters
        why = material.wording(rule.reason) if rule else ""
        return material.text["grid_sentences"]["left_out"], why
    each = grid.alternative(dimension, row["alternative"])
    if each is None:
        return row["alternative"], ""
    return material.wording(each.label), material.wording(each.reason)


def _excluded(material: Material) -> Iterator[str]:
    """Say which combinations the plan excludes, and why."""
    words = material.text["grid_sentences"]
    for grid in material.plan.grids:
        for rule in grid.excluded:
            yield words["excluded"].format(
                grid=material.wording(grid.label),
                choices=_choices(rule.where.named, grid, material),
                reason=material.wording(rule.reason),
            )


def _choices(where: Mapping[str, tuple[str, ...]], grid: Grid, material: Material) -> str:
    """Name choices by dimension."""
    text, told = material.text, []
    for dimension, names in where.items():
        known = [grid.alternative(dimension, name) for name in names if name != PRIMARY]
        labels = [material.wording(each.label) for each in known if each is not None]
        labels += [text["grid_sentences"]["primary"]] if PRIMARY in names else []
        heading = text["dimensions"][dimension]
        told.append(
            text["grid_choice"].format(name=heading, choices=text["enumeration"].join(labels))
        )
    return str(text["list_separator"].join(told))


def _failed(material: Material) -> Iterator[str]:
    """Name the cells that were not estimable, those of one reason together."""
    table, words = material.table(FILE), material.text["grid_sentences"]
    failed = table[table["estimate"].isna()]
    for key, rows in failed.groupby(["grid", "hypothesis", "reason"], sort=False):
        numbers = material.text["enumeration"].join(str(int(cell)) for cell in rows["cell"])
        yield words["failed"].format(
            hypothesis=key[1],
            n=count(len(rows)),
            choices=numbers,
            reason=material.labels.message(key[2]),
        )
