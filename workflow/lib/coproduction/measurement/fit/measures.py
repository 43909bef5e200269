"""How well a measurement model fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.optimize import brentq

LEVEL = 0.90  # of the interval of the RMSEA
CLOSE = 0.05  # RMSEA of a close fit


@dataclass(frozen=True)
class Test:
    """A test of a model against the saturated one.

    Attributes
    ----------
    chisq
        Statistic before any correction.
    df
        Degrees of freedom; not whole where a scaled statistic's were stretched.
    scaling
        Factor c by which the statistic is divided.
    shift
        What is added after that.
    """

    chisq: float
    df: float
    scaling: float = 1.0
    shift: float = 0.0

    @property
    def scaled(self) -> Test:
        """The corrected statistic as a test of its own; NaN where the factor is not positive.

        A factor is estimated as a difference, which in small samples may be negative.
        """
        scaling = self.scaling if self.scaling > 0 else float("nan")
        return Test(self.chisq / scaling + self.shift, self.df)

    @property
    def p_value(self) -> float:
        """Upper tail of the chi-squared distribution; NaN without degrees of freedom."""
        return float(stats.chi2.sf(self.chisq, self.df)) if self.df else float("nan")


def incremental(test: Test, baseline: Test) -> dict[str, float]:
    """Compute CFI (Bentler 1990) and TLI (Tucker and Lewis 1973)."""
    return _incremental(test.chisq - test.df, baseline.chisq - baseline.df, test.df, baseline.df)


def robust_incremental(test: Test, baseline: Test) -> dict[str, float]:
    """Compute CFI and TLI that estimate the population values under non-normality.

    With T − c df in place of T − df (Brosseau-Liard and Savalei 2014, *Multivariate Behavioral
    Research* 49, 460–470).
    """
    if not (test.scaling > 0 and baseline.scaling > 0):
        return {"cfi": float("nan"), "tli": float("nan")}
    return _incremental(
        test.chisq - test.scaling * test.df,
        baseline.chisq - baseline.scaling * baseline.df,
        test.df,
        baseline.df,
    )


def _incremental(excess: float, worst: float, df: float, worst_df: float) -> dict[str, float]:
    if np.isnan([excess, worst]).any():
        return {"cfi": float("nan"), "tli": float("nan")}
    most = max(worst, excess, 0)
    cfi = 1 - max(excess, 0) / most if most > 0 else 1.0
    tli = 1 - (excess / df) / (worst / worst_df) if df and worst else 1.0
    return {"cfi": cfi, "tli": tli}


def rmsea(test: Test, n: float, groups: int = 1, scaling: float = 1.0) -> dict[str, float]:
    """Compute the RMSEA with its 90 % interval and the test of close fit.

    Parameters
    ----------
    test
        The test statistic, already corrected where `scaling` is not 1.
    n
        Number of cases by which a noncentrality is divided.
    groups
        Number of groups; the RMSEA is multiplied by its root (Steiger 1998).
    scaling
        c of the robust version, √c times the scaled one (Brosseau-Liard, Savalei and Li 2012,
        *Multivariate Behavioral Research* 47, 904–930).

    Notes
    -----
    The interval inverts the noncentral chi-squared distribution (Browne and Cudeck 1993).
    """
    if np.isnan([test.chisq, test.df]).any() or not scaling > 0:
        return dict.fromkeys(
            ("rmsea", "rmsea_conf_low", "rmsea_conf_high", "rmsea_p_close"), np.nan
        )
    if not test.df:
        return dict.fromkeys(("rmsea", "rmsea_conf_low", "rmsea_conf_high"), 0.0) | {
            "rmsea_p_close": float("nan")
        }
    unit = n * test.df / groups / scaling
    tail = (1 - LEVEL) / 2
    low, high = _noncentrality(test, 1 - tail), _noncentrality(test, tail)
    close = float(stats.ncx2.sf(test.chisq, test.df, unit * CLOSE**2))
    return {
        "rmsea": np.sqrt(max(test.chisq - test.df, 0) / unit),
        "rmsea_conf_low": np.sqrt(low / unit),
        "rmsea_conf_high": np.sqrt(high / unit),
        "rmsea_p_close": close,
    }


def _noncentrality(test: Test, below: float) -> float:
    """Noncentrality at which the statistic has probability `below` of not being exceeded.

    NaN where the statistic is so large that the distribution has no numbers.
    """

    def gap(noncentrality: float) -> float:
        if noncentrality == 0:
            return float(stats.chi2.cdf(test.chisq, test.df)) - below
        return float(stats.ncx2.cdf(test.chisq, test.df, noncentrality)) - below

    if gap(0.0) <= 0:
        return 0.0
    high = max(test.chisq, 1.0)
    while gap(high) > 0:
        high *= 2
    try:
        return float(brentq(gap, 0.0, high, xtol=1e-10, rtol=1e-12))
    except ValueError:
        return float("nan")


def srmr(
    sample: Sequence[tuple[np.ndarray, np.ndarray]],
    implied: Sequence[tuple[np.ndarray, np.ndarray]],
    sizes: Sequence[int],
    means: bool,
) -> float:
    """Compute the standardised root mean square residual (Bentler 1995).

    Residuals are divided by the sample standard deviations; the groups' values are averaged by
    their number of cases.

    Parameters
    ----------
    sample, implied
        Each group's mean vector and covariance matrix.
    sizes
        Cases of each group.
    means
        Whether means count.
    """
    total = 0.0
    for (mean, covariance), (centre, spread), size in zip(sample, implied, sizes, strict=True):
        sd = np.sqrt(np.diag(covariance))
        gap = (covariance - spread) / np.outer(sd, sd)
        squares = gap[np.tril_indices(len(sd))] ** 2
        if means:
            squares = np.append(squares, ((mean - centre) / sd) ** 2)
        total += size * np.sqrt(squares.mean())
    return total / sum(sizes)
