"""The block `descriptions`: what is described, and by which groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.plan.conditions import expression
from coproduction.plan.levels import as_number
from coproduction.plan.names import Names, variable
from coproduction.plan.problems import Problem


def problems(plan: Mapping[str, Any], names: Names) -> Iterator[Problem]:
    """Find what is wrong with the planned descriptions."""
    for position, planned in enumerate(plan.get("descriptions", ())):
        path, level = ("descriptions", position), planned.get("level", "")
        if level and "communities" not in plan:
            yield (*path, "level"), "needs a block `communities` in the plan."
        numbers = ("outcome", "by") if level else ("outcome",)
        for key in ("outcome", "by", "cluster"):
            if key in planned:
                kinds = ["number"] if key in numbers else ["number", "text"] if key == "by" else []
                yield from variable((*path, key), planned[key], names, level, kinds)
            if key in planned and key in numbers:
                yield from as_number((*path, key), planned[key], names)
        for key in ("subset", "cluster") if level else ():
            if key in planned:
                yield (*path, key), "every community is drawn; leave it out."
        if "subset" in planned and not level:
            yield from expression((*path, "subset"), planned["subset"], names, condition=True)
