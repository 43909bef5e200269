"""Standard errors that hold with few clusters: CR2 with Satterthwaite degrees of freedom.

Bell and McCaffrey (2002, *Survey Methodology* 28, 169–181); for weighted and generalised linear
models Pustejovsky and Tipton (2018, *Journal of Business & Economic Statistics* 36, 672–683). The
working model is the one the estimator assumes: independent observations with variances proportional
to the variance function.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
    """

    covariance: np.ndarray
    norms: np.ndarray
    crosses: np.ndarray
    bread: np.ndarray


def cluster_covariance(
    regressors: np.ndarray,
    residuals: np.ndarray,
    weights: np.ndarray,
    variances: np.ndarray,
    cluster: np.ndarray,
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
        n: working weights, the inverse variances.
    variances
        n: variances under the working model, up to scale.
    cluster
        n: number of each row's cluster.

    Returns
    -------
    ClusteredCovariance
        Covariance and the moments that give the degrees of freedom of any contrast.
    """
    k = regressors.shape[1]
    bread = np.linalg.inv((regressors * weights[:, None]).T @ regressors)
    order = np.argsort(cluster, kind="stable")
    ends = np.flatnonzero(np.diff(cluster[order])) + 1
    contributions, norms, crosses = [], [], []
    for rows in np.split(order, ends):
        x, w, v = regressors[rows], weights[rows], variances[rows]
        transfer = bread @ (x * w[:, None]).T @ _adjustment(x, v, bread)
        contributions.append(transfer @ residuals[rows])
        norms.append((transfer * v) @ transfer.T)
        crosses.append(transfer @ x)
    stacked = np.array(contributions).reshape(-1, k)
    return ClusteredCovariance(stacked.T @ stacked, np.array(norms), np.array(crosses), bread)


def _adjustment(x: np.ndarray, v: np.ndarray, bread: np.ndarray) -> np.ndarray:
    """Find A with A (V − X M X') A' = V for one cluster: D (D (V − X M X') D)^(−½) D, D = V^½.

    The inverse root is the Moore–Penrose one: where the model fits a cluster exactly, nothing is
    added in that direction.
    """
    root = np.sqrt(v)
    middle = root[:, None] * (np.diag(v) - x @ bread @ x.T) * root
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
    own = np.einsum("a,jab,b->j", contrast, clustered.norms, contrast)
    cross = np.einsum("a,jab->jb", contrast, clustered.crosses)
    omega = np.diag(own) - cross @ clustered.bread @ cross.T
    squares = (omega**2).sum()
    return float(np.trace(omega) ** 2 / squares) if squares > 0 else float("nan")
