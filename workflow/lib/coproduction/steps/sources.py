"""Files that a step reads: which sources it really uses, and whether a file lies where it must.

Editing a source reruns just what depends on it. A step uses the modules that its script imports,
directly or not, and each data file of their packages (words, templates, tables) whose name stands
in quotes in a file that it uses, such as `"report.yaml"`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

#: An import statement, found by its words: a hundred times as fast as Python's own parser, and a
#: run reads all modules before it can say what there is to do.
IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|.*)|import[ \t]+(.*))", re.MULTILINE
)
FINDS = "coproduction.registry.find"
COMMENT = re.compile(r"#.*")
QUOTED = re.compile(rb"""["'/]([\w-]+(?:\.[\w-]+)+)["']""")


def fingerprints(
    scripts: Iterable[Path], roots: Sequence[Path], further: Iterable[Path] = ()
) -> dict[str, str]:
    """Hash each script with every module and data file that it uses from the given roots.

    Parameters
    ----------
    scripts
        The scripts.
    roots
        Folders in which their modules are looked for; modules found in none are not the project's.
    further
        Other files the results depend on.

    Returns
    -------
    dict
        By the script's name without ending, SHA-256 over the contents of all its files in the order
        of their names.
    """
    used = closures(scripts, roots)
    all_files = sorted({*further}.union(*used.values()), key=Path.as_posix)
    hashes = {file: hashlib.sha256(file.read_bytes()).digest() for file in all_files}
    result = {}
    for script, files in used.items():
        counted = files.union(further)
        whole = b"".join(each for file, each in hashes.items() if file in counted)
        result[script.stem] = hashlib.sha256(whole).hexdigest()
    return result


def inside(file: Path, folder: Path) -> bool:
    """Whether a file lies in a folder also where links lead; the folder may be a link itself."""
    return file.resolve().is_relative_to(folder.resolve())


def closures(scripts: Iterable[Path], roots: Sequence[Path]) -> dict[Path, set[Path]]:
    """Files that each script uses: all it imports from the roots, and the data files they name."""
    modules = _modules(roots)
    read = cache(Path.read_bytes)
    uses: dict[Path, set[Path]] = {}
    data: dict[Path, list[Path]] = {}
    result = {}
    for script in scripts:
        found: set[Path] = set()
        queue = [script]
        while queue:
            file = queue.pop()
            if file not in found:
                found.add(file)
                if file not in uses:
                    uses[file] = set(_uses(file, modules))
                queue.extend(uses[file] - found)
        for file in found:
            if file.name == "__init__.py" and file not in data:
                data[file] = list(_data_files(file.parent))
        beside = {each for file in found for each in data.get(file, ())}
        result[script] = _with_data(found, beside, read)
    return result


def _modules(roots: Sequence[Path]) -> dict[str, list[Path]]:
    """Files of every module in the roots, by its dotted name."""
    modules: dict[str, list[Path]] = {}
    for root in roots:
        for path in root.rglob("*.py"):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if path.name == "__init__.py" else parts)
            modules.setdefault(name, []).append(path)
    return modules


def _uses(file: Path, modules: Mapping[str, list[Path]]) -> Iterator[Path]:
    """Files of the modules that a module imports, with the `__init__` of their packages.

    A package that finds objects in its modules imports all that stand in its folder.
    """
    names = imports(file.read_bytes())
    if file.name == "__init__.py" and FINDS in names:
        yield from [*file.parent.glob("*.py"), *file.parent.glob("*/__init__.py")]
    for name in names:
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):
            yield from modules.get(".".join(parts[:depth]), ())


@cache
def imports(source: bytes) -> frozenset[str]:
    """Names that a module imports, each as a module and as what may be one."""
    names: set[str] = set()
    for origin, some, whole in IMPORT.findall(source):
        prefix = f"{origin.decode()}." if origin else ""
        listed = COMMENT.sub("", (some or whole).decode()).strip("()\r\n ").split(",")
        names.update(prefix + each.split()[0] for each in listed if each.strip())
        names.update({origin.decode()} - {""})
    return frozenset(names)


def _with_data(used: set[Path], data: set[Path], read: Callable[[Path], bytes]) -> set[Path]:
    """Add the data files that used files name, and those that these name."""
    names = frozenset().union(*(_quoted(read(file)) for file in used))
    named = {file for file in data if file.name in names}
    return _with_data(used | named, data - named, read) if named else used


@cache
def _quoted(content: bytes) -> frozenset[str]:
    """Names of files that stand in quotes, alone or behind their folder."""
    return frozenset(name.decode() for name in QUOTED.findall(content))


def _data_files(folder: Path) -> Iterator[Path]:
    """Whatever lies in a package and is no module, but not what lies in a package within it."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").is_file():
            yield from _data_files(path)
        elif path.is_file() and path.suffix != ".py":
            yield path
