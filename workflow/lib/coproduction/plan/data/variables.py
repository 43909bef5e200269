"""The block `variables`: what derived variables are made of, and which codes they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from coproduction.errors import StudyError
from coproduction.instrument.checks.items import UNORDERED
from coproduction.instrument.expressions import kind, variables_in
from coproduction.instrument.possible import Codes, Numbers, Possible
from coproduction.plan.options import VariableLevel
from coproduction.plan.vocabulary.conditions import expression
from coproduction.plan.vocabulary.names import Name, Names, code, in_expression, variable
from coproduction.yamlfiles.problems import Path, Problem


@dataclass(frozen=True)
class Recode:
    """New numbers for the codes of an item; codes left out become missing."""

    item: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Count:
    """Number of ticked options of a multiple choice, without some."""

    item: str
    exclude: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One derived variable, made in exactly one of four ways.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    categories
        Names of its categories by code and language.
    level
        Level of measurement, if the plan says one.
    expression
        Arithmetic or condition over items.
    recode
        New values of one item.
    count
        Ticks that are counted.
    first
        Items or variables of which the first that is known is taken.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    level: VariableLevel | None = None
    expression: str | None = None
    recode: Recode | None = None
    count: Count | None = None
    first: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        """Columns that it is made of.

        Raises
        ------
        StudyError
            If its expression is none.
        """
        if self.expression is not None:
            return variables_in(self.expression)
        made = self.recode or self.count
        return {made.item} if made else set(self.first)


def derived(planned: Variable, names: Names) -> Name:
    """Describe a derived variable by what stands before it; as far as that can be known."""
    try:
        used = planned.columns
    except StudyError:
        used = set()
    items = frozenset().union(*(names[name].items for name in used if name in names))
    possible = _possible(planned, names)
    return Name("number", possible, items, unordered=_is_unordered(planned, possible, names))


def _possible(planned: Variable, names: Names) -> Possible:
    if planned.recode:
        return Codes(frozenset(map(float, planned.recode.values.values())))
    if planned.count:
        return Numbers(low=0, whole=True)
    if planned.expression is None:
        parts = [names[name].possible for name in planned.first if name in names]
        codes = [part.values for part in parts if isinstance(part, Codes)]
        return Codes(frozenset().union(*codes)) if len(codes) == len(planned.first) else None
    try:
        condition = kind(planned.expression, {}) == "condition"
    except StudyError:
        return None
    return Codes(frozenset((0.0, 1.0))) if condition else None


def _is_unordered(planned: Variable, possible: Possible, names: Names) -> bool:
    """Tell whether it holds categories without order.

    It does where the plan says so, or names its categories, or where it takes over or recodes a
    variable that does; unless there are only two.
    """
    if isinstance(possible, Codes) and len(possible.values) < UNORDERED:
        return False
    if planned.level:
        return planned.level == "nominal"
    if len(planned.categories) >= UNORDERED:
        return True
    taken_over = (planned.expression or "").strip()
    used = [planned.recode.item] if planned.recode else [*planned.first, taken_over]
    return any(name in names and names[name].unordered for name in used)


def problems(path: Path, planned: Variable, names: Names) -> Iterator[Problem]:
    """Find what is wrong with one derived variable; `names` are those that stand before it."""
    if planned.expression is not None:
        wrong = list(expression((*path, "expression"), planned.expression, names))
        yield from wrong or in_expression((*path, "expression"), planned.expression, names)
    if planned.recode:
        yield from _recode((*path, "recode"), planned.recode, names)
    if planned.count:
        yield from _count((*path, "count"), planned.count, names)
    for position, name in enumerate(planned.first):
        yield from variable((*path, "first", position), name, names, kinds=["number"])
    made = {planned.id: derived(planned, names)}
    for each in planned.categories:
        yield from code((*path, "categories", each), planned.id, int(each), made)


def _recode(path: Path, recode: Recode, names: Names) -> Iterator[Problem]:
    wrong = list(variable((*path, "item"), recode.item, names, kinds=["number"]))
    yield from wrong
    for each in recode.values if not wrong else ():
        yield from code((*path, "values", each), recode.item, int(each), names)


def _count(path: Path, count: Count, names: Names) -> Iterator[Problem]:
    wrong = list(variable((*path, "item"), count.item, names))
    yield from wrong
    if wrong:
        return
    if names[count.item].kind != "choices":
        message = f"`{count.item}` is no multiple choice, so that no ticks can be counted."
        yield (*path, "item"), message
        return
    for position, each in enumerate(count.exclude):
        yield from code((*path, "exclude", position), count.item, each, names)
