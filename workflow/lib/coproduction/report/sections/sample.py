"""Who took part: design, flow, quality, findings, the analysed sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from coproduction.report.blocks import Block, Figure, Paragraphs, Section, Table
from coproduction.report.columns import BLANK, cell, tabulate, written
from coproduction.report.figures.estimates import flow_diagram
from coproduction.report.material import Material
from coproduction.report.numbers import count
from coproduction.report.sections.analysed import flow_to_models, those_left_out
from coproduction.report.sections.measurement.retest import retest_in_flow
from coproduction.report.sections.tables import noted, shown
from coproduction.report.sentences import sample_sentence
from coproduction.report.withheld import counted

QUALITY, RATES_FILE = "cleaning/quality.csv", "cleaning/response_rates.csv"
MOST_COLUMNS = 6
INFORMANTS = ("item", "n", "agreement", "kappa", "concordance")
ANONYMITY = (
    "stage",
    "n",
    "n_classes",
    "smallest_class",
    "limit",
    "n_below",
    "share_below",
    "n_unique",
)
WEIGHTS = (
    *("step", "frame", "n", "mean", "lowest", "highest", "design_effect", "effective_n"),
    "n_limited",
)
MARGINS = ("value", "n", "sample_share", "before_share", "weighted_share", "population_share")
CHANGES = ("variable", "change", "n", "limit")
RATES = (
    *("contacts", "complete", "partial", "refusal", "break_off", "non_contact", "other"),
    *("unknown_household", "unknown_other", "not_eligible", "eligibility"),
    *("rr1", "rr3", "coop1", "ref1", "con1", "break_off_rate"),
    "participation_rate",
)


def sample(material: Material) -> Section:
    """Compose the description of the sample."""
    text = material.text
    described = material.table("measurement/sample.csv")
    blocks: list[Block] = [
        Paragraphs(
            [
                sample_sentence(material.table("cleaning/flow.csv"), material.labels.language),
                *retest_in_flow(material),
                *_quality_sentence(material),
                text["withheld"].format(minimum=count(material.study["minimum_cell"])),
            ]
        ),
        _flow(material),
        *flow_to_models(material),
        *_rates(material),
        *shown(material, "cleaning/weights.csv", WEIGHTS),
        *shown(material, "cleaning/weight_margins.csv", MARGINS, group=_item_of(material)),
        *([_described(described, material)] if len(described) else []),
        *_quality(material),
        *_findings(material),
        *those_left_out(material),
        *shown(material, "cleaning/informants.csv", INFORMANTS, further=True),
        *shown(material, "release/anonymity.csv", ANONYMITY, further=True),
        *_agreed(material),
        *shown(
            material,
            "release/changes.csv",
            CHANGES,
            parts=list(material.table("release/changes.csv")["change"]),
            further=True,
        ),
    ]
    return Section("sample", text["sections"]["sample"], blocks)


def _item_of(material: Material) -> Callable[[Mapping[str, Any]], str]:
    """Head the categories of a margin with its item."""
    return lambda row: material.labels.name(row["item"])


def _quality_sentence(material: Material) -> list[str]:
    quality = material.table(QUALITY)
    if quality.empty:
        return []
    flagged = quality[quality["index"].eq("any_flag") & quality["n_flagged"].notna()]
    return [
        material.text["quality_sentence"].format(
            share=written(row["share"], "share", QUALITY), n=count(row["n_flagged"])
        )
        for row in flagged.to_dict("records")
    ]


def _quality(material: Material) -> list[Table]:
    return shown(material, QUALITY, ("index", "limit", "n_flagged", "share"), further=True)


def _rates(material: Material) -> list[Table]:
    """Show dispositions and rates, a column for each frame and mode while they fit a page.

    Where a frame has one mode only, that mode's figures are those of the frame.
    """
    text, labels = material.text, material.labels
    table = material.table(RATES_FILE)
    if table.empty:
        return []
    single = table.groupby("frame")["mode"].transform("size") <= 2
    rows = table[~single | table["mode"].eq("all")]
    if len(rows) > MOST_COLUMNS:
        return shown(material, RATES_FILE, ("frame", "mode", *RATES), rows=rows)
    records = rows.to_dict("records")
    headings = [
        labels.text["joiner"].join(
            [labels.word("frames", row["frame"])]
            + ([] if row["mode"] == "all" else [labels.word("modes", row["mode"])])
        )
        for row in records
    ]
    lines = [
        [labels.heading(name), *(cell(row, name, labels, RATES_FILE) for row in records)]
        for name in RATES
    ]
    lines = [line for line in lines if any(each not in BLANK for each in line[1:])]
    columns = [(labels.heading("disposition"), False), *((each, True) for each in headings)]
    caption, notes = text["captions"]["response_rates"], [text["notes"]["response_rates"]]
    return [Table(caption, columns, lines, notes, RATES_FILE)]


def _flow(material: Material) -> Figure:
    text, flow = material.text, material.table("cleaning/flow.csv")
    words = [
        f"{text['steps'][row['reason'] or row['step']]} "
        f"{count(row['n_removed'] if row['reason'] else row['n_remaining'])}"
        for row in flow.to_dict("records")
    ]
    drawing = flow_diagram(flow, text["steps"], material.stamp)
    caption, description = text["captions"]["flow_figure"], text["list_separator"].join(words)
    return Figure("flow", caption, drawing, description, file="cleaning/flow.csv")


def _agreed(material: Material) -> list[Table]:
    """Show on which sensitive and which released items a group of the release file agrees."""
    table = material.table("release/diversity.csv")
    if table.empty:
        return []
    known = table["item"].isin(material.labels.instrument.by_id)
    rows = table[known & (~table["in_release"] | (table["n_agreeing"] > 0))]
    columns = ("item", "n_classes", "n_agreeing", "n_rows")
    return shown(material, "release/diversity.csv", columns, rows=rows, further=True)


def _findings(material: Material) -> list[Table]:
    """Count the warnings of reading and cleaning; the single ones stand in the result files."""
    files = ("intake/findings.csv", "cleaning/findings.csv")
    found = [table for table in map(material.table, files) if len(table)]
    if not found:
        return []
    findings = pd.concat(found, ignore_index=True)
    least = material.study["minimum_cell"]
    rows = counted(findings, material.table("cleaning/flow.csv"), least)
    if rows.empty:
        return []
    caption, file = material.text["captions"]["findings"], "cleaning/findings.csv"
    headings = {"code": "finding"}
    columns = ("code", "action", "n")
    reading = material.table(files[0])
    notes = noted(material, "findings") if len(reading) else []
    return [tabulate(rows, columns, material.labels, caption, notes, file, headings, further=True)]


def _weighted(table: pd.DataFrame, text: Mapping[str, Any]) -> list[str]:
    weighted = table.get("weighted_share", pd.Series(dtype=float)).notna().any()
    return [text["notes"]["weighted_shares"]] if weighted else []


def _described(table: pd.DataFrame, material: Material) -> Table:
    labels, text = material.labels, material.text
    silent = table[(table["value"] == "") & (table["n"] > 0)].set_index("item")["n"]
    rows = table[table["value"] != ""]
    answers = [labels.answer(i, v) for i, v in zip(rows["item"], rows["value"], strict=True)]

    def heading(row: Mapping[str, Any]) -> str:
        name = labels.name(row["item"])
        if row["item"] not in silent:
            return name
        return text["with_silent"].format(name=name, n=count(silent[row["item"]]))

    return tabulate(
        rows.assign(answer=answers),
        ("answer", "n", "share", "weighted_share"),
        labels,
        text["captions"]["sample"],
        [text["notes"]["sample"], *_weighted(table, text)],
        "measurement/sample.csv",
        group=heading,
    )
