"""Maximum likelihood that does not rely on normality (MLR), nor on independence within clusters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.linalg import block_diag

from coproduction.measurement.factor import incomplete_normal as normal
from coproduction.measurement.factor.estimates import Estimates, Moments
from coproduction.measurement.factor.incomplete_normal import Sample
from coproduction.measurement.factor.maximum_likelihood import Likelihood, estimate, inverse
from coproduction.numerics.clusters import cluster_sums
from coproduction.rows import Membership


def robust_estimate(likelihood: Likelihood) -> Estimates:
    """Estimate by maximum likelihood with Huber–White standard errors and a scaled test.

    Notes
    -----
    The covariance of the estimates is A⁻¹BA⁻¹ with A the observed information and B the sum of
    outer products of the scores. The test is divided by c = (tr(B₁A₁⁻¹) − tr(BA⁻¹)) / df, with A₁
    and B₁ of the saturated model at its own estimates (Yuan and Bentler 2000, *Sociological
    Methodology* 30, 165–200, in the variant of Mplus; Asparouhov and Muthén 2005). With clusters,
    which may reach across groups, scores are summed within them first, scaled as in `clusters`; the
    saturated model has parameters of one group only, so that covariances between groups enter B
    but not the trace of B₁.
    """
    plain = estimate(likelihood)
    theta, test, baseline = plain.theta, plain.test, plain.baseline
    information = likelihood.observed_information(theta)
    inner = inverse(information)
    meat = score_covariance(likelihood, theta)
    own = float(np.trace(inner @ meat))
    free = saturated_trace(likelihood)
    alone = _groupwise(likelihood, independence_trace)
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
    scores = likelihood.scores(theta)
    if likelihood.clusters is None:
        return outer_products(np.vstack(scores))
    return outer_products(sum(cluster_sums(scores, likelihood.clusters), np.zeros(())))


def own_trace(likelihood: Likelihood, theta: np.ndarray) -> float:
    """Trace of the score's covariance times the inverse of the observed information."""
    inner = inverse(likelihood.observed_information(theta))
    return float(np.trace(inner @ score_covariance(likelihood, theta)))


def saturated_trace(likelihood: Likelihood) -> float:
    """Trace that `own_trace` is of the saturated model."""
    return _groupwise(likelihood, unrestricted_trace)


def saturated_sandwich(likelihood: Likelihood, robust: bool) -> tuple[list[np.ndarray], np.ndarray]:
    """Each group's observed information of means and covariances, and the covariance of them all.

    Where clusters reach across groups, so do covariances.
    """
    derivatives = normal.saturated_jacobian(likelihood.samples[0].p, True)
    everything = [
        (sample, *moments, *derivatives)
        for sample, moments in zip(likelihood.samples, likelihood.saturated, strict=True)
    ]
    found = [normal.moment_information(*each) for each in everything]
    inner = [inverse(information) for information in found]
    if not robust:
        return found, block_diag(*inner)
    pairs = zip(everything, inner, strict=True)
    influences = [normal.scores(*each) @ bread for each, bread in pairs]
    if likelihood.clusters is None:
        return found, block_diag(*map(outer_products, influences))
    return found, outer_products(np.hstack(cluster_sums(influences, likelihood.clusters)))


def _groupwise(likelihood: Likelihood, trace: Callable[..., float]) -> float:
    pairs = zip(likelihood.samples, likelihood.saturated, strict=True)
    return sum(trace(sample, moments, likelihood.means) for sample, moments in pairs)


def outer_products(scores: np.ndarray, cluster: Membership | None = None) -> np.ndarray:
    """Sum the outer products of scores (cases × q), added up within clusters first if given."""
    if cluster is not None:
        (scores,) = cluster_sums([scores], [cluster])
    return scores.T @ scores


def unrestricted_trace(sample: Sample, moments: Moments, means: bool) -> float:
    """tr(B₁A₁⁻¹) of the unrestricted moments.

    Complete and independent cases have it in closed form: with m a case's squared Mahalanobis
    distance, (mean(m²) − p) / 2 for the covariances, and p for the means.
    """
    p = sample.p
    if sample.complete and sample.rows.cluster is None:
        mean, covariance = moments
        half = np.linalg.cholesky(np.linalg.inv(covariance))
        blocks = (sample.data[i : i + 100_000] for i in range(0, len(sample.data), 100_000))
        squares = sum(((((block - mean) @ half) ** 2).sum(1) ** 2).sum() for block in blocks)
        return float((squares / sample.n - p) / 2 + (p if means else 0))
    derivatives = normal.saturated_jacobian(p, means)
    information = normal.moment_information(sample, *moments, *derivatives)
    meat = outer_products(normal.scores(sample, *moments, *derivatives), sample.rows.cluster)
    return float(np.trace(np.linalg.solve(information, meat)))


def independence_trace(sample: Sample, _: Moments, means: bool) -> float:
    """tr(BA⁻¹) of the model of uncorrelated items, item by item."""
    total = 0.0
    for column in sample.data.T:
        answered = ~np.isnan(column)
        apart = np.where(answered, column - column[answered].mean(), 0)
        count = answered.sum()
        variance = (apart**2).sum() / count
        scores = [answered * (apart**2 / variance - 1) / (2 * variance)]
        informations = [count / (2 * variance**2)]
        if means:
            scores.append(apart / variance)
            informations.append(count / variance)
        meat = outer_products(np.array(scores).T, sample.rows.cluster)
        total += (np.diag(meat) / informations).sum()
    return float(total)
