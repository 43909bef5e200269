"""Rows of a sample whose weights, design or replicates stand in columns of its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.rows.design import Calibration, Design, LonelyUnit, stages_of
from coproduction.rows.membership import Membership, membership
from coproduction.rows.replicates import ReplicateKind, Replicates
from coproduction.rows.rows import Rows

FIRST_ROW = 1


@dataclass(frozen=True)
class ReplicateColumns:
    """Columns of replicate weights.

    Attributes
    ----------
    columns
        Their names.
    kind
        How the replicates were made.
    scale, rscales
        As in `Replicates`; None where the kind says them.
    fay
        By how much the weights of the half that is left out are kept, 0 to 1 (Fay alone).
    around_estimate
        As in `Replicates`.
    factors
        Whether they are factors by which the weight is multiplied, and not weights.
    """

    columns: tuple[str, ...]
    kind: ReplicateKind
    scale: float | None = None
    rscales: tuple[float, ...] | None = None
    fay: float | None = None
    around_estimate: bool = False
    factors: bool = False


@dataclass(frozen=True)
class Sampling:
    """Columns that say how a sample was drawn.

    Attributes
    ----------
    weight
        Weight of each row.
    units
        Unit of each stage, the first one first; None, or no stage, where rows were drawn alone.
    strata, populations
        Stratum of each stage, and units of the population in it; None where there is none.
    lonely
        What a stratum with one primary unit adds to variances.
    replicates
        Replicate weights, where they are given.
    before
        Weight of each row before weights were fitted to margins, where they were.
    margins
        Category of each row in each of these margins, missing where it is unknown.
    """

    weight: str
    units: tuple[str | None, ...] = ()
    strata: tuple[str | None, ...] = ()
    populations: tuple[str | None, ...] = ()
    lonely: LonelyUnit = "fail"
    replicates: ReplicateColumns | None = None
    before: str | None = None
    margins: tuple[str, ...] = ()


def sampled(table: pd.DataFrame, sampling: Sampling) -> Rows:
    """Say what the rows of a sample stand for.

    Parameters
    ----------
    table
        One row for each of the sample.
    sampling
        Columns that say how it was drawn.

    Raises
    ------
    Refusal
        If a weight is missing, negative or infinite, or all are zero; if a unit, stratum or
        population is missing, or a population is smaller than its sample; if replicates lack their
        scale.
    """
    weight = weights_of(table[sampling.weight])
    alone = Membership(np.arange(len(table)), table.index.astype(str).to_numpy(object))
    units = [alone if name is None else _known(table[name]) for name in sampling.units or [None]]
    strata = [None if name is None else _known(table[name]) for name in sampling.strata]
    populations = [None if name is None else _counts(table[name]) for name in sampling.populations]
    stages = stages_of(units, strata, populations)
    for stage, name in zip(stages, sampling.populations, strict=False):
        if stage.population is not None:
            _check_population(stage.unit, stage.stratum, stage.population, str(name))
    calibrations: tuple[Calibration, ...] = ()
    if sampling.before is not None and sampling.margins:
        before = weights_of(table[sampling.before])
        calibrations = (Calibration(_indicators(table, sampling.margins), before, weight),)
    design = Design(np.arange(len(table)), weight, stages, calibrations, sampling.lonely)
    replicates = None
    if sampling.replicates is not None:
        replicates = _replicates(table, weight, sampling.replicates)
    return Rows(table.index, weight=weight, design=design, replicates=replicates)


def _indicators(table: pd.DataFrame, margins: Sequence[str]) -> np.ndarray:
    """Give an indicator of every category of every margin, the unknown one among them (N × p)."""
    parts = [pd.get_dummies(table[name], dummy_na=True).to_numpy(float) for name in margins]
    return np.hstack(parts)


def weights_of(column: pd.Series) -> np.ndarray:
    """Take weights (n,) from a column.

    Raises
    ------
    Refusal
        If one is missing, negative or infinite, with its row, or all are zero.
    """
    weight = pd.to_numeric(column, errors="coerce").to_numpy(float)
    name = str(column.name)
    if (wrong := np.isnan(weight)).any():
        raise Refusal("weight_missing", name=name, **_first(wrong))
    if (wrong := weight < 0).any():
        raise Refusal("weight_negative", name=name, **_first(wrong))
    if (wrong := np.isinf(weight)).any():
        raise Refusal("weight_infinite", name=name, **_first(wrong))
    if not weight.sum() > 0:
        raise Refusal("weights_sum_to_nothing", name=name)
    return weight


def _first(wrong: np.ndarray) -> dict[str, int]:
    """Give the first row that is wrong, counted from 1, and how many are."""
    return {"row": int(np.argmax(wrong)) + FIRST_ROW, "n": int(wrong.sum())}


def _known(column: pd.Series) -> Membership:
    found = membership(column)
    if not found.known.all():
        raise Refusal("design_missing", name=str(column.name), **_first(~found.known))
    return found


def _counts(column: pd.Series) -> np.ndarray:
    counts = pd.to_numeric(column, errors="coerce").to_numpy(float)
    if not (counts > 0).all():
        raise Refusal("population_not_positive", name=str(column.name), **_first(~(counts > 0)))
    return counts


def _check_population(
    unit: np.ndarray, stratum: np.ndarray, population: np.ndarray, name: str
) -> None:
    """Refuse a stratum of fewer units than were drawn from it, or of two sizes."""
    first = np.unique(unit, return_index=True)[1]
    drawn = np.bincount(stratum[first])[stratum]
    sizes = np.zeros(int(stratum.max()) + 1)
    sizes[stratum] = population
    if (wrong := population != sizes[stratum]).any():
        raise Refusal("population_of_two_sizes", name=name, **_first(wrong))
    if (wrong := population < drawn).any():
        row = int(np.argmax(wrong))
        values = {"value": population[row], "k": int(drawn[row])}
        raise Refusal("population_too_small", name=name, **values, **_first(wrong))


def _replicates(table: pd.DataFrame, weight: np.ndarray, told: ReplicateColumns) -> Replicates:
    """Take replicate weights, their scale by what they are where nobody states it.

    The scales are those of Wolter (2007, *Introduction to Variance Estimation*): 1/R of balanced
    halves, 1/(R(1 − ρ)²) after Fay, (R − 1)/R where one unit of all is left out. Leaving out one of
    a stratum has the scale (n − 1)/n of that stratum, which only its maker knows, and of bootstraps
    there are many kinds.
    """
    count = len(told.columns)
    if told.kind == "Fay" and told.fay is None and told.scale is None:
        raise Refusal("replicates_without_fay")
    usual = {
        "BRR": 1 / count,
        "Fay": 1 / (count * (1 - (told.fay or 0.0)) ** 2),
        "JK1": (count - 1) / count,
        "JKn": None if told.rscales is None else 1.0,
        "bootstrap": None,
    }
    scale = usual[told.kind] if told.scale is None else told.scale
    if scale is None:
        raise Refusal("replicates_without_scale", kind=told.kind)
    rscales = np.ones(count) if told.rscales is None else np.array(told.rscales, float)
    if len(rscales) != count:
        raise Refusal("replicates_and_scales", n=count, k=len(rscales))
    weights = np.column_stack([weights_of(table[name]) for name in told.columns])
    if told.factors:
        weights = weights * weight[:, None]
    return Replicates(weights, told.kind, float(scale), rscales, told.around_estimate)
