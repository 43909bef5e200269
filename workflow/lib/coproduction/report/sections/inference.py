"""What was fitted: overview, coefficients of each model, marginal effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coproduction.report.blocks import Block, Section, Table
from coproduction.report.columns import tabulate
from coproduction.report.material import Material
from coproduction.report.numbers import count
from coproduction.report.sentences import clusters_clause

COEFFICIENTS = ("term", "estimate", "std_error", "df", "p_value", "interval")
EFFECTS = ("model", "term", "estimand", "estimate", "std_error", "df", "p_value", "interval")
RATIOS = {"logit": "odds_ratio", "log": "rate_ratio"}


def inference(material: Material) -> Section:
    """Compose the tables of the planned models."""
    text, labels = material.text, material.labels
    overview = material.table("inference/models.csv")
    blocks: list[Block] = []
    if len(overview):
        columns = ("model", "n", "n_clusters", "n_dropped", "log_likelihood")
        caption, file = text["captions"]["model_overview"], "inference/models.csv"
        blocks.append(tabulate(overview, columns, labels, caption, list(overview["reason"]), file))
        fitted = overview[overview["status"] == "fitted"]
        blocks += [_coefficients(model, material) for model in fitted.to_dict("records")]
    effects = material.table("inference/effects.csv")
    if len(effects):
        caption, notes = text["captions"]["effects"], [text["notes"]["effects"]]
        file = "inference/effects.csv"
        blocks.append(tabulate(effects, EFFECTS, labels, caption, notes, file))
    return Section("models", text["sections"]["models"], blocks)


def _coefficients(model: Mapping[str, Any], material: Material) -> Table:
    text, labels = material.text, material.labels
    table = material.table("inference/coefficients.csv")
    note = text["notes"]["coefficients"].format(
        n=count(model["n"]),
        clusters=clusters_clause(model["n_clusters"], labels.language),
        dropped=count(model["n_dropped"]),
        covariance=labels.word("covariance", model["covariance"]),
    )
    ratio = RATIOS.get(model["link"])
    columns = (*COEFFICIENTS, "exp_estimate", "exp_interval") if ratio else COEFFICIENTS
    headings = {"exp_estimate": ratio, "exp_interval": "interval"} if ratio else {}
    caption = text["captions"]["coefficients"].format(model=labels.model(model["model"]))
    rows = table[table["model"] == model["model"]]
    file = "inference/coefficients.csv"
    return tabulate(rows, columns, labels, caption, [note], file, headings)
