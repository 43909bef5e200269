from __future__ import annotations

import ast
from pathlib import Path

import pytest

from coproduction.steps.sources import closures, fingerprints, imports, inside


@pytest.fixture
def house(tmp_path: Path) -> Path:
    files = {
        "scripts/cook.py": "from house.kitchen import stew\n",
        "lib/house/__init__.py": "",
        "lib/house/kitchen.py": "def stew():\n    from house import cellar\n",
        "lib/house/cellar.py": "import json\n",
        "lib/house/attic.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def mark(house: Path) -> str:
    return fingerprints([house / "scripts/cook.py"], [house / "scripts", house / "lib"])["cook"]


def test_a_script_depends_on_modules_imported_indirectly_and_inside_functions(house):
    script = house / "scripts/cook.py"
    names = {path.name for path in closures([script], [house / "lib"])[script]}
    assert names == {"cook.py", "__init__.py", "kitchen.py", "cellar.py"}


@pytest.mark.parametrize("edited", ["scripts/cook.py", "lib/house/cellar.py"])
def test_editing_what_a_script_uses_changes_its_fingerprint(house, edited):
    before = mark(house)
    (house / edited).write_text("import json  # edited\nfrom house.kitchen import stew\n")
    assert mark(house) != before


def test_editing_what_a_script_does_not_use_leaves_its_fingerprint(house):
    before = mark(house)
    (house / "lib/house/attic.py").write_text("edited = True\n")
    assert mark(house) == before


@pytest.mark.parametrize("name", ["page.html", "templates/page.html", "words/en/page.html"])
def test_a_data_file_of_a_package_counts_where_its_name_stands_in_quotes(name, house):
    file = house / "lib/house" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("<p>")
    before = mark(house)
    file.write_text("<b>")
    assert mark(house) == before
    (house / "lib/house/cellar.py").write_text('PAGE = FOLDER / "templates/page.html"\n')
    before = mark(house)
    file.write_text("<p>")
    assert mark(house) != before


def test_a_data_file_counts_that_another_one_includes(house):
    (house / "lib/house/cellar.py").write_text('PAGE = "page.html"\n')
    (house / "lib/house/page.html").write_text('{% include "page.js" %}')
    (house / "lib/house/page.js").write_text("1")
    before = mark(house)
    (house / "lib/house/page.js").write_text("2")
    assert mark(house) != before


def test_the_files_of_a_package_that_is_not_used_and_what_python_compiles_do_not_count(house):
    (house / "lib/house/cellar.py").write_text('NAMED = ["seeds.yaml", "attic.pyc"]\n')
    before = mark(house)
    for name in ("garden/__init__.py", "garden/seeds.yaml", "__pycache__/attic.pyc"):
        file = house / "lib/house" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("")
    assert mark(house) == before


def test_every_data_file_of_the_library_is_named_by_a_file_that_reads_it(root):
    """Schemas apart: each rule says which it reads."""
    lib = root / "workflow/lib"
    files = [file for file in (lib / "coproduction").rglob("*") if file.is_file()]
    types = (".pyi", ".typed")
    others = [file for file in files if file.suffix not in (".py", ".pyc", *types)]
    data = {file for file in others if file.parent.name != "schemas"}
    modules = [file for file in files if file.suffix == ".py"]
    used = set().union(*closures(modules, [lib]).values())
    assert len(data) > 5
    assert data - used == set()


@pytest.mark.parametrize("name", ["carrots.py", "beans/__init__.py"])
def test_a_package_that_finds_objects_in_its_modules_counts_with_all_of_them(name, house):
    garden = house / "lib/house/garden"
    (garden / "beans").mkdir(parents=True)
    (garden / "__init__.py").write_text("from coproduction.registry import find\n")
    (house / "lib/house/cellar.py").write_text("from house import garden\n")
    before = mark(house)
    (garden / name).write_text("a = 1\n")
    assert mark(house) != before


def test_further_files_such_as_the_pins_count(house):
    lock = house / "lock"
    lock.write_text("a==1")
    before = fingerprints([house / "scripts/cook.py"], [house / "lib"], [lock])
    lock.write_text("a==2")
    assert fingerprints([house / "scripts/cook.py"], [house / "lib"], [lock]) != before


def test_imports_are_those_that_python_finds(root):
    """In every module of the project, and however they are laid out."""
    texts = [path.read_bytes() for path in (root / "workflow").rglob("*.py")]
    laid_out = "import a.b as c, d\nif x:\n    from e import (  # why\n        f,\n        g\n    )"
    texts.append(laid_out.encode())
    for text in texts:
        assert imports(text) == imported(text)


def imported(text: bytes) -> set[str]:
    """Names that a module imports, as Python's own parser reads it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            names.update({origin, *(f"{origin}.{alias.name}" for alias in node.names)})
    return names


def test_a_file_is_inside_a_folder_where_no_link_leads_it_out(tmp_path):
    for name in ("study/own.csv", "study/wave/two.csv", "elsewhere/secret.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a\n")
    study = tmp_path / "study"
    (study / "again.csv").symlink_to(study / "own.csv")
    (study / "linked.csv").symlink_to(tmp_path / "elsewhere/secret.csv")
    (study / "folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "other_disk").symlink_to(study)
    for name in ("own.csv", "wave/two.csv", "again.csv"):
        assert inside(study / name, study)
        assert inside(tmp_path / "other_disk" / name, tmp_path / "other_disk")
    for name in ("linked.csv", "folder/secret.csv", "../elsewhere/secret.csv"):
        assert not inside(study / name, study)
