"""Figures of the planned measurement models, above all of the one that validity is checked with."""

from __future__ import annotations

import pandas as pd

from coproduction.report.blocks import Drawing, Figure
from coproduction.report.figures.diagrams import factor_diagrams, threshold_lines
from coproduction.report.figures.estimates import intervals
from coproduction.report.material import Material
from coproduction.report.numbers import number
from coproduction.report.sentences import described

LOADINGS = "measurement/loadings.csv"


def planned_model(material: Material) -> str:
    """Name the model that the plan checks validity with, or the first one."""
    plan = material.plan.measurement
    if plan.validity and plan.validity.model:
        return plan.validity.model
    return next((entry.id for entry in plan.models), "")


def factors(material: Material) -> list[Figure]:
    """Draw the factors of every model with their items; of one loadings and thresholds, too."""
    table, first = material.table(LOADINGS), planned_model(material)
    if table.empty:
        return []
    rows = table[table["model"] == first]
    loadings, thresholds = (rows[rows["kind"] == kind] for kind in ("loading", "threshold"))
    others = [each.id for each in material.plan.measurement.models if each.id != first]
    straight = table[table["kind"] == "loading"]
    return [
        *_diagrams(loadings, first, material),
        *_loadings(loadings, material),
        *_thresholds(thresholds, loadings, material),
        *(
            figure
            for name in others
            for figure in _diagrams(straight[straight["model"] == name], name, material)
        ),
    ]


def _diagrams(rows: pd.DataFrame, model: str, material: Material) -> list[Figure]:
    """Draw a measurement model, one that is no more than a rival of another in little room."""
    labels, drawn, words = material.labels, [], []
    factor_names = set(rows["lhs"])
    for factor, part in rows.groupby("lhs", sort=False):
        # What stands behind a second-order factor are factors, which have names.
        names = [labels.name(each) if each in factor_names else each for each in part["rhs"]]
        drawn.append((labels.name(factor), list(zip(names, part["standardised"], strict=True))))
        loadings = described(names, part["standardised"], material.text["list_separator"])
        words.append(f"{labels.name(factor)}: {loadings}")
    if not drawn:
        return []
    first = model == planned_model(material)
    drawing = factor_diagrams(drawn, material.stamp, compact=not first)
    caption = material.text["captions"]["factors_figure"].format(model=material.labels.model(model))
    name = "factors" if first else f"factors_{model}"
    return [Figure(name, caption, drawing, " ".join(words), file=LOADINGS, further=True)]


def _loadings(rows: pd.DataFrame, material: Material) -> list[Figure]:
    if rows.empty:
        return []
    full = [f"{material.labels.name(factor)} · {item}" for factor, item in _pairs(rows)]
    drawing = intervals(
        _first_only(rows, full),
        rows["standardised"],
        rows["standardised_conf_low"],
        rows["standardised_conf_high"],
        stamp=material.stamp,
        line=0,
        axis_label=material.labels.heading("standardised"),
    )
    words = described(full, rows["standardised"], material.text["list_separator"])
    return [_figure("loadings", drawing, words, material)]


def _thresholds(rows: pd.DataFrame, loadings: pd.DataFrame, material: Material) -> list[Figure]:
    if rows.empty:
        return []
    found = {item: list(part["standardised"]) for item, part in rows.groupby("lhs", sort=False)}
    loadings = loadings[loadings["rhs"].isin(found)].drop_duplicates("rhs")
    full = [f"{material.labels.name(factor)} · {item}" for factor, item in _pairs(loadings)]
    names = _first_only(loadings, full)
    items = [(name, found[item]) for name, item in zip(names, loadings["rhs"], strict=True)]
    axis = material.text["axes"]["threshold"]
    separator = material.text["list_separator"]
    words = separator.join(
        f"{name} {' / '.join(number(value, 2) for value in found[item])}"
        for name, item in zip(full, loadings["rhs"], strict=True)
    )
    return [_figure("thresholds", threshold_lines(items, axis, material.stamp), words, material)]


def _pairs(rows: pd.DataFrame) -> zip:
    return zip(rows["lhs"], rows["rhs"], strict=True)


def _first_only(rows: pd.DataFrame, full: list[str]) -> list[str]:
    """Name the factor at its first item only."""
    first = ~rows["lhs"].duplicated()
    return [long if new else item for long, new, item in zip(full, first, rows["rhs"], strict=True)]


def _figure(name: str, drawing: Drawing, words: str, material: Material) -> Figure:
    model = material.labels.model(planned_model(material))
    caption = material.text["captions"][f"{name}_figure"].format(model=model)
    return Figure(name, caption, drawing, words, file=LOADINGS, further=True)
