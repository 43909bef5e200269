"""What a survey platform is: how its exports are known, how they are read, what people call it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.form import Form
from coproduction.intake.export import Export


class Reader(Protocol):
    """The reader of one platform's exports."""

    def __call__(
        self,
        data: bytes,
        instrument: Instrument,
        source: str,
        ignore_columns: Iterable[str],
        time_zone: str,
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
            Zone of moments that name none.

        Raises
        ------
        StudyError
            If the file is not of this platform, is damaged or holds no answers.
        """


@dataclass(frozen=True)
class Platform:
    """A survey platform whose exports are read.

    Attributes
    ----------
    name
        What `platform` says in study.yaml; the name of the platform's module.
    title
        What people call it.
    endings
        Endings of the files that it writes.
    reads
        What is read of it, in one line for the manual and the README.
    read
        Reads one export.
    owns
        Whether a file can be of this platform only, by its content and its name for messages; None
        where many platforms write such files.
    marks
        Whether the headers that are no items and the first rows of a table of text bear marks that
        only this platform leaves; None where there are none, and study.yaml must name it.
    form
        The form that it takes and whose answers it exports; None where the form is made by hand.
    mode
        Mode of the interviews, where neither a row nor the study says it.
    time_zone
        Zone of moments that name none, where the study does not say it.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    reads: str
    read: Reader
    owns: Callable[[bytes, str], bool] | None = None
    marks: Callable[[set[str], pd.DataFrame], bool] | None = None
    form: Form | None = None
    mode: str | None = None
    time_zone: str = "UTC"
