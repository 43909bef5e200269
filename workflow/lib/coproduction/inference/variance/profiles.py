"""Profile-likelihood intervals of the standard deviation of a random intercept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from coproduction.inference.model.ascent import approach
from coproduction.inference.model.mixed_linear import MixedLinear, Sums
from coproduction.inference.model.regression import Fit
from coproduction.inference.model.two_level_logit import likelihood
from coproduction.numerics.families.family import RANDOM
from coproduction.numerics.student import quantile

Profile = Callable[[float], float]
DOUBLINGS = 40


def profile_interval(
    profile: Profile,
    maximum: float,
    value: float,
    std_error: float,
    confidence: float,
    lowest: float = 0.0,
) -> tuple[float, float]:
    """Values whose likelihood-ratio test against the maximum is not rejected.

    Parameters
    ----------
    profile
        Log-likelihood at a value, maximised over all other parameters.
    maximum
        Log-likelihood at the maximum.
    value, std_error
        Where it is, not negative, and a first guess of the distance to the ends.
    confidence
        Of the interval.
    lowest
        Lowest value possible, the lower end of the interval if it is not rejected.
    """
    from scipy.optimize import brentq

    allowed = quantile((1 + confidence) / 2, np.inf) ** 2 / 2

    def excess(at: float) -> float:
        return maximum - profile(at) - allowed

    width = max(2 * std_error, 0.1 * value, 1e-3)
    high = value + width
    for _ in range(DOUBLINGS):
        if excess(high) > 0:
            break
        high = value + 2 * (high - value)
    upper = brentq(excess, value, high, xtol=1e-9, rtol=1e-9)
    if value == lowest or excess(lowest) <= 0:
        return lowest, float(upper)
    return float(brentq(excess, lowest, value, xtol=1e-9, rtol=1e-9)), float(upper)


def profiled_logit(fit: Fit, sigma: float) -> tuple[Profile, float]:
    """Profile of σ, known at the maximum, of a logit or proportional-odds model; its maximum."""
    objective, place = likelihood(fit.design), fit.places(RANDOM)[0]
    fixed = np.delete(fit.params.to_numpy(), place)
    information = np.linalg.inv(fit.covariance)
    others = np.delete(np.arange(len(fit.params)), place)
    inverse = np.linalg.inv(information[np.ix_(others, others)])
    moving = -inverse @ information[others, place]

    def profile(at: float) -> float:
        def given(params: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = objective(np.append(params, at))
            return value, gradient[:-1]

        return approach(given, fixed + moving * (at - sigma), inverse)[1][0]

    return profile, fit.log_likelihood


def profiled_linear(data: Sums, fitted: MixedLinear) -> Mapping[str, Profile]:
    """Profiles of a linear model with a random intercept.

    Returns
    -------
    mapping
        `ratio`: of the intercepts' standard deviation over the residuals', whose other parameters
        have closed forms; `between` and `sigma`: of these two.
    """
    from scipy.optimize import minimize_scalar

    sigma, ratio = fitted.sigma, max(float(fitted.scale[0]), 1e-3)
    near = np.log(4.0)

    def between(at: float) -> float:
        def deviance(log_sigma: float) -> float:
            return data.full_deviance(np.array([at / np.exp(log_sigma), np.exp(log_sigma)])).real

        ends = (np.log(sigma) - near, np.log(sigma) + near)
        return -minimize_scalar(deviance, bounds=ends, options={"xatol": 1e-9}).fun / 2

    def residual(at: float) -> float:
        def deviance(scale: float) -> float:
            return data.full_deviance(np.array([scale, at])).real

        ends = (0.0, 20 * ratio + 1.0)
        return -minimize_scalar(deviance, bounds=ends, options={"xatol": 1e-9}).fun / 2

    return {
        "ratio": lambda at: -data.deviance(np.array([at])).real / 2,
        "between": between,
        "sigma": residual,
    }
