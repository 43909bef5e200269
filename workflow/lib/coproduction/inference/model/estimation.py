"""Estimation of a design by its family."""

from __future__ import annotations

from coproduction.inference.data.design import Design
from coproduction.numerics.families.family import Estimated, Observations


def estimate(design: Design) -> Estimated:
    """Estimate a design of one level by maximum likelihood, or pseudo-likelihood with weights.

    Raises
    ------
    Refusal
        If a term separates the outcome, counts are not overdispersed where the family needs it, or
        the estimation does not converge.
    """
    observed = Observations(
        design.model, design.outcome_name, design.outcome, design.matrix, design.weights
    )
    return design.family.estimate(observed)
