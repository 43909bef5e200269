"""What stands behind the items: correlations, dimensions, factors, the same in every group."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from coproduction.measurement.exploratory import dimensionality as dimensions
from coproduction.measurement.exploratory.extraction import FactorAnalysis, factor_analysis
from coproduction.measurement.exploratory.parallel_analysis import correlation_matrix
from coproduction.measurement.factor import confirmatory as factors_confirmed
from coproduction.measurement.factor.confirmatory import FactorFit
from coproduction.measurement.invariance import ladder
from coproduction.measurement.invariance.steps import Invariance, Rule
from coproduction.measurement.options import Estimator, Missing
from coproduction.measurement.ordinal import polychoric as correlated
from coproduction.measurement.ordinal.polychoric import Polychoric
from coproduction.notebook.tables import Table, column, worded
from coproduction.notebook.usual import (
    CFI_DROP,
    CORRELATION,
    EXTRACTION,
    RANDOM_TABLES,
    RMSEA_RISE,
    ROTATION,
)
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.resampling import generator
from coproduction.plan.options import Correlation, Extraction, Rotation
from coproduction.plan.options import Estimator as LadderEstimator
from coproduction.rows import Rows


def polychoric(items: pd.DataFrame, *, rows: Rows | None = None) -> Polychoric:
    """Estimate polychoric correlations: those of the continuous answers behind ordinal ones.

    Parameters
    ----------
    items
        Respondents × ordinal items, NaN where missing.
    rows
        What the respondents stand for, for the standard errors; see `rows_of`.
    """
    return correlated.polychoric(items, rows=rows)


def dimensionality(
    items: pd.DataFrame,
    *,
    correlation: Correlation = CORRELATION,
    replicates: int = RANDOM_TABLES,
    seed: int = 1,
) -> Table:
    """Gather what speaks for a number of dimensions.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing.
    correlation
        `polychoric` for ordinal items, else `pearson`.
    replicates, seed
        Random data sets of the parallel analysis.

    Returns
    -------
    Table
        KMO, Bartlett's test, eigenvalues beside random ones, Velicer's averages, and the numbers of
        components (`n_components`, `n_map`) and factors (`n_factors`) that they suggest.
    """
    rng = generator(seed, "dimensionality")
    table = dimensions.dimensionality(items, replicates, rng, correlation)
    found = table.set_index("check")["estimate"]
    kinds = {"n_factors": "factors", "n_components": "components", "n_map": "components by MAP"}
    told = [f"{found[kind]:.0f} {words}" for kind, words in kinds.items() if kind in found]
    headline = f"Dimensions of {items.shape[1]} items: {', '.join(told) or 'not explored'}"
    return worded(headline, table, "check", "item", "number", "estimate", "random", "p_value")


def exploratory(
    items: pd.DataFrame,
    n_factors: int,
    *,
    correlation: Correlation = CORRELATION,
    method: Extraction = EXTRACTION,
    rotation: Rotation = ROTATION,
) -> FactorAnalysis:
    """Explore which items go together: exploratory factor analysis.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing.
    n_factors
        Number of factors; `dimensionality` tells what speaks for it.
    correlation
        `polychoric` for ordinal items, else `pearson`.
    method
        `minres` or `ml`.
    rotation
        `oblimin`, `geomin`, `promax`, `varimax` or `none`.
    """
    matrix = correlation_matrix(items, correlation)
    named = pd.DataFrame(matrix, items.columns, items.columns)
    n = dimensions.smallest_pair(items)
    return factor_analysis(named, n, n_factors, method, rotation)


def confirmatory(
    items: pd.DataFrame,
    factors: Mapping[str, Sequence[str]],
    estimator: Estimator = "WLSMV",
    *,
    second_order: Mapping[str, Sequence[str]] | None = None,
    residual_covariances: Sequence[tuple[str, str]] = (),
    equal: Sequence[Sequence[str]] = (),
    fixed: Mapping[str, float] | None = None,
    orthogonal: Sequence[str] = (),
    missing: Missing = "listwise",
    groups: str | pd.Series | None = None,
    equal_across: Collection[str] = (),
    rows: Rows | None = None,
    confidence: float = CONFIDENCE,
) -> FactorFit:
    """Fit a measurement model: confirmatory factor analysis.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing; further columns are ignored.
    factors
        Items of each factor, such as `{"trust": ["t1", "t2", "t3"]}`.
    estimator
        `WLSMV` for ordinal items, `ML` or `MLR` for continuous ones.
    second_order
        Factors of each second-order factor.
    residual_covariances
        Pairs of items whose residuals covary.
    equal
        Lists of terms that are one parameter, such as `["trust =~ t1", "trust =~ t2"]`.
    fixed
        Values that terms are fixed to, such as `{"trust ~~ trust": 1}`.
    orthogonal
        Factors uncorrelated with every other one.
    missing
        `listwise`; `pairwise` with WLSMV; `fiml` with ML and MLR.
    groups
        Group of each respondent: a column of `items` or a series on its index.
    equal_across
        Kinds of parameters that are the same in every group, such as `loading`.
    rows
        What the respondents stand for; standard errors and test allow for it. See `rows_of`.
    confidence
        Confidence level of the intervals.

    Returns
    -------
    FactorFit
        It prints the fit and the loadings; `fit`, `parameters`, `loadings`, `factor_correlations`
        and `residual_correlations` hold the rest.
    """
    model = {
        "factors": factors,
        "second_order": second_order,
        "residual_covariances": residual_covariances,
        "equal": equal,
        "fixed": fixed,
        "orthogonal": orthogonal,
    }
    return factors_confirmed.confirmatory(
        items,
        model,
        estimator,
        missing=missing,
        groups=None if groups is None else column(items, groups),
        equal_across=equal_across,
        rows=rows,
        confidence=confidence,
    )


def invariance(
    items: pd.DataFrame,
    factors: Mapping[str, Sequence[str]],
    groups: str | pd.Series,
    estimator: LadderEstimator = "WLSMV",
    *,
    rows: Rows | None = None,
    cfi_drop: float = CFI_DROP,
    rmsea_rise: float = RMSEA_RISE,
) -> Invariance:
    """Ask whether scales mean the same in several groups.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing.
    factors
        Items of each factor.
    groups
        Group of each respondent: a column of `items` or a series on its index.
    estimator
        `WLSMV` for ordinal items; `ML`, `MLR` or `FIML` for continuous ones.
    rows
        What the respondents stand for; see `rows_of`.
    cfi_drop, rmsea_rise
        Largest loss of CFI and gain of RMSEA with which a step still holds (Chen 2007).

    Returns
    -------
    Invariance
        It prints a row per step of the ladder with its decision.
    """
    return ladder.invariance(
        items,
        {"factors": factors},
        column(items, groups),
        estimator,
        Rule(cfi_drop, rmsea_rise),
        rows,
    )
