"""The cells of a grid: every combination of choices that is not excluded, and its model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from coproduction.plan.grid.grid import Alternative, Grid
from coproduction.plan.models.model import Model
from coproduction.plan.options import DIMENSIONS, PRIMARY
from coproduction.plan.vocabulary.predictors import Predictor


@dataclass(frozen=True)
class Cell:
    """A combination of choices.

    Attributes
    ----------
    number
        Its number in the grid, from 1, which is the primary specification.
    choices
        By dimension the name of what is chosen.
    model
        The model that it makes, under a name of its own.
    leaving_out
        Whether clusters are left out of it one at a time, besides.
    """

    number: int
    choices: Mapping[str, str]
    model: Model
    leaving_out: bool = False

    @property
    def primary(self) -> bool:
        """Whether it is the primary specification."""
        return self.number == 1


def cells(grid: Grid, primary: Model) -> list[Cell]:
    """Make every cell of a grid, the primary specification first.

    Parameters
    ----------
    grid, primary
        The grid, and the model that its hypotheses rest on.
    """
    found: list[Cell] = []
    for combined in product(*map(grid.choices, DIMENSIONS)):
        choices = dict(zip(DIMENSIONS, combined, strict=True))
        usual = all(each == PRIMARY for each in combined)
        if not usual and any(each.holds(choices) for each in grid.excluded):
            continue
        number = len(found) + 1
        model = replace(changed(primary, chosen(grid, choices)), id=f"{grid.id}_{number}")
        left_out = grid.left_out_clusters
        leaving = left_out is not None and left_out.holds(choices)
        found.append(Cell(number, choices, model, leaving))
    return found


def chosen(grid: Grid, choices: Mapping[str, str]) -> list[Alternative]:
    """Take the alternatives of a combination, in the order of the dimensions."""
    found = (grid.alternative(name, choices.get(name, PRIMARY)) for name in DIMENSIONS)
    return [each for each in found if each is not None]


def changed(primary: Model, alternatives: Sequence[Alternative]) -> Model:
    """Change a model by some alternatives; curves and label are those of no cell."""
    model = replace(primary, curves=(), label={})
    for each in alternatives:
        gone = set(each.named("without"))
        model = replace(
            model,
            **each.changed,
            predictors=tuple(_entered(one, each) for one in model.predictors),
            covariates=tuple(
                _entered(one, each)
                for one in (*model.covariates, *each.named("add"))
                if one.name not in gone
            ),
        )
    if not model.constructs and model.agreement == "factor":
        return replace(model, agreement=None)
    return model


def _entered(entry: Predictor, alternative: Alternative) -> Predictor:
    """Enter a predictor as the score of a scale or as a construct, where that is chosen."""
    name = entry.name
    if name in alternative.named("scores"):
        return replace(entry, variable=name, construct=None, standardise=True)
    if name in alternative.named("constructs"):
        return replace(entry, variable=None, construct=name, standardise=None)
    return entry
