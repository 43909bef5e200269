"""Observed predictors that are conditioned on: their own distribution is no part of the model.

Their means, variances and covariances are estimated without restriction and beside everything else:
the likelihood is that of the other variables given them times their own, so that no estimate of
the model, its standard error or its test depends on them. What counts parameters or likelihoods, or
rests on a baseline, is here freed of them (Bollen 1989, *Structural Equations with Latent
Variables*, chapter 4; as `fixed.x` in lavaan).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduction.measurement.factor.estimates import Estimates
from coproduction.measurement.factor.incomplete_normal import Sample, log_likelihood, sample
from coproduction.measurement.factor.maximum_likelihood import Likelihood
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.fit.measures import Test
from coproduction.measurement.fit.robust import independence_trace, unrestricted_trace


def parameters_of(model: FactorModel) -> np.ndarray:
    """Tell which parameters are of the distribution of the predictors that are conditioned on."""
    names = {*model.specification.exogenous}
    return np.array(
        [
            parameter.matrix != "paths" and {parameter.lhs, parameter.rhs} - {""} <= names
            for parameter in model.parameters
        ]
    )


def conditioned(estimates: Estimates, objective: Likelihood) -> Estimates:
    """Free counts, likelihoods and the baseline of a fit from the predictors' own distribution."""
    model = estimates.model
    own = np.unique(model.free[parameters_of(model) & (model.free >= 0)])
    if not len(own):
        return estimates
    places = np.array([model.observed.index(name) for name in model.specification.exogenous])
    parts = [sample(each.data[:, places], each.rows) for each in objective.samples]
    covariance = estimates.covariance.copy()
    covariance[own] = covariance[:, own] = 0
    log = sum(log_likelihood(each, *_moments(each)) for each in parts)
    baseline = _baseline(estimates, parts, objective.means)
    return replace(
        estimates,
        covariance=covariance,
        baseline=baseline,
        population=(estimates.test, baseline)
        if estimates.population and objective.complete
        else None,
        likelihood=_criteria(estimates, log, len(own), objective, parts),
    )


def _moments(part: Sample) -> tuple[np.ndarray, np.ndarray]:
    return part.stacks[0].means[0], part.stacks[0].covariances[0]


def _baseline(estimates: Estimates, parts: list[Sample], means: bool) -> Test:
    """Test uncorrelated variables beside predictors that correlate as they do."""
    k, old = parts[0].p, estimates.baseline
    chisq, df = old.chisq, old.df - len(parts) * k * (k - 1) // 2
    numerator = old.scaling * old.df
    for part in parts:
        mean, covariance = _moments(part)
        alone = np.diag(np.diag(covariance))
        chisq -= 2 * (log_likelihood(part, mean, covariance) - log_likelihood(part, mean, alone))
        numerator -= unrestricted_trace(part, (mean, covariance), means)
        numerator += independence_trace(part, (mean, covariance), means)
    scaling = numerator / df if estimates.corrected and df else 1.0
    return Test(chisq, df, scaling)


def _criteria(
    estimates: Estimates, log: float, own: int, objective: Likelihood, parts: list[Sample]
) -> dict[str, float]:
    old, q, n = dict(estimates.likelihood), estimates.model.n_free, objective.n
    fitted, count = old["log_likelihood"] - log, q - own
    found = old | {
        "log_likelihood": fitted,
        "log_likelihood_saturated": old["log_likelihood_saturated"] - log,
        "aic": 2 * count - 2 * fitted,
        "bic": count * np.log(n) - 2 * fitted,
        "bic_adjusted": count * np.log((n + 2) / 24) - 2 * fitted,
    }
    if "scaling_parameters" in old:
        trace = sum(unrestricted_trace(each, _moments(each), objective.means) for each in parts)
        df = estimates.test.df
        found["scaling_parameters"] = (old["scaling_parameters"] * q - trace) / count
        found["scaling_saturated"] = (old["scaling_saturated"] * (df + q) - trace) / (df + count)
    return found
