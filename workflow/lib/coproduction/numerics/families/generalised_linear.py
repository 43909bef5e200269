"""Generalised linear families: a distribution and a link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from coproduction.numerics.families.family import MEAN, Estimated, Observations, Partials
from coproduction.numerics.families.parameters import named
from coproduction.numerics.families.refusals import (
    below,
    check_convergence,
    check_determined,
    check_separation,
)
from coproduction.numerics.glm import LinearFamily, curvature, fit_glm
from coproduction.numerics.separation import Cone, count_cone, logit_cone

Separation = Callable[[Observations, np.ndarray], tuple[Cone, np.ndarray]]
"""Gives, from the coefficients, the cone of the likelihood and what could run away along it."""


@dataclass(frozen=True)
class LinearEstimate:
    """Estimates a generalised linear model by maximum likelihood.

    Attributes
    ----------
    distribution
        Distribution and link.
    separation
        How terms can separate the outcome, if they can.
    determined
        Whether an outcome that is a function of terms is refused.
    likelihood
        Whether there is a likelihood.
    """

    distribution: LinearFamily
    separation: Separation | None = None
    determined: bool = True
    likelihood: bool = True

    def __call__(self, observed: Observations, part: str = MEAN) -> Estimated:
        """Estimate the coefficients."""
        outcome, x = observed.outcome, observed.matrix.to_numpy()
        fitted = fit_glm(outcome, x, self.distribution)
        if self.separation is not None:
            cone, reach = self.separation(observed, fitted.params)
            check_separation(observed, cone, fitted.converged, reach)
        check_convergence(observed, fitted.converged)
        if self.determined:
            check_determined(observed, outcome - fitted.mean, fitted.params)
        bread = np.linalg.inv(fitted.information)
        scores = x * ((outcome - fitted.mean) * fitted.slope / fitted.variance)[:, None]
        params = named(part, observed.matrix.columns, fitted.params)
        known = fitted.log_likelihood if self.likelihood else np.nan
        return Estimated(params, scores, bread, bread * fitted.scale, known, fitted)


@dataclass(frozen=True)
class LinearPartials:
    """Differentiates the inverse of a link."""

    distribution: LinearFamily

    def __call__(
        self, linear: Sequence[np.ndarray], further: np.ndarray, category: int | None = None
    ) -> Partials:
        """Differentiate the mean by the linear predictor."""
        value, first, second = curvature(self.distribution, linear[0])
        return Partials(value, [first], [[second]])


def of_binary(observed: Observations, params: np.ndarray) -> tuple[Cone, np.ndarray]:
    """Give the cone of a 0/1 outcome: any row can run away.

    It is that of every link whose probabilities reach 0 and 1 (Silvapulle 1981, *JRSS B* 43).
    """
    x = observed.matrix.to_numpy()
    return logit_cone(observed.outcome, x), x @ params


def of_amounts(observed: Observations, params: np.ndarray) -> tuple[Cone, np.ndarray]:
    """Give the cone of counts or amounts with a log link: rows of zero can run away."""
    return count_cone(observed.outcome, observed.matrix.to_numpy()), below(observed, params)
