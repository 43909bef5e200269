"""What every platform's reader makes of a file: its cells, and what each column is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from coproduction.instrument.definition import Instrument
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
    mode
        Mode of interview, where neither a row nor the study says it.
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
    mode: str | None = None
    unanswered: Collection[str] = ()
    beside: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """The reader of one platform's exports."""

    def __call__(
        self,
        data: bytes,
        instrument: Instrument,
        source: str,
        ignore_columns: Iterable[str] = (),
        time_zone: str = ...,
    ) -> Export:
        """Read one file.

        Parameters
        ----------
        data, source
            Content of the file, and its name for messages.
        instrument
            The questionnaire.
        ignore_columns
            Headers that are no items.
        time_zone
            Zone of moments that name none; the platform's own by default.

        Raises
        ------
        StudyError
            If the file is not of this platform, is damaged or holds no answers.
        """
