"""From a planned model to its matrix: standardising, splitting, products, complete cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.errors import Refusal, StudyError
from coproduction.inference.calibrated.calibration import Calibration
from coproduction.inference.calibrated.contents import contents_of
from coproduction.inference.data.complete_cases import check_variables, complete_cases
from coproduction.inference.data.requirements import check_model, check_terms_and_outcome
from coproduction.inference.data.terms import Factors, Sums, made_terms
from coproduction.instrument.item_scales import Scales
from coproduction.numerics.averages import standardised
from coproduction.numerics.families import family_of
from coproduction.numerics.families.family import Family
from coproduction.plan.models.model import Model
from coproduction.plan.options import (
    NO_AGREEMENT,
    NO_WEIGHTS,
    STUDY_WEIGHTS,
    Covariance,
    Weights,
)
from coproduction.plan.vocabulary.predictors import OTHERS
from coproduction.rows import Rows, heeding, rows_of


@dataclass(frozen=True)
class RandomEffects:
    """What varies between clusters in a two-level model, besides a random intercept.

    Attributes
    ----------
    slope
        Term whose slope varies too, or None.
    quadrature_points
        Points of the adaptive Gauss–Hermite quadrature; models with a slope use one (Laplace).
    restricted
        Whether linear models use the restricted likelihood.
    """

    slope: str | None
    quadrature_points: int
    restricted: bool


@dataclass(frozen=True)
class Design:
    """A model ready to be fitted.

    Attributes
    ----------
    model
        Identifier of the model.
    outcome_name, outcome
        Name and values (n,) of the outcome.
    matrix
        n × k, columns named by term; the first is `intercept`, products are `a:b`, indicators
        `v[level]`.
    factors
        For each column, the terms whose product it is; empty for the intercept. Derivatives follow
        from it.
    indicators
        For each categorical variable, its indicator columns.
    references
        For each of them, the code of the category that has no column.
    focal
        Terms whose effects are reported (predictors, not covariates).
    rows
        What the rows stand for.
    family
        Family of the outcome.
    covariance
        Kind of standard error, as declared.
    dropped
        `reason, variable, n`: rows left out, by the first variable that misses (`missing`), or
        because nobody else of the cluster has a value (`alone_in_cluster`).
    random
        Random effects of a two-level model, or None.
    others
        Columns that hold the mean of the other members of the cluster.
    sums
        Products whose factors are sums of columns, which stand for each factor: whole scores of
        constructs that are split.
    calibration
        Measurement step behind the columns of constructs.
    agreement
        Whether the model is to adjust for agreement with whatever is asked.
    weighted
        Whether the weights of the study are in it, be it as those of its rows or as those of the
        respondents that its communities are summarised from.
    """

    model: str
    outcome_name: str
    outcome: np.ndarray
    matrix: pd.DataFrame
    factors: Mapping[str, Factors]
    indicators: Mapping[str, tuple[str, ...]]
    focal: tuple[str, ...]
    rows: Rows
    family: Family
    covariance: Covariance
    dropped: pd.DataFrame
    random: RandomEffects | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    sums: Mapping[str, Sums] = field(default_factory=dict)
    calibration: Calibration | None = None
    agreement: bool = False
    weighted: Weights = NO_WEIGHTS

    @property
    def random_effects(self) -> RandomEffects:
        """Random effects of a two-level model.

        Raises
        ------
        StudyError
            If the model has one level.
        """
        if self.random is None:
            raise StudyError(f"The model `{self.model}` has no random effects.")
        return self.random

    @cached_property
    def weights(self) -> np.ndarray | None:
        """Weights of the rows (n,), on average one; None where all count alike."""
        weight = self.rows.weight
        return None if weight is None else weight / weight.mean()

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Position of each column."""
        return {name: position for position, name in enumerate(self.matrix.columns)}

    @cached_property
    def two_valued(self) -> Mapping[str, tuple[float, float]]:
        """Low and high value of each term that has no others and whose unit is their distance."""
        values = self.matrix.to_numpy()
        low, high = values.min(axis=0), values.max(axis=0)
        two = (high - low == 1) & ((values == low) | (values == high)).all(axis=0)
        return {
            name: (float(low[at]), float(high[at])) for name, at in self.place.items() if two[at]
        }

    def low_and_high(self, term: str) -> tuple[float, float] | None:
        """Find the two values of a term that has no others and whose unit is their distance."""
        return self.two_valued.get(term)

    @cached_property
    def products(self) -> tuple[tuple[int, frozenset[str], tuple[list[int], ...]], ...]:
        """Position of each product, the terms in it, and positions of those in each factor."""
        found = []
        for name in self.factors:
            sums = self.factors_of(name)
            if len(sums) > 1:
                inside = tuple([self.place[term] for term in each] for each in sums)
                found.append((self.place[name], frozenset().union(*sums), inside))
        return tuple(found)

    def siblings(self, term: str) -> tuple[str, ...]:
        """Find the indicator columns of the same categorical variable, or the term alone."""
        found = (columns for columns in self.indicators.values() if term in columns)
        return next(found, (term,))

    def compared_with(self, term: str) -> str:
        """Write the categories that a term's categories are compared with: `v = 1, w = 0`.

        A number with two values a unit apart counts as two categories.
        """
        owners = {column: name for name, columns in self.indicators.items() for column in columns}
        found = {}
        for factor in self.factors.get(term, ()):
            if factor in owners:
                found[owners[factor]] = self.references[owners[factor]]
            elif values := self.low_and_high(factor):
                found[factor] = code_text(values[0])
        return ", ".join(f"{name} = {code}" for name, code in found.items())

    def at(self, values: Mapping[str, float]) -> np.ndarray:
        """Design matrix (n × k) with everyone at the given values of some terms; products follow.

        An indicator set to 1 sets those of the other categories to 0.
        """
        matrix, place = self.matrix.to_numpy().copy(), self.place
        touched = {sibling for term in values for sibling in self.siblings(term)}
        for term, value in values.items():
            for sibling in self.siblings(term):
                matrix[:, place[sibling]] = 0.0
            matrix[:, place[term]] = float(value)
        self._multiply(matrix, touched)
        return matrix

    def factors_of(self, column: str) -> Sums:
        """Give, for each factor of a column, the columns whose sum it is."""
        return self.sums.get(column) or tuple((factor,) for factor in self.factors[column])

    def with_columns(self, columns: Mapping[str, np.ndarray]) -> Design:
        """Put other values (n,) into some columns; products follow."""
        matrix = self.matrix.to_numpy().copy()
        for name, values in columns.items():
            matrix[:, self.place[name]] = values
        self._multiply(matrix, set(columns))
        return replace(
            self, matrix=pd.DataFrame(matrix, self.matrix.index, self.matrix.columns, copy=False)
        )

    def _multiply(self, matrix: np.ndarray, touched: set[str]) -> None:
        """Compute the products of columns that were touched anew."""
        for position, terms, factors in self.products:
            if touched & terms:
                matrix[:, position] = np.prod(
                    [matrix[:, each].sum(axis=1) for each in factors], axis=0
                )


def design(
    table: pd.DataFrame, model: Model, rows: Rows | None = None, scales: Scales | None = None
) -> Design:
    """Build the design of one planned model.

    A standardised predictor is centred and divided by its standard deviation (N − 1) over the
    rows of the model. A predictor v that is split within clusters gives `v_within`, the deviation
    from the mean of the cluster, and `v_mean`, that mean; one that is split into own and others
    gives `v` and `v_others`, the mean of the *other* members. Standardising comes first, so that
    one unit of every part is one standard deviation of v. The means are those of everybody in the
    table who has a value, whether or not the model analyses them: what a cluster is like does not
    depend on who answered the other questions, or on the model's condition. A respondent alone in
    a cluster is kept with a deviation of zero, but has no others and is then left out. A construct
    stands in its own standard deviations; the terms of its split are those of a variable.

    Parameters
    ----------
    table
        One row per respondent, of everybody who counts, see `flagged_rows`.
    model
        The model as it is planned.
    rows
        What the rows of the table stand for, clustered as the model plans; made of its cluster
        where it is not told.
    scales
        What items measure; needed by models with constructs.

    Raises
    ------
    StudyError
        If an option of the model is not known, or needs another.
    Refusal
        If a variable is unknown or constant, the outcome does not suit the family, terms are
        collinear, or too few rows or clusters remain.
    """
    check_model(model)
    contents = contents_of(model, scales or Scales())
    items = contents.items if contents else ()
    check_variables(table, model, items)
    own = rows_of(table, model.cluster) if rows is None else rows
    if model.weights == STUDY_WEIGHTS and own.weight is None and model.level is None:
        raise Refusal("model_without_weights", model=model.id)
    everybody = heeding(own, *_heeded(model)).at(table.index)
    kept, dropped = complete_cases(table, everybody, model, items)
    terms = made_terms(table, everybody, kept, model, contents)
    analysed = everybody[kept]
    outcome = table[model.outcome].to_numpy(float, na_value=np.nan)[kept]
    matrix = pd.DataFrame(
        np.column_stack(list(terms.columns.values())),
        index=analysed.index,
        columns=list(terms.columns),
    )
    check_terms_and_outcome(matrix, outcome, analysed, model)
    if model.standardise_outcome:
        outcome = standardised(outcome, analysed.weight)
    return Design(
        model=model.id,
        outcome_name=model.outcome,
        outcome=outcome,
        matrix=matrix,
        factors=terms.factors,
        indicators=terms.indicators,
        references=terms.references,
        focal=terms.focal,
        rows=analysed,
        family=family_of(model.family),
        covariance=model.covariance,
        dropped=dropped,
        random=_random_effects(model),
        others=tuple(
            term for entry in model.entries for term, part in entry.terms.items() if part == OTHERS
        ),
        sums=terms.sums,
        calibration=terms.calibration,
        agreement=model.agreement_mode != NO_AGREEMENT,
        weighted=model.weights,
    )


def _heeded(model: Model) -> tuple[str, ...]:
    """Name what of its rows the estimator of a model heeds."""
    if model.random:
        return ("cluster",)
    drawn = ("design", "replicates") if model.covariance == "design" else ()
    return ("cluster", "weight", *drawn)


def _random_effects(model: Model) -> RandomEffects | None:
    if model.random is None:
        return None
    points = 1 if model.random_slope else model.quadrature_points
    return RandomEffects(model.random_slope, points, model.restricted_likelihood)
