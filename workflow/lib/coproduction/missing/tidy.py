"""Result tables of several imputations made one, row by row."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coproduction.missing.pooling import inference, pool

ESTIMATED = ["estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]
ADDED = ["fmi", "mc_error", "n_imputations"]
COUNTS = ("n", "n_cell", "n_clusters", "n_dropped", "n_near", "n_shifted", "n_value", "n_by_value")
SAID = ("note", "reason", "warning")


def pool_tables(
    tables: Sequence[pd.DataFrame],
    keys: Sequence[str],
    confidence: float,
    *,
    counts_of_first: bool = False,
) -> pd.DataFrame:
    """Pool rows that have the same keys by Rubin's rules.

    Whatever else a row holds is the mean of what it holds in the imputations where it is a number,
    rounded where it counts rows; the first that is said where it is a note; and else that of the
    first imputation. A row that only some imputations have is pooled over those, and its
    `n_imputations` says so.

    Parameters
    ----------
    tables
        One of each imputation, with the columns `estimate, std_error, df` and, as they are there,
        `statistic, p_value, conf_low, conf_high`.
    keys
        Columns that together name a row.
    confidence
        Of the intervals.
    counts_of_first
        Whether numbers of rows are those of the first imputation and not means, so that they agree
        with other counts of that one.

    Returns
    -------
    pandas.DataFrame
        The columns of the tables, then `fmi, mc_error, n_imputations`, in the order in which rows
        first appear.
    """
    joined = pd.concat([each for each in tables if len(each)] or tables[:1], ignore_index=True)
    columns = [*joined.columns, *(name for name in ADDED if name not in joined)]
    if joined.empty:
        return joined.reindex(columns=columns)
    groups = joined.groupby(list(keys), sort=False, dropna=False)
    number = groups.ngroup()
    first = groups.nth(0).set_axis(range(groups.ngroups)).copy()
    means = joined.select_dtypes("number").groupby(number).mean()
    for name in means.columns.difference([*keys, *(COUNTS if counts_of_first else ())]):
        first[name] = means[name].round() if name in COUNTS else means[name]
    for name in [each for each in SAID if each in joined]:
        told = joined[name].where(joined[name].fillna("") != "").groupby(number).first()
        first[name] = told.fillna("")
    sizes = number.value_counts().sort_index()
    first["n_imputations"] = sizes
    for size in sizes[sizes > 1].unique():
        chosen = sizes.index[sizes == size]
        rows = (
            joined[number.isin(chosen)].assign(number=number).sort_values("number", kind="stable")
        )
        parts = [
            rows[name].to_numpy(float).reshape(len(chosen), size).T
            for name in ("estimate", "std_error", "df")
        ]
        found = inference(pool(*parts), confidence).set_axis(chosen)
        for name in [each for each in found if each in columns]:
            first.loc[chosen, name] = found[name]
    return first.reindex(columns=columns).reset_index(drop=True)
