"""What may name a person, held apart from the tables that are passed on."""

from __future__ import annotations

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument

#: Stands in a table for an answer that is held apart.
HELD_APART = "[held apart]"
IDENTIFYING = ("device", "submitted_by")


def split(responses: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take contact details, open texts, devices and accounts out of a response table.

    Parameters
    ----------
    responses
        Canonical response table, with or without further columns.
    instrument
        The questionnaire.

    Returns
    -------
    responses, confidential
        The same table with a mark for every open answer, and with devices and accounts numbered in
        order of appearance; and `submission` with the columns as they were.
    """
    apart = hold_apart(responses, instrument)
    for name in IDENTIFYING:
        numbers = pd.Series(pd.factorize(responses[name])[0] + 1, index=responses.index)
        apart[name] = numbers.astype("string").mask(numbers == 0)
    return apart, responses[["submission", *IDENTIFYING, *_open(instrument)]]


def hold_apart(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Put the mark in place of every open answer of a table; codes of missing answers stay."""
    missing = [str(code) for code in instrument.missing_values]
    marked = {}
    for name in _open(instrument):
        column = table[name].astype("string")
        marked[name] = column.mask(column.notna() & ~column.isin(missing), HELD_APART)
    return table.assign(**marked)


def rejoin(responses: pd.DataFrame, confidential: pd.DataFrame) -> pd.DataFrame:
    """Put back what `split` took out.

    Raises
    ------
    StudyError
        If the two tables are not of the same submissions.
    """
    if not responses["submission"].equals(confidential["submission"]):
        raise StudyError(
            "The confidential table and the response table hold different submissions; run the "
            "intake again."
        )
    return responses.assign(**confidential.drop(columns="submission"))


def redact(findings: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Leave open and sensitive answers out of findings; they name the row of the raw file."""
    kept = [item for item in instrument.questions if item.confidential or item.sensitive]
    told = findings["item"].isin([item.id for item in kept])
    return findings.assign(found=findings["found"].mask(told, ""))


def _open(instrument: Instrument) -> list[str]:
    return [item.id for item in instrument.questions if item.confidential]
