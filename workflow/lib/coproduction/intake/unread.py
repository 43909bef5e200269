"""What an export holds beside its table of answers, counted so that nothing is lost in silence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coproduction.intake.canonical import findings
from coproduction.intake.files.workbook import further_sheets, is_workbook

REPEAT = "SET-OF-"


def other_sheets(data: bytes, source: str, sheet: str | None) -> pd.DataFrame:
    """Report every further sheet of a workbook that holds anything, such as a repeat group's.

    Parameters
    ----------
    data, source
        Content and name of the file.
    sheet
        The sheet that was read; None for the first one that holds anything.
    """
    if not is_workbook(data):
        return findings([])
    expected = "all answers on one sheet"
    return findings(
        [
            ("sheet_not_read", "warning", "", pd.NA, "", f"{name}: {lines}", expected, "not_read")
            for name, lines in further_sheets(data, source, sheet).items()
        ]
    )


def repeat_links(cells: pd.DataFrame) -> dict[str, int]:
    """Columns by which the family of XLSForm links to a repeat group, and rows that have one."""
    headers = [header for header in cells if header.startswith(REPEAT)]
    return {header: int((cells[header].str.strip() != "").sum()) for header in headers}


def repeat_groups(counts: Mapping[str, int]) -> pd.DataFrame:
    """Report groups that a form asked several times, by name and with the number of their entries.

    No item can hold them; platforms keep them in files or sheets of their own.
    """
    expected = "questions asked once"
    return findings(
        [
            ("repeat_not_read", "warning", "", pd.NA, "", f"{name}: {n}", expected, "not_read")
            for name, n in counts.items()
        ]
    )
