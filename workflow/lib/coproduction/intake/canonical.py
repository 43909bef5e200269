"""The canonical response table: one shape for the answers of every platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.printing import printed

TEXT_METADATA = (
    "submission",
    "instrument",
    "platform",
    "source_file",
    "mode",
    "wave",
    "language",
    "form_version",
    "submitted_by",
    "device",
    "validation_status",
    "submitted_at",
    "started_at",
    "ended_at",
)
# Whether an interview ended before its last question; null where the platform does not say.
BROKEN_OFF = "broken_off"
METADATA = (*TEXT_METADATA[:4], "source_row", *TEXT_METADATA[4:], "duration_seconds", BROKEN_OFF)
KINDS = {"source_row": "Int64", "duration_seconds": "Float64", BROKEN_OFF: "boolean"}
FINDING_COLUMNS = (
    "code",
    "severity",
    "submission",
    "source_row",
    "item",
    "found",
    "expected",
    "action",
)


@printed
@dataclass(frozen=True)
class Intake:
    """What a reader makes of one export.

    Attributes
    ----------
    responses
        Canonical response table: the metadata columns, then one column per item.
    findings
        One row per problem seen: `code, severity, submission, source_row, item, found, expected,
        action`.
    """

    responses: pd.DataFrame
    findings: pd.DataFrame
    shown: ClassVar[tuple[str, ...]] = (*FINDING_COLUMNS[:2], *FINDING_COLUMNS[3:7])

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        return f"Submissions: {len(self.responses):,}, findings: {len(self.findings):,}"

    def to_frame(self) -> pd.DataFrame:
        """Give what was found while reading; the answers are `responses`."""
        return self.findings


def dtype(item: Item) -> str:
    """Column type of an item in the canonical table."""
    if item.type in ("select_one", "integer", "random"):
        return "Int64"
    return "Float64" if item.type == "decimal" else "string"


def canonical(
    answers: pd.DataFrame, metadata: pd.DataFrame, instrument: Instrument
) -> pd.DataFrame:
    """Put answers and metadata into the canonical columns, order and types.

    Parameters
    ----------
    answers
        One column per item that the export holds, decoded to the instrument's codes.
    metadata
        Any of the metadata columns, same rows.
    instrument
        The questionnaire.
    """
    columns: dict[str, pd.Series] = {}
    for name in METADATA:
        columns[name] = _column(metadata, name, KINDS.get(name, "string"))
    for item in instrument.questions:
        columns[item.id] = _column(answers, item.id, dtype(item))
    return pd.DataFrame(columns, copy=False).reset_index(drop=True)


def _column(table: pd.DataFrame, name: str, kind: str) -> pd.Series:
    if name in table:
        return table[name].astype(kind)
    return pd.Series(pd.NA, index=table.index, dtype=kind)


def combine(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the response tables of several files and refuse a submission that stands twice."""
    responses = pd.concat(parts, ignore_index=True)
    repeated = responses[responses["submission"].duplicated(keep=False)]
    if len(repeated):
        first = repeated[repeated["submission"] == repeated["submission"].iloc[0]]
        places = " and ".join(
            f"{file} row {row}"
            for file, row in zip(first["source_file"], first["source_row"], strict=True)
        )
        raise StudyError(
            f"The submission `{first['submission'].iloc[0]}` stands twice ({places}); the id of a "
            "submission must be unique, remove the repeated row or file."
        )
    return responses


def no_findings() -> pd.DataFrame:
    """Make a findings table without rows."""
    return findings([])


def findings(rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    """Make a findings table from rows in the order of its columns."""
    cells = zip(*rows, strict=True) if rows else [[]] * len(FINDING_COLUMNS)
    columns = zip(FINDING_COLUMNS, cells, strict=True)
    return pd.DataFrame(
        {
            name: pd.array(list(column), dtype="Int64" if name == "source_row" else "string")
            for name, column in columns
        }
    )
