"""Locks that end with the process that holds them: one that was killed leaves none behind."""

from __future__ import annotations

import errno
import fcntl
from typing import IO

HELD = (errno.EACCES, errno.EAGAIN)


def take(file: IO | int, wait: bool = False) -> bool:
    """Take the lock of a file that is open for writing; it is held until the file is closed.

    A process that a holder has forked does not hold it. Where the file system knows no locks there
    is none to wait for.

    Parameters
    ----------
    file
        The file, or its descriptor.
    wait
        Whether to wait for another process that holds it.

    Returns
    -------
    bool
        Whether no other process holds it.
    """
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        return error.errno not in HELD
    return True
