"""The block `variables`: what derived variables are made of, and which codes they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.errors import StudyError
from coproduction.inference.data.variables import columns_of
from coproduction.instrument.expressions import kind
from coproduction.instrument.possible import Codes, Numbers, Possible
from coproduction.plan.conditions import expression
from coproduction.plan.levels import in_expression, is_unordered
from coproduction.plan.names import Name, Names, code, variable
from coproduction.plan.problems import Path, Problem

Planned = Mapping[str, Any]


def derived(planned: Planned, names: Names) -> Name:
    """Describe a derived variable by what stands before it; as far as that can be known."""
    try:
        used = columns_of(planned)
    except StudyError:
        used = set()
    items = frozenset().union(*(names[name].items for name in used if name in names))
    possible = _possible(planned, names)
    return Name("number", possible, items, unordered=is_unordered(planned, possible, names))


def _possible(planned: Planned, names: Names) -> Possible:
    if "recode" in planned:
        return Codes(frozenset(map(float, planned["recode"]["values"].values())))
    if "count" in planned:
        return Numbers(low=0, whole=True)
    if "first" in planned:
        parts = [names[name].possible for name in planned["first"] if name in names]
        if len(parts) == len(planned["first"]) and all(isinstance(p, Codes) for p in parts):
            return Codes(frozenset().union(*(part.values for part in parts)))
        return None
    try:
        condition = kind(planned["expression"], {}) == "condition"
    except StudyError:
        return None
    return Codes(frozenset((0.0, 1.0))) if condition else None


def problems(path: Path, planned: Planned, names: Names) -> Iterator[Problem]:
    """Find what is wrong with one derived variable; `names` are those that stand before it."""
    if "expression" in planned:
        wrong = list(expression((*path, "expression"), planned["expression"], names))
        yield from wrong or in_expression((*path, "expression"), planned["expression"], names)
    elif "recode" in planned:
        yield from _recode((*path, "recode"), planned["recode"], names)
    elif "count" in planned:
        yield from _count((*path, "count"), planned["count"], names)
    else:
        for position, name in enumerate(planned["first"]):
            yield from variable((*path, "first", position), name, names, kinds=["number"])
    made = {planned["id"]: derived(planned, names)}
    for each in planned.get("categories", ()):
        yield from code((*path, "categories", each), planned["id"], int(each), made)


def _recode(path: Path, recode: Planned, names: Names) -> Iterator[Problem]:
    item = recode["item"]
    wrong = list(variable((*path, "item"), item, names, kinds=["number"]))
    yield from wrong
    for each in recode["values"] if not wrong else ():
        yield from code((*path, "values", each), item, int(each), names)


def _count(path: Path, count: Planned, names: Names) -> Iterator[Problem]:
    item = count["item"]
    wrong = list(variable((*path, "item"), item, names))
    yield from wrong
    if wrong:
        return
    if names[item].kind != "choices":
        yield (*path, "item"), f"`{item}` is no multiple choice, so that no ticks can be counted."
        return
    for position, each in enumerate(count.get("exclude", ())):
        yield from code((*path, "exclude", position), item, each, names)
