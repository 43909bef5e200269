"""Sets of items whose dimensions the plan explores, and the factors found in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.measurement.exploratory.dimensionality import COLUMNS, dimensionality
from coproduction.measurement.exploratory.extraction import FactorAnalysis, factor_analysis
from coproduction.measurement.exploratory.parallel_analysis import correlation_matrix
from coproduction.notes import Note, written
from coproduction.numerics.resampling import generator
from coproduction.plan.measurement.measurement import ItemSet
from coproduction.plan.options import Correlation

DIMENSION_COLUMNS = ("set", *COLUMNS)
FIT_COLUMNS = (
    *("set", "correlation", "method", "rotation", "n_factors", "n", "chisq", "df", "p_value"),
    *("rmsea", "rmsea_conf_low", "rmsea_conf_high", "tli", "bic", "rms_residual", "warning"),
)
SOLUTION_COLUMNS = ("set", "kind", "item", "factor", "other_factor", "estimate")


@dataclass(frozen=True)
class Exploration:
    """Tables of one or more explored sets.

    Attributes
    ----------
    dimensionality
        One row per check, Pearson and polychoric.
    exploratory_fit
        One row per set: how well the extracted factors fit.
    exploratory
        One row per value of the rotated solution: `kind` is `loading` (pattern), `structure`,
        `communality`, `uniqueness`, `factor_correlation` or `variance` (share of all variance).
    """

    dimensionality: pd.DataFrame
    exploratory_fit: pd.DataFrame
    exploratory: pd.DataFrame


def explore(
    entry: ItemSet, items: pd.DataFrame, seed: int, continuous: Collection[str] = ()
) -> Exploration:
    """Explore one set of items.

    Parameters
    ----------
    entry
        The set as it is planned. Where it names no number of factors, as many are extracted as the
        parallel analysis of factors suggests, one at least.
    items
        Respondents × items, reverse-keyed, NaN where missing.
    seed
        Seed of the random data; each set and kind of correlation has a stream of its own.
    continuous
        Items whose answers are no ordered categories: a set of nothing else has Pearson
        correlations only.
    """
    name, replicates = entry.id, entry.replicates
    kinds: tuple[Correlation, ...] = (
        ("pearson",) if set(items) <= set(continuous) else ("pearson", "polychoric")
    )
    checks = {
        kind: dimensionality(
            items, replicates, generator(seed, "dimensionality", name, kind), kind, continuous
        )
        for kind in kinds
    }
    kind = entry.correlation if entry.correlation in kinds else kinds[-1]
    fit, solution = _factors(entry, items, checks[kind], kind, continuous)
    return Exploration(
        pd.concat(checks.values()).assign(set=name)[list(DIMENSION_COLUMNS)],
        pd.DataFrame([fit]).assign(set=name).reindex(columns=list(FIT_COLUMNS)),
        pd.DataFrame(solution).assign(set=name).reindex(columns=list(SOLUTION_COLUMNS)),
    )


def stacked(explorations: Sequence[Exploration]) -> Exploration:
    """Put the tables of several sets under one another; empty ones if there are none."""
    columns = (DIMENSION_COLUMNS, FIT_COLUMNS, SOLUTION_COLUMNS)
    tables = []
    for each, names in zip(fields(Exploration), columns, strict=True):
        parts = [getattr(exploration, each.name) for exploration in explorations]
        filled = [part for part in parts if len(part)]
        empty = pd.DataFrame(columns=list(names))
        tables.append(pd.concat(filled, ignore_index=True) if filled else empty)
    return Exploration(*tables)


def _factors(
    entry: ItemSet,
    items: pd.DataFrame,
    checks: pd.DataFrame,
    kind: Correlation,
    continuous: Collection[str],
) -> tuple[dict, list[dict]]:
    method, rotation = entry.method, entry.rotation
    fit = {"correlation": kind, "method": method, "rotation": rotation, "n": checks["n"].iloc[0]}
    single = checks.set_index("check")["estimate"]
    if "n_factors" not in single:
        return fit | {"warning": checks["warning"].iloc[0]}, []
    k = max(int(single["n_factors"]), 1) if entry.factors is None else entry.factors
    fit["n_factors"] = k
    try:
        correlations = correlation_matrix(items, kind, continuous)
        matrix = pd.DataFrame(correlations, items.columns, items.columns)
        found = factor_analysis(matrix, int(fit["n"]), k, method, rotation)
    except Refusal as error:
        return fit | {"warning": str(Note("not_extracted", {"reason": error.note}))}, []
    except np.linalg.LinAlgError:
        return fit | {
            "warning": str(Note("not_extracted", {"reason": Note("matrix_singular")}))
        }, []
    shared = (
        *("df", "p_value", "rmsea", "rmsea_conf_low", "rmsea_conf_high"),
        *("tli", "bic", "rms_residual"),
    )
    fit |= {name: getattr(found, name) for name in shared}
    return fit | {"chisq": found.chi2, "warning": written(found.warnings)}, _solution(found, items)


def _solution(found: FactorAnalysis, items: pd.DataFrame) -> list[dict]:
    names = [f"F{number}" for number in range(1, found.loadings.shape[1] + 1)]
    rows = []
    for kind, matrix in (("loading", found.loadings), ("structure", found.structure)):
        rows += [
            {"kind": kind, "item": item, "factor": factor, "estimate": value}
            for item, line in zip(items, matrix, strict=True)
            for factor, value in zip(names, line, strict=True)
        ]
    for kind, values in (
        ("communality", found.communalities),
        ("uniqueness", found.uniquenesses),
    ):
        rows += [
            {"kind": kind, "item": item, "estimate": value}
            for item, value in zip(items, values, strict=True)
        ]
    rows += [
        {"kind": "factor_correlation", "factor": a, "other_factor": b, "estimate": value}
        for i, a in enumerate(names)
        for b, value in zip(names[:i], found.factor_correlations[i, :i], strict=True)
    ]
    rows += [
        {"kind": "variance", "factor": factor, "estimate": value}
        for factor, value in zip(names, found.variance_accounted, strict=True)
    ]
    texts = dict.fromkeys(("item", "factor", "other_factor"), "")
    return [texts | row for row in rows]
