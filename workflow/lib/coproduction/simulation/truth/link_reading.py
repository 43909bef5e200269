"""How a variable comes about, read from its equation in a truth file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coproduction.simulation.structure.choices import Binary, Categories, Ordered, Ticks
from coproduction.simulation.structure.equations import (
    Aggregate,
    Before,
    Constant,
    Cut,
    Definition,
    Expression,
    Tally,
)
from coproduction.simulation.structure.links import Link
from coproduction.simulation.structure.numbers import Count, Lognormal, Normal, Uniform
from coproduction.simulation.truth.variables import Variable, ticked, usual_link

Entry = Mapping[str, Any]


def read_link(entry: Entry, variable: Variable) -> Link | Definition:
    """Make the link of an equation; checks have seen that there is one, and that it suits.

    Parameters
    ----------
    entry
        The equation.
    variable
        The variable that it is for.
    """
    return _number(entry, variable) or _choice(entry, variable) or _definition(entry, variable)


def _number(entry: Entry, variable: Variable) -> Link | None:
    match entry:
        case {"normal": own}:
            return Normal(**own)
        case {"lognormal": own}:
            return Lognormal(**own)
        case {"count": own}:
            return Count(**own)
        case {"uniform": own}:
            item = variable.item
            return Uniform(**own, whole=item is not None and item.type == "integer")
    return None


def _choice(entry: Entry, variable: Variable) -> Link | None:
    match entry:
        case {"logit": own}:
            return _binary(own, logit=True)
        case {"probit": own}:
            return _binary(own, logit=False)
        case {"ordered": own}:
            return Ordered(_codes(own), _shares(own), _groups(own))
        case {"categories": own}:
            return Categories(_codes(own), _shares(own), bool(own["causes"]), _groups(own))
        case {"ticks": own}:
            none = ticked(variable.item)[1] if variable.item is not None else None
            return Ticks(_codes(own), _shares(own), none=none)
    return None


def _definition(entry: Entry, variable: Variable) -> Link | Definition:
    match entry:
        case {"expression": text}:
            return Expression(text)
        case {"cut": own}:
            return Cut(own["of"], tuple(own["at"]), tuple(own["codes"]))
        case {"tally": name}:
            return Tally(name)
        case {"before": own}:
            return Before(**own)
        case {"aggregate": own}:
            return Aggregate(**own)
        case {"constant": value}:
            return Constant(value)
    return usual_link(variable.item)


def _binary(own: Entry, logit: bool) -> Binary:
    return Binary(
        logit=logit,
        rate=own.get("rate"),
        intercept=own.get("intercept"),
        values=tuple(own["values"]),
        exact=own["exact"],
        where=tuple((group["condition"], group["rate"]) for group in own["where"]),
    )


def _codes(own: Entry) -> tuple[int, ...]:
    return tuple(map(int, own["shares"]))


def _shares(own: Entry) -> tuple[float, ...]:
    return tuple(own["shares"].values())


def _groups(own: Entry) -> tuple[tuple[str, tuple[float, ...]], ...]:
    return tuple(
        (group["condition"], tuple(group["shares"].get(code, 0.0) for code in own["shares"]))
        for group in own["where"]
    )
