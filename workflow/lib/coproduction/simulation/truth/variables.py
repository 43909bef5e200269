"""What can be a variable of a truth file, and how it comes about where the file does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument, Item
from coproduction.instrument.expressions import holds, variables_in
from coproduction.simulation.structure.choices import Categories, Ticks
from coproduction.simulation.structure.equations import COMMUNITIES, PERSONS, Level
from coproduction.simulation.structure.links import Link
from coproduction.simulation.structure.numbers import Count, Normal
from coproduction.simulation.truth.content import STYLES

TICKED, TYPICAL_COUNT, SPREADS_IN_RANGE = 0.3, 10.0, 6
CHOICES, NUMBERS = ("select_one", "random"), ("integer", "decimal")
APART = ("cluster", "attention_check", "marker")
"""Roles of questions that no equation is for."""


@dataclass(frozen=True)
class Variable:
    """Something that an equation can be for.

    Attributes
    ----------
    level
        Whose it is.
    item
        The question that asks for it, if one does.
    """

    level: Level
    item: Item | None = None


def variables(
    equations: Mapping[str, Any], main: Instrument, sheet: Instrument | None
) -> dict[str, Variable]:
    """Name every variable: constructs, facets, questions, styles, what only the file names.

    Parameters
    ----------
    equations
        The block `equations` of the truth file.
    main, sheet
        Questionnaire of the persons and, if there is one, of the communities.
    """
    found = {name: Variable(PERSONS) for name in constructs(main)}
    found |= {name: Variable(PERSONS) for name in facets(main)}
    found |= {name: Variable(PERSONS) for name in STYLES}
    found |= {item.id: Variable(PERSONS, item) for item in plain_items(main)}
    if sheet is not None:
        found |= {item.id: Variable(COMMUNITIES, item) for item in plain_items(sheet)}
    for name, entry in equations.items():
        level = COMMUNITIES if "aggregate" in entry else entry["level"]
        found.setdefault(name, Variable(level))
    return found


def constructs(main: Instrument) -> list[str]:
    """Name the constructs that have items."""
    return [name for name in main.constructs if main.scale(name)]


def facets(main: Instrument) -> dict[str, str]:
    """Name the facets that have items, as `construct_facet`, with their constructs."""
    return {
        facet_of(item): item.construct for item in main.questions if item.facet and item.construct
    }


def facet_of(item: Item) -> str:
    """Name of an item's facet."""
    return f"{item.construct}_{item.facet}"


def plain_items(instrument: Instrument) -> list[Item]:
    """Questions with a number or a choice that belong to no scale."""
    return [
        item
        for item in instrument.questions
        if not item.construct
        and item.role not in APART
        and item.type in (*CHOICES, *NUMBERS, "select_multiple")
    ]


def usual_link(item: Item | None) -> Link:
    """Say how a variable comes about where the truth file does not."""
    if item is None:
        return Normal()
    if item.type == "select_multiple":
        codes, none = ticked(item)
        return Ticks(codes, (TICKED,) * len(codes), none=none)
    if item.response_set is not None:
        lasting = tuple(code for code in item.values if not _ends(item, code))
        return Categories(lasting, (1.0,) * len(lasting))
    if item.limits is None:
        return Count(TYPICAL_COUNT)
    low, high = item.limits
    return Normal((low + high) / 2, sd=(high - low) / SPREADS_IN_RANGE)


def ticked(item: Item) -> tuple[tuple[int, ...], int | None]:
    """Codes that can be ticked together, and the one that excludes all others."""
    exclusive = [option.value for option in item.options if option.exclusive]
    codes = tuple(option.value for option in item.options if not option.exclusive)
    return codes, exclusive[0] if exclusive else None


def _ends(item: Item, code: int) -> bool:
    """Whether an answer ends the interview by itself."""
    rule = item.terminate_if
    if not rule or variables_in(rule) != {item.id}:
        return False
    return bool(holds(rule, pd.DataFrame({item.id: [float(code)]})).iloc[0])
