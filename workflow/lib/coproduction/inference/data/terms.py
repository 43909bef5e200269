"""Columns of a planned model's matrix: numbers, parts of a split, categories, products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from coproduction.codes import code_text, indicator
from coproduction.errors import Refusal
from coproduction.inference.calibrated.calibration import Calibration, calibrate
from coproduction.inference.calibrated.contents import Contents
from coproduction.inference.data.split import split
from coproduction.numerics.averages import mean, standard_deviation
from coproduction.plan.models.model import Model
from coproduction.plan.vocabulary.predictors import MEAN, OTHERS, OWN, WITHIN, Predictor
from coproduction.plan.vocabulary.terms import AGREEMENT
from coproduction.rows import Membership, Rows

Factors = tuple[str, ...]
Sums = tuple[tuple[str, ...], ...]
"""For each factor of a product, the terms whose sum it is."""
Columns = dict[str, np.ndarray]
NO_SPREAD = 1e-9


@dataclass(frozen=True)
class Terms:
    """Terms of a model over its n rows.

    Attributes
    ----------
    columns
        Values (n,) of each term, the intercept first.
    factors
        For each term the terms whose product it is; empty for the intercept.
    indicators
        For each categorical variable, its terms.
    references
        For each of them, the code of the category that has no term.
    focal
        Terms of the predictors.
    sums
        Products whose factors are sums of terms.
    calibration
        Measurement step behind the terms of constructs.
    """

    columns: Mapping[str, np.ndarray]
    factors: Mapping[str, Factors]
    indicators: Mapping[str, tuple[str, ...]]
    references: Mapping[str, str]
    focal: tuple[str, ...]
    sums: Mapping[str, Sums] = field(default_factory=dict)
    calibration: Calibration | None = None


def made_terms(
    table: pd.DataFrame,
    rows: Rows,
    kept: np.ndarray,
    model: Model,
    contents: Contents | None = None,
) -> Terms:
    """Make the terms of a model.

    The product of two constructs is that of their whole scores, each the deviation from the mean of
    the cluster and that mean; where both are split the product of the means stands beside it.

    Parameters
    ----------
    table
        One row per respondent, of everybody who counts, see `flagged_rows`.
    rows
        What they stand for.
    kept
        Which of them the model analyses.
    model
        The model.
    contents
        Constructs of its measurement step, if it has one.

    Raises
    ------
    Refusal
        If a variable is constant or no number, a category is missing, or a name stands for two
        different terms, or for none in a product.
    """
    made = {
        entry.name: _columns(table, rows, kept, entry, model)
        for entry in model.entries
        if entry.construct is None
    }
    calibration = None
    if contents is not None:
        apart = [each for name, each in made.items() if name not in contents.scales]
        known = [column for each in apart for column in each.values()]
        covariates = np.column_stack([np.empty((int(kept.sum()), 0)), *known])
        calibration = calibrate(table, rows, kept, model, contents, covariates)
    return _joined(table, kept, model, made, calibration)


def _joined(
    table: pd.DataFrame,
    kept: np.ndarray,
    model: Model,
    made: Mapping[str, Columns],
    calibration: Calibration | None,
) -> Terms:
    """Put the columns of all entries, and their products, in the plan's order."""
    columns: Columns = {"intercept": np.ones(int(kept.sum()))}
    indicators: dict[str, tuple[str, ...]] = {}
    references: dict[str, str] = {}
    focal: list[str] = []
    calibrated = {} if calibration is None else calibration.columns()
    for entry in model.entries:
        own = made.get(entry.name) or {term: calibrated[term] for term in entry.terms}
        _check_new(own, columns, model.id)
        columns.update(own)
        if entry.categorical:
            indicators[entry.name] = tuple(own)
            references[entry.name] = code_text(_reference(table[entry.name][kept], entry))
        if entry in model.predictors:
            focal.extend(own)
    if AGREEMENT in calibrated:
        columns[AGREEMENT] = calibrated[AGREEMENT]
        focal.append(AGREEMENT)
    factors: dict[str, Factors] = {name: (name,) for name in columns}
    factors["intercept"] = ()
    sums: dict[str, Sums] = {}
    for one, other in _products(model, factors):
        name = f"{one}:{other}"
        parts = (_whole(one, model), _whole(other, model))
        if all(parts):
            sums[name] = parts
        pair = parts if all(parts) else ((one,), (other,))
        left, right = (np.sum([columns[each] for each in part], axis=0) for part in pair)
        columns[name] = left * right
        factors[name] = (one, other)
    return Terms(columns, factors, indicators, references, tuple(focal), sums, calibration)


def _products(model: Model, factors: Mapping[str, Factors]) -> list[tuple[str, str]]:
    """Pairs of terms whose products the model holds, means of clusters where constructs ask."""
    pairs = list(model.interactions)
    for one, other in model.interactions:
        _check_interaction(one, other, factors, model.id)
        means = tuple(_whole(term, model)[1:] for term in (one, other))
        if all(means):
            pair = (means[0][0], means[1][0])
            pairs += [] if pair in pairs or pair[::-1] in pairs else [pair]
    return pairs


def _whole(term: str, model: Model) -> tuple[str, ...]:
    """Terms whose sum is the whole score of the construct that a term is of, if it is of one."""
    for entry in model.entries:
        if entry.construct is not None and entry.terms.get(term) in (WITHIN, OWN):
            parts = {part: name for name, part in entry.terms.items()}
            return (term, parts[MEAN]) if MEAN in parts else (term,)
    return ()


def number(table: pd.DataFrame, name: str, model: Model) -> pd.Series:
    """Take a variable as numbers.

    Raises
    ------
    Refusal
        If it holds none.
    """
    column = table[name]
    if column.dtype == float:
        return column
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise Refusal("model_no_number", model=model.id, name=name)
    return column.astype(float)


def cluster_of(rows: Rows, name: str, model: Model) -> Membership:
    """Take the clusters within which a variable is split.

    Raises
    ------
    Refusal
        If the model has none.
    """
    if rows.cluster is None:
        raise Refusal("split_without_cluster", model=model.id, name=name)
    return rows.cluster


def no_reference(model: str, reference: str, variable: str) -> Refusal:
    """Say that the reference category of a variable has no rows."""
    return Refusal("model_no_reference", model=model, term=indicator(variable, reference))


def _columns(
    table: pd.DataFrame, rows: Rows, kept: np.ndarray, entry: Predictor, model: Model
) -> Columns:
    name = entry.name
    if entry.categorical:
        return _indicator_columns(table.loc[kept, name], entry, model.id)
    everybody = number(table, name, model)
    if entry.split is None and not entry.standardise:
        own = everybody.to_numpy()[kept]
        if len(own) < 2 or own.min() == own.max():
            raise Refusal("model_constant_variable", model=model.id, name=name)
        return {name: own}
    values = everybody[kept]
    weights = None if rows.weight is None else rows.weight[kept]
    if len(values) < 2 or values.std(ddof=1) == 0:
        raise Refusal("model_constant_variable", model=model.id, name=name)
    spread = standard_deviation(values, weights)
    if entry.standardise:
        everybody, spread = (everybody - mean(values, weights)) / spread, 1.0
    if entry.split is None:
        return {name: everybody[kept].to_numpy()}
    parts = split(everybody, cluster_of(rows, name, model), entry.split, rows.weight)
    columns = {term: parts[part][kept].to_numpy() for term, part in entry.terms.items()}
    _check_parts(columns, entry, spread, model)
    return columns


def _check_parts(columns: Columns, entry: Predictor, spread: float, model: Model) -> None:
    """Refuse a part that is the same for everyone but for rounding."""
    names = {"model": model.id, "name": entry.name, "cluster": model.cluster}
    for term, part in entry.terms.items():
        if np.ptp(columns[term]) >= NO_SPREAD * spread:
            continue
        if part == WITHIN:
            raise Refusal("split_without_within", **names)
        if part in (MEAN, OTHERS):
            raise Refusal("split_without_mean", **names)


def _check_new(made: Columns, columns: Columns, model: str) -> None:
    """Refuse two different columns of one name."""
    for term, values in made.items():
        if term in columns and not np.array_equal(values, columns[term]):
            raise Refusal("term_twice", model=model, term=term)


def _indicator_columns(column: pd.Series, entry: Predictor, model: str) -> Columns:
    levels = sorted(column.unique())
    reference = _reference(column, entry)
    if reference not in levels:
        raise no_reference(model, code_text(reference), entry.name)
    if len(levels) < 2:
        raise Refusal("model_constant_variable", model=model, name=entry.name)
    return {
        indicator(entry.name, code_text(level)): (column == level).to_numpy(float)
        for level in levels
        if level != reference
    }


def _reference(column: pd.Series, entry: Predictor) -> Any:
    """Category that the others are compared with: as planned, or the first that anybody has."""
    return column.min() if entry.reference is None else entry.reference


def _check_interaction(one: str, other: str, factors: Mapping[str, Factors], model: str) -> None:
    for term in (one, other):
        if (term,) not in factors.values():
            known = [name for name, parts in factors.items() if len(parts) == 1]
            raise Refusal("interaction_of_no_term", model=model, term=term, terms=known)
