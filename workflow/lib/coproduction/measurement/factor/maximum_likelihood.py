"""Maximum-likelihood estimation of a measurement model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.measurement.factor import incomplete_normal as normal
from coproduction.measurement.factor.admissibility import check_converged
from coproduction.measurement.factor.descent import Optimum, minimise
from coproduction.measurement.factor.estimates import Estimates, Moments
from coproduction.measurement.factor.implied import complex_step, gradient, jacobian, structures
from coproduction.measurement.factor.incomplete_normal import Sample
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.factor.search import best_optimum
from coproduction.measurement.factor.start import generic_point, starting_values
from coproduction.measurement.fit.measures import Test
from coproduction.rows import Membership


@dataclass(frozen=True)
class Likelihood:
    """The likelihood of a model given the answers of each group.

    Attributes
    ----------
    model
        The model.
    samples
        Answers of each group.
    saturated
        Each group's unrestricted mean and covariance matrix.
    """

    model: FactorModel
    samples: tuple[Sample, ...]
    saturated: tuple[Moments, ...]

    @property
    def n(self) -> int:
        """Number of cases."""
        return sum(sample.n for sample in self.samples)

    @property
    def complete(self) -> bool:
        """Whether no answer is missing."""
        return all(sample.complete for sample in self.samples)

    @property
    def clusters(self) -> list[Membership] | None:
        """For each group, the cluster of each case; None where cases are independent."""
        found = [sample.rows.cluster for sample in self.samples]
        known = [cluster for cluster in found if cluster is not None]
        return known if len(known) == len(found) else None

    @property
    def means(self) -> bool:
        """Whether the model has a mean structure."""
        return any(parameter.matrix == "means" for parameter in self.model.parameters)

    @property
    def n_moments(self) -> int:
        """Number of variances, covariances and, with a mean structure, means."""
        p = len(self.model.observed)
        return (p * (p + 1) // 2 + (p if self.means else 0)) * len(self.samples)

    def start(self, given: np.ndarray | None = None) -> np.ndarray:
        """Guess the parameters, all or all but standardised loadings that are given."""
        means, covariances = (list(moments) for moments in zip(*self.saturated, strict=True))
        return starting_values(self.model, covariances, means, given=given)

    def search(self) -> Optimum:
        """Find the maximum from the usual start by Fisher scoring.

        With missing answers the steps use the information of complete data until they are small,
        then the observed information.
        """
        theta = self.start()
        if self.complete:
            return minimise(theta, self.value, self.slope)
        rough = minimise(theta, self.value, self.slope, tolerance=1e-4)

        def sharp(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return self.slope(theta)[0], self.curvature(theta)

        return minimise(rough.theta, self.value, sharp)

    def slope(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of `value` and the Fisher information of complete data per case."""
        return -self.score(theta) / self.n, self.expected_information(theta) / self.n

    def curvature(self, theta: np.ndarray) -> np.ndarray:
        """Hessian of `value`."""
        return self.observed_information(theta) / self.n

    def generic_information(self) -> np.ndarray:
        """Fisher information at a generic point."""
        return self.expected_information(generic_point(self.start()))

    def moments(self, theta: np.ndarray) -> tuple[Moments, ...]:
        """Each group's implied mean and covariance matrix; a mean not modelled is the sample's."""
        p = len(self.model.observed)
        return tuple(
            (part.centre[:p] if self.means else mean, part.spread[:p, :p])
            for part, (mean, _) in zip(structures(self.model, theta), self.saturated, strict=True)
        )

    def value(self, theta: np.ndarray) -> float:
        """Minus the log-likelihood per case."""
        return -_total(self.samples, self.moments(theta)) / self.n

    def saturated_value(self) -> float:
        """Minus the log-likelihood per case of the saturated model."""
        return -_total(self.samples, self.saturated) / self.n

    def score(self, theta: np.ndarray) -> np.ndarray:
        """Gradient of the log-likelihood."""
        parts = structures(self.model, theta)
        return gradient(self.model, parts, *self._slopes(theta))

    def jacobians(self, theta: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Differentiate each group's moments."""
        parts = structures(self.model, theta)
        return [jacobian(self.model, group, part) for group, part in enumerate(parts)]

    def expected_information(self, theta: np.ndarray) -> np.ndarray:
        """Fisher information, as if every answer were there."""
        triples = zip(self.samples, self.moments(theta), self.jacobians(theta), strict=True)
        parts = (
            normal.expected_information(sample.n, moments[1], *derivatives)
            for sample, moments, derivatives in triples
        )
        return sum(parts, np.zeros(()))

    def answered_information(self, theta: np.ndarray) -> np.ndarray:
        """Fisher information of the answers that are there."""
        if self.complete:
            return self.expected_information(theta)
        triples = zip(self.samples, self.moments(theta), self.jacobians(theta), strict=True)
        parts = (
            normal.moment_information(sample, *moments, *derivatives, expected=True)
            for sample, moments, derivatives in triples
        )
        return sum(parts, np.zeros(()))

    def observed_information(self, theta: np.ndarray) -> np.ndarray:
        """Minus the Hessian of the log-likelihood.

        The part that moves with the moments' gradient comes from `moment_information`, the
        curvature of the moments themselves by a complex step with that gradient held.
        """
        triples = zip(self.samples, self.moments(theta), self.jacobians(theta), strict=True)
        first = sum(
            normal.moment_information(sample, *moments, *derivatives)
            for sample, moments, derivatives in triples
        )
        held = self._slopes(theta)
        curvature = complex_step(
            lambda moved: gradient(self.model, structures(self.model, moved), *held), theta
        )
        return first - (curvature + curvature.T) / 2

    def scores(self, theta: np.ndarray) -> list[np.ndarray]:
        """Each group's casewise derivatives of the log-likelihood, cases × q."""
        triples = zip(self.samples, self.moments(theta), self.jacobians(theta), strict=True)
        return [
            normal.scores(sample, *moments, *derivatives)
            for sample, moments, derivatives in triples
        ]

    def _slopes(self, theta: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        pairs = zip(self.samples, self.moments(theta), strict=True)
        slopes = [normal.moment_gradient(sample, *moments) for sample, moments in pairs]
        return [slope[0] for slope in slopes], [slope[1] for slope in slopes]


def likelihood(model: FactorModel, samples: tuple[Sample, ...]) -> Likelihood:
    """Pair a model with data."""
    saturated = tuple(normal.saturated(sample) for sample in samples)
    return Likelihood(model, samples, saturated)


def estimate(likelihood: Likelihood) -> Estimates:
    """Estimate a model by maximum likelihood.

    Covariances are divided by N. Standard errors come from the expected information, from the
    observed one where answers are missing. Corrections for non-normality are in `robust`.
    """
    optimum = best_optimum(likelihood)
    check_converged(likelihood.model, optimum)
    theta = optimum.theta
    information = (
        likelihood.expected_information(theta)
        if likelihood.complete
        else likelihood.observed_information(theta)
    )
    moments = likelihood.moments(theta)
    fitted = _total(likelihood.samples, moments)
    free = _total(likelihood.samples, likelihood.saturated)
    return Estimates(
        likelihood.model,
        theta,
        inverse(information),
        information,
        Test(2 * (free - fitted), degrees_of_freedom(likelihood)),
        _baseline(likelihood, free),
        likelihood.saturated,
        moments,
        tuple(sample.n for sample in likelihood.samples),
        likelihood.n,
        optimum.converged,
        _criteria(fitted, free, likelihood.model.n_free, likelihood.n),
        likelihood.means,
    )


def degrees_of_freedom(likelihood: Likelihood) -> int:
    """Count the moments less the estimated parameters."""
    return likelihood.n_moments - likelihood.model.n_free


def inverse(information: np.ndarray) -> np.ndarray:
    """Invert an information matrix, by its pseudo-inverse where it is singular."""
    scale = np.sqrt(np.maximum(np.abs(np.diag(information)), 1e-300))
    return np.linalg.pinv(information / np.outer(scale, scale), 1e-12, True) / np.outer(
        scale, scale
    )


def _total(samples: tuple[Sample, ...], moments: tuple[Moments, ...]) -> float:
    pairs = zip(samples, moments, strict=True)
    return sum(normal.log_likelihood(sample, *pair) for sample, pair in pairs)


def _baseline(likelihood: Likelihood, free: float) -> Test:
    """Test the model in which items are uncorrelated, each with its own mean and variance."""
    alone = tuple(
        (np.nanmean(sample.data, 0), np.diag(np.nanvar(sample.data, 0)))
        for sample in likelihood.samples
    )
    p = len(likelihood.model.observed)
    df = p * (p - 1) // 2 * len(likelihood.samples)
    return Test(2 * (free - _total(likelihood.samples, alone)), df)


def _criteria(fitted: float, free: float, parameters: int, n: int) -> dict[str, float]:
    return {
        "log_likelihood": fitted,
        "log_likelihood_saturated": free,
        "aic": 2 * parameters - 2 * fitted,
        "bic": parameters * np.log(n) - 2 * fitted,
        "bic_adjusted": parameters * np.log((n + 2) / 24) - 2 * fitted,
    }
