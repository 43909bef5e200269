"""Maximum likelihood that does not rely on normality (MLR), nor on independence within clusters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from coproduction.measurement import incomplete_normal as normal
from coproduction.measurement.estimates import Estimates, Moments
from coproduction.measurement.incomplete_normal import Sample
from coproduction.measurement.maximum_likelihood import Likelihood, estimate, inverse


def robust_estimate(likelihood: Likelihood) -> Estimates:
    """Estimate by maximum likelihood with Huber–White standard errors and a scaled test.

    Notes
    -----
    The covariance of the estimates is A⁻¹BA⁻¹ with A the observed information and B the sum of
    outer products of the scores. The test is divided by c = (tr(B₁A₁⁻¹) − tr(BA⁻¹)) / df, with A₁
    and B₁ of the saturated model at its own estimates (Yuan and Bentler 2000, *Sociological
    Methodology* 30, 165–200, in the variant of Mplus; Asparouhov and Muthén 2005). With J clusters,
    which may reach across groups, scores are summed within clusters first and every B is multiplied
    by J / (J − 1).
    """
    plain = estimate(likelihood)
    theta, test, baseline = plain.theta, plain.test, plain.baseline
    information = likelihood.observed_information(theta)
    inner = inverse(information)
    meat = score_covariance(likelihood, theta)
    own = float(np.trace(inner @ meat))
    free = saturated_trace(likelihood)
    alone = _groupwise(likelihood, _independence_trace)
    if test.df:
        test = replace(test, scaling=(free - own) / test.df)
    if baseline.df:
        baseline = replace(baseline, scaling=(free - alone) / baseline.df)
    return replace(
        plain,
        covariance=inner @ meat @ inner,
        information=information,
        test=test,
        baseline=baseline,
        corrected=True,
        population=(test, baseline) if likelihood.complete else None,
        likelihood={
            **plain.likelihood,
            "scaling_parameters": own / len(theta),
            "scaling_saturated": free / (test.df + len(theta)),
        },
    )


def score_covariance(likelihood: Likelihood, theta: np.ndarray) -> np.ndarray:
    """Estimate the sampling covariance of the score, q × q, from cases or clusters."""
    joined = None if likelihood.clusters is None else np.concatenate(likelihood.clusters)
    return _correction(likelihood) * outer_products(np.vstack(likelihood.scores(theta)), joined)


def own_trace(likelihood: Likelihood, theta: np.ndarray) -> float:
    """Trace of the score's covariance times the inverse of the observed information."""
    inner = inverse(likelihood.observed_information(theta))
    return float(np.trace(inner @ score_covariance(likelihood, theta)))


def saturated_trace(likelihood: Likelihood) -> float:
    """Trace that `own_trace` is of the saturated model."""
    return _groupwise(likelihood, _saturated_trace)


def saturated_sandwich(likelihood: Likelihood, robust: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each group the observed information of means and covariances, and their covariance."""
    inside = likelihood.clusters or [None] * len(likelihood.samples)
    found = []
    for sample, moments, clusters in zip(
        likelihood.samples, likelihood.saturated, inside, strict=True
    ):
        derivatives = normal.saturated_jacobian(sample.p, True)
        information = normal.moment_information(sample, *moments, *derivatives)
        inner = inverse(information)
        if robust:
            meat = outer_products(normal.scores(sample, *moments, *derivatives), clusters)
            found.append((information, _correction(likelihood) * inner @ meat @ inner))
        else:
            found.append((information, inner))
    return found


def _groupwise(likelihood: Likelihood, trace: Callable[..., float]) -> float:
    inside = likelihood.clusters or [None] * len(likelihood.samples)
    triples = zip(likelihood.samples, likelihood.saturated, inside, strict=True)
    total = sum(trace(sample, moments, likelihood.means, c) for sample, moments, c in triples)
    return _correction(likelihood) * total


def _correction(likelihood: Likelihood) -> float:
    if likelihood.clusters is None:
        return 1.0
    count = len(np.unique(np.concatenate(likelihood.clusters)))
    return count / (count - 1)


def outer_products(scores: np.ndarray, clusters: np.ndarray | None) -> np.ndarray:
    """Sum the outer products of scores (cases × q), added up within clusters first."""
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
    meat = outer_products(normal.scores(sample, *moments, *derivatives), clusters)
    return float(np.trace(np.linalg.solve(information, meat)))


def _independence_trace(
    sample: Sample, _: Moments, means: bool, clusters: np.ndarray | None
) -> float:
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
        meat = outer_products(np.array(scores).T, inside)
        total += (np.diag(meat) / informations).sum()
    return float(total)
