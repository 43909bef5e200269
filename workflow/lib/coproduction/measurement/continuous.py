"""Which items are continuous, so that their answers are no ordered categories."""

from __future__ import annotations

import pandas as pd

from coproduction.instrument.definition import Instrument, Item

MOST_CATEGORIES = 20  # different answers to an item whose answers still count as categories
MOST_NUMBERS = 10  # different numbers that still count as categories


def continuous_items(items: pd.DataFrame, instrument: Instrument) -> frozenset[str]:
    """Tell which items are continuous, by what the questionnaire declares and by their answers.

    Parameters
    ----------
    items
        Respondents × items, under their identifiers.
    instrument
        The questionnaire.

    Returns
    -------
    frozenset of str
        Numbers (`integer`, `decimal`) with more than 10 different answers or with fractions, and
        choices with more than 20 different answers. Up to about seven ordered categories gain from
        being treated as such, more hardly do (Rhemtulla, Brosseau-Liard and Savalei 2012,
        *Psychological Methods* 17, 354–373).
    """
    return frozenset(str(name) for name in items if _many(items[name], instrument.by_id[name]))


def _many(answers: pd.Series, item: Item) -> bool:
    known = answers.dropna()
    if item.response_set is not None:
        return known.nunique() > MOST_CATEGORIES
    return bool(known.nunique() > MOST_NUMBERS or (known % 1 != 0).any())


def uniform_variance(item: Item) -> float:
    """Compute the variance of answers that are all equally likely; NaN of an item without limits.

    (A² − 1) / 12 of A categories or whole numbers, width² / 12 of decimals.
    """
    if item.response_set is not None:
        return (len(item.values) ** 2 - 1) / 12
    if item.limits is None:
        return float("nan")
    width = item.limits[1] - item.limits[0]
    return width**2 / 12 if item.type == "decimal" else ((width + 1) ** 2 - 1) / 12
