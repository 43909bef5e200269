"""The block `diagram`: nodes that stand for variables, and arrows between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.inference.causal.adjustment import variables_of
from coproduction.inference.causal.diagram import cycle
from coproduction.plan.names import VARIABLE, Names
from coproduction.plan.problems import Path, Problem, unknown


def problems(plan: Mapping[str, Any], names: Names) -> Iterator[Problem]:
    """Find what is wrong with the causal diagram."""
    if "diagram" in plan:
        yield from _nodes(plan["diagram"], names)
        yield from _edges(plan["diagram"])


def _nodes(diagram: Mapping[str, Any], names: Names) -> Iterator[Problem]:
    """Check that nodes stand for variables, no item in two of them."""
    owners: dict[str, str] = {}
    seen: set[str] = set()
    for position, node in enumerate(diagram["nodes"]):
        path = ("diagram", "nodes", position)
        if node["id"] in seen:
            yield path, f"the node `{node['id']}` stands twice."
        seen.add(node["id"])
        if node.get("unmeasured"):
            if "variables" in node or "label" not in node:
                yield path, "an unmeasured node has a `label` and stands for no `variables`."
            continue
        if "variables" in node and node["id"] not in names and "label" not in node:
            yield path, f"the node `{node['id']}` needs a `label`."
        yield from _variables(path, node, names, owners)
    for role in ("exposure", "outcome"):
        if not any(node.get("role") == role for node in diagram["nodes"]):
            yield ("diagram", "nodes"), f"no node has the role `{role}`."


def _variables(
    path: Path, node: Mapping[str, Any], names: Names, owners: dict[str, str]
) -> Iterator[Problem]:
    for name in variables_of(node):
        if name not in names:
            what = (
                f"`{name}` {VARIABLE}; name the node's `variables`, or call it `unmeasured`"
                if "variables" not in node
                else f"`{name}` {VARIABLE}"
            )
            yield path, unknown(name, list(names), what)
            continue
        for item in sorted(names[name].items):
            if owners.setdefault(item, node["id"]) != node["id"]:
                yield path, f"`{item}` stands in the nodes `{owners[item]}` and `{node['id']}`."


def _edges(diagram: Mapping[str, Any]) -> Iterator[Problem]:
    """Find edges that name no node, lead nowhere, stand twice or go round in a circle."""
    names = [node["id"] for node in diagram["nodes"]]
    seen: list[tuple[str, ...]] = []
    for position, edge in enumerate(map(tuple, diagram["edges"])):
        path, written = ("diagram", "edges", position), " -> ".join(edge)
        for name in edge:
            if name not in names:
                yield path, unknown(name, names, f"`{written}`: there is no node `{name}`")
        if edge[0] == edge[1]:
            yield path, f"`{written}` leads from a node to itself."
            continue
        if edge in seen:
            yield path, f"`{written}` stands twice."
            continue
        seen.append(edge)
        if circle := cycle(seen):
            yield (
                path,
                (
                    f"`{written}` closes a circle, and no cause follows from its effect: "
                    f"`{' -> '.join(circle)}`."
                ),
            )
            seen.pop()
    for position, name in enumerate(names):
        if not any(name in edge for edge in diagram["edges"]):
            yield ("diagram", "nodes", position), f"no edge touches `{name}`."
