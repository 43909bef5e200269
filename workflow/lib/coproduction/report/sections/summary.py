"""Question, data and verdicts for a reader who stops there."""

from __future__ import annotations

from coproduction.report.blocks import Block, Figure, Paragraphs, Section
from coproduction.report.columns import tabulate
from coproduction.report.figures import verdict_picture
from coproduction.report.material import Material
from coproduction.report.sentences import estimate_in_words, sample_sentence

FILE = "inference/verdicts.csv"
LIMITS_SHOWN = 3
COLUMNS = (
    *("hypothesis", "verdict", "estimate", "interval", "p_adjusted"),
    *("smallest_effect", "minimum_detectable_effect"),
)


def summary(material: Material) -> Section:
    """Compose the first page: question, data, verdicts as a picture and a table, limits."""
    text, labels = material.text, material.labels
    study = material.study
    opening = [material.wording(study["question"])] if "question" in study else []
    flow = material.table("cleaning/flow.csv")
    blocks: list[Block] = [Paragraphs([*opening, sample_sentence(flow, labels.language)])]
    verdicts = material.table(FILE)
    known = verdicts[verdicts["verdict"] != "not_estimable"] if len(verdicts) else verdicts
    if len(known):
        caption, notes = text["captions"]["verdict_picture"], [text["notes"]["verdict_picture"]]
        words = [estimate_in_words(row, labels) for row in known.to_dict("records")]
        picture = verdict_picture(known, labels, material.stamp)
        description = text["list_separator"].join(words)
        blocks.append(Figure("verdicts", caption, picture, description, notes, FILE))
    if len(verdicts):
        caption, notes = text["captions"]["verdicts"], [text["notes"]["verdicts"]]
        blocks.append(tabulate(verdicts, COLUMNS, labels, caption, notes, FILE))
    limits = [material.wording(each) for each in study.get("limitations", ())]
    if limits:
        blocks.append(Paragraphs(limits[:LIMITS_SHOWN], points=True))
    return Section("summary", text["sections"]["summary"], blocks)
