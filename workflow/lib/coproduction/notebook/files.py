"""Files that a notebook names."""

from __future__ import annotations

from pathlib import Path

from coproduction.errors import StudyError


def content(file: str | Path) -> bytes:
    """Read a file.

    Raises
    ------
    StudyError
        If it cannot be read.
    """
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise StudyError(f"{file} cannot be read: {error.strerror}.") from None
