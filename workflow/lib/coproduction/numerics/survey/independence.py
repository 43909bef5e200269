"""Tests of independence in tables of a population.

Pearson's statistic is corrected for the design (Rao and Scott 1984, *Annals of Statistics* 12,
46–60).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from coproduction.errors import Refusal
from coproduction.numerics.survey.estimates import shares, weight_of
from coproduction.rows import Rows


@dataclass(frozen=True)
class IndependenceTest:
    """Tests that two classifications of a population are independent.

    Attributes
    ----------
    shares
        R × C: estimated share of each cell.
    chi_squared
        Pearson's statistic of the shares, as if of n rows drawn at random.
    statistic, df, df_denominator, p_value
        Test corrected to the second order, by F.
    first_order_statistic, first_order_df, first_order_p_value
        Test corrected to the first order, by χ².
    design_effects
        Generalised design effects, from the greatest on, by which the correction is made.
    n
        Rows with a weight.
    """

    shares: np.ndarray
    chi_squared: float
    statistic: float
    df: float
    df_denominator: float
    p_value: float
    first_order_statistic: float
    first_order_df: int
    first_order_p_value: float
    design_effects: np.ndarray
    n: int


def independence(one: np.ndarray, other: np.ndarray, rows: Rows) -> IndependenceTest:
    """Test whether two classifications of a population are independent.

    Parameters
    ----------
    one, other
        n: category of each row, not missing. Categories without a weight count as none.
    rows
        What the rows stand for.

    Raises
    ------
    Refusal
        If a classification has one category only.
    """
    weighted = weight_of(rows) > 0
    one_names, first = np.unique(one[weighted], return_inverse=True)
    other_names, second = np.unique(other[weighted], return_inverse=True)
    size = (len(one_names), len(other_names))
    if min(size) < 2:
        raise Refusal("one_category_only")
    rows = rows[weighted]
    found = shares(first * size[1] + second, size[0] * size[1], rows)
    table, n = found.values.reshape(size), len(rows)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    chi_squared = float(n * ((table - expected) ** 2 / expected).sum())
    effects = _design_effects(found.values, found.covariance * n, size)
    total, freedom = effects.sum(), len(effects)
    df = total**2 / (effects**2).sum()
    statistic, first_order = chi_squared / total, chi_squared / (total / freedom)
    return IndependenceTest(
        shares=table,
        chi_squared=chi_squared,
        statistic=float(statistic),
        df=float(df),
        df_denominator=float(df * found.df),
        p_value=float(special.fdtrc(df, df * found.df, statistic)) if found.df > 0 else np.nan,
        first_order_statistic=float(first_order),
        first_order_df=freedom,
        first_order_p_value=float(special.chdtrc(freedom, first_order)),
        design_effects=effects,
        n=n,
    )


def _design_effects(cells: np.ndarray, covariance: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Give the eigenvalues of the covariance of interactions beside that of a simple sample."""
    interactions = np.kron(_contrasts(size[0]), _contrasts(size[1]))
    scaled = np.divide(
        interactions, cells[:, None], where=cells[:, None] > 0, out=np.zeros(interactions.shape)
    )
    simple = interactions.T @ scaled
    values = np.linalg.eigvals(np.linalg.solve(simple, scaled.T @ covariance @ scaled))
    return np.sort(values.real)[::-1]


def _contrasts(count: int) -> np.ndarray:
    """Give orthonormal contrasts of categories, count × (count − 1)."""
    start = np.eye(count)[:, 1:] - 1 / count
    return np.linalg.qr(start)[0]
