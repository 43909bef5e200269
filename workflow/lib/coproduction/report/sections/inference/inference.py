"""What was fitted: models side by side, effects, specifications, curves, checks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from coproduction.codes import code_text
from coproduction.numerics.families import FAMILIES
from coproduction.plan.options import PER_CONSTRUCT, PER_SCORE
from coproduction.report.blocks import Block, Figure, Section, Table
from coproduction.report.figures.estimates import curve_panels, intervals, slope_panels
from coproduction.report.figures.surfaces import surface_panels
from coproduction.report.material import Material
from coproduction.report.numbers import count, number
from coproduction.report.sections.assignment import randomised
from coproduction.report.sections.inference import grid
from coproduction.report.sections.inference.comparison import (
    adjusting,
    compared,
    in_own_units,
    side_by_side,
    standardised,
)
from coproduction.report.sections.inference.imputation import answers, chains, imputed_items
from coproduction.report.sections.inference.mediation import mediation
from coproduction.report.sections.inference.paths import paths
from coproduction.report.sections.inference.sensitivity import sensitivity
from coproduction.report.sections.inference.tipping import tipping_points
from coproduction.report.sections.inference.weighted import (
    effective,
    twins,
    weighting,
    with_weights,
)
from coproduction.report.sections.tables import noted, shown
from coproduction.report.sentences import clusters_clause, described

COEFFICIENTS, EFFECTS = "inference/coefficients.csv", "inference/effects.csv"
CURVES, MODELS = "inference/curves.csv", "inference/models.csv"
SURFACE = "inference/surface.csv"
MODERATION, COMPONENTS = "inference/moderation.csv", "inference/variance_components.csv"
OVERVIEW = (
    *("model", "role", "outcome", "family", "n", "n_clusters", "n_dropped", "n_imputations"),
    *("status", "effective_n", "design_effect"),
)
TERMS = (
    *("part", "term", "estimate", "std_error", "df", "p_value", "interval"),
    *("exp_estimate", "exp_interval"),
)
SIZES = (
    *("term", "per", "at", "category", "estimand", "estimate", "std_error", "df"),
    *("p_value", "interval", "fmi", "n_cell", "status"),
)
CHECKS = ("check", "hypothesis", "term", "cluster", "value", "limit")
BETWEEN = ("component", "term", "estimate", "interval", "p_value")
SLOPES = ("level", "kind", "estimate", "interval", "p_value", "n_cell", "status")
CONFIRMATORY = "confirmatory"
BY_BINS = "binned_slope"
PER_PAGE = 8
"""So many curves stand in one figure at most."""
TOLD = 5
"""Of a surface every so many values of either variable are told in words."""


def inference(material: Material) -> Section:
    """Compose the tables and figures of the planned models."""
    effects, checks = material.table(EFFECTS), material.table("inference/diagnostics.csv")
    planned = effects["role"].eq(CONFIRMATORY)
    amiss = checks[checks["warning"] != ""]
    blocks: list[Block] = [
        *side_by_side(material),
        *twins(material),
        *shown(
            material,
            COMPONENTS,
            BETWEEN,
            group=partial(_two_level, material),
            parts=list(material.table(COMPONENTS).get("component", ())),
        ),
        *_forest(material),
        *_surfaces(material),
        *_slopes(material),
        *grid.curves(material),
        *shown(
            material,
            MODELS,
            with_weights(OVERVIEW, material.table(MODELS)),
            headings={"status": "fitted"},
            further=True,
        ),
        *imputed_items(material),
        *chains(material),
        *_coefficients(material),
        *_effects(effects[planned], "effects", material),
        *_effects(effects[~planned], "robustness", material),
        *paths(material),
        *mediation(material),
        *sensitivity(material),
        *tipping_points(material),
        *grid.influences(material),
        *_curves(material),
        *_moderation(material),
        *shown(
            material,
            "inference/diagnostics.csv",
            CHECKS,
            rows=amiss,
            warned=False,
            group="model",
            further=True,
        ),
    ]
    return Section("models", material.text["sections"]["models"], blocks)


def _effects(rows: pd.DataFrame, name: str, material: Material) -> list[Table]:
    models = set(rows["model"])
    parts = standardised(models, material)
    parts += ["both_units"] if {PER_CONSTRUCT, PER_SCORE} <= set(rows["per"]) else []
    overview = material.table(MODELS)
    two_level = overview[overview["random"].ne("")] if "random" in overview else overview.iloc[:0]
    parts += ["random"] if models & set(two_level.get("model", ())) else []
    if len(rows):
        rows = rows.assign(outcome=rows["model"].map(overview.set_index("model")["outcome"]))
    return shown(
        material, EFFECTS, SIZES, name=name, rows=rows, group="model", parts=parts, further=True
    )


def _coefficients(material: Material) -> list[Table]:
    """Show the coefficients of every planned model, each under a heading that says what it is."""
    overview, table = material.table(MODELS), material.table(COEFFICIENTS)
    if table.empty:
        return []
    fitted = overview[(overview["status"] == "fitted") & (overview["role"] == CONFIRMATORY)]
    models = {model["model"]: model for model in fitted.to_dict("records")}
    known = table[table["model"].isin(models)]
    parts = [
        rows[~adjusting(rows["term"], name, material)]
        for name, rows in known.groupby("model", sort=False)
    ]
    rows = pd.concat(parts) if parts else table.iloc[:0]

    def heading(row: Mapping[str, Any]) -> str:
        return _described(models[row["model"]], material)

    parts = ["covariates"] if len(rows) < len(known) else []
    told = [each for name, each in models.items() if name in set(known["model"])]
    cases = answers(told, material)
    return shown(
        material,
        COEFFICIENTS,
        TERMS,
        rows=rows,
        group=heading,
        parts=parts,
        further=True,
        values={"answers": cases, "weights": weighting(told, material)},
    )


def _moderation(material: Material) -> list[Table]:
    table = material.table(MODERATION)
    if table.empty:
        return []
    observed = [each for each in table["by"].unique() if each and not randomised(each, material)]
    remarks = []
    if observed:
        names = material.text["enumeration"].join(map(material.labels.term, observed))
        remarks = noted(material, "moderation", ("observed",), moderators=names)
    parts = ["binned"] if table["kind"].eq(BY_BINS).any() else []
    # Which rows have few in a cell is seen from their sizes and status.
    few = table["note"].str.startswith("few_in_cell") & table["estimate"].notna()
    return shown(
        material,
        MODERATION,
        SLOPES,
        rows=table.assign(note=table["note"].mask(few, "")),
        group=partial(_moderated, material),
        remarks=remarks,
        parts=parts,
        further=True,
    )


def _moderated(material: Material, row: Mapping[str, Any]) -> str:
    labels = material.labels
    return material.text["moderation_heading"].format(
        moderation=labels.model(row["moderation"]),
        term=labels.term(row["term"]),
        by=labels.term(row["by"]),
    )


def _two_level(material: Material, row: Mapping[str, Any]) -> str:
    """Say what a two-level model is: name, rows, clusters and their sizes, way of estimation."""
    labels = material.labels
    method, _, points = row["method"].partition("_")
    known = method if points.isdigit() else row["method"]
    return material.text["two_level_heading"].format(
        model=labels.model(row["model"]),
        n=count(row["n"]),
        clusters=clusters_clause(row["n_clusters"], labels.language),
        smallest=count(row["smallest_cluster"]),
        largest=count(row["largest_cluster"]),
        method=labels.word("estimations", known).format(points=points),
    )


def _described(model: Mapping[str, Any], material: Material) -> str:
    """Say what a model is: name, kind, rows, clusters and kind of standard error."""
    labels = material.labels
    return material.text["model_heading"].format(
        model=labels.model(model["model"]),
        family=labels.word("families", model["family"]),
        n=count(model["n"]),
        clusters=clusters_clause(model["n_clusters"], labels.language),
        dropped=count(model["n_dropped"]),
        covariance=labels.word("covariance", model["covariance"]),
        weighted=effective(model, material),
    )


def _probabilities(material: Material) -> pd.DataFrame:
    """Take the average marginal effects that are changes of a probability."""
    effects = in_own_units(material.table(EFFECTS))
    if effects.empty:
        return effects
    families = material.table(MODELS).set_index("model")["family"]
    binary = [name for name, family in FAMILIES.items() if family.binary]
    kept = effects["estimand"].eq("average_marginal_effect") & effects["at"].eq("")
    kept &= effects["model"].map(families).isin(binary) & effects["estimate"].notna()
    return effects[kept]


def _forest(material: Material) -> list[Figure]:
    """Draw the average marginal effects of the models that stand side by side."""
    text, labels = material.text, material.labels
    rows, models = _probabilities(material), [each["model"] for each in compared(material)]
    rows = rows[rows["model"].isin(models)]
    if rows.empty:
        return []
    names = [
        labels.contrast(term, reference)
        for term, reference in zip(rows["term"], rows["reference"], strict=True)
    ]
    groups = [labels.model(each) for each in rows["model"]]
    drawing = _drawn(rows, names, groups, material)
    full = [f"{group}: {name}" for group, name in zip(groups, names, strict=True)]
    words = described(full, rows["estimate"], text["list_separator"])
    return [Figure("effects", text["captions"]["forest"], drawing, words, file=EFFECTS)]


def _drawn(rows: pd.DataFrame, names: list[str], groups: list[str], material: Material) -> Any:
    return intervals(
        names,
        rows["estimate"],
        rows["conf_low"],
        rows["conf_high"],
        stamp=material.stamp,
        line=0,
        groups=groups,
        axis_label=material.text["axes"]["probability"],
    )


def _surfaces(material: Material) -> list[Figure]:
    """Draw the predicted outcomes over the two variables of every planned interaction."""
    table, text, labels = material.table(SURFACE), material.text, material.labels
    if table.empty:
        return []
    outcomes = material.table(MODELS).set_index("model")["outcome"]
    parts = [
        (
            f"{_predicted(key[0], rows['category'].iloc[0], material)} · "
            f"{labels.term(outcomes[key[0]])}",
            rows,
        )
        for key, rows in table.groupby(["model", "term", "by"], sort=False)
    ]
    told = pd.concat([_told(rows) for _, rows in parts])
    points = [
        text["surface_point"].format(
            **{"model": labels.model(row["model"]), "term": labels.term(row["term"])},
            **{"by": labels.term(row["by"]), "value": number(row["value"], 2)},
            by_value=number(row["by_value"], 2),
        )
        for row in told.to_dict("records")
    ]
    words = described(points, told["estimate"], text["list_separator"])
    notes = [text["notes"]["surface"].format(limit=count(table["limit"].iloc[0]))]
    drawing = surface_panels(parts, labels, material.stamp)
    return [Figure("surface", text["captions"]["surface"], drawing, words, notes, SURFACE)]


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Choose the points that are told in words, among those with respondents near."""
    values, by_values = rows["value"].unique()[::TOLD], rows["by_value"].unique()[::TOLD]
    chosen = rows["value"].isin(values) & rows["by_value"].isin(by_values)
    return rows[chosen & (rows["n_near"] >= rows["limit"])]


def _slopes(material: Material) -> list[Figure]:
    """Draw each moderation by a numeric variable for which bins check the planned model."""
    table, text, labels = material.table(MODERATION), material.text, material.labels
    if table.empty:
        return []
    binned = table.groupby("moderation", sort=False).filter(
        lambda rows: (rows["kind"] == BY_BINS).any()
    )
    parts = [
        (f"{labels.model(name)} · {labels.term(rows['term'].iloc[0])}", rows)
        for name, rows in binned.groupby("moderation", sort=False)
    ]
    if not parts:
        return []
    names = [title for title, rows in parts for _ in rows["estimate"]]
    words = described(
        names, pd.concat([rows["estimate"] for _, rows in parts]), text["list_separator"]
    )
    caption, notes = text["captions"]["slopes"], [text["notes"]["slopes"]]
    return [
        Figure(
            "slopes", caption, slope_panels(parts, labels, material.stamp), words, notes, MODERATION
        )
    ]


def _curves(material: Material) -> list[Figure]:
    """Draw the planned curves of predicted outcomes, as many in a figure as fit a page."""
    table, text, labels = material.table(CURVES), material.text, material.labels
    keys = ["model", "term", "by", "category"]
    parts = [
        (_predicted(key[0], key[3], material), rows)
        for key, rows in table.groupby(keys, sort=False, dropna=False)
    ]
    figures = []
    for start in range(0, len(parts), PER_PAGE):
        page = parts[start : start + PER_PAGE]
        rows = pd.concat([rows for _, rows in page])
        points = [
            _point(title, row, material) for title, part in page for row in part.to_dict("records")
        ]
        words = described(points, rows["estimate"], text["list_separator"])
        name = f"curves_{start // PER_PAGE + 1}"
        drawing = curve_panels(page, labels, material.stamp)
        notes = [text["notes"]["curves"]]
        figures.append(
            Figure(name, text["captions"]["curves"], drawing, words, notes, CURVES, further=True)
        )
    return figures


def _predicted(model: str, category: float, material: Material) -> str:
    """Name a model, and of an ordinal outcome the category whose probability is predicted."""
    labels, overview = material.labels, material.table(MODELS).set_index("model")
    if category != category:
        return labels.model(model)
    answer = labels.level(overview.loc[model, "outcome"], code_text(category))
    return f"{labels.model(model)} · {answer}"


def _point(title: str, row: Mapping[str, Any], material: Material) -> str:
    """Say where a curve has a point, and whose curve it is."""
    text, labels = material.text, material.labels
    place = {"model": title, "term": labels.term(row["term"]), "value": f"{row['value']:.2g}"}
    if not row["by"]:
        return text["curve_point"].format(**place)
    group = labels.held_at(row["by"], row["by_value"], row["cell"])
    return text["surface_point"].format(**place, by=labels.term(row["by"]), by_value=group)
