"""What became of everybody who was sampled: the contact log, reconciled with the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.cleaning.exclusions import ANALYSED, RETEST
from coproduction.cleaning.findings import finding, join
from coproduction.errors import StudyError
from coproduction.intake.files.text import read_cells

OUTCOMES = (
    "complete",
    "partial",
    "refusal",
    "break_off",
    "non_contact",
    "other",
    "unknown_household",
    "unknown_other",
    "not_eligible",
)
OUTCOME_OF_STATUS = {
    "no_consent": "refusal",
    "not_eligible": "not_eligible",
    "break_off": "break_off",
}
OPTIONAL = ("frame", "mode", "submission", "submitted_by")
KEPT = ("contact", "disposition", *OPTIONAL)


def read_contacts(
    data: bytes,
    source: str,
    codes: Mapping[str, Sequence[str]],
    further: Collection[str] = (),
) -> pd.DataFrame:
    """Read a contact log: one row per sampled address, person or opened link.

    Parameters
    ----------
    data, source
        Content and name of a CSV with the columns `contact` and `disposition`, and where they are
        known `frame`, `mode`, `submission` (the id of the answers it led to), `submitted_by` and
        `count` (how many contacts a row stands for, if not one). Other columns are ignored.
    codes
        Disposition codes of each outcome.
    further
        Other columns that are needed, as text.

    Returns
    -------
    pandas.DataFrame
        These columns as text, `count` as integer, `outcome`, `source_file` and `source_row`.

    Raises
    ------
    StudyError
        If a column is missing, a contact or submission stands twice, a count is no number above
        zero, or a disposition has no outcome.
    """
    cells = read_cells(data, source).apply(lambda column: column.str.strip())
    for name in ("contact", "disposition", *further):
        if name not in cells:
            raise StudyError(f"{source}: the column `{name}` is missing from the contact log.")
    table = cells[["contact", "disposition"]].assign(
        **{name: cells[name] for name in further if name not in KEPT},
        **{name: cells.get(name, "") for name in OPTIONAL},
        count=_counts(cells, source),
        source_file=source,
        source_row=cells.index,
    )
    _check_unique(table["contact"], source, "contact")
    _check_unique(table.loc[table["submission"] != "", "submission"], source, "submission")
    outcome_of = {code: outcome for outcome, listed in codes.items() for code in listed}
    unknown = ~table["disposition"].isin(list(outcome_of))
    if unknown.any():
        row = unknown.idxmax()
        raise StudyError(
            f"{source}, row {row}: the disposition `{table.at[row, 'disposition']}` belongs to no "
            "outcome; add it to cleaning.contacts.dispositions in study.yaml."
        )
    outcomes = table["disposition"].map(outcome_of)
    return table.assign(outcome=outcomes).reset_index(drop=True)


def reconcile(contacts: pd.DataFrame, responses: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let the answers themselves say what became of a contact that led to some.

    Interviewers log an interview when they leave; only cleaning tells whether it is complete,
    partial, broken off or of somebody not eligible. Test submissions and repeated ones say nothing
    about a contact. Who was only asked again, for a retest, was no new contact.

    Parameters
    ----------
    contacts
        Contact log made by `read_contacts`.
    responses
        Cleaned response table with `status` and `completeness`.

    Returns
    -------
    contacts, findings
        The log with outcomes corrected and without contacts that led to a second interview; and one
        finding for each of both, for each logged submission that is not in the data and each
        analysed one that is not in the log.
    """
    known = responses.set_index("submission")
    decided = _outcomes(known)
    linked = contacts["submission"] != ""
    answers = contacts["submission"].map(decided).where(linked)
    differs = answers.notna() & (answers != contacts["outcome"])
    absent = linked & ~contacts["submission"].isin(known.index)
    again = contacts["submission"].map(known["status"]).eq(RETEST).fillna(False).astype(bool)
    in_log = responses["submission"].isin(contacts["submission"])
    unlogged = (responses["status"] == ANALYSED) & ~in_log
    parts = [
        finding(
            contacts,
            differs,
            "disposition_differs_from_answers",
            found=contacts["disposition"],
            expected=answers,
            action="reclassified",
            severity="note",
        ),
        finding(
            contacts,
            absent,
            "logged_submission_absent",
            found=contacts["contact"],
            expected="its answers in the data",
            action="kept",
        ),
        finding(
            contacts,
            again,
            "contact_for_retest",
            found=contacts["contact"],
            action="excluded",
            severity="note",
        ),
        finding(
            responses,
            unlogged,
            "submission_not_logged",
            expected="a contact that led to it",
            action="kept",
        ),
    ]
    corrected = contacts.assign(outcome=contacts["outcome"].mask(differs, answers))
    return corrected[~again], join(parts)


def _outcomes(known: pd.DataFrame) -> pd.Series:
    """Outcome of each submission that says one."""
    by_status = known["status"].map(OUTCOME_OF_STATUS)
    return by_status.mask(known["status"] == ANALYSED, known["completeness"]).dropna()


def _counts(cells: pd.DataFrame, source: str) -> Any:
    if "count" not in cells:
        return 1
    numbers = pd.to_numeric(cells["count"].replace("", "1"), errors="coerce")
    wrong = ~((numbers >= 1) & (numbers % 1 == 0))
    if wrong.any():
        row = wrong.idxmax()
        raise StudyError(
            f"{source}, row {row}: the count `{cells.at[row, 'count']}` is no whole number above 0."
        )
    return numbers.astype("int64")


def _check_unique(column: pd.Series, source: str, name: str) -> None:
    repeated = column[column.duplicated()]
    if len(repeated):
        raise StudyError(
            f"{source}, row {repeated.index[0]}: the {name} `{repeated.iloc[0]}` stands twice in "
            "the contact log; keep its final disposition only."
        )
