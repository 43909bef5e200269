"""Corrections that a person made by hand, on record and checked against what they replace."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coproduction.cleaning.findings import finding, join
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.columns import Matched
from coproduction.intake.confidential import refused
from coproduction.intake.files.text import decode, read_cells
from coproduction.intake.values import decode_answers

COLUMNS = ("submission", "item", "old", "new", "reason", "who", "when")
EXPLAINED = ("reason", "who", "when")


def read_corrections(data: bytes, source: str) -> pd.DataFrame:
    """Read a file of corrections.

    Parameters
    ----------
    data, source
        Content and name of a CSV with the columns `submission, item, old, new, reason, who, when`.

    Returns
    -------
    pandas.DataFrame
        These columns as text and `source_file`, indexed by the number of the row.

    Raises
    ------
    StudyError
        If a column is missing or too many, or a row does not say why, by whom or when.
    """
    if len(decode(data, source).strip().splitlines()) == 1:
        return pd.DataFrame(columns=[*COLUMNS, "source_file"], dtype="str")
    table = read_cells(data, source)
    if set(table.columns) != set(COLUMNS):
        raise StudyError(
            f"{source}: the columns must be {', '.join(COLUMNS)}; found {', '.join(table.columns)}."
        )
    table = table.apply(lambda column: column.str.strip())
    for name in EXPLAINED:
        if (table[name] == "").any():
            row = (table[name] == "").idxmax()
            raise StudyError(f"{source}, row {row}: `{name}` is empty; a correction must say it.")
    return table.assign(source_file=source)


def apply_corrections(
    responses: pd.DataFrame, corrections: pd.DataFrame, instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Replace the answers that corrections name, one after the other.

    Parameters
    ----------
    responses
        Canonical response table.
    corrections
        Table made by `read_corrections`; an empty `old` or `new` is a blank answer.
    instrument
        The questionnaire.

    Returns
    -------
    responses, findings
        The corrected table, and one finding for each correction; of an open or sensitive item it
        does not repeat the new answer.

    Raises
    ------
    StudyError
        If a row names no submission or item of this study, a value that the item does not allow,
        or an old value that is not what stands in the data.
    """
    responses = responses.copy()
    rows = pd.Series(responses.index, index=responses["submission"])
    made = []
    for number, correction in corrections.iterrows():
        place, name = f"{correction['source_file']}, row {number}", correction["item"]
        if correction["submission"] not in rows.index:
            raise StudyError(f"{place}: there is no submission `{correction['submission']}`.")
        if name not in {item.id for item in instrument.questions}:
            raise StudyError(f"{place}: there is no item `{name}` in `{instrument.id}`.")
        row = rows[correction["submission"]]
        old, new = (_code(corrections, number, side, instrument) for side in ("old", "new"))
        found = responses.at[row, name]
        if not _same(found, old):
            secret = _secret(correction, instrument) or refused(responses, instrument)[row]
            stands = "nothing" if pd.isna(found) else f"`{found}`"
            raise StudyError(
                f"{place}: the old value of `{name}` is not what stands in the data."
                if secret
                else f"{place}: the old value is `{correction['old']}`, but in the data stands "
                f"{stands}."
            )
        made.append((row, correction, "" if pd.isna(new) else str(new)))
        responses.at[row, name] = new
    # Whether somebody agreed may itself have been corrected.
    secret = refused(responses, instrument)
    parts = [
        _record(
            responses,
            row,
            correction,
            "" if secret[row] or _secret(correction, instrument) else new,
        )
        for row, correction, new in made
    ]
    return responses, join(parts)


def _secret(correction: pd.Series, instrument: Instrument) -> bool:
    item = instrument.by_id[correction["item"]]
    return item.confidential or item.sensitive or item.type == "text"


def _code(corrections: pd.DataFrame, number: Any, side: str, instrument: Instrument) -> Any:
    source = corrections.at[number, "source_file"]
    matched = Matched(items={corrections.at[number, "item"]: side}, options={})
    return decode_answers(corrections.loc[[number]], matched, instrument, source).iloc[0, 0]


def _same(one: Any, other: Any) -> bool:
    return bool(pd.isna(one) and pd.isna(other)) or (
        not pd.isna(one) and not pd.isna(other) and bool(one == other)
    )


def _record(responses: pd.DataFrame, row: Any, correction: pd.Series, new: str) -> pd.DataFrame:
    who = f"{correction['who']} on {correction['when']}: {correction['reason']}"
    return finding(
        responses,
        pd.Series(responses.index == row, index=responses.index),
        "corrected_by_hand",
        item=correction["item"],
        found=correction["old"],
        expected=f"{new} ({who})".strip(),
        action="corrected",
        severity="note",
    )
