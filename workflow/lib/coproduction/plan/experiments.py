"""The block `experiments`: outcome, randomised factors, and characteristics that are balanced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.plan.vocabulary.names import Names, as_number, variable
from coproduction.yamlfiles.problems import Problem

BINARY = {"0", "1"}
FEW_VALUES = 8
"""The balance of a variable with at most so many values is that of the share of each."""


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A randomised experiment within the questionnaire.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    outcome
        Outcome.
    factors
        One or two randomised 0/1 items.
    balance
        Variables whose balance over the arms is tabulated.
    permutations
        Re-randomisations of the arms.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    outcome: str
    factors: tuple[str, ...]
    balance: tuple[str, ...] = ()
    permutations: int


def problems(planned: Sequence[Experiment], names: Names) -> Iterator[Problem]:
    """Find what is wrong with the planned experiments."""
    for position, each in enumerate(planned):
        path = ("experiments", position)
        yield from variable((*path, "outcome"), each.outcome, names, kinds=["number"])
        yield from as_number((*path, "outcome"), each.outcome, names)
        for key, named in (("factors", each.factors), ("balance", each.balance)):
            for place, name in enumerate(named):
                yield from variable((*path, key, place), name, names, kinds=["number"])
        for place, name in enumerate(each.balance):
            codes = names[name].codes or () if name in names and names[name].unordered else ()
            if len(codes) > FEW_VALUES:
                message = f"`{name}` has no order and more than {FEW_VALUES} categories; join some."
                yield (*path, "balance", place), message
        for place, name in enumerate(each.factors):
            known = names[name].codes if name in names else None
            if known is not None and not set(known) <= BINARY:
                message = f"`{name}` must be 0 or 1 (its codes: {', '.join(known)})."
                yield (*path, "factors", place), message
        if len(set(each.factors)) < len(each.factors):
            yield (*path, "factors"), "a factor stands twice."
