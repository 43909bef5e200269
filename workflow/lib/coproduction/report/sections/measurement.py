"""How well the scales measure: reliability, items, structure."""

from __future__ import annotations

from coproduction.report.blocks import Block, Figure, Paragraphs, Section
from coproduction.report.columns import tabulate
from coproduction.report.figures import intervals
from coproduction.report.material import Material
from coproduction.report.numbers import number
from coproduction.report.sentences import measurement_sentences

SCALES = ("construct", "n_items", "n", "alpha", "alpha_interval", "mean_interitem_correlation")
ITEMS = (
    *("item", "n", "mean", "sd", "floor", "ceiling", "dont_know_rate", "missing_rate"),
    *("item_rest_correlation", "alpha_if_dropped"),
)


def measurement(material: Material) -> Section:
    """Compose the tables of the measurement room."""
    text = material.text
    reliability = material.table("measurement/reliability.csv")
    blocks = _reliability(material) if len(reliability) else []
    items = material.table("measurement/items.csv")
    if len(items):
        notes = [text["notes"]["items"], *items["warning"]]
        caption, file = text["captions"]["items"], "measurement/items.csv"
        blocks.append(tabulate(items, ITEMS, material.labels, caption, notes, file))
    return Section("measurement", text["sections"]["measurement"], blocks)


def _reliability(material: Material) -> list[Block]:
    text, labels = material.text, material.labels
    table, file = material.table("measurement/reliability.csv"), "measurement/reliability.csv"
    minimum = material.plan.get("measurement", {}).get("minimum_reliability", 0.70)
    sentences = measurement_sentences(table, minimum, labels.names, labels.language)
    notes = [text["notes"]["reliability"].format(minimum=number(minimum, 2)), *table["warning"]]
    caption = text["captions"]["reliability"]
    blocks: list[Block] = [
        Paragraphs(sentences),
        tabulate(table, SCALES, labels, caption, notes, file),
    ]
    known = table.dropna(subset=["alpha"])
    if len(known):
        drawing = intervals(
            [labels.name(name) for name in known["construct"]],
            known["alpha"],
            known["alpha_conf_low"],
            known["alpha_conf_high"],
            stamp=material.stamp,
            line=minimum,
            axis_label=text["columns"]["alpha"],
        )
        caption = text["captions"]["reliability_figure"]
        words = " ".join(sentences)
        blocks.append(Figure("reliability", caption, drawing, words, file=file))
    return blocks
