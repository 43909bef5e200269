"""The block `moderation`: the model, its term, and the variable between whose cells it differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.plan.models.model import Model
from coproduction.plan.models.models import entry, terms_of_model
from coproduction.plan.options import Status
from coproduction.plan.vocabulary.names import Names, one_of
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.plan.vocabulary.terms import Terms, term
from coproduction.yamlfiles.problems import Path, Problem


@dataclass(frozen=True, kw_only=True)
class Moderation:
    """The slope of a term in each cell of another variable.

    Attributes
    ----------
    id, label
        Its name, and what it shows by language.
    model
        Model that the products are added to.
    variable
        Term of the model whose slope is compared.
    by
        Variable between whose cells it is compared. What it does not say of a variable that the
        model has is taken from there.
    status
        What it counts as.
    minimum_cell
        Fewest analysed respondents in each cell; 0 if there is no such rule.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    model: str
    variable: str
    by: Predictor
    status: Status
    minimum_cell: int = 0


def problems(
    planned: Sequence[Moderation], models: Mapping[str, Model], names: Names
) -> Iterator[Problem]:
    """Find what is wrong with the planned moderations."""
    for position, each in enumerate(planned):
        path = ("moderation", position)
        yield from one_of((*path, "model"), each.model, list(models), "model")
        if each.model not in models:
            continue
        model = models[each.model]
        known = terms_of_model(model, names)
        yield from term((*path, "variable"), each.variable, known)
        own = model.entry(each.by.name)
        merged = each.by.over(own) if own else each.by
        yield from entry((*path, "by"), merged, names, model.level)
        yield from _moderator((*path, "by"), each, model.outcome, own, known)


def _moderator(
    path: Path, planned: Moderation, outcome: str, own: Predictor | None, known: Terms
) -> Iterator[Problem]:
    """Check what only a moderator must not be; `own` is the model's entry of its variable."""
    by = planned.by
    if by.split or (own and own.split):
        yield (*path, "split"), "a moderator is one term, not two; leave `split` out."
    if by.name == outcome:
        yield (*path, "variable"), f"`{by.name}` is the outcome of the model itself."
    moderated = known.single.get(planned.variable)
    categorical = by.categorical or (own and own.categorical)
    if moderated and moderated.variable == by.variable and categorical:
        yield (*path, "variable"), f"`{by.name}` cannot moderate its own category."
    if by.categorical and own and not own.categorical:
        used = {term for pair in known.products for term in pair}
        if by.name in used:
            told = f"the model holds products of `{by.name}` as a number"
            yield (*path, "categorical"), f"{told}; leave `categorical` out."
