"""Findings of the cleaning room: one coded row for everything that is wrong or changed."""

from __future__ import annotations

import pandas as pd

from coproduction.intake.canonical import FINDING_COLUMNS, no_findings

NOTHING = no_findings()
TYPES = NOTHING.dtypes.to_dict()


def finding(
    responses: pd.DataFrame,
    rows: pd.Series,
    code: str,
    *,
    item: str = "",
    found: pd.Series | str = "",
    expected: pd.Series | str = "",
    action: str,
    severity: str = "warning",
) -> pd.DataFrame:
    """Make one finding for each row of the responses where `rows` is true.

    Parameters
    ----------
    responses
        Canonical response table.
    rows
        Boolean, same index.
    code
        What is wrong, as a machine word.
    item
        The item concerned.
    found
        What stood there: text, or the column of values.
    expected
        What should stand there: text, or the column of values.
    action
        What was done, as a machine word.
    severity
        `note` or `warning`.
    """
    if not rows.any():
        return NOTHING
    chosen = responses.loc[rows, ["submission", "source_row"]]
    table = pd.DataFrame(
        {
            "code": code,
            "severity": severity,
            "submission": chosen["submission"],
            "source_row": chosen["source_row"],
            "item": item,
            "found": _texts(found, chosen),
            "expected": _texts(expected, chosen),
            "action": action,
        }
    )
    return table[list(FINDING_COLUMNS)].astype(TYPES)


def _texts(values: pd.Series | str, chosen: pd.DataFrame) -> pd.Series | str:
    if isinstance(values, str):
        return values
    return values.loc[chosen.index].astype("string").fillna("")


def join(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Join findings in the order given."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else NOTHING
