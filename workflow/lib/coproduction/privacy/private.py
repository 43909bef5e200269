"""Files that their owner alone can read."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from coproduction.errors import StudyError
from coproduction.steps.receipts import digest

FOLDER = "confidential"
#: Length of a study's key in bytes.
LENGTH = 32


def write_private(path: str | Path, content: bytes) -> None:
    """Write a file that its owner alone can read, in a folder that its owner alone can enter."""
    file = Path(path)
    _make_folder(file.parent)
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)


def keep_key(path: str | Path, made: Iterable[str | Path] = ()) -> str:
    """Draw a study's key if it has none, and give the SHA-256 of its file.

    A key that is there is never drawn anew: it appears whole or not at all, and another run that
    draws one at the same time uses it.

    Parameters
    ----------
    path
        Where the key stands.
    made
        Files and folders that only a key makes.

    Raises
    ------
    StudyError
        If there is no key though some of these are there.
    """
    file = Path(path)
    if not file.exists():
        if left := [Path(each).as_posix() for each in made if Path(each).exists()]:
            raise StudyError(
                f"{file.as_posix()} is missing, but {', '.join(left)} stand there, whose numbers "
                "of respondents and communities another key would change: put back the file that "
                "was there. Only if it is lost for good, or the data were synthetic until now, "
                "remove these; then a new key is drawn."
            )
        drawn = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        write_private(drawn, f"{secrets.token_hex(LENGTH)}\n".encode())
        with contextlib.suppress(FileExistsError):
            os.link(drawn, file)
        drawn.unlink()
    return digest(file.read_bytes())


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for each in (folder.parent, folder):
        if FOLDER in (each.name, each.parent.name):
            each.chmod(0o700)
