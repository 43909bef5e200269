"""Bootstrap of effects among observed variables, by rows or whole clusters.

Percentile intervals, which heed that the distribution of a product is skewed (Bollen and Stine
1990, *Sociological Methodology* 20, 115–140; Shrout and Bolger 2002, *Psychological Methods* 7,
422–445).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from coproduction.inference.paths.prepared import Prepared
from coproduction.measurement.structural import PathEffect
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.resampling import bootstrap_moments, generator, percentile_interval
from coproduction.plan.paths.paths import PathModel

Intervals = dict[str, tuple[float, float]]


def bootstrapped(
    data: Prepared, planned: PathModel, asked: Mapping[str, PathEffect], seed: int
) -> Intervals:
    """Give the percentile interval of every effect, by name.

    Each sample's regressions are those of least squares, covariates among their predictors.

    Parameters
    ----------
    data, planned, asked
        A path model of observed variables, its rows, and what is asked of it.
    seed
        Seed of the study.
    """
    values = np.column_stack([data.raw.to_numpy(), data.covariates])
    if planned.within_clusters and data.rows.cluster is not None:
        cluster = data.rows.cluster
        values = values - (cluster.sums(values) / cluster.sizes[:, None])[cluster.codes]
    rng = generator(seed, "paths", planned.id)
    units = data.rows.sampling_units
    _, _, moments = bootstrap_moments(values, units, planned.bootstrap or 0, rng)
    names, m = data.columns, len(data.columns)
    beside = list(range(m, values.shape[1]))
    paths = np.zeros((len(moments), m, m))
    for outcome, causes in planned.explained.items():
        places = [names.index(name) for name in causes]
        chosen, target = [*places, *beside], names.index(outcome)
        inner = moments[:, chosen][:, :, chosen]
        slopes = np.linalg.pinv(inner, hermitian=True) @ moments[:, chosen, target][:, :, None]
        paths[:, target, places] = slopes[:, : len(places), 0]
    if planned.standardise:
        spread = np.sqrt(np.diagonal(moments, axis1=1, axis2=2)[:, :m])
        paths = paths * spread[:, None, :] / spread[:, :, None]
    return {
        name: percentile_interval(effect.of(names, paths), CONFIDENCE)
        for name, effect in asked.items()
    }
