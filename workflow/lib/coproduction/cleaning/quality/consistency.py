"""Whether a person answers like questions alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coproduction.cleaning.quality.blocks import by_rows
from coproduction.cleaning.quality.pairwise import column_means, pairwise

LEAST_PAIRS = 3


def even_odd_consistency(keyed: np.ndarray, scales: Sequence[Sequence[int]]) -> np.ndarray:
    """Correlate, within each person, the means of the scales' halves; low is worse.

    The halves are the items in odd and in even places of a scale; the correlation r over scales is
    stepped up to 2r / (1 + r) and cut off at −1. Johnson's limit (2005, *Journal of Research in
    Personality* 39) is .30. R's careless reports the negative from version 1.2.0 on.

    Parameters
    ----------
    keyed
        Rows × items, agreement always meaning more, NaN missing.
    scales
        Columns of each scale, in order.

    Returns
    -------
    numpy.ndarray
        NaN with fewer than three scales to compare, or where a half does not vary.
    """
    halves = [(list(scale[0::2]), list(scale[1::2])) for scale in scales if len(scale) > 1]
    if not halves:
        return np.full(len(keyed), np.nan)
    odd = np.column_stack([_row_means(keyed[:, first]) for first, _ in halves])
    even = np.column_stack([_row_means(keyed[:, second]) for _, second in halves])
    r = row_correlation(odd, even)
    with np.errstate(divide="ignore"):
        return np.maximum(2 * r / (1 + r), -1)


def synonym_pairs(
    values: np.ndarray, reference: np.ndarray, minimum: float
) -> list[tuple[int, int]]:
    """Find pairs of items that correlate above a minimum over the reference rows.

    Parameters
    ----------
    values
        Rows × items, as answered, NaN missing.
    reference
        Rows over which items are correlated, as booleans.
    minimum
        Pairwise Pearson correlation that a pair must exceed.
    """
    alike = np.triu(pairwise(values, reference).correlation > minimum, 1)
    return [(int(later), int(earlier)) for earlier, later in np.argwhere(alike)]


def synonym_consistency(values: np.ndarray, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
    """Correlate, within each person, the two sides of pairs of psychometric synonyms; low is worse.

    Source: Meade and Craig (2012, *Psychological Methods* 17), pairs above .60, persons below .22.

    Returns
    -------
    numpy.ndarray
        NaN with fewer than three pairs answered, or where one side does not vary.
    """
    if not pairs:
        return np.full(len(values), np.nan)
    first, second = (list(side) for side in zip(*pairs, strict=True))
    return by_rows(lambda rows: _row_correlation(rows[:, first], rows[:, second]), values)


def person_total_correlation(values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Correlate each row with the items' means over the reference rows; low is worse.

    Whoever reads the questions agrees with what most agree with more than with what few do; random
    answers correlate around zero, reversed reading below it. It is the personal correlation of
    Donlon and Fischer (1968, *Educational and Psychological Measurement* 28), the simplest index of
    person fit, on answers as given; Curran (2016, *Journal of Experimental Social Psychology* 66)
    calls it the person-total correlation.

    Parameters
    ----------
    values
        Rows × items, as answered, NaN missing.
    reference
        Rows that say what is typical, as booleans.

    Returns
    -------
    numpy.ndarray
        NaN with fewer than three answers, or where they do not vary.
    """
    typical = column_means(values, reference)
    return row_correlation(values, np.broadcast_to(typical, values.shape))


def row_correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Pearson correlation of each row of one matrix with the same row of the other.

    Over the columns known in both; NaN with fewer than three of them or without variance.
    """
    return by_rows(_row_correlation, one, other)


def _row_correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    both = ~np.isnan(one) & ~np.isnan(other)
    n = both.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        one, other = (_centred(side, both, n) for side in (one, other))
        cross = (one * other).sum(axis=1)
        lengths = np.sqrt((one**2).sum(axis=1)) * np.sqrt((other**2).sum(axis=1))
        # Rounding leaves a little variance in constant rows of fractions.
        varies = np.minimum(_largest(one), _largest(other)) > 1e-9
        result = np.clip(cross / lengths, -1, 1)
    return np.where((n >= LEAST_PAIRS) & varies, result, np.nan)


def _largest(values: np.ndarray) -> np.ndarray:
    return np.abs(values).max(axis=1, initial=0.0)


def _centred(side: np.ndarray, known: np.ndarray, n: np.ndarray) -> np.ndarray:
    filled = np.where(known, side, 0.0)
    return np.where(known, filled - (filled.sum(axis=1) / n)[:, None], 0.0)


def _row_means(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1)
