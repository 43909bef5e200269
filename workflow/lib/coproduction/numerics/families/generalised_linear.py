"""Generalised linear families: a distribution and a link of statsmodels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from coproduction.numerics.families.family import (
    MEAN,
    Counts,
    Distributed,
    Estimated,
    Expected,
    Family,
    Need,
    Observations,
    Partials,
)
from coproduction.numerics.families.parameters import named
from coproduction.numerics.families.refusals import (
    below,
    check_convergence,
    check_determined,
    check_separation,
)
from coproduction.numerics.glm import fit_glm
from coproduction.numerics.separation import Cone, count_cone, logit_cone

if TYPE_CHECKING:
    from statsmodels.genmod import families

Separation = Callable[[Observations, np.ndarray], tuple[Cone, np.ndarray]]
"""Gives, from the coefficients, the cone of the likelihood and what could run away along it."""


@dataclass(frozen=True)
class Distribution:
    """Names a distribution and a link of statsmodels, and makes it when it is called.

    Whoever only reads a plan does not wait for statsmodels.

    Attributes
    ----------
    distribution
        Name of a class of `statsmodels.genmod.families`.
    link
        Name of a class of `coproduction.numerics.links`.
    options
        Of the distribution.
    """

    distribution: str
    link: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self) -> families.Family:
        """Make it."""
        from statsmodels.genmod import families

        from coproduction.numerics import links

        link = getattr(links, self.link)()
        return getattr(families, self.distribution)(link, **self.options)


@dataclass(frozen=True)
class LinearEstimate:
    """Estimates a generalised linear model by maximum (quasi-)likelihood.

    Attributes
    ----------
    distribution
        Distribution and link.
    separation
        How terms can separate the outcome, if they can.
    dispersed
        Whether the dispersion is estimated, by Pearson's χ² / (n − k), and not 1.
    likelihood
        Whether there is a likelihood, in which a dispersion is deviance / n.
    """

    distribution: Distribution
    separation: Separation | None
    dispersed: bool
    likelihood: bool

    def __call__(self, observed: Observations, part: str = MEAN) -> Estimated:
        """Estimate the coefficients."""
        outcome, x, weights = observed.outcome, observed.matrix.to_numpy(), observed.weights
        distribution = self.distribution()
        fitted = fit_glm(outcome, x, distribution, weights=weights)
        if self.separation is not None:
            cone, reach = self.separation(observed, fitted.params)
            check_separation(observed, cone, fitted.converged, reach)
        check_convergence(observed, fitted.converged)
        residual = outcome - fitted.mean
        check_determined(observed, residual, fitted.params)
        bread = np.linalg.inv(fitted.information)
        scores = x * (residual * fitted.slope / fitted.variance)[:, None]
        pearson = residual**2 / fitted.variance
        if weights is not None:
            scores, pearson = scores * weights[:, None], pearson * weights
        scale, known = 1.0, np.nan
        if self.dispersed:
            scale = float(pearson.sum() / (len(x) - x.shape[1]))
        if self.likelihood and weights is None:
            own = distribution.deviance(outcome, fitted.mean) / len(x) if self.dispersed else 1.0
            known = float(distribution.loglike(outcome, fitted.mean, scale=own))
        params = named(part, observed.matrix.columns, fitted.params)
        return Estimated(params, scores, bread, bread * scale, known, fitted)


@dataclass(frozen=True)
class LinearPartials:
    """Differentiates the inverse of a link."""

    distribution: Distribution

    def __call__(
        self, linear: Sequence[np.ndarray], further: np.ndarray, category: int | None = None
    ) -> Partials:
        """Differentiate the mean by the linear predictor."""
        link, (eta,) = self.distribution().link, linear
        return Partials(link.inverse(eta), [link.inverse_deriv(eta)], [[link.inverse_deriv2(eta)]])


def of_binary(observed: Observations, params: np.ndarray) -> tuple[Cone, np.ndarray]:
    """Give the cone of a 0/1 outcome: any row can run away.

    It is the same for every link whose probabilities tend to 0 and 1 (Silvapulle 1981, *Journal of
    the Royal Statistical Society B* 43, 310–313).
    """
    x = observed.matrix.to_numpy()
    return logit_cone(observed.outcome, x), x @ params


def of_amounts(observed: Observations, params: np.ndarray) -> tuple[Cone, np.ndarray]:
    """Give the cone of counts or amounts with a log link: rows of zero can run away."""
    return count_cone(observed.outcome, observed.matrix.to_numpy()), below(observed, params)


def generalised_linear(
    name: str,
    meaning: str,
    distribution: Distribution,
    *,
    expected: Expected,
    needs: tuple[Need, ...] = (),
    separation: Separation | None = None,
    dispersed: bool = False,
    likelihood: bool = True,
    two_level: Literal["linear", "logit"] | None = None,
    counts: Counts | None = None,
    points: Distributed | None = None,
) -> Family:
    """Make a generalised linear family.

    Parameters
    ----------
    name, meaning, expected, needs, two_level, counts, points
        As in `Family`.
    distribution
        Distribution and link.
    separation, dispersed, likelihood
        As in `LinearEstimate`.
    """
    return Family(
        name=name,
        meaning=meaning,
        link=distribution.link.lower(),
        expected=expected,
        needs=needs,
        estimate=LinearEstimate(distribution, separation, dispersed, likelihood),
        partials=LinearPartials(distribution),
        distribution=distribution,
        two_level=two_level,
        classical=likelihood or dispersed,
        student=dispersed,
        counts=counts,
        points=points,
    )
