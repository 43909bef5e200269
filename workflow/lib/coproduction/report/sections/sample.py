"""Who took part: design, flow, quality, findings, the analysed sample."""

from __future__ import annotations

import pandas as pd

from coproduction.report.blocks import Block, Figure, Paragraphs, Section, Table
from coproduction.report.columns import tabulate
from coproduction.report.figures import flow_diagram
from coproduction.report.material import Material
from coproduction.report.numbers import count
from coproduction.report.sections.tables import shown

RATES = (
    *("frame", "mode", "contacts", "complete", "partial", "refusal", "non_contact"),
    *("eligibility", "rr1", "rr3", "coop1", "ref1", "con1", "break_off_rate"),
    "participation_rate",
)


def sample(material: Material) -> Section:
    """Compose the description of the sample."""
    text, study = material.text, material.study
    design = [material.wording(study[key]) for key in ("design", "source") if key in study]
    blocks: list[Block] = [Paragraphs(design)] if design else []
    blocks.append(_flow(material))
    blocks += shown(material, "cleaning/response_rates.csv", RATES)
    quality = material.table("cleaning/quality.csv")
    if len(quality):
        columns, notes = ("index", "limit", "n_flagged", "share"), [text["notes"]["quality"]]
        caption, file = text["captions"]["quality"], "cleaning/quality.csv"
        blocks.append(tabulate(quality, columns, material.labels, caption, notes, file))
    blocks += _findings(material)
    described = material.table("measurement/sample.csv")
    if len(described):
        blocks.append(_described(described, material))
    return Section("sample", text["sections"]["sample"], blocks)


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


def _findings(material: Material) -> list[Table]:
    """Count the warnings of reading and cleaning; the single ones stand in the result files."""
    files = ("intake/findings.csv", "cleaning/findings.csv")
    found = [table for table in map(material.table, files) if len(table)]
    if not found:
        return []
    findings = pd.concat(found, ignore_index=True)
    counts = findings[findings["severity"] != "note"].groupby(["code", "action"]).size()
    if counts.empty:
        return []
    rows = counts.rename("n").astype(float).reset_index()
    caption, file = material.text["captions"]["findings"], "cleaning/findings.csv"
    headings = {"code": "finding"}
    columns = ("code", "action", "n")
    return [tabulate(rows, columns, material.labels, caption, (), file, headings)]


def _described(table: pd.DataFrame, material: Material) -> Table:
    labels, text = material.labels, material.text
    rows = table[(table["value"] != "") | (table["n"] > 0)]
    first = ~rows["item"].duplicated()
    shown = rows.assign(
        question=[
            labels.name(i) if new else "" for i, new in zip(rows["item"], first, strict=True)
        ],
        answer=[labels.answer(i, v) for i, v in zip(rows["item"], rows["value"], strict=True)],
    )
    caption, notes = text["captions"]["sample"], [text["notes"]["sample"]]
    columns = ("question", "answer", "n", "share")
    return tabulate(shown, columns, labels, caption, notes, "measurement/sample.csv")
