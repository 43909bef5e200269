"""Submissions of one respondent that came in more than once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument

LEAST_ANSWERS = 10


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
    order = responses.sort_values(["submitted_at", "source_row"], kind="stable")
    answers = order[items].astype("string")
    answers = answers.mask(answers == str(instrument.missing_code("not_asked")))
    known = order[answers.notna().sum(axis=1) >= LEAST_ANSWERS].dropna(subset=list(same))
    repeats = pd.Series(pd.NA, index=responses.index, dtype="string")
    for _, group in known.groupby(list(same), sort=False):
        if len(group) < 2:
            continue
        codes = _codes(answers.loc[group.index])
        kept: list[int] = []
        for position in range(len(group)):
            equal = _matches(codes[position], codes[kept]) >= minimum_match
            if equal.any():
                earlier = kept[int(equal.argmax())]
                repeats.loc[group.index[position]] = group["submission"].iloc[earlier]
            else:
                kept.append(position)
    return repeats


def _codes(answers: pd.DataFrame) -> np.ndarray:
    """Answers as integers, −1 where blank, so that rows compare fast."""
    columns = [pd.factorize(answers[name])[0] for name in answers]
    return np.column_stack(columns)


def _matches(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Share of equal answers of one row and each of several, among those that either holds."""
    either = (one >= 0) | (others >= 0)
    return ((one == others) & either).sum(axis=1) / np.maximum(either.sum(axis=1), 1)
