"""Regression of one outcome with the kind of standard error that the plan names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.inference.clustered import (
    ClusteredCovariance,
    cluster_covariance,
    satterthwaite,
)
from coproduction.inference.design import Design

LINKS = {"binomial": "logit", "gaussian": "identity", "poisson": "log"}
SEPARATED = 15.0


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Attributes
    ----------
    design
        What was fitted.
    params
        Coefficients, by term.
    covariance
        k × k covariance of the coefficients, of the kind that the design names.
    clustered
        Moments behind Satterthwaite's degrees of freedom (CR2 only).
    log_likelihood
        At the maximum.
    """

    design: Design
    params: pd.Series
    covariance: np.ndarray
    clustered: ClusteredCovariance | None
    log_likelihood: float

    @property
    def n(self) -> int:
        """Rows analysed."""
        return len(self.design.outcome)

    @property
    def n_clusters(self) -> int | None:
        """Clusters analysed, or None."""
        clusters = self.design.clusters
        return None if clusters is None else len(np.unique(clusters))

    def degrees_of_freedom(self, contrast: np.ndarray) -> float:
        """Degrees of freedom of a contrast of the coefficients.

        Satterthwaite's with CR2, clusters − 1 with CR1, n − k for an unclustered linear model, and
        infinite otherwise (normal quantiles, as is usual for generalised linear models).
        """
        if self.clustered is not None and self.design.covariance == "CR2":
            return satterthwaite(self.clustered, contrast)
        if self.design.covariance == "CR1":
            return float(self.n_clusters - 1)
        return float(self.n - len(self.params)) if self.design.family == "gaussian" else np.inf


def fit(design: Design) -> Fit:
    """Fit a generalised linear model by maximum likelihood.

    Links are the canonical ones: logit, identity, log. Estimates come from `statsmodels` (GLM).

    Raises
    ------
    StudyError
        If the outcome is separated by a term or the estimation does not converge.
    """
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    family = {
        "binomial": sm.families.Binomial(),
        "gaussian": sm.families.Gaussian(),
        "poisson": sm.families.Poisson(),
    }[design.family]
    model = sm.GLM(design.outcome, design.matrix.to_numpy(), family=family)
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        result = model.fit(maxiter=100, tol=1e-10, rtol=1e-13)
    params = pd.Series(result.params, index=design.matrix.columns)
    _check(design, params, result.converged)
    covariance, clustered = _covariance(design, result)
    return Fit(design, params, covariance, clustered, _log_likelihood(design, result))


def coefficients(fit: Fit, confidence: float = 0.95) -> pd.DataFrame:
    """Tabulate the coefficients, on the scale of the linear predictor and exponentiated.

    Returns
    -------
    pandas.DataFrame
        `model, term, estimate, std_error, statistic, df, p_value, conf_low, conf_high,
        exp_estimate, exp_conf_low, exp_conf_high, n, n_clusters, covariance`; the exponentiated
        columns are NaN for the identity link.
    """
    rows = []
    for position, term in enumerate(fit.params.index):
        contrast = np.zeros(len(fit.params))
        contrast[position] = 1.0
        rows.append(
            {"term": term, **estimate(fit, fit.params.iloc[position], contrast, confidence)}
        )
    table = pd.DataFrame(rows)
    exponential = np.exp if fit.design.family != "gaussian" else lambda x: x * np.nan
    for name in ("estimate", "conf_low", "conf_high"):
        table[f"exp_{name}"] = exponential(table[name])
    return _with_model(table, fit)


def estimate(fit: Fit, value: float, gradient: np.ndarray, confidence: float) -> dict[str, float]:
    """Complete an estimate by the delta method: error, statistic, df, p value, interval."""
    from scipy.stats import t

    error = float(np.sqrt(gradient @ fit.covariance @ gradient))
    df = fit.degrees_of_freedom(gradient)
    quantile = t.ppf((1 + confidence) / 2, df)
    statistic = value / error
    return {
        "estimate": float(value),
        "std_error": error,
        "statistic": statistic,
        "df": df,
        "p_value": float(2 * t.sf(abs(statistic), df)),
        "conf_low": value - quantile * error,
        "conf_high": value + quantile * error,
    }


def _with_model(table: pd.DataFrame, fit: Fit) -> pd.DataFrame:
    table.insert(0, "model", fit.design.model)
    return table.assign(n=fit.n, n_clusters=fit.n_clusters, covariance=fit.design.covariance)


def _check(design: Design, params: pd.Series, converged: bool) -> None:
    if design.family == "binomial":
        spread = design.matrix.std(ddof=0).replace(0, 1)
        extreme = (params * spread).abs().drop("intercept", errors="ignore")
        binary = design.matrix.isin([0, 1]).all()
        extreme[binary] = params[binary].abs()
        extreme = extreme.drop("intercept", errors="ignore")
        if len(extreme) and extreme.max() > SEPARATED:
            raise StudyError(
                f"Model `{design.model}`: `{extreme.idxmax()}` separates the outcome "
                f"`{design.outcome_name}` (all or nobody in a group has it); merge categories or "
                "leave the term out."
            )
    if not converged:
        raise StudyError(f"Model `{design.model}`: the estimation does not converge.")


def _log_likelihood(design: Design, result) -> float:
    """Log-likelihood at the maximum; for the linear model the variance is its own, RSS/n."""
    if design.family != "gaussian":
        return float(result.llf)
    n = len(design.outcome)
    return float(-n / 2 * (np.log(2 * np.pi * (result.resid_response**2).mean()) + 1))


def _covariance(design: Design, result) -> tuple[np.ndarray, ClusteredCovariance | None]:
    x = design.matrix.to_numpy()
    mean = np.asarray(result.mu)
    residuals = design.outcome - mean
    # Canonical links: the variance function is also the derivative of the mean.
    variance = result.family.variance(mean)
    slope = variance if design.family != "gaussian" else np.ones_like(mean)
    kind = design.covariance
    if kind == "classical":
        return np.asarray(result.cov_params()), None
    if kind == "CR2":
        clustered = cluster_covariance(
            x * slope[:, None], residuals, 1 / variance, variance, design.clusters
        )
        return clustered.covariance, clustered
    bread = np.linalg.inv((x * (slope**2 / variance)[:, None]).T @ x)
    scores = x * (residuals * slope / variance)[:, None]
    if kind == "CR1":
        return _cr1(scores, bread, design.clusters), None
    return _heteroskedastic(scores, bread, x, slope**2 / variance, kind), None


def _cr1(scores: np.ndarray, bread: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Sandwich with the factor J / (J − 1)."""
    members = np.unique(clusters, return_inverse=True)[1]
    n_clusters = members.max() + 1
    sums = np.zeros((n_clusters, scores.shape[1]))
    np.add.at(sums, members, scores)
    return bread @ (sums.T @ sums) @ bread * n_clusters / (n_clusters - 1)


def _heteroskedastic(
    scores: np.ndarray, bread: np.ndarray, x: np.ndarray, weights: np.ndarray, kind: str
) -> np.ndarray:
    """HC1, HC2, HC3 (Long and Ervin 2000), leverages from the weighted hat matrix."""
    n, k = x.shape
    leverage = np.einsum("ij,jk,ik->i", x, bread, x) * weights
    factor = {
        "HC1": np.full(n, n / (n - k)),
        "HC2": 1 / (1 - leverage),
        "HC3": (1 - leverage) ** -2,
    }
    return bread @ (scores.T @ (scores * factor[kind][:, None])) @ bread
