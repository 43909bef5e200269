"""What the planned models adjust for, judged under the causal diagram that the plan assumes.

Conventions. A variable belongs to a node of the diagram if all items it is made from do; a model
adjusts for a node if its predictors and covariates together hold every item of the node. The other
exposures of a model are adjusted for like the covariates, so that a row is about the effect that
does not pass through them; where one of them descends from the exposure, it is listed with whatever
else does. A condition that selects respondents by a variable of a node acts as a common effect of
such nodes that is adjusted for. The deviation of a split predictor from the mean of its cluster
varies within clusters only: nodes of communities, measured or not, are then held constant (exact in
linear models whose rows are all those that the mean is taken over, close to it in the others).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.inference.causal.open_paths import open_colliders, open_path
from coproduction.numerics.graph import Graph
from coproduction.plan.hypotheses.causal import Exposure, Nodes, downstream, exposures, selecting
from coproduction.plan.models.model import Model
from coproduction.plan.plan import Plan

EDGE_COLUMNS = ("cause", "effect", "cause_role", "effect_role")
COLUMNS = (
    *("model", "role", "hypotheses", "outcome", "exposure", "term", "adjusted", "held_constant"),
    *("partly_adjusted", "selected_by", "not_in_diagram", "post_treatment", "back_doors"),
    *("open_path", "colliders"),
)
SELECTION = "(selection)"
"""Node of a model's condition; no name of a plan can be like it."""


def diagram_edges(plan: Plan) -> pd.DataFrame:
    """Tabulate the arrows of the diagram with the part that each end plays; columns as above."""
    declared = plan.diagram
    if declared is None:
        return pd.DataFrame(columns=list(EDGE_COLUMNS))
    parts = node_roles(
        declared.graph, declared.with_role("exposure"), declared.with_role("outcome")
    )
    rows = [(*edge, *(parts[node] for node in edge)) for edge in declared.edges]
    return pd.DataFrame(rows, columns=list(EDGE_COLUMNS))


def node_roles(diagram: Graph, exposures: Sequence[str], outcomes: Sequence[str]) -> dict[str, str]:
    """Tell the part of every node.

    Parameters
    ----------
    diagram
        The graph.
    exposures, outcomes
        Nodes whose part is declared.

    Returns
    -------
    dict
        `exposure`, `outcome`; `mediator`: lies on a directed path from an exposure to an outcome;
        `common_cause`: leads to an exposure and to a further exposure or an outcome, neither path
        through an exposure; `consequence`: caused by an exposure or outcome, and no mediator;
        `other`.
    """
    fixed = dict.fromkeys(exposures, "exposure") | dict.fromkeys(outcomes, "outcome")
    after, before = diagram.descendants(exposures), diagram.ancestors(outcomes)
    followed = after | diagram.descendants(outcomes)
    past = tuple(edge for edge in diagram.edges if edge[0] not in exposures)
    apart = Graph(diagram.nodes, past)

    def part(node: str) -> str:
        if node in fixed:
            return fixed[node]
        if node in after & before:
            return "mediator"
        reached = apart.descendants([node])
        if reached & set(exposures) and len(reached & set(fixed)) > 1:
            return "common_cause"
        return "consequence" if node in followed else "other"

    return {node: part(node) for node in diagram.nodes}


def adjustment(plan: Plan, constructs: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """Judge what each planned model adjusts for.

    Parameters
    ----------
    plan
        The plan; nothing is judged unless it has a block `diagram`.
    constructs
        Items of each construct of the questionnaire.

    Returns
    -------
    pandas.DataFrame
        Columns as in `COLUMNS`, a row per exposure of each model whose outcome is in the diagram.
        Exposures are the predictors whose node has that role, and the terms that hypotheses are
        about: of a cross-partial the first, the second being its moderator. A node of which the
        model also has covariates is none, for the diagram does not say how its parts are related.
    """
    declared = plan.diagram
    if declared is None:
        return pd.DataFrame(columns=list(COLUMNS))
    nodes = Nodes(declared, plan.origins(constructs))
    rows = [
        _row(model, exposure, nodes)
        for model in plan.models
        if nodes.of(model.outcome)
        for exposure in exposures(model, plan, nodes)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(model: Model, exposure: Exposure, nodes: Nodes) -> dict[str, Any]:
    names = list(dict.fromkeys(each.name for each in model.entries))
    outcome = nodes.of(model.outcome)
    ends = (exposure.node, outcome)
    whole = [node for node in nodes.whole(names) if node not in ends]
    partly = [node for node in nodes.touched(names) if node not in (*ends, *whole)]
    held = [node for node in nodes.constant if exposure.within and node not in (*ends, *whole)]
    selected = selecting(model, nodes)
    diagram = _selecting(nodes.diagram, [node for node in selected if node not in whole])
    given = {*whole, *held, *({SELECTION} & set(diagram.nodes))}
    path = open_path(diagram, *ends, given, back_door=True)
    return {
        "model": model.id,
        "role": model.role,
        "hypotheses": ", ".join(exposure.hypotheses),
        "outcome": outcome,
        "exposure": exposure.node,
        "term": ", ".join(exposure.terms),
        "adjusted": ", ".join(whole),
        "held_constant": ", ".join(held),
        "partly_adjusted": ", ".join(partly),
        "selected_by": ", ".join(selected),
        "not_in_diagram": ", ".join(name for name in names if not nodes.touched([name])),
        "post_treatment": ", ".join(downstream(model, exposure.node, nodes)),
        "back_doors": "open" if path else "blocked",
        "open_path": " ".join(path),
        "colliders": ", ".join(open_colliders(diagram, *ends, given)),
    }


def _selecting(diagram: Graph, selected: Sequence[str]) -> Graph:
    """Add a common effect of the nodes by which respondents are selected."""
    if not selected:
        return diagram
    edges = tuple((node, SELECTION) for node in selected)
    return Graph((*diagram.nodes, SELECTION), (*diagram.edges, *edges))
