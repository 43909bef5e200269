"""The one family of errors that a researcher may see."""

from __future__ import annotations


class StudyError(Exception):
    """Something in the study cannot be used as it is.

    The message is one sentence a researcher understands: it names the file, the place in it, what
    was found and what to do. It is the only error whose text is shown without a traceback.
    """
