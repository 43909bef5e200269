"""Findings of the cleaning room: one coded row for everything that is wrong or changed."""

from __future__ import annotations

import pandas as pd

from coproduction.intake.canonical import FINDING_COLUMNS, no_findings


def finding(
    responses: pd.DataFrame,
    rows: pd.Series,
    code: str,
    *,
    item: str = "",
    found: pd.Series | str = "",
    expected: str = "",
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
        What should stand there.
    action
        What was done, as a machine word.
    severity
        `note` or `warning`.
    """
    chosen = responses.loc[rows]
    if chosen.empty:
        return no_findings()
    values = found.loc[chosen.index].astype("string").fillna("") if hasattr(found, "loc") else found
    table = pd.DataFrame(
        {
            "code": code,
            "severity": severity,
            "submission": chosen["submission"],
            "source_row": chosen["source_row"],
            "item": item,
            "found": values,
            "expected": expected,
            "action": action,
        }
    )
    return table[list(FINDING_COLUMNS)].astype(no_findings().dtypes.to_dict())


def join(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Join findings in the order given."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else no_findings()
