"""What is weighted and what is not: said of every model, and shown beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from coproduction.plan.models.model import Model
from coproduction.plan.options import NO_WEIGHTS, PER_SCORE, STUDY_WEIGHTS
from coproduction.report.blocks import Table
from coproduction.report.material import Material
from coproduction.report.numbers import count, interval, number
from coproduction.report.sections.tables import noted

EFFECTS, MODELS = "inference/effects.csv", "inference/models.csv"
Fitted = Mapping[str, Any]


def weighting(models: Iterable[Fitted], material: Material) -> str:
    """Say whether models are weighted; where some are and others not, of which."""
    text, labels = material.text, material.labels
    found: dict[str, list[str]] = {}
    for each in models:
        found.setdefault(_kind(each), []).append(labels.model(each["model"]))
    if len(found) < 2:
        return labels.word("weights", next(iter(found), NO_WEIGHTS))
    join, of_models = text["enumeration"].join, text["methods"]["of_models"]
    parts = [
        labels.word("weights", kind) + of_models.format(models=join(names))
        for kind, names in found.items()
    ]
    return str(text["list_separator"].join(parts))


def effective(model: Fitted, material: Material) -> str:
    """Say of a weighted model that it is one, and how many rows it has in effect; else nothing."""
    if _kind(model) == NO_WEIGHTS:
        return ""
    rows = model.get("effective_n")
    if rows is None or rows != rows:
        return str(material.text["model_weighted"])
    return str(material.text["model_weighted_effective"].format(n=count(rows)))


def with_weights(columns: Sequence[str], table: pd.DataFrame) -> tuple[str, ...]:
    """Name the column that tells what is weighted, too, where anything is."""
    told = "weights" in table and table["weights"].eq(STUDY_WEIGHTS).any()
    return (*columns, "weights") if told else tuple(columns)


def twins(material: Material) -> list[Table]:
    """Show the effects of models that differ in weights alone beside each other."""
    text, labels = material.text, material.labels
    effects = material.table(EFFECTS)
    if effects.empty:
        return []
    known = {name: _effects(rows) for name, rows in effects.groupby("model", sort=False)}
    lines: list[list[str]] = []
    starts: list[tuple[int, str]] = []
    for plain, weighted in _pairs(material):
        one, other = known.get(plain.id, {}), known.get(weighted.id, {})
        shared = [key for key in other if key in one]
        if shared:
            starts.append((len(lines), labels.model(weighted.id)))
        for key in shared:
            cells = [_written(each[key]) for each in (one, other)]
            numbers = [count(other[key]["n"])]
            lines.append([labels.contrast(key[0], key[1]), *cells, *numbers])
    if not lines:
        return []
    words = [labels.word("weights", kind) for kind in (NO_WEIGHTS, STUDY_WEIGHTS)]
    headings = [(labels.heading("term"), False), *((word, True) for word in words)]
    headings.append((labels.heading("n"), True))
    caption, notes = text["captions"]["weighted_beside"], noted(material, "weighted_beside")
    return [Table(caption, headings, lines, notes, EFFECTS, tuple(starts))]


def _kind(model: Fitted) -> str:
    told = model.get("weights")
    return STUDY_WEIGHTS if told == STUDY_WEIGHTS else NO_WEIGHTS


def _pairs(material: Material) -> Iterator[tuple[Model, Model]]:
    """Find planned models that are the same but for weights, kind of standard error and role."""
    plain = [each for each in material.plan.models if each.weights == NO_WEIGHTS]
    for model in material.plan.models:
        if model.weights == STUDY_WEIGHTS:
            same = next((each for each in plain if _bare(each, model) == model), None)
            if same is not None:
                yield same, model


def _bare(model: Model, like: Model) -> Model:
    named = {name: getattr(like, name) for name in ("id", "label", "role", "covariance")}
    named |= {name: getattr(like, name) for name in ("curves", "weights")}
    return replace(model, **named)


def _effects(rows: pd.DataFrame) -> dict[tuple[str, ...], dict[str, Any]]:
    """Take the effects that have an estimate, of ordinal outcomes those of each category."""
    kept = rows[rows["estimate"].notna() & rows["at"].eq("") & rows["per"].ne(PER_SCORE)]
    names = ["term", "reference", "estimand", "category"]
    found = kept[names].astype("string").fillna("").itertuples(index=False, name=None)
    return dict(zip(found, kept.to_dict("records"), strict=True))


def _written(row: Fitted) -> str:
    return f"{number(row['estimate'])} {interval(row['conf_low'], row['conf_high'])}"
