"""Joint tests of several coefficients over imputations.

D₁ of Li, Raghunathan and Rubin (1991, *J. American Statistical Association* 86, 1065–1073), with
the degrees of freedom of Reiter (2007, *Biometrika* 94, 502–508) where those of the complete data
are finite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.errors import StudyError


@dataclass(frozen=True)
class JointTest:
    """An F test that k coefficients are zero.

    Attributes
    ----------
    statistic, df1, df2, p_value
        F, its degrees of freedom and p value.
    increase
        Average relative increase in variance that missing answers cause.
    """

    statistic: float
    df1: int
    df2: float
    p_value: float
    increase: float


def joint_test(estimates: np.ndarray, covariances: np.ndarray, df: float = np.inf) -> JointTest:
    """Test that all coefficients are zero.

    Parameters
    ----------
    estimates, covariances
        m × k and m × k × k.
    df
        Complete-data degrees of freedom.

    Raises
    ------
    StudyError
        If there are fewer than two imputations.
    """
    from scipy.stats import f

    m, k = estimates.shape
    if m < 2:
        raise StudyError("Estimates of fewer than two imputations cannot be pooled.")
    mean, within = estimates.mean(axis=0), covariances.mean(axis=0)
    between = np.atleast_2d(np.cov(estimates, rowvar=False))
    increase = float((1 + 1 / m) * np.trace(np.linalg.solve(within, between)) / k)
    statistic = float(mean @ np.linalg.solve(within, mean) / (k * (1 + increase)))
    freedom = _freedom(k, k * (m - 1), increase, df)
    return JointTest(statistic, k, freedom, float(f.sf(statistic, k, freedom)), increase)


def _freedom(k: int, t: int, increase: float, df: float) -> float:
    if increase <= 0:
        return df
    if np.isfinite(df) and t > 4:
        return _reiter(t, increase, df)
    if t > 4:
        return 4 + (t - 4) * (1 + (1 - 2 / t) / increase) ** 2
    return t * (1 + 1 / k) * (1 + 1 / increase) ** 2 / 2


def _reiter(t: int, increase: float, df: float) -> float:
    """Reiter's formula (2007, section 3): a, ν* and c₀, c₁, c₂ as there."""
    a = increase * t / (t - 2)
    complete = (df + 1) / (df + 3) * df
    c0, c1, c2 = 1 / (t - 4), complete - 2 * (1 + a), complete - 4 * (1 + a)
    inverse = (
        1 / c2
        + c0 * (a**2 * c1) / ((1 + a) ** 2 * c2)
        + c0 * (8 * a**2 * c1 / ((1 + a) * c2**2) + 4 * a**2 / ((1 + a) * c2))
        + c0 * (4 * a**2 / (c2 * c1) + 16 * a**2 * c1 / c2**3)
        + c0 * (8 * a**2 / c2**2)
    )
    return 4 + 1 / inverse
