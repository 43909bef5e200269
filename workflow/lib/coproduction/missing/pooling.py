"""Estimates of several imputations put together by Rubin's rules.

Rubin (1987, *Multiple Imputation for Nonresponse in Surveys*, chapter 3), with the degrees of
freedom of Barnard and Rubin (1999, *Biometrika* 86, 948–955). The complete-data degrees of freedom
are those of the estimates themselves, such as Satterthwaite's of CR2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.numerics.student import quantile, two_sided

STABLE = 0.05
"""Coefficient of variation that the standard error of a pooled estimate should have at most."""


@dataclass(frozen=True)
class Pooled:
    """Estimates of m imputations put together; each attribute has one value per estimate (q,).

    Attributes
    ----------
    estimate, std_error, df
        Pooled estimate, its standard error and degrees of freedom.
    fmi
        Fraction of the information about the estimate that is missing.
    mc_error
        Standard error that the estimate has only because m is finite.
    """

    estimate: np.ndarray
    std_error: np.ndarray
    df: np.ndarray
    fmi: np.ndarray
    mc_error: np.ndarray


def pool(estimates: np.ndarray, errors: np.ndarray, freedom: np.ndarray) -> Pooled:
    """Pool estimates.

    The fraction of missing information holds the correction for a finite m (Rubin 1987, formula
    3.1.10). Where the imputations agree to the last digit nothing was imputed, and the degrees of
    freedom stay as they are.

    Parameters
    ----------
    estimates, errors, freedom
        m × q: estimates, standard errors and complete-data degrees of freedom, which may be
        infinite.

    Raises
    ------
    StudyError
        If there are fewer than two imputations.
    """
    m = len(estimates)
    if m < 2:
        raise StudyError("Estimates of fewer than two imputations cannot be pooled.")
    estimate, within = estimates.mean(axis=0), (errors**2).mean(axis=0)
    between = np.where(np.ptp(estimates, axis=0) > 0, estimates.var(axis=0, ddof=1), 0.0)
    complete = freedom.mean(axis=0)
    total = within + (1 + 1 / m) * between
    with np.errstate(all="ignore"):
        share = (1 + 1 / m) * between / total
        increase = (1 + 1 / m) * between / within
        observed = np.where(
            np.isinf(complete), np.inf, (complete + 1) / (complete + 3) * complete * (1 - share)
        )
        df = np.where(between > 0, 1 / (share**2 / (m - 1) + 1 / observed), complete)
        fmi = np.where(between > 0, (increase + 2 / (df + 3)) / (1 + increase), 0.0)
    return Pooled(estimate, np.sqrt(total), df, fmi, np.sqrt(between / m))


def relative_efficiency(fmi: float, m: int) -> float:
    """Efficiency of m imputations beside any number: 1 / (1 + fmi / m) (Rubin 1987, p. 114)."""
    return 1 / (1 + fmi / m)


def imputations_asked(fmi: float, stable: float = STABLE) -> int:
    """How many imputations make a standard error hardly depend on chance.

    1 + ½ (fmi / cv)², the quadratic rule of von Hippel (2020, *Sociological Methods & Research* 49,
    699–718).

    Parameters
    ----------
    fmi
        Fraction of missing information.
    stable
        Coefficient of variation cv that the standard error should have.
    """
    return max(2, int(np.ceil(1 + 0.5 * (fmi / stable) ** 2)))


def inference(pooled: Pooled, confidence: float) -> pd.DataFrame:
    """Tabulate pooled estimates with test and interval.

    Returns
    -------
    pandas.DataFrame
        `estimate, std_error, statistic, df, p_value, conf_low, conf_high, fmi, mc_error`; all but
        the estimate and its `mc_error` are NaN where an imputation had no standard error.
    """
    with np.errstate(all="ignore"):
        statistic = pooled.estimate / pooled.std_error
    pairs = list(zip(statistic, pooled.df, strict=True))
    half = pooled.std_error * [quantile((1 + confidence) / 2, df) for _, df in pairs]
    return pd.DataFrame(
        {
            "estimate": pooled.estimate,
            "std_error": pooled.std_error,
            "statistic": statistic,
            "df": pooled.df,
            "p_value": [two_sided(value, df) for value, df in pairs],
            "conf_low": pooled.estimate - half,
            "conf_high": pooled.estimate + half,
            "fmi": pooled.fmi,
            "mc_error": pooled.mc_error,
        }
    )
