"""Standard errors that hold with few clusters: CR2 with Satterthwaite degrees of freedom.

Bell and McCaffrey (2002, *Survey Methodology* 28, 169–181); for weighted and generalised linear
models Pustejovsky and Tipton (2018, *Journal of Business & Economic Statistics* 36, 672–683). The
working model is the one the estimator assumes: independent observations with variances proportional
to the variance function. Probability weights say how much a row counts and nothing of how it
varies, so that they are no part of the working model: with them the working weights are not the
inverse variances, and the adjustment and the degrees of freedom have the form for that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEWEST_DF = 4.0
"""Degrees of freedom below which Satterthwaite's approximation rejects a true null too often.

Tipton (2015, *Psychological Methods* 20, 375–393).
"""


@dataclass(frozen=True)
class ClusteredCovariance:
    """Cluster-robust covariance of k coefficients, with the moments degrees of freedom need.

    Attributes
    ----------
    covariance
        k × k.
    norms
        J × k × k: for each cluster E V E', E being the k × n_j matrix that turns the cluster's
        residuals into its contribution to the coefficients.
    crosses
        J × k × k: for each cluster E X.
    bread
        k × k: (X' W X)⁻¹.
    weighted
        J × k × k: for each cluster E V W X; None where W is the inverse of V, so that it is E X.
    middle
        k × k: Σ X' W V W X; None likewise.
    """

    covariance: np.ndarray
    norms: np.ndarray
    crosses: np.ndarray
    bread: np.ndarray
    weighted: np.ndarray | None = None
    middle: np.ndarray | None = None


def cluster_covariance(
    regressors: np.ndarray,
    residuals: np.ndarray,
    weights: np.ndarray,
    variances: np.ndarray,
    cluster: np.ndarray,
    probability: np.ndarray | None = None,
) -> ClusteredCovariance:
    """Compute the CR2 covariance of a (weighted) least squares fit.

    Parameters
    ----------
    regressors
        n × k: the derivative of the mean with respect to the coefficients (for a linear model the
        design matrix).
    residuals
        n: response residuals.
    weights
        n: inverse variances.
    variances
        n: variances under the working model, up to scale.
    cluster
        n: number of each row's cluster.
    probability
        n: probability weights, by which the inverse variances are multiplied; None where all rows
        count alike.

    Returns
    -------
    ClusteredCovariance
        Covariance and the moments that give the degrees of freedom of any contrast.
    """
    k = regressors.shape[1]
    working = weights if probability is None else weights * probability
    bread = np.linalg.inv((regressors * working[:, None]).T @ regressors)
    middle = None
    if probability is not None:
        spread = variances * working**2
        middle = (regressors * spread[:, None]).T @ regressors
    order = np.argsort(cluster, kind="stable")
    ends = np.flatnonzero(np.diff(cluster[order])) + 1
    contributions, norms, crosses, weighted = [], [], [], []
    for rows in np.split(order, ends):
        x, w, v = regressors[rows], working[rows], variances[rows]
        left = _left(x, w, v, bread, middle)
        transfer = bread @ (x * w[:, None]).T @ _adjustment(v, left)
        contributions.append(transfer @ residuals[rows])
        norms.append((transfer * v) @ transfer.T)
        crosses.append(transfer @ x)
        if middle is not None:
            weighted.append((transfer * (v * w)) @ x)
    stacked = np.array(contributions).reshape(-1, k)
    moments = (np.array(norms), np.array(crosses), bread)
    covariance = stacked.T @ stacked
    if middle is None:
        return ClusteredCovariance(covariance, *moments)
    return ClusteredCovariance(covariance, *moments, np.array(weighted), middle)


def _left(
    x: np.ndarray, w: np.ndarray, v: np.ndarray, bread: np.ndarray, middle: np.ndarray | None
) -> np.ndarray:
    """Covariance of a cluster's residuals under the working model (n_j × n_j).

    (I − H) V (I − H)' for the rows of the cluster, H = X M X' W; with W the inverse of V it is
    V − X M X'.
    """
    if middle is None:
        return np.diag(v) - x @ bread @ x.T
    fitted = x @ bread @ (x * (v * w)[:, None]).T
    return np.diag(v) - fitted - fitted.T + x @ bread @ middle @ bread @ x.T


def _adjustment(v: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Find A with A B A' = V for one cluster: D (D B D)^(−½) D, D = V^½, B what `_left` gives.

    The inverse root is the Moore–Penrose one: where the model fits a cluster exactly, nothing is
    added in that direction.
    """
    root = np.sqrt(v)
    middle = root[:, None] * left * root
    values, vectors = np.linalg.eigh((middle + middle.T) / 2)
    kept = values > 1e-10 * values.max()
    inverse_root = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
    return root[:, None] * inverse_root * root


def satterthwaite(clustered: ClusteredCovariance, contrast: np.ndarray) -> float:
    """Degrees of freedom of a linear contrast of the coefficients.

    Parameters
    ----------
    clustered
        From `cluster_covariance`.
    contrast
        k: the contrast.

    Returns
    -------
    float
        (tr Ω)² / tr Ω², Ω being the covariance of the clusters' contributions under the working
        model (Pustejovsky and Tipton 2018, equation 11); NaN where no cluster bears on the
        contrast.
    """
    own = contrast @ clustered.norms @ contrast
    cross = contrast @ clustered.crosses
    bread, middle = clustered.bread, clustered.middle
    omega = np.diag(own) - cross @ bread @ cross.T
    if clustered.weighted is not None and middle is not None:
        moved = cross @ bread @ (contrast @ clustered.weighted).T
        omega = np.diag(own) - moved - moved.T + cross @ bread @ middle @ bread @ cross.T
    squares = (omega**2).sum()
    return float(np.trace(omega) ** 2 / squares) if squares > 0 else float("nan")
