"""How the library is laid out: small folders, and no two modules that need each other."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

FEW = 20


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


def test_inference_takes_of_measurement_what_its_faces_name(library):
    files = list((library / "inference").rglob("*.py"))
    faces = {"coproduction.measurement"} | {
        f"coproduction.measurement.{face.parent.name}"
        for face in (library / "measurement").glob("*/__init__.py")
    }
    taken = {
        node.module
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("coproduction.meas")
    }
    assert taken and taken <= faces


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
