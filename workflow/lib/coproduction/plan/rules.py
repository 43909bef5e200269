"""The blocks `keep_apart`, `populations` and `specifications`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.plan.names import Names
from coproduction.plan.problems import Problem, unknown


def apart(plan: Mapping[str, Any], names: Names) -> Iterator[Problem]:
    """Find names that are no items, which a rule could not hold apart."""
    items = [name for name, each in names.items() if each.items == {name}]
    for position, rule in enumerate(plan.get("keep_apart", ())):
        for key in ("predictors", "outcomes"):
            for place, name in enumerate(rule[key]):
                path = ("keep_apart", position, key, place)
                if name in items:
                    continue
                if name in names and names[name].items:
                    made = ", ".join(sorted(names[name].items))
                    yield path, f"`{name}` is made of items; name these in its place: {made}."
                else:
                    yield path, unknown(name, items, f"there is no item `{name}`")


def populations(plan: Mapping[str, Any]) -> Iterator[Problem]:
    """Find conditions that no model or description has."""
    planned = [*plan.get("models", ()), *plan.get("descriptions", ())]
    used = list(dict.fromkeys(each["subset"] for each in planned if "subset" in each))
    for position, population in enumerate(plan.get("populations", ())):
        condition = population["condition"]
        if condition not in used:
            what = f"no model or description has the `subset` `{condition}`"
            yield ("populations", position, "condition"), unknown(condition, used, what)


def specifications(plan: Mapping[str, Any]) -> Iterator[Problem]:
    """Find outcomes that no model has."""
    outcomes = list(dict.fromkeys(model["outcome"] for model in plan.get("models", ())))
    for position, name in enumerate(plan.get("specifications", {}).get("outcomes", ())):
        if name not in outcomes:
            what = f"no model has the outcome `{name}`"
            yield ("specifications", "outcomes", position), unknown(name, outcomes, what)
