"""What is installed by `pip install .`."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_every_file_of_the_library_is_installed():
    """Modules as such, all others by a pattern."""
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    files = [file for file in (ROOT / "workflow" / "lib").rglob("*") if file.is_file()]
    others = [file for file in files if file.suffix not in (".py", ".pyc")]
    assert [file for file in others if not any(map(file.match, patterns))] == []
    assert {"py.typed", "__init__.pyi", "plan.schema.json", "notes.yaml", "report.typ"} <= {
        file.name for file in others
    }


def test_a_version_is_said_once_and_cited():
    said = (ROOT / "workflow/lib/coproduction/__init__.py").read_text("utf-8")
    version = said.split('__version__ = "')[1].split('"')[0]
    assert f'version: "{version}"' in (ROOT / "CITATION.cff").read_text("utf-8")
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {
        "attr": "coproduction.__version__"
    }
