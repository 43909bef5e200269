"""Question, data and verdicts for a reader who stops there."""

from __future__ import annotations

from coproduction.report.blocks import Block, Figure, Paragraphs, Section
from coproduction.report.figures.estimates import beyond_the_axis, verdict_picture
from coproduction.report.material import Material
from coproduction.report.sections.hypotheses import FILE, judgements
from coproduction.report.sections.tables import noted
from coproduction.report.sentences import estimate_in_words, sample_sentence, tally
from coproduction.report.words import borrowed

LIMITS_SHOWN, FIRST_SHOWN = 3, 3


def summary(material: Material) -> Section:
    """Compose the first page: question, data, main verdicts, all verdicts as a picture, limits."""
    text, labels = material.text, material.labels
    study = material.study
    opening = [borrowed(labels.language)] if borrowed(labels.language) else []
    opening += [material.wording(study["question"])] if "question" in study else []
    flow = material.table("cleaning/flow.csv")
    blocks: list[Block] = [Paragraphs([*opening, sample_sentence(flow, labels.language)])]
    verdicts = material.table(FILE)
    if len(verdicts):
        first = judgements(material, first=True)
        blocks += first if len(first) <= FIRST_SHOWN else []
        blocks.append(Paragraphs([tally(verdicts, labels)]))
    known = verdicts[verdicts["verdict"] != "not_estimable"]
    if len(known):
        omitted = list(verdicts.loc[verdicts["verdict"] == "not_estimable", "hypothesis"])
        named = text["enumeration"].join(omitted)
        parts = ["all", *(["beyond"] if beyond_the_axis(known) else [])]
        parts += ["omitted"] if omitted else []
        caption = text["captions"]["verdict_picture"]
        notes = noted(material, "verdict_picture", parts, hypotheses=named)
        words = [estimate_in_words(row, labels) for row in known.to_dict("records")]
        picture = verdict_picture(known, labels, material.stamp)
        description = text["list_separator"].join(words)
        blocks.append(Figure("verdicts", caption, picture, description, notes, FILE))
    limits = [material.wording(each) for each in study.get("limitations", ())]
    if limits:
        blocks.append(Paragraphs(limits[:LIMITS_SHOWN], points=True))
    return Section("summary", text["sections"]["summary"], blocks)
