"""Statistics of groups that could tell of single persons are not passed on."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coproduction.privacy.small_cells import rare

TOLERANCE = 1e-6
COMPARED = (
    *("n_kept", "n_left_out", "mean_kept", "mean_left_out"),
    *("standardised_difference", "p_value"),
)
ESTIMATED = (
    *("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"),
    "unweighted",
)


def hide_groups(table: pd.DataFrame, minimum: int, within: Sequence[str]) -> pd.DataFrame:
    """Blank the statistics of groups of few people, and shares that stand for few.

    Parameters
    ----------
    table
        One row per group, with its `estimate` and its size `n_cell`, `unweighted` where means may
        be weighted, and `n_imputations` where they may be pooled: those from 0 to 1 are taken for
        shares.
    minimum
        The smallest number of people that may be shown.
    within
        Columns in all of whose combinations the groups make up one whole: what is hidden of one
        group must not be had from the others and the whole.
    """
    if table.empty:
        return table
    counts = table.assign(size=table["n_cell"].astype(float), **_shares(table, "n_cell"))
    gone = pd.Series(False, index=table.index)
    for _, rows in counts.groupby(list(within), dropna=False, sort=False):
        for name in ("size", "some", "others"):
            gone[rare(rows[name].fillna(0), minimum)] = True
    names = [name for name in (*ESTIMATED, "n_cell") if name in table]
    return table.assign(**{name: table[name].astype(float).mask(gone) for name in names})


def hide_points(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Leave out communities of few people, and those whose share stands for few.

    Parameters
    ----------
    table
        One row per community, with its `estimate` and its number of respondents `n`.
    minimum
        The smallest number of people that may be shown.
    """
    counts = pd.DataFrame({"size": table["n"].astype(float), **_shares(table, "n")})
    small = ((counts > 0) & (counts < minimum)).any(axis=1)
    return table[~small].reset_index(drop=True)


def hide_compared(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Blank comparisons of those left out with those kept where either stands for few people.

    Parameters
    ----------
    table
        From `left_out`.
    minimum
        The smallest number of people that may be shown.
    """
    gone = pd.Series(False, index=table.index)
    for _, rows in table.groupby(["model", "reason", "variable"], sort=False):
        for side in ("kept", "left_out"):
            size = rows[f"n_{side}"].astype(float)
            people = (size * rows[f"mean_{side}"]).round().where(rows["level"] != "", size)
            gone[rare(people, minimum)] = True
    return table.assign(**{name: table[name].astype(float).mask(gone) for name in COMPARED})


def hide_imputed(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Blank how many answers were imputed, and how many were not, where either is few.

    Parameters
    ----------
    table
        One row per imputed item, with `n` and `n_missing`.
    minimum
        The smallest number of people that may be shown.
    """
    few = _few(table, minimum)
    return table.assign(
        **{name: table[name].astype(float).mask(few) for name in ("n", "n_missing")}
    )


def hide_chains(chains: pd.DataFrame, table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Leave out the chains of items of which few answers were imputed.

    The mean of one imputed answer is what was imputed for a person.

    Parameters
    ----------
    chains
        Means of imputed answers by `variable`, imputation and iteration.
    table
        One row per imputed item.
    minimum
        The smallest number of people that may be shown.
    """
    few = table.loc[_few(table, minimum), "variable"]
    return chains[~chains["variable"].isin(few)].reset_index(drop=True)


def hide_shifted(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Blank how many rows were shifted, and how many there are with them, where they are few.

    Parameters
    ----------
    table
        Rows with `n` and `n_shifted`.
    minimum
        The smallest number of people that may be shown.
    """
    counts = {name: table[name].astype(float) for name in ("n", "n_shifted")}
    few = counts["n_shifted"].gt(0) & counts["n_shifted"].lt(minimum)
    return table.assign(**{name: count.mask(few) for name, count in counts.items()})


def _few(table: pd.DataFrame, minimum: int) -> pd.Series:
    counts = table[["n", "n_missing"]].astype(float)
    return ((counts > 0) & (counts < minimum)).any(axis=1)


def _shares(table: pd.DataFrame, size: str) -> dict[str, pd.Series]:
    """How many had the outcome and how many had not, where the estimate is a share of people."""
    estimate, n = table["estimate"].astype(float), table[size].astype(float)
    if "unweighted" in table:
        estimate = table["unweighted"].astype(float).fillna(estimate)
    some = estimate * n
    # A share that is pooled over imputed tables is no whole number of people in any of them.
    pooled = table["n_imputations"].notna() if "n_imputations" in table else False
    share = estimate.between(-TOLERANCE, 1 + TOLERANCE)
    share &= ((some - some.round()).abs() < TOLERANCE) | pooled
    return {"some": some.round().where(share), "others": (n - some.round()).where(share)}
