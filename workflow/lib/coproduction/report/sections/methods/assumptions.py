"""The causal diagram that the plan assumes, and what the models adjust for under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from coproduction.plan.hypotheses.diagram import CausalDiagram
from coproduction.report.blocks import Block, Figure, Paragraphs
from coproduction.report.figures.causal import FRAMES, OTHER, UNMEASURED, Node, causal_diagram
from coproduction.report.material import Material
from coproduction.report.numbers import NONE, count
from coproduction.report.sections.tables import shown

DIAGRAM, ADJUSTMENT = "inference/diagram.csv", "inference/adjustment.csv"
COLUMNS = ("exposure", "outcome", "hypotheses", "post_treatment", "open_path", "colliders")
ARROWS = {"->": "→", "<-": "←"}


def assumptions(material: Material) -> list[Block]:
    """Compose the diagram, what follows from it, and the table of what each model adjusts for."""
    edges = material.table(DIAGRAM)
    diagram = material.plan.diagram
    if edges.empty or diagram is None:
        return []
    names = _Names.of(diagram, material)
    label = material.wording(diagram.label)
    return [
        _figure(edges, label, names, material),
        *_consequences(names, material),
        *_table(names, material),
    ]


@dataclass(frozen=True)
class _Names:
    """Names of the nodes, and which of them nobody measured."""

    names: dict[str, str]
    unmeasured: set[str]
    material: Material

    @classmethod
    def of(cls, diagram: CausalDiagram, material: Material) -> _Names:
        names = {
            node.id: material.wording(node.label) if node.label else material.labels.name(node.id)
            for node in diagram.nodes
        }
        unmeasured = {node.id for node in diagram.nodes if node.unmeasured}
        return cls(names, unmeasured, material)

    def full(self, node: str) -> str:
        """Name a node in a sentence."""
        text = self.material.text["diagram"]
        name = self.names.get(node, text["selection"])
        return text["unmeasured"].format(name=name) if node in self.unmeasured else name

    def listed(self, nodes: str) -> str:
        """Name the nodes that a result table lists."""
        joined = self.material.text["enumeration"]
        return joined.join(self.full(node) for node in nodes.split(", ")) if nodes else ""

    def path(self, path: str) -> str:
        """Write a path with names and arrows."""
        return " ".join(ARROWS.get(word) or self.full(word) for word in path.split())


def _figure(edges: pd.DataFrame, label: str, names: _Names, material: Material) -> Figure:
    text = material.text
    parts = dict(zip(edges["cause"], edges["cause_role"], strict=True))
    parts |= dict(zip(edges["effect"], edges["effect_role"], strict=True))
    parts = {node: part if part in FRAMES else OTHER for node, part in parts.items()}
    parts |= dict.fromkeys(names.unmeasured, UNMEASURED)
    nodes = {node: Node(name, parts[node]) for node, name in names.names.items()}
    pairs = list(zip(edges["cause"], edges["effect"], strict=True))
    drawing = causal_diagram(nodes, pairs, text["diagram"]["parts"], material.stamp)
    words = [
        f"{names.full(node)} → {text['enumeration'].join(names.full(each) for each in effects)}"
        for node, effects in edges.groupby("cause", sort=False)["effect"]
    ]
    caption = text["captions"]["diagram"].format(label=label)
    description = text["list_separator"].join(words)
    notes = [text["notes"]["diagram"]]
    return Figure("diagram", caption, drawing, description, notes, DIAGRAM, wide=True)


def _consequences(names: _Names, material: Material) -> list[Paragraphs]:
    """Say which models condition on what follows from an exposure, and which paths stay open."""
    rows, text = material.table(ADJUSTMENT), material.text["diagram"]
    if rows.empty:
        return []
    after = rows[rows["post_treatment"] != ""]
    shut = rows[rows["back_doors"] == "blocked"]
    sentences = [
        text["assumed"],
        _sentence(material, "downstream", _followers(after, names, material)),
        text["blocked"].format(n=count(len(shut)), all=count(len(rows))),
    ]
    if len(shut) < len(rows):
        sentences.append(_sentence(material, "open", _paths(rows, names, material)))
    return [Paragraphs([material.text["between"].join(sentences)])]


def _sentence(material: Material, name: str, parts: Iterable[str]) -> str:
    text, listed = material.text["diagram"], material.text["list_separator"].join(parts)
    return text[name].format(list=listed) if listed else text[f"no_{name}"]


def _followers(rows: pd.DataFrame, names: _Names, material: Material) -> list[str]:
    """Name each model with what it conditions on, once."""
    found: dict[str, dict[str, None]] = {}
    for row in rows.to_dict("records"):
        nodes = found.setdefault(row["model"], {})
        nodes |= dict.fromkeys(row["post_treatment"].split(", "))
    worded = material.text["diagram"]["follower"]
    return [
        worded.format(model=material.labels.model(model), nodes=names.listed(", ".join(nodes)))
        for model, nodes in found.items()
    ]


def _paths(rows: pd.DataFrame, names: _Names, material: Material) -> list[str]:
    """Name each open path with the number of models that leave it open."""
    models = rows[rows["open_path"] != ""].groupby("open_path", sort=False)["model"].nunique()
    worded = material.text["diagram"]["path"]
    return [worded.format(path=names.path(path), n=count(n)) for path, n in models.items()]


def _table(names: _Names, material: Material) -> list[Block]:
    rows = material.table(ADJUSTMENT)
    if rows.empty:
        return []
    worded = rows.assign(
        **{name: rows[name].map(names.listed) for name in ("exposure", "outcome")},
        **{name: rows[name].map(names.listed) for name in ("post_treatment", "colliders")},
        open_path=rows["open_path"].map(names.path),
    )
    tables = shown(material, ADJUSTMENT, COLUMNS, rows=worded, group="model", further=True)
    return [
        replace(table, rows=[[c or NONE for c in row] for row in table.rows]) for table in tables
    ]
