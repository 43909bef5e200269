"""Standard errors of the design of a sample: by linearisation, or from replicate weights.

By linearisation a row adds to a coefficient its weight times its influence, B s with the score s
and the inverse information B of the pseudo-likelihood (Binder 1983, *International Statistical
Review* 51, 279–292); rows of the sample that the model does not analyse add nothing, and units that
they are in count all the same. From replicate weights the model is fitted anew with each.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduction.errors import Refusal
from coproduction.inference.data.design import Design
from coproduction.inference.model import estimation
from coproduction.numerics.families.family import Estimated
from coproduction.numerics.glm import fit_glm
from coproduction.numerics.survey import linearised_covariance, replicated_covariance
from coproduction.rows import Rows


def design_covariance(design: Design, estimated: Estimated) -> np.ndarray:
    """Estimate the covariance (p × p) of the parameters of a model under the design of its sample.

    Without a design the clusters, or the rows, count as drawn with replacement.

    Raises
    ------
    Refusal
        As `linearised_covariance` and `replicated_covariance`.
    """
    rows = design.rows
    if rows.replicates is None:
        return linearised_covariance(estimated.scores @ estimated.bread, rows)
    weights = rows.replicates.weights.T
    estimates = np.array([_refitted(design, estimated, each) for each in weights])
    covariance, _ = replicated_covariance(estimates, estimated.params.to_numpy(), rows.replicates)
    return covariance


def units_of_design(rows: Rows) -> np.ndarray:
    """Give each row the number of its primary unit (n,), or its own where there are replicates."""
    if rows.replicates is not None:
        return np.arange(len(rows))
    return rows.together.codes if rows.design is None else rows.design.unit


def _refitted(design: Design, estimated: Estimated, weights: np.ndarray) -> np.ndarray:
    """Estimate the parameters (p,) with the weights of a replicate; NaN where there is none."""
    kept, start = weights > 0, estimated.params.to_numpy()
    if estimated.linear is not None:
        x = design.matrix.to_numpy()[kept]
        distribution = design.family.generalised_linear()
        found = fit_glm(design.outcome[kept], x, distribution, start=start, weights=weights[kept])
        return found.params if found.converged else np.full(len(start), np.nan)
    chosen = replace(
        design,
        outcome=design.outcome[kept],
        matrix=design.matrix[kept],
        rows=replace(design.rows[kept], weight=weights[kept], replicates=None),
    )
    try:
        return estimation.estimate(chosen).params.reindex(estimated.params.index).to_numpy()
    except Refusal:
        return np.full(len(start), np.nan)
