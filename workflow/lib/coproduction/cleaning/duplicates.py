"""Submissions of one respondent that came in more than once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument

LEAST_ANSWERS = 10
# An odd number of 64 bits; rows that it mixes into one by chance are compared and told apart.
MIXER = np.uint64(0x9E3779B97F4A7C15)


def duplicates(
    responses: pd.DataFrame, instrument: Instrument, same: Sequence[str], minimum_match: float
) -> pd.Series:
    """Find rows that repeat an earlier one.

    A row repeats another if both share all metadata named in `same` *and* at least `minimum_match`
    of the answers that either holds are equal. Shared devices alone prove nothing: neighbours and
    families share telephones, interviewers carry one tablet. Rows with fewer than ten answers say
    too little to be told apart and are never duplicates. The earliest row is kept.

    Parameters
    ----------
    responses
        Canonical response table.
    instrument
        The questionnaire.
    same
        Metadata columns that must be equal and known.
    minimum_match
        Share of equal answers, 0 to 1.

    Returns
    -------
    pandas.Series
        The submission that each row repeats; null for all others.
    """
    items = [item.id for item in instrument.questions if item.type != "random"]
    codes = _codes(responses[items], instrument.missing_code("not_asked"))
    group = responses.groupby(list(same), sort=False).ngroup().fillna(-1).to_numpy("int64")
    known = ((codes >= 0).sum(axis=1) >= LEAST_ANSWERS) & (group >= 0)
    near = np.flatnonzero(known & _may_repeat(codes, group, minimum_match))
    order = responses[["submitted_at", "source_row"]].iloc[near].reset_index(drop=True)
    near = near[order.sort_values(["submitted_at", "source_row"], kind="stable").index]
    repeated = np.full(len(responses), -1)
    for _, members in pd.Series(near).groupby(group[near], sort=False):
        rows, answers = members.to_numpy(), codes[members]
        kept: list[int] = []
        for place in range(len(rows)):
            equal = _matches(answers[place], answers[kept]) >= minimum_match
            if equal.any():
                repeated[rows[place]] = rows[kept[int(equal.argmax())]]
            else:
                kept.append(place)
    earlier = responses["submission"].array.take(repeated, allow_fill=True)
    return pd.Series(earlier, index=responses.index)


def _codes(answers: pd.DataFrame, not_asked: int) -> np.ndarray:
    """Answers as integers, −1 where blank or not asked, so that rows compare fast."""
    codes = np.empty(answers.shape, dtype="int32", order="F")
    for column, name in zip(codes.T, answers, strict=True):
        column[:], found = pd.factorize(answers[name])
        number = pd.api.types.is_numeric_dtype(found.dtype)
        for code in np.flatnonzero(found == (not_asked if number else str(not_asked))):
            column[column == code] = -1
    return codes


def _may_repeat(codes: np.ndarray, group: np.ndarray, minimum_match: float) -> np.ndarray:
    """Tell which rows can repeat another of their group at all, or be repeated by one.

    Two rows that match differ in a few items at most. Cut into one part more than that, they are
    alike in one part at least: a row that shares no part with another need not be compared.
    """
    items = codes.shape[1]
    parts = min(int((1 - minimum_match) * items + 1e-9) + 1, items)
    result = np.zeros(len(codes), dtype=bool)
    for part in np.array_split(np.arange(items), parts):
        mixed = group.astype("uint64")
        for place in part:
            mixed = mixed * MIXER + codes[:, place].astype("uint64")
        result |= pd.Series(mixed).duplicated(keep=False).to_numpy()
    return result


def _matches(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Share of equal answers of one row and each of several, among those that either holds."""
    either = (one >= 0) | (others >= 0)
    return ((one == others) & either).sum(axis=1) / np.maximum(either.sum(axis=1), 1)
