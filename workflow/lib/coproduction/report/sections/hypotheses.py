"""Every hypothesis with its verdict and the estimate that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coproduction.report.blocks import Block, Judgement, Section
from coproduction.report.material import Material
from coproduction.report.sentences import verdict_sentences


def hypotheses(material: Material) -> Section:
    """Compose the verdicts, one after the other, in the plan's order."""
    rows = material.table("inference/verdicts.csv").to_dict("records")
    blocks: list[Block] = [_judgement(row, material) for row in rows]
    return Section("verdicts", material.text["sections"]["verdicts"], blocks)


def _judgement(row: Mapping[str, Any], material: Material) -> Judgement:
    labels, text = material.labels, material.text
    planned = next(each for each in material.plan["hypotheses"] if each["id"] == row["hypothesis"])
    sentences = verdict_sentences(row, planned, labels)
    if material.study["synthetic"]:
        sentences = [text["simulated_sentence"], *sentences]
    statement = labels.hypotheses[row["hypothesis"]]
    code = row["verdict"]
    return Judgement(row["hypothesis"], statement, code, labels.verdict(code), sentences)
