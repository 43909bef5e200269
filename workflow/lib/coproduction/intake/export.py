"""What every platform's reader makes of a file: its cells, and what each column is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from coproduction.intake.recognition import Recognised


@dataclass(frozen=True)
class Export:
    """The cells of one export, its columns recognised and its answers not yet decoded.

    Attributes
    ----------
    cells
        Text cells, one column per header; the index is the number of the data row.
    metadata
        Metadata of the same rows, see `metadata.read_metadata`.
    findings
        What the reader saw in the rows.
    recognised
        The columns that hold answers. Several columns of one item, as after a renaming, are joined;
        a multiple choice that is both joined and split is read from its ticks.
    own_columns
        Headers that the platform adds.
    sheet
        Sheet of a workbook that was read, where it need not be the first one that holds anything.
    unanswered
        Items without a column only because nobody answered them.
    beside
        Headers of comments and of words that belong to an answer, with the item's id: they are no
        answers, and are reported.
    """

    cells: pd.DataFrame
    metadata: pd.DataFrame
    findings: pd.DataFrame
    recognised: Recognised
    own_columns: Collection[str]
    sheet: str | None = None
    unanswered: Collection[str] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
