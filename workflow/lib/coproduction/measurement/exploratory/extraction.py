"""Exploratory factor analysis of a correlation matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypedDict

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import chi2

from coproduction.errors import Refusal
from coproduction.measurement.exploratory.rotation import rotate
from coproduction.measurement.fit.measures import Test, rmsea
from coproduction.notes import Note
from coproduction.options import check_option
from coproduction.plan.options import Extraction, Rotation
from coproduction.printing import printed

SMALLEST = 0.005  # lower bound of a uniqueness


class _Fit(TypedDict):
    """What of a solution tells how well it fits."""

    chi2: float
    df: int
    p_value: float
    rmsea: float
    rmsea_conf_low: float
    rmsea_conf_high: float
    tli: float
    bic: float
    rms_residual: float


@printed
@dataclass(frozen=True)
class FactorAnalysis:
    """Solution with k factors of p items.

    Attributes
    ----------
    loadings
        p × k, the pattern. Factors descend in the variance they account for; each one's loadings
        have a positive sum.
    structure
        p × k: correlations of items with factors.
    factor_correlations
        k × k; the identity if the factors are orthogonal.
    uniquenesses, communalities
        p each; they add up to one.
    variance_accounted
        k: share of the items' total variance.
    chi2, df, p_value
        Test of exact fit with Bartlett's correction; NaN where the correlations are not positive
        definite, p_value also where df is 0.
    rmsea, rmsea_conf_low, rmsea_conf_high
        √((χ² − df)/(df (n − 1))), not below 0, with its 90 % interval; NaN where df is 0.
    tli
        Tucker and Lewis's index.
    bic
        χ² − df log n.
    rms_residual
        Root mean square of the residual correlations off the diagonal.
    converged
        Whether both the extraction and the rotation found a minimum.
    warnings
        What makes the solution doubtful, improper uniquenesses above all.
    items
        Names of the items, or their numbers from 1.
    """

    loadings: np.ndarray
    structure: np.ndarray
    factor_correlations: np.ndarray
    uniquenesses: np.ndarray
    communalities: np.ndarray
    variance_accounted: np.ndarray
    chi2: float
    df: int
    p_value: float
    rmsea: float
    rmsea_conf_low: float
    rmsea_conf_high: float
    tli: float
    bic: float
    rms_residual: float
    converged: bool
    warnings: tuple[Note, ...]
    items: tuple[str, ...]
    shown: ClassVar[tuple[str, ...]] = ()

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        share = ", ".join(f"{share:.0%}" for share in self.variance_accounted)
        return (
            f"{self.loadings.shape[1]} factors of {len(self.items)} items ({share} of variance), "
            f"RMSEA {self.rmsea:.3f}, TLI {self.tli:.3f}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Pattern of loadings with each item's communality, items × factors."""
        names = [f"factor_{number}" for number in range(1, self.loadings.shape[1] + 1)]
        table = pd.DataFrame(self.loadings, list(self.items), names)
        return table.assign(communality=self.communalities)


def factor_analysis(
    correlations: pd.DataFrame | np.ndarray,
    n: int,
    n_factors: int,
    method: Extraction = "minres",
    rotation: Rotation = "oblimin",
) -> FactorAnalysis:
    """Extract common factors and rotate them.

    Parameters
    ----------
    correlations
        p × p; a DataFrame's columns name the items in messages.
    n
        Respondents behind the correlations.
    n_factors
        Number of factors k.
    method
        `minres` minimises the squared residual correlations off the diagonal (Harman and Jones
        1966, *Psychometrika* 31, 351–368), `ml` maximises the normal likelihood (Jöreskog 1967,
        *Psychometrika* 32, 443–482). Both search over the uniquenesses, from 0.005 to 1.
    rotation
        See `rotation.rotate`.

    Returns
    -------
    FactorAnalysis
        See there.

    Raises
    ------
    Refusal
        More factors than the correlations can identify, or `ml` with correlations that are not
        positive definite.

    Notes
    -----
    The test of fit is the likelihood ratio of the fitted model times
    n − 1 − (2p + 5)/6 − 2k/3 (Bartlett 1950, *British Journal of Psychology* 3, 77–85), also for
    `minres`, for which it is approximate; TLI is Tucker and Lewis (1973, *Psychometrika* 38, 1–10)
    with the same factor. Polychoric correlations make both approximate.
    """
    check_option("method", method, Extraction)
    check_option("rotation", rotation, Rotation)
    matrix = np.asarray(correlations, dtype="float64")
    names = _names(correlations)
    _check(matrix, n_factors, method)
    uniquenesses, extracted = _extract(matrix, n_factors, method)
    unrotated = _loadings(matrix, uniquenesses, n_factors, method)
    rotated = rotate(unrotated, rotation)
    pattern, between = rotated.loadings, rotated.factor_correlations
    structure = pattern @ between
    communalities = (pattern * structure).sum(axis=1)
    fit = _fit(matrix, pattern @ structure.T, n, n_factors)
    return FactorAnalysis(
        pattern,
        structure,
        between,
        1 - communalities,
        communalities,
        np.diag(between @ pattern.T @ pattern) / len(matrix),
        **fit,
        converged=extracted and rotated.converged,
        warnings=_warnings(names, uniquenesses, extracted, rotated.converged, fit["chi2"]),
        items=tuple(names),
    )


def _names(correlations: pd.DataFrame | np.ndarray) -> list[str]:
    if isinstance(correlations, pd.DataFrame):
        return [str(name) for name in correlations.columns]
    return [str(number) for number in range(1, len(correlations) + 1)]


def _degrees_of_freedom(p: int, k: int) -> int:
    return ((p - k) ** 2 - p - k) // 2


def _check(matrix: np.ndarray, k: int, method: Extraction) -> None:
    p = len(matrix)
    if not np.isfinite(matrix).all():
        raise Refusal("correlations_incomplete")
    if k < 1 or _degrees_of_freedom(p, k) < 0:
        raise Refusal("too_many_factors", n=p, k=k)
    if method == "ml" and np.linalg.eigvalsh(matrix)[0] <= 0:
        raise Refusal("no_likelihood")


def _extract(matrix: np.ndarray, k: int, method: Extraction) -> tuple[np.ndarray, bool]:
    """Uniquenesses at the minimum and whether it was found."""
    objective = _least_squares if method == "minres" else _likelihood
    start = np.log(np.clip(_starting_uniquenesses(matrix), SMALLEST, 1))
    # Logarithms give all uniquenesses one scale.
    result = minimize(
        objective,
        start,
        args=(matrix, k),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(SMALLEST), 0)] * len(matrix),
        options={"maxiter": 5000, "maxfun": 20_000, "maxcor": 30, "ftol": 0, "gtol": 1e-9},
    )
    slope = objective(result.x, matrix, k)[1]
    at_bound = ((result.x <= np.log(SMALLEST)) & (slope > 0)) | ((result.x >= 0) & (slope < 0))
    return np.exp(result.x), bool(np.abs(slope[~at_bound]).max(initial=0) < 1e-6)


def _starting_uniquenesses(matrix: np.ndarray) -> np.ndarray:
    """Unexplained variance of each item given the others."""
    return 1 / np.maximum(np.diag(np.linalg.pinv(matrix)), 1)


def _loadings(
    matrix: np.ndarray, uniquenesses: np.ndarray, k: int, method: Extraction
) -> np.ndarray:
    """Best loadings given uniquenesses, principal axes."""
    if method == "minres":
        values, vectors = np.linalg.eigh(matrix - np.diag(uniquenesses))
        return vectors[:, : -k - 1 : -1] * np.sqrt(np.maximum(values[: -k - 1 : -1], 0))
    root = np.sqrt(uniquenesses)
    values, vectors = np.linalg.eigh(matrix / root / root[:, None])
    scale = np.sqrt(np.maximum(values[: -k - 1 : -1] - 1, 0))
    return root[:, None] * vectors[:, : -k - 1 : -1] * scale


def _least_squares(logarithms: np.ndarray, matrix: np.ndarray, k: int) -> tuple[float, np.ndarray]:
    uniquenesses = np.exp(logarithms)
    loadings = _loadings(matrix, uniquenesses, k, "minres")
    residual = matrix - loadings @ loadings.T - np.diag(uniquenesses)
    return float((residual**2).sum() / 2), -np.diag(residual) * uniquenesses


def _likelihood(logarithms: np.ndarray, matrix: np.ndarray, k: int) -> tuple[float, np.ndarray]:
    uniquenesses = np.exp(logarithms)
    loadings = _loadings(matrix, uniquenesses, k, "ml")
    root = np.sqrt(uniquenesses)
    rest = np.linalg.eigvalsh(matrix / root / root[:, None])[:-k]
    residual = matrix - loadings @ loadings.T - np.diag(uniquenesses)
    return float((rest - np.log(rest) - 1).sum()), -np.diag(residual) / uniquenesses


def _fit(matrix: np.ndarray, common: np.ndarray, n: int, k: int) -> _Fit:
    p, df = len(matrix), _degrees_of_freedom(len(matrix), k)
    implied = common.copy()
    implied[np.diag_indices(p)] = 1
    residual = (matrix - implied)[np.triu_indices(p, 1)]
    factor = n - 1 - (2 * p + 5) / 6 - 2 * k / 3
    misfit, independence = _discrepancy(matrix, implied), _discrepancy(matrix, np.eye(p))
    statistic = max(misfit * factor, 0.0) if np.isfinite(misfit) else np.nan
    rmsea, low, high = _rmsea(statistic, df, n)
    null = 2 * independence / (p * (p - 1))
    return {
        "chi2": statistic,
        "df": df,
        "p_value": float(chi2.sf(statistic, df)) if df else np.nan,
        "rmsea": rmsea,
        "rmsea_conf_low": low,
        "rmsea_conf_high": high,
        "tli": float((null - misfit / df) / (null - 1 / factor)) if df else np.nan,
        "bic": float(statistic - df * np.log(n)),
        "rms_residual": float(np.sqrt(np.mean(residual**2))) if p > 1 else 0.0,
    }


def _discrepancy(matrix: np.ndarray, implied: np.ndarray) -> float:
    """Likelihood ratio per respondent of a model against no model."""
    if np.linalg.eigvalsh(matrix)[0] <= 0 or np.linalg.eigvalsh(implied)[0] <= 0:
        return float("nan")
    product = np.linalg.solve(implied, matrix)
    return float(np.trace(product) - np.linalg.slogdet(product)[1] - len(matrix))


def _rmsea(statistic: float, df: int, n: int) -> tuple[float, float, float]:
    if not df or not np.isfinite(statistic):
        return float("nan"), float("nan"), float("nan")
    found = rmsea(Test(statistic, df), n - 1)
    return float(found["rmsea"]), float(found["rmsea_conf_low"]), float(found["rmsea_conf_high"])


def _warnings(
    names: list[str],
    uniquenesses: np.ndarray,
    extracted: bool,
    rotated: bool,
    statistic: float,
) -> tuple[Note, ...]:
    improper = [n for n, u in zip(names, uniquenesses, strict=True) if u <= SMALLEST * (1 + 1e-6)]
    notes = [Note("factors_explain_all", {"names": improper})] if improper else []
    if not extracted:
        notes.append(Note("extraction_not_converged"))
    if not rotated:
        notes.append(Note("rotation_not_converged"))
    if not np.isfinite(statistic):
        notes.append(Note("no_test_of_fit"))
    return tuple(notes)
