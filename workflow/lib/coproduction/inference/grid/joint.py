"""All cells of a grid tested as one (Simonsohn, Simmons and Nelson 2020).

Three statistics of the curve, each held against what it is in draws in which the effect is zero in
every cell: the median of the estimates, the share of cells with the predicted sign and p < 0.05,
and the average of the z values (Stouffer). The median and the average are tested on both sides, the
share on the predicted one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coproduction.inference.grid.draws import Drawn

MEDIAN, SHARE, STOUFFER = "median_effect", "share_significant", "stouffer_z"
COLUMNS = (
    *("grid", "hypothesis", "statistic", "value", "p_value", "mc_error", "draws", "n_cells"),
)
LEVEL = 0.05
LARGEST = 38.0
"""z value beyond which a p value is nothing but zero."""
CLOSE = 1e-12


def pooled_draws(parts: Sequence[Drawn], rng: np.random.Generator) -> Drawn:
    """Pool the draws of a cell over the imputed tables that it is fitted to.

    Estimates are means over the tables. What the imputations differ by is drawn besides: a
    combination of their deviations with normal weights, the same for all cells, whose variance is
    that of Rubin's rules, (1 + 1 / m) B.

    Parameters
    ----------
    parts
        Draws of each imputed table, of the first first.
    rng
        Source of the normal weights, in the same state for every cell.
    """
    if len(parts) == 1:
        return parts[0]
    m = len(parts)
    estimates = np.array([each.estimates for each in parts])
    within = np.mean([each.errors**2 for each in parts], axis=0)
    found = np.mean(estimates, axis=0)
    deviations = estimates[:, 0] - found[0]
    between = (1 + 1 / m) * deviations @ deviations / (m - 1)
    normal = rng.standard_normal((estimates.shape[1] - 1, m))
    found[1:] += normal @ deviations * np.sqrt((1 + 1 / m) / (m - 1))
    df = float(np.mean([each.df for each in parts]))
    return Drawn(found, np.sqrt(within + between), df)


def joint_test(
    cells: Sequence[Drawn], estimates: pd.Series, p_values: pd.Series, positive: bool
) -> pd.DataFrame:
    """Test the cells of a grid as one.

    Parameters
    ----------
    cells
        What was drawn of each cell.
    estimates, p_values
        Estimates of the cells and their p values, as the curve shows them.
    positive
        Whether the predicted sign is plus.

    Returns
    -------
    pandas.DataFrame
        `statistic, value, p_value, mc_error, draws, n_cells`: the statistic of the curve; p value,
        (1 + draws at least as extreme) / (1 + draws), of its counterpart by one step from the null;
        and the standard error of that share.
    """
    sign = 1.0 if positive else -1.0
    moved = sign * np.array([each.estimates for each in cells])
    ratios = moved / np.array([each.errors for each in cells])
    z = np.array([z_values(row, each.df) for row, each in zip(ratios, cells, strict=True)])
    signed = sign * estimates.to_numpy(float)
    p = p_values.to_numpy(float)
    own_z = _signed_z(signed, p)
    critical = _two_sided_limit()
    statistics = {
        MEDIAN: (float(np.median(estimates)), np.abs(np.median(moved, axis=0))),
        SHARE: (float(np.mean((p < LEVEL) & (signed > 0))), np.mean(z > critical, axis=0)),
        STOUFFER: (float(sign * own_z.sum() / np.sqrt(len(p))), np.abs(z.sum(axis=0))),
    }
    draws = moved.shape[1] - 1
    rows = []
    for name, (value, found) in statistics.items():
        extreme = found[1:] >= found[0] * (1 - CLOSE)
        p_value = float((1 + extreme.sum()) / (1 + draws))
        error = float(np.sqrt(p_value * (1 - p_value) / draws))
        rows.append((name, value, p_value, error, draws, len(cells)))
    columns = ["statistic", "value", "p_value", "mc_error", "draws", "n_cells"]
    return pd.DataFrame(rows, columns=columns)


def z_values(ratios: np.ndarray, df: float) -> np.ndarray:
    """Turn t statistics into normal scores of the same p value."""
    if np.isinf(df):
        return ratios
    from scipy.special import ndtri, stdtr

    z = -ndtri(stdtr(df, -np.abs(ratios)))
    return np.sign(ratios) * np.minimum(z, LARGEST)


def _signed_z(estimates: np.ndarray, p_values: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return np.sign(estimates) * np.minimum(-ndtri(p_values / 2), LARGEST)


def _two_sided_limit() -> float:
    from scipy.special import ndtri

    return float(-ndtri(LEVEL / 2))
