"""The block `diagram`: nodes that stand for variables, and arrows between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from coproduction.numerics.graph import Graph, cycle
from coproduction.plan.options import Level, NodeRole
from coproduction.plan.vocabulary.names import VARIABLE, Names
from coproduction.yamlfiles.problems import Path, Problem, unknown


@dataclass(frozen=True, kw_only=True)
class Node:
    """What may cause or be caused.

    Attributes
    ----------
    id
        Its name; where it names no variables, that of the one it stands for.
    label
        Short name in the figure by language, if it has one of its own.
    variables
        Items, constructs and derived variables that it stands for, if it lists them.
    role
        Whether the plan is about it as an exposure or an outcome.
    level
        `communities` if it is the same for everybody in one.
    unmeasured
        Whether nobody measured it.
    """

    id: str
    label: Mapping[str, str] | None = None
    variables: tuple[str, ...] | None = None
    role: NodeRole | None = None
    level: Level | None = None
    unmeasured: bool = False

    @property
    def measured_by(self) -> tuple[str, ...]:
        """Variables that it stands for: those listed, or the one of its name."""
        if self.unmeasured:
            return ()
        return (self.id,) if self.variables is None else self.variables


@dataclass(frozen=True, kw_only=True)
class CausalDiagram:
    """The causes that a plan assumes.

    Attributes
    ----------
    label
        What it shows by language.
    nodes
        Its nodes.
    edges
        Pairs of cause and effect, by the names of the nodes.
    """

    label: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]

    @cached_property
    def graph(self) -> Graph:
        """Nodes and edges alone."""
        return Graph(tuple(node.id for node in self.nodes), self.edges)

    def with_role(self, role: NodeRole) -> list[str]:
        """Name the nodes that the plan is about in this role."""
        return [node.id for node in self.nodes if node.role == role]


def problems(diagram: CausalDiagram, names: Names) -> Iterator[Problem]:
    """Find what is wrong with the causal diagram."""
    yield from _nodes(diagram, names)
    yield from _edges(diagram)


def _nodes(diagram: CausalDiagram, names: Names) -> Iterator[Problem]:
    """Check that nodes stand for variables, no item in two of them."""
    owners: dict[str, str] = {}
    seen: set[str] = set()
    for position, node in enumerate(diagram.nodes):
        path = ("diagram", "nodes", position)
        if node.id in seen:
            yield path, f"the node `{node.id}` stands twice."
        seen.add(node.id)
        if node.unmeasured:
            if node.variables is not None or node.label is None:
                yield path, "an unmeasured node has a `label` and stands for no `variables`."
            continue
        if node.variables is not None and node.id not in names and node.label is None:
            yield path, f"the node `{node.id}` needs a `label`."
        yield from _variables(path, node, names, owners)
    for role in ("exposure", "outcome"):
        if not diagram.with_role(role):
            yield ("diagram", "nodes"), f"no node has the role `{role}`."


def _variables(path: Path, node: Node, names: Names, owners: dict[str, str]) -> Iterator[Problem]:
    for position, name in enumerate(node.measured_by):
        place = path if node.variables is None else (*path, "variables", position)
        if name not in names:
            remedy = "; name the node's `variables`, or call it `unmeasured`"
            what = f"`{name}` {VARIABLE}{remedy if node.variables is None else ''}"
            yield place, unknown(name, list(names), what)
            continue
        for item in sorted(names[name].items):
            if owners.setdefault(item, node.id) != node.id:
                yield place, f"`{item}` stands in the nodes `{owners[item]}` and `{node.id}`."


def _edges(diagram: CausalDiagram) -> Iterator[Problem]:
    """Find edges that name no node, lead nowhere, stand twice or go round in a circle."""
    names = diagram.graph.nodes
    seen: list[tuple[str, str]] = []
    for position, edge in enumerate(diagram.edges):
        path, written = ("diagram", "edges", position), " -> ".join(edge)
        for place, name in enumerate(edge):
            if name not in names:
                what = f"`{written}`: there is no node `{name}`"
                yield (*path, place), unknown(name, names, what)
        if edge[0] == edge[1]:
            yield path, f"`{written}` leads from a node to itself."
            continue
        if edge in seen:
            yield path, f"`{written}` stands twice."
            continue
        seen.append(edge)
        if circle := cycle(seen):
            told = f"`{written}` closes a circle, and no cause follows from its effect: "
            yield path, f"{told}`{' -> '.join(circle)}`."
            seen.pop()
    for position, name in enumerate(names):
        if not any(name in edge for edge in diagram.edges):
            yield ("diagram", "nodes", position), f"no edge touches `{name}`."
