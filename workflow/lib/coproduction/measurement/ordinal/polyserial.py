"""Correlations of what lies behind ordinal answers with continuous variables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr

from coproduction.errors import Refusal
from coproduction.measurement.ordinal.contingency import CodedItems, code_items
from coproduction.measurement.ordinal.normal import normal_pdf
from coproduction.measurement.ordinal.pair_likelihood import LIMIT
from coproduction.measurement.ordinal.thresholds import (
    refuse_constant,
    threshold_influences,
    thresholds_of,
)

FLOOR = 1e-300  # smallest probability that is told from zero
STEP = 1e-5  # of central differences, whose error is then about 1e-10


@dataclass(frozen=True)
class Polyserial:
    """Polyserial correlations of p ordinal items with q continuous variables.

    Attributes
    ----------
    correlations
        p × q, labelled.
    standard_errors
        p × q; NaN for a correlation that reached its limit.
    pairs_n
        p × q: respondents who have both.
    """

    correlations: pd.DataFrame
    standard_errors: pd.DataFrame
    pairs_n: pd.DataFrame


def polyserial(items: pd.DataFrame, variables: pd.DataFrame) -> Polyserial:
    """Estimate the polyserial correlations of ordinal items with continuous variables.

    Parameters
    ----------
    items
        Respondents × ordinal items, numeric codes, NaN where missing.
    variables
        The same respondents × continuous variables, NaN where missing.

    Raises
    ------
    Refusal
        An item or a variable that does not vary, or has no answers in common with another.

    Notes
    -----
    Two steps (Olsson, Drasgow and Dorans 1982, *Psychometrika* 47, 337–347): thresholds from each
    item's margin, mean and variance (divided by N) of each variable, each over all who answered it;
    then each correlation by maximum likelihood over those who have both. Standard errors come from
    the estimating equations of both steps together (Newey and McFadden 1994, *Handbook of
    Econometrics* 4, section 6), so that they count the uncertainty of the first and do not rely on
    the variable being normal. (lavaan takes outer products of scores for the slopes of these
    equations: the same in large samples of normal variables, other values for skewed ones.)
    """
    coded = code_items(items)
    refuse_constant(coded)
    counts = np.array([np.bincount(row, minlength=coded.base)[:-1] for row in coded.codes])
    thresholds = thresholds_of(counts)
    influences = threshold_influences(counts, thresholds)
    shape = len(coded.items), variables.shape[1]
    rho, errors, sizes = np.empty(shape), np.full(shape, np.nan), np.empty(shape, dtype=int)
    for column, name in enumerate(variables):
        z = _standardised(str(name), variables[name])
        for row in range(shape[0]):
            both = _both(coded, row, z, str(name))
            sizes[row, column] = both.sum()
            pair = _Pair(z[both], thresholds[row], coded.codes[row][both].astype(np.intp))
            rho[row, column] = pair.estimate()
            if abs(rho[row, column]) < LIMIT:
                total = pair.influence_of_first_step(
                    rho[row, column], influences[row], coded.codes[row], z
                )
                total[both] += pair.score(rho[row, column])
                errors[row, column] = np.sqrt(total @ total) / pair.information(rho[row, column])
    labels = {"index": list(coded.items), "columns": [str(name) for name in variables]}
    return Polyserial(*(pd.DataFrame(each, **labels) for each in (rho, errors, sizes)))


def _standardised(name: str, column: pd.Series) -> np.ndarray:
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    answered = np.isfinite(values)
    spread = values[answered].std() if answered.any() else 0.0
    if not spread > 0:
        raise Refusal("items_constant", names=[name], where="")
    return np.where(answered, (values - values[answered].mean()) / spread, np.nan)


def _both(coded: CodedItems, row: int, z: np.ndarray, variable: str) -> np.ndarray:
    """Tell who has both an item and a variable."""
    codes = coded.codes[row]
    both = np.isfinite(z) & (codes < coded.base - 1)
    if both.sum() < 3 or np.ptp(codes[both]) == 0 or np.ptp(z[both]) == 0:
        raise Refusal("no_common_variance", one=coded.items[row], other=variable)
    return both


@dataclass(frozen=True)
class _Pair:
    """An item and a variable, of those who have both.

    Attributes
    ----------
    z
        Standardised values of the variable.
    limits
        The item's thresholds with the outer limits.
    codes
        Place of each answer among the item's categories.
    """

    z: np.ndarray
    limits: np.ndarray
    codes: np.ndarray

    def estimate(self) -> float:
        """Find where the score is zero, or the limit that the likelihood climbs towards."""
        if self.score(-LIMIT).sum() <= 0:
            return -LIMIT
        if self.score(LIMIT).sum() >= 0:
            return LIMIT
        return brentq(lambda rho: self.score(rho).sum(), -LIMIT, LIMIT, xtol=1e-13, rtol=1e-13)

    def score(
        self, rho: float, z: float = 0.0, below: float = 0.0, above: float = 0.0
    ) -> np.ndarray:
        """Casewise derivatives of the log-likelihood by the correlation, arguments moved."""
        return _score(
            rho,
            self.z + z,
            self.limits[self.codes] + below,
            self.limits[self.codes + 1] + above,
        )

    def information(self, rho: float) -> float:
        """Minus the slope of the score's sum."""
        return float((self.score(rho - STEP) - self.score(rho + STEP)).sum() / (2 * STEP))

    def influence_of_first_step(
        self, rho: float, influences: np.ndarray, codes: np.ndarray, z: np.ndarray
    ) -> np.ndarray:
        """Each respondent's part in the score by way of thresholds, mean and deviation.

        `influences` are those of answers on thresholds; `codes` and `z` are of all respondents.
        """

        def slope(name: str) -> np.ndarray:
            return (self.score(rho, **{name: STEP}) - self.score(rho, **{name: -STEP})) / (2 * STEP)

        size, by_z = len(self.limits), slope("z")
        by_limit = np.bincount(self.codes, slope("below"), size)
        by_limit += np.bincount(self.codes + 1, slope("above"), size)
        known = np.isfinite(z)
        standard = np.where(known, z, 0.0)
        squared = np.where(known, z**2 - 1, 0.0)
        by_variable = by_z.sum() * standard + by_z @ self.z * squared / 2
        return (influences @ by_limit[1:-1])[codes] - by_variable / known.sum()


def _score(rho: float, z: np.ndarray, below: np.ndarray, above: np.ndarray) -> np.ndarray:
    spread = np.sqrt(1 - rho**2)
    lower, upper = (below - rho * z) / spread, (above - rho * z) / spread
    # In the upper tail the difference of the small complements keeps its digits.
    mass = np.where(lower > 0, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower))
    change = normal_pdf(upper) * (above * rho - z) - normal_pdf(lower) * (below * rho - z)
    return change / (spread**3 * np.maximum(mass, FLOOR))
