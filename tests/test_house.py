"""How the library is laid out: small folders, and no two modules that need each other."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

FEW = 20
ROOMS = {"measurement", "inference", "report"}


@pytest.fixture
def library(root) -> Path:
    return root / "workflow/lib/coproduction"


def imported(file: Path, modules: set[str]) -> set[str]:
    """Modules of the library that a module imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & modules
            outer = len(inner) < len(node.names)
            found |= inner | ({node.module} if outer else set())
    return found & modules


def test_no_modules_import_each_other(library):
    """Imports inside functions and those for types alone count, too."""
    files = {
        ".".join(file.relative_to(library.parent).with_suffix("").parts): file
        for file in library.rglob("*.py")
    }
    files = {name.removesuffix(".__init__"): file for name, file in files.items()}
    graph = {name: imported(file, set(files)) - {name} for name, file in files.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
    assert len(order) > 300


def test_rooms_take_of_a_folder_in_another_what_its_face_names(library):
    """The notebook is a face itself: it names what each of its functions is called elsewhere."""
    faces = {
        f"{face.parent.parent.name}.{face.parent.name}": face
        for room in ROOMS
        for face in (library / room).glob("*/__init__.py")
    }
    taken, passed = set(), []
    for file in library.rglob("*.py"):
        own = file.relative_to(library).parts[0]
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            _, *path = (getattr(node, "module", "") or "").split(".")
            if own == "notebook" or len(path) < 2 or path[0] not in ROOMS - {own}:
                continue
            folder = ".".join(path[:2])
            if folder in faces:
                names = {alias.name for alias in node.names}
                known = named(faces[folder])
                taken.add(folder)
                if len(path) > 2 or not names <= known:
                    passed.append((file.name, ".".join(path), names))
    assert passed == []
    assert {"measurement.factor", "inference.data"} <= taken


def named(face: Path) -> set[str]:
    """Names that a face lists."""
    lists = [
        node.value
        for node in ast.parse(face.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return {name for each in lists for name in ast.literal_eval(each)}


def test_measurement_takes_nothing_of_inference(library):
    for file in (library / "measurement").rglob("*.py"):
        assert "coproduction.inference" not in file.read_text("utf-8"), file


def test_no_folder_holds_more_than_a_reader_takes_in(library):
    folders = {file.parent for file in library.rglob("*.py")}
    counted = {
        str(folder.relative_to(library)): sum(
            each.is_file() and each.suffix != ".pyc" for each in folder.iterdir()
        )
        for folder in folders
    }
    assert {name: n for name, n in counted.items() if n > FEW} == {}
