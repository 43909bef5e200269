"""Specification curves of the primary predictors, and the table of the models in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from coproduction.report.blocks import Figure, Table
from coproduction.report.figures.specification_curve import Mark, Specification, specification_curve
from coproduction.report.labels import Labels
from coproduction.report.material import Material
from coproduction.report.sections.inference.comparison import standardised
from coproduction.report.sections.inference.imputation import is_imputed
from coproduction.report.sections.tables import shown
from coproduction.report.sentences import described

FILE = "inference/specifications.csv"
COLUMNS = ("rank", "model", "outcome", "effect", "outcome_sd", "estimate", "interval", "n")
FEWEST = 2
"""Fewer models than this are no curve."""
Trait = tuple[str, str]


def curves(material: Material) -> list[Figure]:
    """Draw the curve of each primary predictor."""
    estimated = _estimated(material)
    parts = [rows for _, rows in estimated.groupby("term", sort=False)]
    return [
        _curve(place, rows.sort_values("rank"), material)
        for place, rows in enumerate(parts, 1)
        if len(rows) >= FEWEST
    ]


def models(material: Material) -> list[Table]:
    """List the models of the curves under the numbers that they have there."""
    table = material.table(FILE)
    rows = table.sort_values("rank", kind="stable")
    order = {term: place for place, term in enumerate(dict.fromkeys(table["term"]))}
    rows = rows.sort_values("term", key=lambda terms: terms.map(order), kind="stable")
    parts = standardised(set(rows["model"]), material)
    return shown(material, FILE, COLUMNS, rows=rows, group="term", parts=parts, further=True)


def _estimated(material: Material) -> pd.DataFrame:
    table = material.table(FILE)
    return table[table["estimate"].notna()]


def _curve(place: int, rows: pd.DataFrame, material: Material) -> Figure:
    text, labels = material.text, material.labels
    records = rows.to_dict("records")
    found = [list(_traits(record, labels)) for record in records]
    drawn = [
        Specification(
            labels.model(record["model"]),
            record["estimate"],
            record["conf_low"],
            record["conf_high"],
            _mark(record),
            traits,
        )
        for record, traits in zip(records, found, strict=True)
    ]
    term = labels.contrast(records[0]["term"], records[0]["reference"])
    matrix = _matrix(found, text["traits"].values())
    axis = text["axes"]["standard_deviations"]
    words = described([each.name for each in drawn], rows["estimate"], text["list_separator"])
    return Figure(
        f"specifications_{place}",
        text["captions"]["specification_curve"].format(term=term),
        specification_curve(drawn, matrix, axis, material.stamp),
        words,
        [text["notes"]["specification_curve"], *_failed(records[0]["term"], material)],
        FILE,
    )


def _mark(record: Mapping[str, Any]) -> Mark:
    if record["hypothesis"]:
        return "resting"
    return "planned" if record["role"] == "confirmatory" else "further"


def _traits(record: Mapping[str, Any], labels: Labels) -> Iterator[Trait]:
    """Say what a model is, in the order of the words' headings."""
    text = labels.text
    errors = labels.word("covariance", record["covariance"])
    two_level = text["two_levels"].format(covariance=errors)
    named = {
        "outcome": [labels.term(record["outcome"])],
        "family": [labels.word("families", record["family"])],
        "subset": [labels.name(record["subset"]) if record["subset"] else text["everyone"]],
        "added": [labels.term(part) for part in record["added"].split(" + ") if part],
        "left_out": [labels.term(part) for part in record["left_out"].split(" + ") if part],
        "estimator": [two_level if record["random"] else errors],
        "missing": [text["answers_traits"]["imputed" if is_imputed(record) else "complete"]],
    }
    for kind, heading in text["traits"].items():
        for trait in named[kind]:
            yield heading, trait


def _matrix(found: list[list[Trait]], headings: Iterable[str]) -> list[Trait]:
    """Choose the rows of the matrix: traits, by heading, that not every model has."""
    known = dict.fromkeys(trait for traits in found for trait in traits)
    telling = [trait for trait in known if not all(trait in traits for traits in found)]
    return [trait for heading in headings for trait in telling if trait[0] == heading]


def _failed(term: str, material: Material) -> list[str]:
    """Name the models that were not estimable."""
    table, text, labels = material.table(FILE), material.text, material.labels
    failed = table[table["term"].eq(term) & table["estimate"].isna()]
    return [
        text["specification_failed"].format(
            model=labels.model(row["model"]), reason=labels.message(row["reason"])
        )
        for row in failed.to_dict("records")
    ]
