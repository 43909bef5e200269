"""Degrees of freedom of two-level models that are not linear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.design import Design
from coproduction.numerics.families.family import MEAN, THRESHOLD


@dataclass(frozen=True)
class ClusterFreedom:
    """Degrees of freedom of a generalised linear two-level model of p parameters.

    The coefficient of a cluster-level term, one without variation within clusters or the mean of
    the other members of the cluster, rests on the J clusters: it has J − q degrees of freedom, q
    being the number of such coefficients, the intercept included (Elff, Heisig, Schaeffer and
    Shikano 2021, *British Journal of Political Science* 51, 412–426). With a random slope its
    coefficient and those of its products with cluster-level terms are counted likewise, apart
    (Raudenbush and Bryk 2002, chapter 3). What rests on rows is taken as known. A contrast of
    several parameters blends them by Satterthwaite's formula.

    Attributes
    ----------
    covariance
        p × p.
    places, df
        Positions of the parameters of each group, and its degrees of freedom.
    """

    covariance: np.ndarray
    places: tuple[np.ndarray, ...]
    df: tuple[int, ...]

    def degrees_of_freedom(self, contrast: np.ndarray) -> float:
        """Squared variance of a contrast over Σ (squared variance of a group's part) / df."""
        spread = 0.0
        for places, df in zip(self.places, self.df, strict=True):
            part = contrast[places]
            if np.count_nonzero(part) == np.count_nonzero(contrast):
                return float(df)
            spread += (part @ self.covariance[np.ix_(places, places)] @ part) ** 2 / df
        value = contrast @ self.covariance @ contrast
        return float(value**2 / spread) if spread > 0 else np.inf


def cluster_freedom(design: Design, params: pd.Series, covariance: np.ndarray) -> ClusterFreedom:
    """Find which parameters of a two-level design rest on its clusters.

    Raises
    ------
    Refusal
        If there are not more clusters than such parameters.
    """
    together = design.rows.together
    groups, n_clusters = together.codes, len(together.names)
    single = {name for name in design.matrix if is_constant(design.matrix[name], groups)}
    single |= set(design.others)
    constant = {
        name for name, factors in design.factors.items() if name in single or set(factors) <= single
    }
    slope = design.random_effects.slope
    sloped = {
        name
        for name, factors in design.factors.items()
        if slope in factors and set(factors) - {slope} <= constant
    }
    parts, terms = params.index.get_level_values("part"), params.index.get_level_values("term")
    resting = ((parts == MEAN) & terms.isin(constant)) | (parts == THRESHOLD)
    places, df = [np.flatnonzero(resting)], [n_clusters - len(constant)]
    if sloped:
        places.append(np.flatnonzero((parts == MEAN) & terms.isin(sloped)))
        df.append(n_clusters - len(sloped))
    if min(df) < 1:
        k = max(len(constant), len(sloped)) - 1
        raise Refusal("few_clusters_for_terms", model=design.model, n=n_clusters, k=k)
    return ClusterFreedom(covariance, tuple(places), tuple(df))


def is_constant(column: pd.Series, groups: np.ndarray) -> bool:
    """Tell whether a column has one value in each cluster."""
    values = column.groupby(groups)
    return bool((values.max() - values.min()).max() < 1e-12)
