"""Diagonally weighted least squares on thresholds and polychoric correlations (WLSMV)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coproduction.measurement.admissibility import check_converged
from coproduction.measurement.descent import minimise
from coproduction.measurement.estimates import Estimates, Moments
from coproduction.measurement.factor_model import FactorModel
from coproduction.measurement.fit_measures import Test
from coproduction.measurement.implied import Structure, jacobian, structures
from coproduction.measurement.maximum_likelihood import inverse
from coproduction.measurement.polychoric import Polychoric
from coproduction.measurement.start import generic_point, starting_values


@dataclass(frozen=True)
class Distance:
    """The weighted distance between a model and each group's polychoric statistics.

    Attributes
    ----------
    model
        The model, in the delta or theta metric.
    statistics
        For each group, thresholds then correlations, m values.
    gammas
        For each group, m × m sampling covariance of √n times the statistics.
    n
        Cases in each group.
    """

    model: FactorModel
    statistics: tuple[np.ndarray, ...]
    gammas: tuple[np.ndarray, ...]
    n: tuple[int, ...]

    @property
    def weights(self) -> list[np.ndarray]:
        """Each group's weights, 1 / diag(Γ), times its share: n − 1 of all, as the test counts."""
        total = sum(self.n) - len(self.n)
        return [(n - 1) / total / np.diag(g) for n, g in zip(self.n, self.gammas, strict=True)]

    def residuals(self, theta: np.ndarray) -> list[np.ndarray]:
        """Statistics less what the model implies."""
        parts = structures(self.model, theta)
        pairs = zip(self.statistics, parts, strict=True)
        return [statistic - implied(self.model, part) for statistic, part in pairs]

    @property
    def n_moments(self) -> int:
        """Number of thresholds and correlations."""
        return sum(map(len, self.statistics))

    @property
    def split(self) -> int:
        """Number of thresholds of one group, which precede its correlations."""
        return sum(self.model.thresholds)

    @property
    def correlations(self) -> list[np.ndarray]:
        """Each group's polychoric correlations, p × p."""
        return [_square(values[self.split :], len(self.model.items)) for values in self.statistics]

    def start(self) -> np.ndarray:
        """Guess the parameters."""
        thresholds = [values[: self.split] for values in self.statistics]
        zeros = [np.zeros(len(self.model.items))] * len(self.n)
        return starting_values(self.model, self.correlations, zeros, thresholds)

    def generic_information(self) -> np.ndarray:
        """Gauss–Newton Hessian at a generic point."""
        return self.slope(generic_point(self.start()))[1]

    def value(self, theta: np.ndarray) -> float:
        """Half the weighted sum of squared residuals."""
        with np.errstate(invalid="ignore"):
            residuals = self.residuals(theta)
        total = sum(w @ e**2 for w, e in zip(self.weights, residuals, strict=True)) / 2
        return float(total) if np.isfinite(total) else np.inf

    def slope(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient and Gauss–Newton approximation of the Hessian."""
        triples = list(
            zip(self.weights, self.residuals(theta), self.derivatives(theta), strict=True)
        )
        gradient = -sum(d.T @ (w * e) for w, e, d in triples)
        return gradient, sum(_square_of(d, w, self.split) for w, _, d in triples)

    def derivatives(self, theta: np.ndarray) -> list[np.ndarray]:
        """Each group's m × q Jacobian of the implied statistics."""
        return [
            derivative(self.model, group, part)
            for group, part in enumerate(structures(self.model, theta))
        ]


def _square_of(derivatives: np.ndarray, weights: np.ndarray, split: int) -> np.ndarray:
    """DᵀWD; most parameters are thresholds, by which no correlation moves."""
    upper, lower = derivatives[:split], derivatives[split:]
    total = (upper.T * weights[:split]) @ upper
    moving = np.flatnonzero(lower.any(axis=0))
    dense = lower[:, moving]
    total[np.ix_(moving, moving)] += (dense.T * weights[split:]) @ dense
    return total


def implied(model: FactorModel, part: Structure) -> np.ndarray:
    """Thresholds and correlations of the latent responses that a model implies.

    With σ the standard deviations of the latent responses, (τ − μ) / σ and Σᵢⱼ / (σᵢ σⱼ); σ is the
    inverse scale in the delta metric and follows from Σ in the theta metric.
    """
    p = len(model.items)
    sd = _deviations(model, part)
    item = np.repeat(np.arange(p), model.thresholds)
    thresholds = (part.thresholds - part.centre[:p][item]) / sd[item]
    first, second = np.triu_indices(p, 1)
    return np.concatenate([thresholds, part.spread[first, second] / (sd[first] * sd[second])])


def derivative(model: FactorModel, group: int, part: Structure) -> np.ndarray:
    """Jacobian of the implied statistics, m × q."""
    p, q = len(model.items), model.n_free
    means, covariances = jacobian(model, group, part)
    sd = _deviations(model, part)
    slope = _deviation_slopes(model, group, part, covariances, sd)
    item = np.repeat(np.arange(p), model.thresholds)
    cells = model.cells[group]["thresholds"]
    own = np.zeros((len(item), q))
    chosen = cells.free >= 0
    own[cells.rows[chosen], cells.free[chosen]] = 1
    standard = (part.thresholds - part.centre[:p][item]) / sd[item]
    thresholds = (own - means[:, item].T - standard[:, None] * slope[item]) / sd[item][:, None]
    first, second = np.triu_indices(p, 1)
    size = sd[first] * sd[second]
    correlation = part.spread[first, second] / size
    relative = slope[first] / sd[first][:, None] + slope[second] / sd[second][:, None]
    correlations = covariances[:, first, second].T / size[:, None] - correlation[:, None] * relative
    return np.vstack([thresholds, correlations])


def _deviations(model: FactorModel, part: Structure) -> np.ndarray:
    p = len(model.items)
    return 1 / part.scales[:p] if model.metric == "delta" else np.sqrt(part.spread.diagonal()[:p])


def _deviation_slopes(
    model: FactorModel, group: int, part: Structure, covariances: np.ndarray, sd: np.ndarray
) -> np.ndarray:
    """Differentiate the latent responses' standard deviations, p × q."""
    p = len(sd)
    if model.metric == "theta":
        return covariances[:, np.arange(p), np.arange(p)].T / (2 * sd[:, None])
    slope = np.zeros((p, model.n_free))
    cells = model.cells[group]["scales"]
    chosen = cells.free >= 0
    slope[cells.rows[chosen], cells.free[chosen]] = -(sd[cells.rows[chosen]] ** 2)
    return slope


def distance(model: FactorModel, polychorics: tuple[Polychoric, ...]) -> Distance:
    """Pair a model with polychoric correlations, one set for each group."""
    first, second = np.triu_indices(len(model.items), 1)
    return Distance(
        model,
        tuple(
            np.concatenate([*each.thresholds, each.correlations[first, second]])
            for each in polychorics
        ),
        tuple(each.covariance for each in polychorics),
        tuple(each.n for each in polychorics),
    )


def estimate(distance: Distance) -> Estimates:
    """Estimate a model of ordinal items by diagonally weighted least squares.

    Notes
    -----
    Robust standard errors and the scaled-and-shifted test use the full sampling covariance of the
    thresholds and correlations (Muthén, du Toit and Spisic 1997; Asparouhov and Muthén 2010,
    *Simple second order chi-square correction*). As in lavaan, each group counts with n − 1.
    """
    model, split = distance.model, distance.split
    optimum = minimise(distance.start(), distance.value, distance.slope)
    check_converged(model, optimum)
    theta = optimum.theta
    multiplier = sum(distance.n) - len(distance.n)
    covariance, information = _sandwich(distance, theta)
    return Estimates(
        model,
        theta,
        covariance,
        information,
        _test(distance, theta, information),
        _baseline(distance, split),
        tuple(_sample_moments(distance)),
        tuple(_implied_moments(distance, theta, split)),
        distance.n,
        multiplier,
        optimum.converged,
        corrected=True,
    )


def _sandwich(distance: Distance, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    bread, meat = 0.0, 0.0
    for n, gamma, jacobian_ in zip(
        distance.n, distance.gammas, distance.derivatives(theta), strict=True
    ):
        weighted = (n - 1) * jacobian_ / np.diag(gamma)[:, None]
        bread = bread + jacobian_.T @ weighted
        meat = meat + weighted.T @ gamma @ weighted / (n - 1)
    outer = inverse(bread)
    return outer @ meat @ outer, bread


def _test(distance: Distance, theta: np.ndarray, bread: np.ndarray) -> Test:
    """Scaled-and-shifted test from the traces of UΓ and (UΓ)²."""
    chisq = sum(
        (n - 1) * (e**2 / np.diag(g)).sum()
        for n, e, g in zip(distance.n, distance.residuals(theta), distance.gammas, strict=True)
    )
    df = distance.n_moments - distance.model.n_free
    first, second = _traces(distance, distance.derivatives(theta), bread)
    return scaled_shifted(chisq, df, first, second)


def scaled_shifted(chisq: float, df: int, first: float, second: float) -> Test:
    """Correct a statistic to the mean and variance of a chi-squared one.

    Parameters
    ----------
    chisq, df
        The statistic and its degrees of freedom.
    first, second
        Traces of UΓ and of its square.
    """
    if df <= 0 or second <= 0:
        return Test(chisq, df)
    scaling = np.sqrt(second / df)
    return Test(chisq, df, scaling, df - first / scaling)


def _traces(
    distance: Distance, jacobians: list[np.ndarray], bread: np.ndarray
) -> tuple[float, float]:
    """Traces of UΓ and (UΓ)² with U = W − W Δ (ΔᵀWΔ)⁻¹ Δᵀ W, without forming U.

    W is block-diagonal over groups and Γ too, each scaled by the group's n − 1.
    """
    inner = inverse(bread)
    first, second = 0.0, 0.0
    moved = np.zeros_like(bread)
    twice = np.zeros_like(bread)
    for n, gamma, delta in zip(distance.n, distance.gammas, jacobians, strict=True):
        weight = 1 / np.diag(gamma)
        weighted = delta * weight[:, None]
        pulled = gamma @ weighted
        first += len(weight)
        second += weight @ gamma**2 @ weight
        moved += (n - 1) * weighted.T @ pulled
        twice += (n - 1) * (pulled.T * weight) @ pulled
    projected = inner @ moved
    first -= np.trace(projected)
    second += -2 * np.trace(inner @ twice) + (projected * projected.T).sum()
    return float(first), float(second)


def _baseline(distance: Distance, split: int) -> Test:
    """Test the model in which all correlations are 0 and thresholds are free."""
    chisq, df, first, second = 0.0, 0, 0.0, 0.0
    for n, values, gamma in zip(distance.n, distance.statistics, distance.gammas, strict=True):
        block = gamma[split:, split:]
        weight = 1 / np.diag(block)
        chisq += (n - 1) * weight @ values[split:] ** 2
        df += len(weight)
        first += len(weight)
        second += weight @ block**2 @ weight
    return scaled_shifted(chisq, df, first, second)


def _sample_moments(distance: Distance) -> Iterator[Moments]:
    for values, correlations in zip(distance.statistics, distance.correlations, strict=True):
        yield values[: distance.split], correlations


def _implied_moments(distance: Distance, theta: np.ndarray, split: int) -> Iterator[Moments]:
    p = len(distance.model.items)
    for part in structures(distance.model, theta):
        values = implied(distance.model, part)
        yield values[:split], _square(values[split:], p)


def _square(values: np.ndarray, p: int) -> np.ndarray:
    matrix = np.eye(p)
    matrix[np.triu_indices(p, 1)] = values
    matrix.T[np.triu_indices(p, 1)] = values
    return matrix
