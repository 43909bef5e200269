"""Files that a step reads: which sources it really uses, and whether a file lies where it must.

Editing a source reruns just what depends on it.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path


def fingerprint(script: Path, roots: Sequence[Path], further: Iterable[Path] = ()) -> str:
    """Hash a script with every module it imports, directly or not, from the given roots.

    Parameters
    ----------
    script
        The script.
    roots
        Folders in which its modules are looked for; modules found in none are not the project's.
    further
        Other files the result depends on.

    Returns
    -------
    str
        SHA-256 over the contents, in the order of the files' names relative to their root.
    """
    files = sorted({*closure(script, roots), *further}, key=lambda file: file.as_posix())
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def inside(file: Path, folder: Path) -> bool:
    """Whether a file lies in a folder also where links lead; the folder may be a link itself."""
    return file.resolve().is_relative_to(folder.resolve())


def closure(script: Path, roots: Sequence[Path]) -> set[Path]:
    """Files of the script and all it imports from the roots, packages' data files included."""
    found: set[Path] = set()
    queue = [script]
    while queue:
        file = queue.pop()
        if file in found:
            continue
        found.add(file)
        if file.suffix == ".py":
            for module in _imports(file):
                queue.extend(_files(module, roots))
    return found


def _imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _files(module: str, roots: Sequence[Path]) -> list[Path]:
    """Files of a module: its own, its packages' `__init__`, and the data beside a package."""
    result: list[Path] = []
    parts = module.split(".")
    for root in roots:
        for depth in range(1, len(parts) + 1):
            path = root.joinpath(*parts[:depth])
            if path.with_suffix(".py").is_file():
                result.append(path.with_suffix(".py"))
            if (path / "__init__.py").is_file():
                result.append(path / "__init__.py")
        package = root.joinpath(*parts[:-1])
        if result and package != root:
            result.extend(_data_files(package))
    return result


def _data_files(package: Path) -> list[Path]:
    return [
        file
        for folder in ("templates", "words")
        for file in sorted(package.glob(f"{folder}/**/*"))
        if file.is_file()
    ]
