"""Every question with its answers and statistics, one at a time: for readers on a screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Item
from coproduction.instrument.wording import scenario_arms
from coproduction.report.blocks import Answered, Explorer, Question, Section
from coproduction.report.columns import cell, written
from coproduction.report.material import Material
from coproduction.report.numbers import NONE, count
from coproduction.report.sections.measurement.factors import LOADINGS, planned_model

FREQUENCIES, ITEMS = "cleaning/frequencies.csv", "measurement/items.csv"
SPREAD, RANGE = ("mean", "sd"), ("minimum", "maximum")
STATISTICS = (*SPREAD, "item_rest_correlation", "alpha_if_dropped")
LOADING = ("standardised", "standardised_interval")
Record = Mapping[str, Any]


def questions(material: Material) -> Section:
    """Compose the explorer of questions.

    What the table hides, answers that few gave and what they could be worked out from, is named.
    """
    text, table = material.text, material.table(FREQUENCIES)
    known = table.groupby("item", sort=False)
    items, loadings = _by_item(material, ITEMS), _loadings(material)
    shown = [
        _question(material.labels.instrument.by_id[name], rows, items, loadings, material)
        for name, rows in known
        if name in material.labels.instrument.by_id
    ]
    hidden = text["explorer"]["rare"].format(minimum=count(material.study["minimum_cell"]))
    notes = [text["explorer"]["note"], *_parts(table, items, material)]
    notes += [hidden] if table["n"].isna().any() else []
    explorer = Explorer(text["captions"]["answers"], shown, text["explorer"], notes, FREQUENCIES)
    return Section("questions", text["sections"]["questions"], [explorer] if shown else [])


def _parts(table: pd.DataFrame, items: Mapping[str, Record], material: Material) -> list[str]:
    """Say what applies to some of the questions only."""
    words, asked = material.text["explorer"], material.labels.instrument.by_id
    reverse = any(asked[name].reverse for name in items if name in asked)
    written = table["kind"].eq("text").any()
    return [*([words["rekeyed"]] if reverse else []), *([words["written"]] if written else [])]


def _by_item(material: Material, file: str) -> dict[str, Record]:
    table = material.table(file)
    return {row["item"]: row for row in table.to_dict("records")}


def _loadings(material: Material) -> dict[str, Record]:
    table = material.table(LOADINGS)
    if table.empty:
        return {}
    rows = table[(table["model"] == planned_model(material)) & (table["kind"] == "loading")]
    return {row["rhs"]: row for row in rows.drop_duplicates("rhs").to_dict("records")}


def _question(
    item: Item,
    rows: pd.DataFrame,
    items: Mapping[str, Record],
    loadings: Mapping[str, Record],
    material: Material,
) -> Question:
    text = material.text["explorer"]
    answers = [_answered(item, row, material) for row in rows.to_dict("records")]
    remarks = [text["several"]] if item.type == "select_multiple" else []
    remarks += [text["reversed"]] if item.reverse and item.id in items else []
    return Question(
        item.id,
        _group(item, material),
        _asked(item, material),
        answers,
        [*_numbers(rows, material), *_statistics(item.id, items, loadings, material)],
        remarks,
    )


def _asked(item: Item, material: Material) -> str:
    """Word a question with the scenario before it, the randomised arms named in brackets."""
    if not item.scenario:
        return material.wording(item.text)
    scenario = material.wording(item.scenario)
    arms = {arm: f"[{material.labels.name(arm)}]" for arm in scenario_arms(scenario)}
    parts = (scenario.format_map(arms), material.wording(item.text))
    return material.text["between"].join(parts)


def _group(item: Item, material: Material) -> str:
    """Name the scale of an item, or its section."""
    if item.construct:
        return material.labels.name(item.construct)
    sections = {each.id: each.label for each in material.labels.instrument.sections}
    return material.wording(sections[item.section])


def _answered(item: Item, row: Record, material: Material) -> Answered:
    labels, text = material.labels, material.text
    missing = row["kind"] not in ("answer", "number", "text")
    if row["kind"] == "answer":
        name = labels.answer(item.id, row["value"])
    else:
        name = labels.word("answer_kinds", row["kind"])
    if row["n"] != row["n"]:
        return Answered(name, text["explorer"]["hidden"], NONE, NONE, 0, missing)
    share = row["share_asked"] if missing else row["share"]
    return Answered(
        name,
        count(row["n"]),
        written(row["share"], "share", FREQUENCIES),
        written(row["share_asked"], "share_asked", FREQUENCIES),
        0 if share != share else round(100 * share, 1),
        missing,
    )


def _numbers(rows: pd.DataFrame, material: Material) -> Iterable[tuple[str, str]]:
    """Give the spread of numbers; its ends, which are answers, where enough gave them."""
    for row in rows[rows["kind"].eq("number")].to_dict("records"):
        for name in (*SPREAD, *RANGE):
            if row[name] == row[name]:
                yield material.labels.heading(name), cell(row, name, material.labels, FREQUENCIES)


def _statistics(
    item: str, items: Mapping[str, Record], loadings: Mapping[str, Record], material: Material
) -> Iterable[tuple[str, str]]:
    labels = material.labels
    if item in items:
        for name in STATISTICS:
            yield labels.heading(name), cell(items[item], name, labels, ITEMS)
    if item in loadings:
        shown = [cell(loadings[item], name, labels, LOADINGS) for name in LOADING]
        yield labels.heading("standardised"), " ".join(each for each in shown if each != NONE)
