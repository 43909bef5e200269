"""Maximum likelihood that does not rely on normality (MLR), nor on independence within clusters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduction.measurement import incomplete_normal as normal
from coproduction.measurement.estimates import Estimates, Moments
from coproduction.measurement.incomplete_normal import Sample
from coproduction.measurement.maximum_likelihood import Likelihood, estimate, inverse


def robust_estimate(
    likelihood: Likelihood, clusters: tuple[np.ndarray, ...] | None = None
) -> Estimates:
    """Estimate by maximum likelihood with Huber–White standard errors and a scaled test.

    Parameters
    ----------
    likelihood
        Model and data.
    clusters
        For each group, the cluster of each case: scores are summed within clusters.

    Notes
    -----
    The covariance of the estimates is A⁻¹BA⁻¹ with A the observed information and B the sum of
    outer products of the scores. The test is divided by c = (tr(B₁A₁⁻¹) − tr(BA⁻¹)) / df, with A₁
    and B₁ of the saturated model at its own estimates (Yuan and Bentler 2000, *Sociological
    Methodology* 30, 165–200, in the variant of Mplus; Asparouhov and Muthén 2005).
    """
    plain = estimate(likelihood)
    theta = plain.theta
    information = likelihood.observed_information(theta)
    scores = likelihood.scores(theta)
    meat = sum(_products(each, _cluster(clusters, g)) for g, each in enumerate(scores))
    inner = inverse(information)
    own = float(np.trace(inner @ meat))
    free = sum(
        _saturated_trace(sample, moments, likelihood.means, _cluster(clusters, group))
        for group, (sample, moments) in enumerate(
            zip(likelihood.samples, likelihood.saturated, strict=True)
        )
    )
    alone = sum(
        _independence_trace(sample, likelihood.means, _cluster(clusters, group))
        for group, sample in enumerate(likelihood.samples)
    )
    test, baseline = plain.test, plain.baseline
    return replace(
        plain,
        covariance=inner @ meat @ inner,
        information=information,
        test=replace(test, scaling=(free - own) / test.df) if test.df else test,
        baseline=replace(baseline, scaling=(free - alone) / baseline.df),
        likelihood={**plain.likelihood, "scaling_parameters": own / len(theta)},
    )


def _cluster(clusters: tuple[np.ndarray, ...] | None, group: int) -> np.ndarray | None:
    return None if clusters is None else clusters[group]


def _products(scores: np.ndarray, clusters: np.ndarray | None) -> np.ndarray:
    """Sum of outer products of the scores, summed within clusters first."""
    if clusters is not None:
        _, member = np.unique(clusters, return_inverse=True)
        sums = np.zeros((member.max() + 1, scores.shape[1]))
        np.add.at(sums, member.ravel(), scores)
        scores = sums
    return scores.T @ scores


def _saturated_trace(
    sample: Sample, moments: Moments, means: bool, clusters: np.ndarray | None
) -> float:
    """tr(B₁A₁⁻¹) of the unrestricted moments.

    Complete and independent cases have it in closed form: with m a case's squared Mahalanobis
    distance, (mean(m²) − p) / 2 for the covariances, and p for the means.
    """
    p = sample.p
    if sample.complete and clusters is None:
        mean, covariance = moments
        half = np.linalg.cholesky(np.linalg.inv(covariance))
        blocks = (sample.data[i : i + 100_000] for i in range(0, len(sample.data), 100_000))
        squares = sum(((((block - mean) @ half) ** 2).sum(1) ** 2).sum() for block in blocks)
        return float((squares / sample.n - p) / 2 + (p if means else 0))
    derivatives = normal.saturated_jacobian(p, means)
    information = normal.moment_information(sample, *moments, *derivatives)
    meat = _products(normal.scores(sample, *moments, *derivatives), clusters)
    return float(np.trace(np.linalg.solve(information, meat)))


def _independence_trace(sample: Sample, means: bool, clusters: np.ndarray | None) -> float:
    """tr(BA⁻¹) of the model of uncorrelated items, item by item."""
    total = 0.0
    for column in sample.data.T:
        answered = ~np.isnan(column)
        apart = column[answered] - column[answered].mean()
        variance = np.mean(apart**2)
        scores = [(apart**2 / variance - 1) / (2 * variance)]
        informations = [len(apart) / (2 * variance**2)]
        if means:
            scores.append(apart / variance)
            informations.append(len(apart) / variance)
        inside = None if clusters is None else clusters[answered]
        meat = _products(np.array(scores).T, inside)
        total += (np.diag(meat) / informations).sum()
    return float(total)
