"""Qualtrics exports: up to three heading rows in any language, answers as values or labels."""

from __future__ import annotations

import pandas as pd

from coproduction.intake.platform import Platform
from coproduction.intake.platforms.qualtrics.export import read_qualtrics
from coproduction.intake.platforms.qualtrics.headings import FURTHER, is_import_id

RECORDED = frozenset(["StartDate", "EndDate", "RecordedDate", "Progress", "Finished"])


def _marks(headers: set[str], cells: pd.DataFrame) -> bool:
    if any(cells.iloc[row].map(is_import_id).any() for row in range(min(FURTHER, len(cells)))):
        return True
    first = cells.iloc[0].str.strip().str.casefold()
    old = "V1" in headers and bool((first == "responseid").any())
    return old or ("ResponseId" in headers and len(RECORDED & headers) >= 2)


PLATFORM = Platform(
    name="qualtrics",
    title="Qualtrics",
    endings=("csv",),
    reads="values or labels: one to three heading rows in any language; previews are reported",
    read=read_qualtrics,
    marks=_marks,
)
