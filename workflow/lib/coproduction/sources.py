"""Files that a step reads: which sources it really uses, and whether a file lies where it must.

Editing a source reruns just what depends on it. A step uses the modules that its script imports,
directly or not, and each data file of their packages (words, templates, tables) whose name stands
in quotes in a file that it uses, such as `"report.yaml"`.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

QUOTED = re.compile(rb"""["'/]([\w-]+(?:\.[\w-]+)+)["']""")


def fingerprint(script: Path, roots: Sequence[Path], further: Iterable[Path] = ()) -> str:
    """Hash a script with every module and data file that it uses from the given roots.

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
    """Files that a script uses: all it imports from the roots, and the data files they name."""
    found: set[Path] = set()
    queue = [script]
    while queue:
        file = queue.pop()
        if file not in found:
            found.add(file)
            for module in _imports(file.read_bytes()):
                queue.extend(_files(module, roots))
    packages = [file.parent for file in found if file.name == "__init__.py"]
    return _with_data(found, {file for folder in packages for file in _data_files(folder)})


def _with_data(used: set[Path], data: set[Path]) -> set[Path]:
    """Add the data files that used files name, and those that these name."""
    names = frozenset().union(*(_quoted(file.read_bytes()) for file in used))
    named = {file for file in data if file.name in names}
    return _with_data(used | named, data - named) if named else used


@cache
def _imports(source: bytes) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)


@cache
def _quoted(content: bytes) -> frozenset[str]:
    """Names of files that stand in quotes, alone or behind their folder."""
    return frozenset(name.decode() for name in QUOTED.findall(content))


def _files(module: str, roots: Sequence[Path]) -> list[Path]:
    """Files of a module: its own, and the `__init__` of its packages."""
    result: list[Path] = []
    parts = module.split(".")
    for root in roots:
        for depth in range(1, len(parts) + 1):
            path = root.joinpath(*parts[:depth])
            if path.with_suffix(".py").is_file():
                result.append(path.with_suffix(".py"))
            if (path / "__init__.py").is_file():
                result.append(path / "__init__.py")
    return result


def _data_files(folder: Path) -> Iterator[Path]:
    """Whatever lies in a package and is no module, but not what lies in a package within it."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").is_file():
            yield from _data_files(path)
        elif path.is_file() and path.suffix != ".py":
            yield path
