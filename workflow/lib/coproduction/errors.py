"""The one family of errors that a researcher may see."""

from __future__ import annotations

from typing import Any

from coproduction.notes import Note, sentence


class StudyError(Exception):
    """Something in the study cannot be used as it is.

    The message is one sentence a researcher understands: it names the file, the place in it, what
    was found and what to do. It is the only error whose text is shown without a traceback.
    """


class Refusal(StudyError):
    """Something that cannot be computed, said as a note, so that a table can hold the reason.

    Parameters
    ----------
    code
        Code of the note.
    **values
        Its values.
    """

    def __init__(self, code: str, **values: Any) -> None:
        self.note = Note(code, values)
        super().__init__(sentence(self.note))

    def __reduce__(self) -> tuple[Any, ...]:
        return _refusal, (self.note,)


def _refusal(note: Note) -> Refusal:
    """Make a refusal again in another process."""
    return Refusal(note.code, **note.values)
