"""Alternatives of a grid that the causal diagram forbids.

A cell must not adjust for, or select by, what follows from the exposure and the primary model
leaves free, for its effect is then another one; nor can what the exposure follows from be its
outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from coproduction.plan.grid.cells import changed
from coproduction.plan.hypotheses.causal import Nodes, downstream, exposures
from coproduction.plan.models.model import Model
from coproduction.plan.plan import Plan
from coproduction.yamlfiles.problems import Problem


def problems(plan: Plan, constructs: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Find alternatives whose effect is another one under the diagram.

    Parameters
    ----------
    plan
        A plan without other problems.
    constructs
        Items of each construct of the questionnaire.
    """
    if plan.diagram is None:
        return
    nodes = Nodes(plan.diagram, plan.origins(constructs))
    for place, grid in enumerate(plan.grids):
        primary = plan.primary_of(grid)
        about = [
            each.node
            for each in exposures(primary, plan, nodes)
            if set(each.hypotheses) & set(grid.hypotheses)
        ]
        for dimension, position, each in grid.placed():
            path = ("grids", place, "dimensions", dimension, position)
            model = changed(primary, [each])
            yield from ((path, message) for message in _forbidden(model, primary, about, nodes))


def _forbidden(model: Model, primary: Model, about: Sequence[str], nodes: Nodes) -> Iterator[str]:
    outcome = nodes.of(model.outcome)
    for exposure in about:
        usual = downstream(primary, exposure, nodes)
        after = [
            node for node in downstream(model, exposure, nodes) if node not in (*usual, outcome)
        ]
        if after:
            told = ", ".join(f"`{node}`" for node in after)
            yield (
                f"it adjusts for, or selects by, {told}, which by the diagram follows from "
                f"`{exposure}`; leave it out, for its effect is not that of the hypothesis."
            )
        before = nodes.diagram.ancestors([exposure]) if outcome else set()
        if outcome in before:
            yield (
                f"by the diagram `{exposure}` follows from `{outcome}`, so that it is no outcome "
                "of it; leave it out."
            )
