"""Population-averaged effects of two-level models.

The coefficients of a two-level logit hold within a cluster; what people read are changes of
probability over all clusters. Given the random effects, such a model is a one-level model with
moved parameters, so that its effect on the population is the mean of the one-level effects over the
distribution of the random effects, ∫ effect(β + D L z) φ(z) dz, taken by Gauss–Hermite quadrature.
The number of points grows with the largest standard deviation s of the random effects, 8 + 12 s in
each dimension, which leaves a relative error below 1e-6 for s up to 2. The gradient includes L,
whose uncertainty is so counted in the standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from itertools import product
from typing import Concatenate, ParamSpec

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from coproduction.inference.data.design import Design
from coproduction.inference.model.regression import Fit
from coproduction.inference.model.two_level import random_units
from coproduction.numerics.families.family import RANDOM

FEWEST_POINTS, POINTS_PER_SPREAD, MOST_POINTS = 8, 12, 60
Effect = tuple[float, np.ndarray]
Arguments = ParamSpec("Arguments")
Compute = Callable[Concatenate[Fit, Arguments], Effect]


def averaged(compute: Compute[Arguments]) -> Compute[Arguments]:
    """Average what a function computes from a fit over the random effects, if it has any.

    The effects of a linear model do not depend on them.
    """

    @wraps(compute)
    def over_clusters(fit: Fit, *arguments: Arguments.args, **named: Arguments.kwargs) -> Effect:
        if fit.two_level is None or fit.design.family.constant_effects:
            return compute(fit, *arguments, **named)
        level, value = fit.two_level, 0.0
        total, lower = np.zeros(len(fit.params)), np.tril_indices(len(fit.two_level.root))
        for weight, node in _nodes(level.root, fit.design):
            moved = fit.params + level.directions @ level.root @ node
            given = replace(fit, params=moved, two_level=None)
            found, gradient = compute(given, *arguments, **named)
            by_root = np.outer(level.directions.T @ gradient, node)
            gradient[fit.places(RANDOM)] = by_root[lower]
            value, total = value + weight * found, total + weight * gradient
        return value, total

    return over_clusters


def _nodes(root: np.ndarray, design: Design) -> Iterator[tuple[float, np.ndarray]]:
    """Weights and points of the quadrature; dimensions without spread have the point 0."""
    rules = []
    for spread in np.abs(root / random_units(design)[:, None]).max(axis=0):
        points = FEWEST_POINTS + int(np.ceil(POINTS_PER_SPREAD * spread)) if spread > 1e-6 else 1
        nodes, weights = hermegauss(min(points, MOST_POINTS))
        rules.append(list(zip(nodes, weights / weights.sum(), strict=True)))
    for combined in product(*rules):
        yield float(np.prod([weight for _, weight in combined])), np.array([z for z, _ in combined])
