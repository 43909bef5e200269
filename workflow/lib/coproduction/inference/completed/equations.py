"""What imputes the items of a plan: each other, outcomes, products, means of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.inference.data.split import split
from coproduction.instrument.definition import Instrument, Item
from coproduction.missing.problem import Completed, Passive, Problem, Target
from coproduction.plan.models.model import Model
from coproduction.plan.options import OWN_AND_OTHERS
from coproduction.plan.plan import Plan
from coproduction.plan.vocabulary.predictors import OTHERS
from coproduction.rows import Membership, membership

Making = Callable[[Completed], np.ndarray]


@dataclass(frozen=True)
class Score:
    """The score of a construct, up to a factor: the mean of its keyed items."""

    items: tuple[Item, ...]

    def __call__(self, completed: Completed) -> np.ndarray:
        """Compute it from completed items."""
        keyed = [
            item.mirrored(completed[item.id]) if item.reverse else completed[item.id]
            for item in self.items
        ]
        return np.mean(keyed, axis=0)


@dataclass(frozen=True)
class Itself:
    """A completed item."""

    name: str

    def __call__(self, completed: Completed) -> np.ndarray:
        """Take it."""
        return completed[self.name]


@dataclass(frozen=True)
class Fixed:
    """Values that imputation does not change."""

    values: np.ndarray

    def __call__(self, completed: Completed) -> np.ndarray:
        """Give them."""
        return self.values


@dataclass(frozen=True)
class Others:
    """The mean of the others of the cluster."""

    making: Making
    cluster: Membership

    def __call__(self, completed: Completed) -> np.ndarray:
        """Compute it from completed items."""
        parts = split(pd.Series(self.making(completed)), self.cluster, OWN_AND_OTHERS)
        return parts[OTHERS].to_numpy()


@dataclass(frozen=True)
class Product:
    """The product of two centred variables."""

    one: Making
    other: Making

    def __call__(self, completed: Completed) -> np.ndarray:
        """Compute it from completed items."""
        left, right = self.one(completed), self.other(completed)
        return (left - np.nanmean(left)) * (right - np.nanmean(right))


class Columns:
    """Values of the plan's variables in the course of an imputation.

    Scores follow their items and items are themselves; every other variable, such as a derived one,
    has the value that it has before imputation, and its mean where it has none.
    """

    def __init__(
        self, table: pd.DataFrame, plan: Plan, instrument: Instrument, targets: Sequence[Target]
    ) -> None:
        self.table, self.instrument = table, instrument
        self.targets = {each.name for each in targets}
        self.origins = plan.origins(instrument.scale_items)

    def usable(self, name: str) -> bool:
        """Tell whether a variable holds numbers, of which some are known."""
        if name not in self.table or not pd.api.types.is_numeric_dtype(self.table[name].dtype):
            return False
        return bool(self.table[name].notna().any())

    def sources(self, name: str) -> frozenset[str]:
        """Targets that a variable is made of."""
        return frozenset(self.origins.get(name, {name}) & self.targets)

    def making(self, name: str) -> Making:
        """Say how a variable is computed from completed items."""
        items = self.instrument.scale(name) if name in self.instrument.constructs else ()
        if items and all(item.id in self.targets for item in items):
            return Score(items)
        if name in self.targets:
            return Itself(name)
        column = self.table[name].astype(float)
        return Fixed(column.fillna(column.mean()).to_numpy())


def equations(
    table: pd.DataFrame, plan: Plan, instrument: Instrument, items: Sequence[Target]
) -> Problem:
    """Put together what is imputed from what.

    Every item predicts every other one. So do the outcomes of the imputed models, which are not
    imputed; the means of the others of the cluster of each predictor and outcome; and of each
    product in a model the products of either factor with the outcome and of both. A product is then
    nearly what it is in complete answers, if somewhat too small: `tests/benchmarks/missing` says by
    how much (Seaman, Bartlett and White 2012, *BMC Medical Research Methodology* 12, on why).

    Parameters
    ----------
    table
        Rows that are imputed, with derived variables.
    plan
        The plan.
    instrument
        The questionnaire.
    items
        Items that are imputed or help to impute.
    """
    columns = Columns(table, plan, instrument, items)
    models = [model for model in plan.imputing if model.level is None]
    outcomes = list(dict.fromkeys(model.outcome for model in models))
    beside = [
        Target(name, table[name].to_numpy(float), np.zeros(len(table), bool))
        for name in outcomes
        if columns.usable(name) and not columns.sources(name)
    ]
    computed = {each.name: each for each in [*_means(models, columns), *_products(models, columns)]}
    return Problem(
        (*items, *beside),
        tuple(each for each in computed.values() if each.sources),
        {name: _known(each.make({})) for name, each in computed.items() if not each.sources},
        plan.missing.donors if plan.missing else Problem.donors,
    )


def _known(values: np.ndarray) -> np.ndarray:
    """Put the mean in the place of what is not known."""
    return np.where(np.isnan(values), np.nanmean(values), values)


def _means(models: Sequence[Model], columns: Columns) -> Iterator[Passive]:
    """Means of the others of the cluster, of outcomes and of predictors that are split."""
    for model in models:
        if model.cluster is None or model.cluster not in columns.table:
            continue
        cluster = membership(columns.table[model.cluster])
        split_ones = [each.name for each in model.entries if each.split]
        for name in [model.outcome, *split_ones]:
            if columns.usable(name):
                label = f"others of {model.cluster}: {name}"
                made = Others(columns.making(name), cluster)
                yield Passive(label, columns.sources(name), made, of_others=True)


def _products(models: Sequence[Model], columns: Columns) -> Iterator[Passive]:
    """Products of the factors of each interaction, and of either with the outcome."""
    for model in models:
        for pair in model.interactions:
            one, other = (_variable(model, term) for term in pair)
            for left, right in ((one, other), (one, model.outcome), (other, model.outcome)):
                first, second = sorted((left, right))
                if not (columns.usable(first) and columns.usable(second)):
                    continue
                sources = columns.sources(first) | columns.sources(second)
                made = Product(columns.making(first), columns.making(second))
                yield Passive(f"{first} × {second}", sources, made)


def _variable(model: Model, term: str) -> str:
    """Name the variable that a term is of."""
    for entry in model.entries:
        if term in entry.terms or (entry.categorical and term.partition("[")[0] == entry.name):
            return entry.name
    return term
