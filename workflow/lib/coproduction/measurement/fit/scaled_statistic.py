"""The weighted least-squares statistic corrected by the mean and variance it has if a model holds.

It is then Σ λᵢ χ²₁ with λ the eigenvalues of UΓ, where Γ is the sampling covariance of the moments
and U = W − W Δ (ΔᵀWΔ)⁻¹ Δᵀ W with weights W and Jacobian Δ; the sums of λ and of λ² are the traces
of UΓ and of (UΓ)².
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coproduction.measurement.fit.measures import Test


def scaled_shifted(chisq: float, df: float, first: float, second: float) -> Test:
    """Correct a statistic to the mean and variance of a chi-squared one.

    Parameters
    ----------
    chisq, df
        The statistic and its degrees of freedom.
    first, second
        Traces of UΓ and of its square.

    Notes
    -----
    The statistic is divided by √(second / df) and shifted to the mean df (Asparouhov and Muthén
    2010, *Simple second order chi-square correction*). The correction is NaN where the second trace
    is unknown.
    """
    if df <= 0:
        return Test(chisq, df)
    scaling = float(np.sqrt(second / df)) if second > 0 else float("nan")
    return Test(chisq, df, scaling, df - first / scaling)


def independent_traces(
    gammas: Sequence[np.ndarray],
    n: Sequence[int],
    jacobians: Sequence[np.ndarray],
    bread: np.ndarray,
) -> tuple[float, float]:
    """Traces of UΓ and (UΓ)² of independent cases, without forming U.

    Parameters
    ----------
    gammas, n, jacobians
        For each group Γ, whose diagonal gives the weights, the cases and Δ; W and Γ are
        block-diagonal over groups, each scaled by the group's n − 1.
    bread
        (ΔᵀWΔ)⁻¹.
    """
    first, second = 0.0, 0.0
    moved, twice = np.zeros((2, *bread.shape))
    for cases, gamma, delta in zip(n, gammas, jacobians, strict=True):
        weight = 1 / np.diag(gamma)
        weighted = delta * weight[:, None]
        pulled = gamma @ weighted
        first += len(weight)
        second += weight @ gamma**2 @ weight
        moved += (cases - 1) * weighted.T @ pulled
        twice += (cases - 1) * (pulled.T * weight) @ pulled
    projected = bread @ moved
    first -= np.trace(projected)
    second += -2 * np.trace(bread @ twice) + (projected * projected.T).sum()
    return float(first), float(second)


def clustered_traces(gram: np.ndarray) -> tuple[float, float]:
    """Traces of UΓ and (UΓ)² from J clusters.

    Parameters
    ----------
    gram
        J × J, sᵢᵀ U sⱼ with s what a cluster adds to the moments, scaled as in `clusters`.

    Notes
    -----
    Few clusters overstate the second trace, the more the more moments there are; the unbiased
    estimator of Himeno and Yamada (2014, *Journal of Multivariate Analysis* 130, 27–34) is used. It
    needs four clusters; the second trace is NaN with fewer.
    """
    count, first = len(gram), np.trace(gram)
    if count < 4:
        return float(first), float("nan")
    fourth = count * (count - 1) * (np.diag(gram) ** 2).sum()
    total = (count - 1) * (count - 2) * (gram**2).sum() + first**2 - fourth
    return float(first), float((count - 1) / (count * (count - 2) * (count - 3)) * total)
