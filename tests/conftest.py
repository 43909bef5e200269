"""What tests of several rooms share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def schemas() -> dict:
    """JSON Schemas by name."""
    folder = ROOT / "workflow" / "schemas"
    return {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
        for path in folder.glob("*.schema.json")
    }
