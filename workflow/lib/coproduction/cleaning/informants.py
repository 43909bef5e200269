"""How well two people who know a community agree about it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.cleaning.answers import as_numbers, is_answer
from coproduction.cleaning.findings import finding, join
from coproduction.instrument.definition import Instrument, Item

COLUMNS = ("item", "n", "n_equal", "agreement", "kappa", "concordance")
COMPARED = ("select_one", "select_multiple", "integer", "decimal")


def informants(
    first: pd.DataFrame, second: pd.DataFrame, sheet: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the two sheets of the communities that have two.

    Parameters
    ----------
    first, second
        Cleaned sheets of the same communities, row by row: the one that counts and the other.
    sheet
        The communities' questionnaire.

    Returns
    -------
    agreement, findings
        One row per choice and number that both informants of some community answered: `item`, the
        number of communities `n`, how many agree exactly and their share, Cohen's `kappa` of single
        choices (1960, *Educational and Psychological Measurement* 20) and Lin's `concordance` of
        numbers (1989, *Biometrics* 45, moments with N); NaN where nothing varies. And one finding
        for each disagreement.
    """
    rows, parts = [], []
    for item in sheet.questions:
        if item.type not in COMPARED:
            continue
        one, other = (_answers(table[item.id], item, sheet) for table in (first, second))
        both = ~pd.isna(one) & ~pd.isna(other)
        if not both.any():
            continue
        equal = (one == other) & both
        rows.append(_row(item, one[both], other[both], equal[both]))
        secret = item.confidential or item.sensitive
        told = "" if secret else pd.Series(first[item.id].to_numpy(), index=second.index)
        parts.append(
            finding(
                second,
                pd.Series(both & ~equal, index=second.index),
                "informants_differ",
                item=item.id,
                found=second[item.id],
                expected=told,
                action="kept",
                severity="note",
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)), join(parts)


def _answers(column: pd.Series, item: Item, sheet: Instrument) -> np.ndarray:
    """Substantive answers; the ticks of a multiple choice in one order."""
    if item.type != "select_multiple":
        return as_numbers(column, sheet.missing_values)
    known = column.where(is_answer(column, sheet.missing_values))
    ticks = known.str.split(" ").map(sorted, na_action="ignore")
    return ticks.map(" ".join, na_action="ignore").to_numpy(object)


def _row(item: Item, one: np.ndarray, other: np.ndarray, equal: np.ndarray) -> tuple:
    kappa = _kappa(one, other) if item.type == "select_one" else np.nan
    number = item.type in ("integer", "decimal")
    concordance = _concordance(one, other) if number else np.nan
    return item.id, len(one), int(equal.sum()), float(equal.mean()), kappa, concordance


def _kappa(one: np.ndarray, other: np.ndarray) -> float:
    expected = sum((one == code).mean() * (other == code).mean() for code in np.unique(one))
    return float(((one == other).mean() - expected) / (1 - expected)) if expected < 1 else np.nan


def _concordance(one: np.ndarray, other: np.ndarray) -> float:
    cross = ((one - one.mean()) * (other - other.mean())).mean()
    spread = one.var() + other.var() + (one.mean() - other.mean()) ** 2
    return float(2 * cross / spread) if spread > 0 else np.nan
