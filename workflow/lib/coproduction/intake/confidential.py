"""What may name a person, and what nobody may use, held apart from the tables passed on."""

from __future__ import annotations

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.instrument.pattern import misses

#: Stands in a table for an answer that is held apart.
HELD_APART = "[held apart]"
IDENTIFYING = ("device", "submitted_by")


def split(responses: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take out of a response table what may name a person and what nobody agreed to.

    Parameters
    ----------
    responses
        Canonical response table, with or without further columns.
    instrument
        The questionnaire.

    Returns
    -------
    responses, confidential
        The same table with a mark for every open answer and every text that does not have the form
        asked for, with devices and accounts numbered in order of appearance, and without the
        answers of those who refused consent; and `submission` with the columns as they were, of
        coded answers only those that were taken out.
    """
    public = hold_apart(withhold(responses, instrument), instrument)
    for name in IDENTIFYING:
        numbers = pd.Series(pd.factorize(responses[name])[0] + 1, index=responses.index)
        public[name] = numbers.astype("string").mask(numbers == 0)
    whole = ["submission", *IDENTIFYING, *_open(instrument)]
    apart = dict(responses[whole].items())
    for item in instrument.questions:
        if item.id not in apart:
            same = (public[item.id] == responses[item.id]).fillna(False).astype(bool)
            taken = responses[item.id].mask(same)
            if taken.notna().any():
                apart[item.id] = taken
    return public, pd.DataFrame(apart)


def hold_apart(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Put the mark in place of every open answer and of every text without the form asked for.

    Codes of missing answers stay.
    """
    missing = instrument.missing_values
    marked = {}
    for item in instrument.questions:
        if item.id in table and (item.confidential or item.type == "text"):
            column = table[item.id].astype("string")
            if item.confidential:
                hidden = column.notna() & ~column.isin([str(code) for code in missing])
            else:
                hidden = misses(column, item.pattern, missing)
            marked[item.id] = column.mask(hidden, HELD_APART)
    return table.assign(**marked)


def agreed(responses: pd.DataFrame, items: tuple[Item, ...]) -> pd.Series:
    """Tell who chose the first option, the agreement, of every consent item."""
    result = pd.Series(True, index=responses.index)
    for item in items:
        yes = item.values[0]
        result &= (responses[item.id] == yes).fillna(False).astype(bool)
    return result


def refused(responses: pd.DataFrame, instrument: Instrument) -> pd.Series:
    """Tell whose answers nobody may use: those who did not give every consent asked of all."""
    return ~agreed(responses, instrument.with_role("consent"))


def withhold(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Blank what its respondent did not agree to.

    All answers but the one on consent itself where that was refused; the sensitive ones where the
    second consent was.
    """
    return withhold_all(responses, instrument).pipe(_without_sensitive, instrument)


def withhold_all(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Blank all answers, but the one on consent itself, of those who refused it."""
    rows = refused(responses, instrument)
    names = [item.id for item in instrument.questions if item.role != "consent"]
    return responses.assign(**{name: responses[name].mask(rows) for name in names if rows.any()})


def _without_sensitive(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    rows = ~agreed(responses, instrument.with_role("consent_sensitive"))
    names = [item.id for item in instrument.questions if item.sensitive]
    return responses.assign(**{name: responses[name].mask(rows) for name in names if rows.any()})


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
    taken = confidential.drop(columns="submission")
    back = {}
    for name, column in taken.items():
        kept = responses[name].astype(column.dtype) if name in responses else column
        back[name] = kept.mask(column.notna(), column)
    return responses.assign(**back)


def redact(
    findings: pd.DataFrame, instrument: Instrument, responses: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Leave out of findings what may not be told; they name the row of the raw file.

    Parameters
    ----------
    findings
        Findings of reading or cleaning.
    instrument
        The questionnaire.
    responses
        Response table that they are about: what those answered who refused consent is left out.
    """
    told = ~findings["item"].isin(_untold(instrument))
    for item in instrument.questions:
        if item.type == "text" and not item.confidential:
            wrong = misses(findings["found"], item.pattern, instrument.missing_values)
            told &= findings["item"].ne(item.id) | ~wrong
    if responses is not None:
        told &= ~(_of_refused(findings, responses, instrument) & findings["item"].ne(""))
    return findings.assign(found=findings["found"].mask(~told.fillna(True).astype(bool), ""))


def _of_refused(
    findings: pd.DataFrame, responses: pd.DataFrame, instrument: Instrument
) -> pd.Series:
    """Tell which findings are about the answers of those who refused consent."""
    theirs = responses[refused(responses, instrument)]
    unnamed = findings["submission"].fillna("").eq("")
    by_row = unnamed & findings["source_row"].isin(theirs["source_row"])
    return findings["submission"].isin(theirs["submission"]) | by_row


def _untold(instrument: Instrument) -> list[str]:
    return [item.id for item in instrument.questions if item.confidential or item.sensitive]


def _open(instrument: Instrument) -> list[str]:
    return [item.id for item in instrument.questions if item.confidential]
