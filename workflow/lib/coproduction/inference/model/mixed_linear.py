"""Linear two-level model by restricted or full maximum likelihood.

y = Xβ + Zb + e within each cluster, b ~ N(0, σ²ΛΛᵀ), e ~ N(0, σ²I), with a random intercept or an
intercept and a slope. Given Λ, β and σ have closed forms, and what remains is the profiled deviance
of Λ (Bates, Mächler, Bolker and Walker 2015, *Journal of Statistical Software* 67(1)). Only the
sums of squares and products of each cluster enter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coproduction.inference.model.ascent import Ascent, climb, observed_information, orthonormal

IMAGINARY = 1e-30
FIRST_SCALE = 0.5
ZERO = 1e-6


@dataclass(frozen=True)
class Sums:
    """Sums of squares and products of n rows in J clusters, k terms and r random effects.

    The terms are orthonormal combinations of those of the model, X = (model's terms) B, so that the
    normal equations are well conditioned.

    Attributes
    ----------
    n
        Rows.
    xx, xy, yy
        XᵀX (k × k), Xᵀy (k), yᵀy.
    zz, zx, zy
        ZᵀZ (J × r × r), ZᵀX (J × r × k), Zᵀy (J × r) of each cluster.
    restricted
        Whether the likelihood is the restricted one.
    basis
        k × k: B.
    """

    n: int
    xx: np.ndarray
    xy: np.ndarray
    yy: float
    zz: np.ndarray
    zx: np.ndarray
    zy: np.ndarray
    restricted: bool
    basis: np.ndarray

    def root(self, scale: np.ndarray) -> np.ndarray:
        """Λ, lower triangular, from its entries by rows."""
        r = self.zz.shape[1]
        result = np.zeros((r, r), dtype=scale.dtype)
        result[np.tril_indices(r)] = scale
        return result

    def solved(self, scale: np.ndarray) -> Solved:
        """Generalised least squares given Λ."""
        root = self.root(scale)
        inner = root.T @ self.zz @ root + np.eye(len(root))
        zx, zy = root.T @ self.zx, self.zy @ root
        xx = self.xx - np.einsum("jak,jal->kl", zx, np.linalg.solve(inner, zx))
        half = np.linalg.solve(inner, zy[:, :, None])[:, :, 0]
        xy = self.xy - np.einsum("jak,ja->k", zx, half)
        params = np.linalg.solve(xx, xy)
        rest = self.yy - (zy * half).sum() - params @ xy
        return Solved(params, xx, rest, _log_determinant(inner).sum())

    def deviance(self, scale: np.ndarray) -> complex:
        """Minus twice the (restricted) log-likelihood, profiled over β and σ."""
        found, df = self.solved(scale), self.df
        value = df * (1 + np.log(2 * np.pi * found.rest / df)) + found.log_determinant
        return value + self._restriction(found)

    def full_deviance(self, variances: np.ndarray) -> complex:
        """Give the deviance as a function of Λ and σ, which stands last, profiled over β only."""
        found, sigma = self.solved(variances[:-1]), variances[-1]
        value = self.df * np.log(2 * np.pi * sigma**2) + found.rest / sigma**2
        return value + found.log_determinant + self._restriction(found)

    def _restriction(self, found: Solved) -> complex:
        """Logarithm of the determinant of the information on the model's own terms."""
        if not self.restricted:
            return 0.0
        return _log_determinant(found.xx) - 2 * np.log(np.abs(np.diag(self.basis))).sum()

    @property
    def df(self) -> int:
        """Divisor of the residual variance: n − k (restricted) or n."""
        return self.n - len(self.xy) if self.restricted else self.n


@dataclass(frozen=True)
class Solved:
    """Coefficients (k), XᵀV⁻¹X (k × k), residual sum rᵀV⁻¹r and Σ ln |V| given Λ, for σ = 1."""

    params: np.ndarray
    xx: np.ndarray
    rest: complex
    log_determinant: complex


@dataclass(frozen=True)
class MixedLinear:
    """A fitted linear two-level model of k terms, with s entries of Λ.

    Attributes
    ----------
    params
        k: coefficients.
    covariance
        k × k: σ²(XᵀV⁻¹X)⁻¹, Λ taken as known.
    scale
        s: entries of Λ.
    sigma
        Standard deviation of the residuals.
    log_likelihood
        (Restricted) log-likelihood.
    variance_covariance
        (s + 1) × (s + 1): covariance of (Λ, σ), twice the inverse second derivatives of the
        deviance.
    jacobian
        (s + 1) × k × k: derivatives of `covariance` by (Λ, σ).
    converged
        Whether the climb came to rest.
    """

    params: np.ndarray
    covariance: np.ndarray
    scale: np.ndarray
    sigma: float
    log_likelihood: float
    variance_covariance: np.ndarray
    jacobian: np.ndarray
    converged: bool

    def degrees_of_freedom(self, contrast: np.ndarray) -> float:
        """Satterthwaite's 2 v² / var(v), v being the variance of a contrast.

        Var(v) follows from the covariance of (Λ, σ) by the delta method, as in Kuznetsova,
        Brockhoff and Christensen (2017, *Journal of Statistical Software* 82(13)).
        """
        value = contrast @ self.covariance @ contrast
        gradient = np.einsum("k,skl,l->s", contrast, self.jacobian, contrast)
        spread = gradient @ self.variance_covariance @ gradient
        return float(2 * value**2 / spread) if spread > 0 else np.inf


def sums(
    outcome: np.ndarray,
    matrix: np.ndarray,
    random: np.ndarray,
    members: np.ndarray,
    restricted: bool,
) -> Sums:
    """Reduce rows to sums of squares and products.

    Parameters
    ----------
    outcome
        n.
    matrix
        n × k.
    random
        n × r: a column of ones, and the slope's variable if there is one.
    members
        n: cluster, 0 … J − 1.
    restricted
        Whether to use the restricted likelihood.
    """
    order = np.argsort(members, kind="stable")
    basis = orthonormal(matrix)
    y, x, z = outcome[order], matrix[order] @ basis, random[order]
    starts = np.flatnonzero(np.diff(members[order], prepend=-1))

    def total(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, starts, axis=0)

    zz = total(z[:, :, None] * z[:, None, :])
    zx = np.stack([total(x * column[:, None]) for column in z.T], axis=1)
    zy = total(z * y[:, None])
    return Sums(len(y), x.T @ x, x.T @ y, y @ y, zz, zx, zy, restricted, basis)


def fit_mixed_linear(data: Sums, units: np.ndarray) -> MixedLinear:
    """Maximise the (restricted) likelihood.

    Parameters
    ----------
    data
        From `sums`.
    units
        r: reciprocal spread of the columns of Z, by which the climb is scaled.
    """
    rows = np.tril_indices(len(units))[0]
    sizes = units[rows]
    start = np.where(rows == np.tril_indices(len(units))[1], FIRST_SCALE, 0.0) * sizes

    def objective(scale: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = _differentiated(data.deviance, scale)
        return -value / 2, -gradient / 2

    known = np.abs(np.diag(observed_information(objective, start, sizes)))
    climbed = climb(objective, start, np.diag(np.maximum(known, 1e-6)), np.diag(sizes))
    return _finished(data, climbed, sizes)


def _finished(data: Sums, climbed: Ascent, units: np.ndarray) -> MixedLinear:
    scale = _signed(data, np.where(np.abs(climbed.params) < ZERO * units, 0.0, climbed.params))
    found = data.solved(scale)
    sigma = float(np.sqrt(found.rest.real / data.df))
    variances = np.append(scale, sigma)

    def halved(values: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = _differentiated(data.full_deviance, values)
        return -value / 2, -gradient / 2

    information = observed_information(halved, variances, np.append(units, sigma))
    jacobian = []
    for place in range(len(variances)):
        moved = variances.astype(complex)
        moved[place] += 1j * IMAGINARY
        covariance = moved[-1] ** 2 * np.linalg.inv(data.solved(moved[:-1]).xx)
        jacobian.append(data.basis @ (covariance.imag / IMAGINARY) @ data.basis.T)
    return MixedLinear(
        data.basis @ found.params,
        sigma**2 * data.basis @ np.linalg.inv(found.xx) @ data.basis.T,
        scale,
        sigma,
        -data.deviance(scale).real / 2,
        np.linalg.pinv(information, rcond=1e-10, hermitian=True),
        np.array(jacobian),
        climbed.converged,
    )


def _signed(data: Sums, scale: np.ndarray) -> np.ndarray:
    """Make the diagonal of Λ non-negative; the likelihood does not depend on these signs."""
    root = data.root(scale)
    root = root * np.where(np.diag(root) < 0, -1.0, 1.0)
    return root[np.tril_indices(len(root))]


def _differentiated(
    function: Callable[[np.ndarray], complex], values: np.ndarray
) -> tuple[float, np.ndarray]:
    """Value and gradient by complex steps, which are exact to rounding."""
    gradient = np.empty(len(values))
    for place in range(len(values)):
        moved = values.astype(complex)
        moved[place] += 1j * IMAGINARY
        gradient[place] = function(moved).imag / IMAGINARY
    return function(values).real, gradient


def _log_determinant(matrix: np.ndarray) -> np.ndarray:
    sign, value = np.linalg.slogdet(matrix)
    return value + 1j * np.angle(sign) if np.iscomplexobj(matrix) else value
