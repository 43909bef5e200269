"""Which nodes of the causal diagram a model is about, and what of it follows from these.

A variable belongs to a node if all items it is made from do. The second term of a cross-partial is
its moderator, and no exposure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from coproduction.instrument.expressions import variables_in
from coproduction.numerics.graph import Graph
from coproduction.plan.hypotheses.diagram import CausalDiagram
from coproduction.plan.hypotheses.hypotheses import Estimand
from coproduction.plan.models.model import Model
from coproduction.plan.options import COMMUNITIES, CROSS_PARTIAL, TOTAL
from coproduction.plan.plan import Plan
from coproduction.plan.vocabulary.predictors import WITHIN, Predictor
from coproduction.yamlfiles.problems import Problem


@dataclass(frozen=True)
class Exposure:
    """A node whose effect a model is about.

    Attributes
    ----------
    node
        Its name.
    within
        Whether it varies within clusters only.
    terms
        Terms of the model that stand for it.
    hypotheses
        Hypotheses that rest on these terms.
    """

    node: str
    within: bool
    terms: tuple[str, ...]
    hypotheses: tuple[str, ...]


@dataclass(frozen=True)
class Nodes:
    """Nodes of a declared diagram and the items they stand for.

    Attributes
    ----------
    declared
        The diagram.
    origins
        Items that whatever has a name in the plan is made from.
    """

    declared: CausalDiagram
    origins: Mapping[str, set[str]]

    @cached_property
    def diagram(self) -> Graph:
        """Nodes and arrows alone."""
        return self.declared.graph

    @cached_property
    def exposures(self) -> list[str]:
        """Nodes that the plan is about as exposures."""
        return self.declared.with_role("exposure")

    @cached_property
    def constant(self) -> list[str]:
        """Nodes that are the same for a whole community."""
        return [node.id for node in self.declared.nodes if node.level == COMMUNITIES]

    @cached_property
    def items(self) -> dict[str, set[str]]:
        """Items of each node; none of an unmeasured one."""
        return {
            node.id: set().union(*map(self.made_from, node.measured_by))
            for node in self.declared.nodes
        }

    def made_from(self, variable: str) -> set[str]:
        """Items of a variable."""
        return self.origins.get(variable, {variable})

    def of(self, variable: str) -> str:
        """Node that a variable belongs to, or nothing."""
        made = self.made_from(variable)
        return next((node for node, items in self.items.items() if made <= items), "")

    def touched(self, variables: Collection[str]) -> list[str]:
        """Nodes that variables have an item of."""
        made = set().union(*map(self.made_from, variables))
        return [node for node, items in self.items.items() if made & items]

    def whole(self, variables: Collection[str]) -> list[str]:
        """Nodes that variables hold every item of."""
        made = set().union(*map(self.made_from, variables))
        return [node for node, items in self.items.items() if items and items <= made]


def exposures(model: Model, plan: Plan, nodes: Nodes) -> list[Exposure]:
    """Find the nodes whose effect a model is about, in the order of the diagram."""
    outcome = nodes.of(model.outcome)
    covariates = {nodes.of(each.name) for each in model.covariates}
    found: dict[tuple[str, bool], dict[str, dict[str, None]]] = {}

    def add(term: str, hypothesis: str | None) -> None:
        variable, within = _variable(term, model.predictors)
        node = nodes.of(variable)
        if not node or node == outcome or node in covariates:
            return
        entry = found.setdefault((node, within), {"terms": {}, "hypotheses": {}})
        entry["terms"][term] = None
        if hypothesis:
            entry["hypotheses"][hypothesis] = None

    for hypothesis in plan.hypotheses:
        if hypothesis.model == model.id:
            for term in _focal(hypothesis.estimand):
                add(term, hypothesis.id)
    for each in model.predictors:
        if nodes.of(each.name) in nodes.exposures:
            add(next(iter(each.terms)), None)
    order = {node: place for place, node in enumerate(nodes.diagram.nodes)}
    return [
        Exposure(node, within, tuple(entry["terms"]), tuple(entry["hypotheses"]))
        for (node, within), entry in sorted(found.items(), key=lambda each: order[each[0][0]])
    ]


def _focal(estimand: Estimand) -> Sequence[str]:
    """Terms whose effect an estimand is about."""
    if estimand.kind == CROSS_PARTIAL:
        return estimand.variables[:1]
    return estimand.variables or [estimand.term]


def _variable(term: str, predictors: Sequence[Predictor]) -> tuple[str, bool]:
    """Variable of a term, and whether it is the deviation from the mean of the cluster."""
    name = term.partition(":")[0].partition("[")[0]
    for each in predictors:
        if name in each.terms:
            return each.name, each.terms[name] == WITHIN
    return name, False


def selecting(model: Model, nodes: Nodes) -> list[str]:
    """Name the nodes by which a model's condition selects."""
    return [] if model.subset is None else nodes.touched(variables_in(model.subset))


def downstream(model: Model, exposure: str, nodes: Nodes) -> list[str]:
    """Name the nodes that follow from an exposure and are adjusted for, wholly, partly or by whom.

    An effect that passes through them is no longer the total one.
    """
    names = [each.name for each in model.entries]
    conditioned = {*nodes.touched(names), *selecting(model, nodes)}
    after = nodes.diagram.descendants([exposure]) - {exposure}
    return [node for node in nodes.diagram.nodes if node in after & conditioned]


def problems(plan: Plan, constructs: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Find hypotheses and mediations that the diagram rules out.

    The effect of a hypothesis has to be the one that its model gives under the diagram.

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
    yield from _order(plan, nodes)
    for position, hypothesis in enumerate(plan.hypotheses):
        model = plan.by_name[hypothesis.model]
        about = [each for each in exposures(model, plan, nodes) if hypothesis.id in each.hypotheses]
        if not about or not nodes.of(model.outcome):
            continue
        found = {each.node: downstream(model, each.node, nodes) for each in about}
        after = list(dict.fromkeys(node for each in found.values() for node in each))
        path = ("hypotheses", position)
        if hypothesis.effect == TOTAL and after and not hypothesis.adjusts_because:
            yield (
                (*path, "model"),
                f"`{model.id}` adjusts for {_listed(after)}, which by the diagram follows from "
                f"{_listed(found)}, and {hypothesis.id} is about a total effect: name a model "
                "without it, write `effect: direct`, or say why under `adjusts_because`.",
            )
        elif not after and hypothesis.effect != TOTAL:
            yield (
                (*path, "effect"),
                f"by the diagram `{model.id}` adjusts for nothing that follows from "
                f"{_listed(found)}, so that its effect is the total one; leave `effect` out.",
            )
        elif not after and hypothesis.adjusts_because:
            yield (
                (*path, "adjusts_because"),
                f"by the diagram `{model.id}` adjusts for nothing that follows from "
                f"{_listed(found)}; leave it out.",
            )


def _order(plan: Plan, nodes: Nodes) -> Iterator[Problem]:
    """Find mediations in an order that the diagram rules out."""
    for position, each in enumerate(plan.mediations):
        along = each.along(*each.through)
        for place, later in enumerate(along):
            node = nodes.of(later)
            after = nodes.diagram.descendants([node]) - {node} if node else set()
            for earlier in along[:place]:
                if nodes.of(earlier) in after:
                    yield (
                        ("mediations", position),
                        f"by the diagram `{earlier}` follows from `{later}`, and cannot stand "
                        "before it in a mediation.",
                    )


def _listed(nodes: Collection[str]) -> str:
    return ", ".join(f"`{node}`" for node in nodes)
