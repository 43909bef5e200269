"""The blocks `keep_apart`, `populations` and `checks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.plan.vocabulary.names import Names
from coproduction.yamlfiles.problems import Problem, unknown


@dataclass(frozen=True)
class KeepApart:
    """Items that must never predict others, and whatever is made of them.

    Attributes
    ----------
    predictors, outcomes
        Items that must not predict, and that they must not predict.
    reason
        Why.
    """

    predictors: tuple[str, ...]
    outcomes: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Population:
    """Who meets a condition.

    Attributes
    ----------
    condition
        The condition, letter by letter as under `subset`.
    label
        Who meets it, by language.
    """

    condition: str
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Checks:
    """Checks beside the planned tests; None where there is no such check.

    Attributes
    ----------
    bootstrap
        Draws of the wild cluster bootstrap.
    bins
        Bins of the moderator in the check of linear interactions.
    """

    bootstrap: int | None = None
    bins: int | None = None


def apart(planned: Sequence[KeepApart], names: Names) -> Iterator[Problem]:
    """Find names that are no items, which a rule could not hold apart."""
    items = [name for name, each in names.items() if each.items == {name}]
    for position, rule in enumerate(planned):
        for key, named in (("predictors", rule.predictors), ("outcomes", rule.outcomes)):
            for place, name in enumerate(named):
                path = ("keep_apart", position, key, place)
                if name in items:
                    continue
                if name in names and names[name].items:
                    made = ", ".join(sorted(names[name].items))
                    yield path, f"`{name}` is made of items; name these in its place: {made}."
                else:
                    yield path, unknown(name, items, f"there is no item `{name}`")


def populations(planned: Sequence[Population], subsets: Sequence[str | None]) -> Iterator[Problem]:
    """Find conditions that no model, description or cell of a grid has."""
    used = list(dict.fromkeys(condition for condition in subsets if condition is not None))
    for position, population in enumerate(planned):
        condition = population.condition
        if condition not in used:
            what = f"no model or description has the `subset` `{condition}`"
            yield ("populations", position, "condition"), unknown(condition, used, what)
