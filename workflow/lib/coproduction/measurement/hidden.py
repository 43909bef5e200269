"""What the frequencies hide is not told by the descriptions of items and of the sample either."""

from __future__ import annotations

import pandas as pd

from coproduction.measurement.weighted import WEIGHTED_MEAN, WEIGHTED_SHARE
from coproduction.privacy.small_cells import hidden_cells, rare

ANSWERS = ("mean", "sd", "floor", "ceiling", *WEIGHTED_MEAN)
SHARES = ("share", *WEIGHTED_SHARE)
COUNTS = ("n", "dont_know_rate", "missing_rate")


def hide_in_items(items: pd.DataFrame, frequencies: pd.DataFrame) -> pd.DataFrame:
    """Blank the statistics of items from which hidden answers could be worked out.

    Parameters
    ----------
    items
        One row per item, see `coproduction.measurement.reliability.item_statistics`.
    frequencies
        From `coproduction.cleaning.frequencies`.
    """
    hidden = hidden_cells(frequencies)
    given = frequencies[frequencies["kind"].eq("answer")]
    answers = given.loc[given["n"].isna(), "item"]
    uncounted = {item for item in hidden if not _counted(item, frequencies)}
    own, silent = items["item"].isin(answers), items["item"].isin(uncounted)
    blank = {name: items[name].mask(own) for name in ANSWERS}
    return items.assign(**blank, **{name: items[name].mask(silent) for name in COUNTS})


def hide_in_sample(sample: pd.DataFrame, frequencies: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Blank the answers of the sample that the frequencies hide.

    Parameters
    ----------
    sample
        `item, value, n, share` and what weights make of the share; the value is empty for all kinds
        of missing answers together.
    frequencies
        From `coproduction.cleaning.frequencies`; of variables that are not in it small numbers are
        hidden alike.
    minimum
        The smallest number of people that an answer may stand for.
    """
    hidden = hidden_cells(frequencies)
    coded = set(frequencies.loc[frequencies["kind"].eq("answer"), "item"])
    parts = []
    for item, rows in sample.groupby("item", sort=False):
        counts = pd.Series(rows["n"].to_numpy(), index=rows["value"])
        few = hidden.get(item, set()) if item in coded else set(rare(counts, minimum))
        gone = rows["value"].isin(few)
        if item in coded and not _counted(item, frequencies):
            gone |= rows["value"].eq("")
            rows = rows.assign(**dict.fromkeys(SHARES, float("nan")))
        blank = {name: rows[name].mask(gone) for name in ("n", *SHARES)}
        parts.append(rows.assign(**blank))
    return pd.concat(parts) if parts else sample


def _counted(item: str, frequencies: pd.DataFrame) -> bool:
    """Tell whether it is shown how many answered a question and how many did not."""
    rows = frequencies[frequencies["item"] == item]
    missing = rows[~rows["kind"].eq("answer")]
    shown = rows[rows["kind"].eq("answer") & (rows["n"] > 0)]
    return bool(missing["n"].notna().all() and shown["share"].notna().all())
