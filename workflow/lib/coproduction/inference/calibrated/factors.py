"""The factor model of the measurement step: Σ = Λ Ψ Λ′ + σ² 1 1′ + Θ.

Each item loads on its construct; agreement loads one on every raw item and is uncorrelated with the
constructs (Billiet and McClendon 2000, *Structural Equation Modeling* 7, 608–628).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from coproduction.errors import Refusal
from coproduction.inference.calibrated.contents import Contents
from coproduction.measurement.factor import (
    FactorModel,
    Likelihood,
    Specification,
    best_optimum,
    check_converged,
    check_identified,
    factor_model,
    gradient,
    inverse,
    likelihood,
    sample,
    structures,
)

AGREEMENT = "AGREEMENT"
"""Name of the factor; no construct of a study has a name in capitals."""
NO_AGREEMENT = 1e-4
"""Share of the items' mean variance below which there is no agreement to speak of."""
SMALLEST = 1e-8
"""Least variance of an agreement factor that stays."""


@dataclass(frozen=True)
class Factors:
    """Parameters of the factor model of p items and K constructs.

    Attributes
    ----------
    loadings
        p: loading of each item on its construct; the first of a construct is one.
    covariances
        K × K: Ψ.
    agreement
        σ²; 0 where there is no such factor.
    errors
        p: the diagonal of Θ.
    """

    loadings: np.ndarray
    covariances: np.ndarray
    agreement: float
    errors: np.ndarray


@dataclass(frozen=True)
class Estimation:
    """An estimated factor model, from which it can be estimated anew for moments nearby.

    Attributes
    ----------
    contents
        Constructs and items.
    objective
        The likelihood of the model as the measurement room lays it out.
    theta
        Estimated parameters.
    at_zero
        Items whose error variance would have been negative, and is held at zero.
    agreement
        Estimated variance of agreement: also where it is too small and the factor left out, and
        None where it was not estimated.
    """

    contents: Contents
    objective: Likelihood
    theta: np.ndarray
    at_zero: tuple[str, ...] = ()
    agreement: float | None = None

    @property
    def model(self) -> FactorModel:
        """The model."""
        return self.objective.model

    @cached_property
    def inverse_curvature(self) -> np.ndarray:
        """Inverse Hessian of the discrepancy at the estimates."""
        return inverse(_curvature(self.objective, self.theta))

    @property
    def factors(self) -> Factors:
        """Its parameters."""
        return self._factors(self.theta)

    @property
    def variance(self) -> float:
        """Variance of the last factor as it is estimated."""
        return float(structures(self.model, self.theta)[0].covariances[-1, -1])

    @property
    def with_agreement(self) -> bool:
        """Whether it has a factor of agreement."""
        return bool(self.model.specification.method)

    def again(self, covariance: np.ndarray, steps: int = 2) -> Factors:
        """Estimate the same model for another covariance matrix (p × p) near that of the data.

        Newton steps from the estimates, with the curvature that is there. The error of the first is
        of the second order in the change of the covariances, that of two a small part of it.
        """
        theta = self.theta
        for _ in range(steps):
            theta = theta - self.inverse_curvature @ _gradient(self.model, theta, covariance)
        return self._factors(theta)

    def _factors(self, theta: np.ndarray) -> Factors:
        part = structures(self.model, theta)[0]
        p, k = len(self.contents.items), len(self.contents.names)
        loadings = part.paths[np.arange(p), p + self.contents.owner]
        inside = part.covariances[p : p + k, p : p + k]
        # Whether there is agreement is decided once: it stays where moments nearby have none.
        agreement = max(part.covariances[-1, -1], SMALLEST) if self.with_agreement else 0.0
        return Factors(loadings, inside, float(agreement), np.diag(part.covariances)[:p].copy())


def estimate(covariance: np.ndarray, contents: Contents, agreement: bool) -> Estimation:
    """Estimate the factor model by maximum likelihood.

    Parameters
    ----------
    covariance
        p × p: covariance matrix of the items' residuals, in their units.
    contents
        Constructs and items.
    agreement
        Whether there is to be a factor of agreement. Where its variance comes out below 1e-4 of the
        items' mean variance it is left out, once and for all.

    Raises
    ------
    Refusal
        If the answers do not determine the model, or two constructs that the model holds cannot be
        told apart.
    """
    found = _admissible(covariance, contents, agreement)
    # As estimated, be it negative.
    variance = found.variance if agreement else None
    if variance is not None and variance < NO_AGREEMENT * covariance.trace() / len(covariance):
        found = _admissible(covariance, contents, agreement=False)
    held = found.factors.covariances[: contents.held, : contents.held]
    if len(held) and np.linalg.eigvalsh(held).min() <= 0:
        raise Refusal(
            "constructs_not_apart", model=contents.model, names=contents.names[: contents.held]
        )
    return replace(found, agreement=variance)


def _admissible(covariance: np.ndarray, contents: Contents, agreement: bool) -> Estimation:
    """Estimate with error variances that come out negative held at zero."""
    scales = tuple((name, tuple(scale.items)) for name, scale in contents.scales.items())
    at_zero: tuple[str, ...] = ()
    while True:
        objective, theta = _estimated(covariance.tobytes(), scales, agreement, at_zero)
        found = Estimation(contents, objective, theta, at_zero)
        errors = zip(contents.items, found.factors.errors, strict=True)
        negative = tuple(item for item, error in errors if error < 0)
        if not negative:
            return found
        at_zero += negative


@lru_cache(maxsize=32)
def _estimated(
    covariance: bytes,
    scales: tuple[tuple[str, tuple[str, ...]], ...],
    agreement: bool,
    at_zero: tuple[str, ...],
) -> tuple[Likelihood, np.ndarray]:
    """Estimate a model given the bytes of a covariance matrix: many models share their step."""
    items = tuple(item for _, own in scales for item in own)
    specification = Specification(
        dict(scales),
        method={AGREEMENT: items} if agreement else {},
        fixed={f"{item} ~~ {item}": 0.0 for item in at_zero},
    )
    model = factor_model(specification)
    given = np.frombuffer(covariance).reshape(len(items), len(items))
    objective = likelihood(model, (sample(_rows_of(given)),))
    check_identified(model, objective.generic_information(), objective.n_moments)
    optimum = best_optimum(objective)
    check_converged(model, optimum)
    return objective, optimum.theta


def _rows_of(covariance: np.ndarray) -> np.ndarray:
    """Make 2 p rows with mean zero that have this covariance matrix: the engine takes rows."""
    values, vectors = np.linalg.eigh(covariance)
    half = np.sqrt(np.maximum(values, 0) * len(values))[:, None] * vectors.T
    return np.vstack([half, -half])


def _curvature(objective: Likelihood, theta: np.ndarray) -> np.ndarray:
    """Hessian of twice the discrepancy per case; the expected one if that is not positive."""
    observed = 2 * objective.curvature(theta)
    if np.linalg.eigvalsh(observed).min() > 0:
        return observed
    return 2 * objective.expected_information(theta) / objective.n


def _gradient(model: FactorModel, theta: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    parts = structures(model, theta)
    p = len(covariance)
    inverse = np.linalg.inv(parts[0].spread[:p, :p])
    steep = inverse - inverse @ covariance @ inverse
    return gradient(model, parts, [np.zeros(p)], [(steep + steep.T) / 2])
