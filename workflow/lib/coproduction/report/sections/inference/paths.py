"""Path models: diagrams, chains of effects side by side, and how orders compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.codes import factors_of
from coproduction.plan.paths.paths import PathModel
from coproduction.report.blocks import Block, Figure, Paragraphs, Table
from coproduction.report.figures.paths import Line, Variable, path_diagram
from coproduction.report.material import Material
from coproduction.report.numbers import NONE, count, interval, number, percent
from coproduction.report.sections.tables import noted, shown

EFFECTS, MODELS = "inference/paths.csv", "inference/path_models.csv"
LEFT_OUT = "inference/path_modifications.csv"
CHANGES = (
    *("term", "kind", "standardised_change", "std_error", "statistic", "df", "p_value"),
    "modification_index",
)
COLUMNS = (
    *("term", "estimand", "estimate", "std_error", "p_value", "interval"),
    *("monte_carlo_low", "monte_carlo_high", "bootstrap_low", "bootstrap_high", "r_squared"),
)
OVERVIEW = (
    *("path", "estimator", "n", "n_clusters", "n_imputations", "chisq", "df", "p_value", "aic"),
    *("rival_of", "aic_difference", "status"),
)
REGRESSION, COVARIANCE, INDIRECT = "path", "covariance", "indirect"
CHAINS = ("direct", "indirect", "monte_carlo", "total", "share_mediated")
"""What stands side by side of every chain."""


def paths(material: Material) -> list[Block]:
    """Show every path model as a diagram, its chains of effects, and the models compared."""
    table = material.table(EFFECTS)
    if table.empty:
        return list(shown(material, MODELS, OVERVIEW, headings={"status": "fitted"}))
    known = [each for each in material.plan.paths if each.id in set(table["path"])]
    text = material.text["paths"]
    told = [text["drawn"].format(n=count(len(known)))]
    chains = _chains(table, material)
    told += [text["chains"]] if chains else []
    left = material.table(LEFT_OUT)
    told += [text["compared"], text["appendix"]]
    told.append(text["left_out" if len(left) else "nothing_left_out"].format(n=count(len(left))))
    return [
        Paragraphs([material.text["between"].join(told)]),
        *(_diagram(table[table["path"] == each.id], each, material) for each in known),
        *chains,
        *shown(material, MODELS, OVERVIEW, headings={"status": "fitted"}),
        *shown(material, EFFECTS, COLUMNS, group="path", further=True),
        *shown(material, LEFT_OUT, CHANGES, group="path", further=True),
    ]


def _diagram(rows: pd.DataFrame, planned: PathModel, material: Material) -> Figure:
    labels, text = material.labels, material.text
    constructs = labels.instrument.constructs
    straight = rows[rows["estimand"] == REGRESSION]
    regressions = _lines(straight, " > ")
    covariances = _lines(rows[rows["estimand"] == COVARIANCE], " ~~ ")
    outcomes = [line.ends[1] for line in regressions]
    shares = {
        name: text["paths"]["share"].format(value=number(share, 2))
        for name, share in zip(outcomes, straight["r_squared"], strict=True)
        if share == share
    }
    variables = {
        name: Variable(
            labels.term(name),
            any(part in constructs for part in factors_of(name)),
            shares.get(name, ""),
        )
        for name in dict.fromkeys(name for line in regressions for name in line.ends)
    }
    label = labels.model(planned.id)
    parts = ["covariances"] if covariances else []
    parts += ["covariates"] if planned.covariates else []
    return Figure(
        f"path_diagram_{planned.id}",
        text["captions"]["path_diagram"].format(label=label),
        path_diagram(variables, regressions, covariances, material.stamp),
        _described(rows, shares, material),
        noted(material, "path_diagram", ("all", *parts), interval=labels.heading("interval")),
        EFFECTS,
        wide=True,
    )


def _lines(rows: pd.DataFrame, between: str) -> list[Line]:
    return [
        Line(
            tuple(row["term"].split(between)),
            row["standardised"],
            row["standardised_std_error"],
            not row["standardised_conf_low"] <= 0 <= row["standardised_conf_high"],
        )
        for row in rows.to_dict("records")
    ]


def _described(rows: pd.DataFrame, shares: Mapping[str, str], material: Material) -> str:
    """Say what a path diagram shows in words: every line with its interval, and every share."""
    labels = material.labels
    lines = rows[rows["estimand"].isin([REGRESSION, COVARIANCE])]
    told = [
        f"{labels.term(row['term'])} {number(row['standardised'], 2)} "
        f"{interval(row['standardised_conf_low'], row['standardised_conf_high'], 2)}"
        for row in lines.to_dict("records")
    ]
    told += [f"{labels.term(name)} {share}" for name, share in shares.items()]
    return material.text["list_separator"].join(told)


def _chains(table: pd.DataFrame, material: Material) -> list[Table]:
    """Set direct, indirect and total effects of every chain beside each other."""
    chains = table[table["estimand"].eq(INDIRECT) & table["term"].str.count(" > ").gt(1)]
    if chains.empty:
        return []
    text, labels = material.text, material.labels
    known = {(row["path"], row["estimand"], row["term"]): row for row in table.to_dict("records")}
    groups: list[tuple[int, str]] = []
    rows: list[list[str]] = []
    for path, part in chains.groupby("path", sort=False):
        groups.append((len(rows), labels.model(path)))
        for row in part.to_dict("records"):
            first, *_, last = row["term"].split(" > ")
            ends = f"{first} > {last}"
            total = known[path, "total_effect", ends]
            share = known[path, "share_mediated", row["term"]]["estimate"]
            apart = not total["conf_low"] <= 0 <= total["conf_high"]
            rows.append(
                [
                    _named(path, row["term"], material),
                    _cell(known.get((path, REGRESSION, ends))),
                    _cell(row),
                    interval(row["monte_carlo_low"], row["monte_carlo_high"]),
                    _cell(total),
                    percent(share, 0) if apart else NONE,
                ]
            )
    headings = [(labels.heading("term"), False), *((text["paths"][each], True) for each in CHAINS)]
    notes = noted(material, "path_chains")
    caption = text["captions"]["path_chains"].format(interval=labels.heading("interval"))
    return [Table(caption, headings, rows, notes, EFFECTS, tuple(groups))]


def _named(path: str, term: str, material: Material) -> str:
    """Write a chain with the hypotheses on it."""
    asked = [
        each.id
        for each in material.plan.path_hypotheses
        if each.path == path and term in each.estimand.term.split(" - ")
    ]
    name = material.labels.term(term)
    joined = material.text["enumeration"].join(asked)
    return material.text["bracketed"].format(name=name, words=joined) if asked else name


def _cell(row: Mapping[str, Any] | None) -> str:
    """Write an effect with its interval; nothing where the model has no such effect."""
    if row is None:
        return NONE
    return f"{number(row['estimate'])} {interval(row['conf_low'], row['conf_high'])}"
