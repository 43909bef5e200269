"""Do scales measure what they should? Items, reliability, validity, agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from coproduction.measurement.options import Estimator
from coproduction.measurement.planned.fits import latent_correlations
from coproduction.measurement.reliability import item_statistics as statistics
from coproduction.measurement.reliability import table as reliabilities
from coproduction.measurement.validity import aggregation as aggregated
from coproduction.measurement.validity import validity as valid
from coproduction.notebook.factoring import confirmatory
from coproduction.notebook.tables import Table, columns, worded
from coproduction.notebook.usual import BOOTSTRAP, MINIMUM_RELIABILITY
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.resampling import generator
from coproduction.rows import Rows

Scales: TypeAlias = pd.DataFrame | Mapping[str, pd.DataFrame]


def item_statistics(items: pd.DataFrame, limits: tuple[float, float] | None = None) -> Table:
    """Describe the items of one scale.

    Parameters
    ----------
    items
        Respondents × items, keyed alike, NaN where missing.
    limits
        Lowest and highest answer that could be given, for floor and ceiling.

    Returns
    -------
    Table
        One row per item: mean, standard deviation, shares at floor and ceiling, share missing,
        correlation with the other items, alpha without it.
    """
    unanswered = items.isna().replace({True: "no_answer", False: ""})
    table = statistics.item_statistics(items, dict.fromkeys(items, limits), unanswered)
    return worded(f"Items: {items.shape[1]}, n = {len(items):,}", table)


def reliability(
    scales: Scales,
    *,
    rows: Rows | None = None,
    replicates: int = 0,
    seed: int = 1,
    confidence: float = CONFIDENCE,
) -> Table:
    """Compute the reliability of scales: alpha, omega, ordinal and split-half coefficients.

    Parameters
    ----------
    scales
        Items of one scale (respondents × items, keyed alike), or of several by name.
    rows
        What the respondents stand for, for the intervals; see `rows_of`.
    replicates, seed
        Bootstrap of alpha and omega; none by default.
    confidence
        Confidence level of the intervals.

    Returns
    -------
    Table
        One row per scale.
    """
    named = {"scale": scales} if isinstance(scales, pd.DataFrame) else scales
    table = reliabilities.reliability(
        named, confidence, replicates=replicates, seed=seed, rows=rows, minimum=MINIMUM_RELIABILITY
    )
    shown = ("alpha", "alpha_conf_low", "alpha_conf_high", "omega_total", "omega_categorical")
    headline = f"Reliability of scales: {len(named)}, intervals at {confidence:.0%}"
    return worded(headline, table, "construct", "n_items", "n", *shown, "decision")


def validity(
    items: pd.DataFrame,
    factors: Mapping[str, Sequence[str]],
    estimator: Estimator = "WLSMV",
    *,
    rows: Rows | None = None,
    replicates: int = BOOTSTRAP,
    seed: int = 1,
    confidence: float = CONFIDENCE,
) -> Table:
    """Ask whether scales measure different things: HTMT, factor correlations, Fornell and Larcker.

    Parameters
    ----------
    items
        Respondents × items, keyed alike, NaN where missing.
    factors
        Items of each construct.
    estimator
        Of the measurement model behind factor correlations and average variances extracted.
    rows
        What the respondents stand for; see `rows_of`.
    replicates, seed
        Bootstrap of HTMT.
    confidence
        Confidence level of the intervals.

    Returns
    -------
    Table
        One row per pair of constructs.
    """
    scales = {name: columns(items, list(below)) for name, below in factors.items()}
    fitted = confirmatory(items, factors, estimator, confidence=confidence)
    loadings = fitted.loadings.groupby("lhs", sort=False)["standardised"]
    found = valid.validity(
        scales,
        pd.DataFrame({name: table.mean(axis=1) for name, table in scales.items()}),
        latent_correlations(fitted, confidence),
        {name: valid.average_variance_extracted(np.asarray(each)) for name, each in loadings},
        replicates,
        generator(seed, "validity"),
        rows,
        confidence,
    )
    shown = ("construct_1", "construct_2", "htmt2", "htmt2_conf_low", "htmt2_conf_high")
    further = ("latent_correlation", "fornell_larcker", "decision")
    return worded(f"Pairs of constructs: {len(found)}", found, *shown, *further)


def aggregation(
    scales: Scales,
    rows: Rows,
    *,
    categories: int | None = None,
    confidence: float = CONFIDENCE,
) -> Table:
    """Ask whether a scale may be averaged over clusters: ICC(1), ICC(2), agreement within them.

    Parameters
    ----------
    scales
        Items of one scale (respondents × items, keyed alike), or of several by name.
    rows
        What the respondents stand for: which cluster each is in; see `rows_of`.
    categories
        Number of answers that each item offers; agreement is judged against answers at random.
    confidence
        Confidence level of the interval of ICC(1).

    Returns
    -------
    Table
        One row per scale.
    """
    named = {"scale": scales} if isinstance(scales, pd.DataFrame) else scales
    variance = np.nan if categories is None else (categories**2 - 1) / 12
    means = pd.DataFrame({name: items.mean(axis=1) for name, items in named.items()})
    found = aggregated.aggregation(means, named, dict.fromkeys(named, variance), rows, confidence)
    shown = ("n_clusters", "icc_1", "conf_low", "conf_high", "icc_2", "rwg_median", "decision")
    return worded(f"Scales over clusters: {len(found)}", found, "construct", *shown)
