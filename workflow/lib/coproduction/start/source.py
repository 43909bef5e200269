"""What a file says of its questions, whatever wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """A column of a file.

    Attributes
    ----------
    header
        Its name in the file.
    wording
        The question, where the file tells it.
    cells
        Its answers as text, empty where there is none.
    labels
        Labels of values, by the text of the value.
    missing
        Values that the file declares missing.
    multiple
        Whether it is a multiple choice of which the file tells all answers.
    separator
        What stands between several answers of one cell; empty if there are never several.
    """

    header: str
    wording: str
    cells: Sequence[str]
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()
    multiple: bool = False
    separator: str = ""


@dataclass(frozen=True)
class Source:
    """The columns of a file that hold answers, and the platform whose reader reads it."""

    columns: tuple[Column, ...]
    platform: str
