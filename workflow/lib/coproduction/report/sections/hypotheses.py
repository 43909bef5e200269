"""Every hypothesis with its verdict and the estimate that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.report.blocks import Block, Judgement, Paragraphs, Section, Table
from coproduction.report.material import Material
from coproduction.report.sections.inference.weighted import with_weights
from coproduction.report.sections.tables import noted, shown
from coproduction.report.sentences import tally, verdict_sentences

FILE, OBJECTIONS = "inference/verdicts.csv", "inference/objections.csv"
CHECKS, COMPOSITES = "inference/cross_checks.csv", "inference/composites.csv"
TOGETHER = ("hypothesis", "of", "at_least", "n_supported", "n_estimable", "p_value", "verdict")
AGAINST = ("hypothesis", "objection", "note")
CHECKED = (
    *("hypothesis", "check", "model", "term", "estimate", "interval", "p_adjusted", "verdict"),
    "n",
)
COLUMNS = (
    *("hypothesis", "verdict", "estimate", "interval", "p_adjusted"),
    *("smallest_effect", "power_at_smallest_effect", "minimum_detectable_effect"),
)


def hypotheses(material: Material) -> Section:
    """Compose the table of verdicts and, in the appendix, the sentences of each."""
    text, table = material.text, material.table(FILE)
    families = {each.id: each for each in material.plan.families}

    def family(row: Mapping[str, Any]) -> str:
        return material.wording(families[row["family"]].label) if families else ""

    blocks: list[Block] = []
    if len(table):
        simulated = [text["simulated_sentence"]] if material.study["synthetic"] else []
        blocks.append(Paragraphs([tally(table, material.labels), *simulated]))
        group = family if families else None
        blocks += shown(
            material,
            FILE,
            with_weights(COLUMNS, table),
            group=group,
            headings={} if corrected(material) else {"p_adjusted": "p_value"},
            parts=list(table["comparison"]),
            warned=False,
        )
        blocks += shown(material, OBJECTIONS, AGAINST, warned=False)
        blocks += shown(material, COMPOSITES, TOGETHER)
        checks = material.table(CHECKS)
        planned = checks[checks["model"].fillna("").ne("")]
        blocks += shown(material, CHECKS, CHECKED, rows=planned, further=True)
    blocks += _without_verdict(material)
    blocks += judgements(material, further=True)
    return Section("verdicts", text["sections"]["verdicts"], blocks)


def _without_verdict(material: Material) -> list[Table]:
    """Name the hypotheses of the study that the plan does not judge, and why."""
    planned = material.plan.without_verdict
    if not planned:
        return []
    labels, name = material.labels, "without_verdict"
    rows = [
        [f"{each.id} {labels.hypotheses[each.id]}", material.wording(each.reason)]
        for each in planned
    ]
    headings = [(labels.heading(key), False) for key in ("hypothesis", "reason")]
    caption = material.text["captions"][name]
    return [Table(caption, headings, rows, noted(material, name))]


def tests(material: Material) -> dict[str, int]:
    """Count the tests of each family; a rival shares the test of the hypothesis that it rivals."""
    table = _own_tests(material)
    counted = table[table["p_adjusted"].notna()]
    return {str(family): len(rows) for family, rows in counted.groupby("family", sort=False)}


def untested(material: Material) -> dict[str, list[str]]:
    """Name, by family, the hypotheses that were planned but have no test."""
    table = _own_tests(material)
    missing = table[table["p_adjusted"].isna()]
    return {
        str(family): list(rows["hypothesis"])
        for family, rows in missing.groupby("family", sort=False)
    }


def _own_tests(material: Material) -> pd.DataFrame:
    """Take the verdicts of hypotheses that are no rivals of others."""
    table = material.table(FILE)
    rivals = {each.id for each in material.plan.hypotheses if each.rival_of is not None}
    return table[~table["hypothesis"].isin(rivals)]


def corrected(material: Material) -> set[str]:
    """Name the families whose p values are corrected for the number of their tests."""
    single = {each.id for each in material.plan.families if each.method == "none"}
    return {family for family, n in tests(material).items() if n > 1} - single


def judgements(
    material: Material, *, first: bool = False, further: bool = False
) -> list[Judgement]:
    """Word the verdicts of every hypothesis, or of the first family's, in the plan's order."""
    table = material.table(FILE)
    if first and len(table):
        table = table[table["family"] == table["family"].iloc[0]]
    return [_judgement(row, material, further) for row in table.to_dict("records")]


def _judgement(row: Mapping[str, Any], material: Material, further: bool) -> Judgement:
    labels = material.labels
    planned = next(each for each in material.plan.judged if each.id == row["hypothesis"])
    against = material.table(OBJECTIONS)
    notes = list(against.loc[against["hypothesis"] == row["hypothesis"], "note"])
    multiple = row["family"] in corrected(material)
    sentences = verdict_sentences(row, planned, labels, multiple, notes)
    statement = labels.hypotheses[row["hypothesis"]]
    code = row["verdict"]
    verdict = labels.verdict(code, row.get("objections") or "")
    return Judgement(row["hypothesis"], statement, code, verdict, sentences, further)
