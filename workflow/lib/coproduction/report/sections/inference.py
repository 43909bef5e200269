"""What was fitted: overview, coefficients, effects, predicted curves, checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.report.blocks import Block, Figure, Section, Table
from coproduction.report.figures import curve_plot, intervals
from coproduction.report.material import Material
from coproduction.report.numbers import count
from coproduction.report.sections.tables import shown
from coproduction.report.sentences import clusters_clause, described

COEFFICIENTS, EFFECTS = "inference/coefficients.csv", "inference/effects.csv"
CURVES = "inference/curves.csv"
MODELS = ("model", "role", "outcome", "family", "n", "n_clusters", "n_dropped", "log_likelihood")
TERMS = ("part", "term", "estimate", "std_error", "df", "p_value", "interval")
SIZES = (
    *("model", "term", "at", "category", "estimand", "estimate", "std_error", "df"),
    *("p_value", "interval", "n_cell"),
)
CHECKS = ("model", "check", "hypothesis", "term", "cluster", "value", "limit")
MODERATION = (
    *("moderation", "term", "by", "level", "kind", "estimate", "interval", "p_value"),
    *("n_cell", "status"),
)
RATIOS = {"logit": "odds_ratio", "log": "rate_ratio"}
CONFIRMATORY = "confirmatory"


def inference(material: Material) -> Section:
    """Compose the tables and figures of the planned models."""
    overview = material.table("inference/models.csv")
    blocks: list[Block] = [*shown(material, "inference/models.csv", MODELS)]
    if len(overview):
        fitted = overview[(overview["status"] == "fitted") & (overview["role"] == CONFIRMATORY)]
        for model in fitted.to_dict("records"):
            blocks += _coefficients(model, material)
    effects = material.table(EFFECTS)
    if len(effects):
        planned = effects["role"] == CONFIRMATORY
        blocks += _forest(effects[planned], material)
        blocks += shown(material, EFFECTS, SIZES, rows=effects[planned])
        blocks += shown(material, EFFECTS, SIZES, name="robustness", rows=effects[~planned])
    blocks += _curves(material)
    blocks += shown(material, "inference/moderation.csv", MODERATION)
    checks = material.table("inference/diagnostics.csv")
    amiss = checks[checks["warning"] != ""] if len(checks) else checks
    blocks += shown(material, "inference/diagnostics.csv", CHECKS, rows=amiss, warned=False)
    return Section("models", material.text["sections"]["models"], blocks)


def _coefficients(model: Mapping[str, Any], material: Material) -> list[Table]:
    text, labels = material.text, material.labels
    table = material.table(COEFFICIENTS)
    note = text["coefficients_note"].format(
        n=count(model["n"]),
        clusters=clusters_clause(model["n_clusters"], labels.language),
        dropped=count(model["n_dropped"]),
        covariance=labels.word("covariance", model["covariance"]),
    )
    ratio = RATIOS.get(model["link"])
    columns = (*TERMS, "exp_estimate", "exp_interval") if ratio else TERMS
    headings = {"exp_estimate": ratio, "exp_interval": "interval"} if ratio else {}
    rows = table[(table["model"] == model["model"]) & ~_adjusting(table["term"], model, material)]
    caption = text["captions"]["coefficients"].format(model=labels.model(model["model"]))
    return shown(
        material,
        COEFFICIENTS,
        columns,
        rows=rows,
        caption=caption,
        headings=headings,
        remarks=[note],
    )


def _adjusting(terms: pd.Series, model: Mapping[str, Any], material: Material) -> pd.Series:
    """Which terms only adjust: of covariates, unless the model has nothing else of interest."""
    planned = next((m for m in material.plan["models"] if m["id"] == model["model"]), {})
    covariates = {
        each if isinstance(each, str) else each["variable"]
        for each in planned.get("covariates", ())
    }
    return terms.str.replace(r"\[.*", "", regex=True).isin(covariates)


def _forest(effects: pd.DataFrame, material: Material) -> list[Figure]:
    """Draw the average marginal effects that are shares of a probability, model by model."""
    text, labels = material.text, material.labels
    rows = effects[(effects["estimand"] == "average_marginal_effect") & effects["at"].eq("")]
    families = material.table("inference/models.csv").set_index("model")["family"]
    rows = rows[rows["model"].map(families).eq("binomial") & rows["estimate"].notna()]
    if rows.empty:
        return []
    names = [
        f"{labels.model(each['model'])} · {labels.term(each['term'])}"
        for each in rows.to_dict("records")
    ]
    drawing = intervals(
        names,
        rows["estimate"],
        rows["conf_low"],
        rows["conf_high"],
        stamp=material.stamp,
        line=0,
        axis_label=text["axes"]["probability"],
    )
    words = described(names, rows["estimate"], text["list_separator"])
    return [Figure("effects", text["captions"]["forest"], drawing, words, file=EFFECTS)]


def _curves(material: Material) -> list[Figure]:
    """Draw each planned curve of predicted outcomes."""
    table, text, labels = material.table(CURVES), material.text, material.labels
    figures = []
    keys = ["model", "term", "by", "category"]
    for place, (key, rows) in enumerate(table.groupby(keys, sort=False, dropna=False), 1):
        model, term, by, _ = key
        caption = text["captions"]["curve"].format(
            model=labels.model(model), term=labels.term(term)
        )
        drawing = curve_plot(rows, labels, material.stamp)
        names = [
            text["curve_point"].format(term=labels.term(term), value=f"{value:.2g}")
            for value in rows["value"]
        ]
        words = described(names, rows["estimate"], text["list_separator"])
        note = text["curve_note"].format(by=labels.term(by)) if by else ""
        notes = [note] if note else []
        figures.append(Figure(f"curve_{place}", caption, drawing, words, notes, CURVES))
    return figures
