"""The block `communities`: how their sheets are joined, and what is summarised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coproduction.instrument.definition import Instrument
from coproduction.plan.levels import as_number
from coproduction.plan.names import COMMUNITIES, Name, Names, one_of, variable
from coproduction.plan.problems import Problem


def summaries(plan: Mapping[str, Any], names: Names) -> dict[str, Name]:
    """Describe the planned summaries of communities."""
    found = {}
    for summary in plan.get("communities", {}).get("summaries", ()):
        used = [summary[key] for key in ("variable", "by") if key in summary]
        items = frozenset().union(*(names[name].items for name in used if name in names))
        found[summary["id"]] = Name("number", items=items, level=COMMUNITIES)
    return found


def problems(
    plan: Mapping[str, Any], names: Names, main: Instrument, sheets: Sequence[Instrument]
) -> Iterator[Problem]:
    """Find what is wrong with the block."""
    rule = plan.get("communities")
    if not rule:
        return
    for position, summary in enumerate(rule.get("summaries", ())):
        path = ("communities", "summaries", position)
        if (summary["statistic"] == "concentration") != ("by" in summary):
            yield path, "a concentration takes `by`, and nothing else does."
        for key in ("variable", "by"):
            if key in summary:
                yield from variable((*path, key), summary[key], names, kinds=["number"])
                yield from as_number((*path, key), summary[key], names)
    known = [item.id for sheet in sheets for item in sheet.questions]
    yield from one_of(("communities", "cluster"), rule["cluster"], list(main.by_id), "item")
    if not sheets:
        yield ("communities", "key"), "the study has no second questionnaire that could be joined."
    else:
        yield from one_of(("communities", "key"), rule["key"], known, "item of a sheet")
