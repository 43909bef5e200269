"""What the inference room cannot compute is a note, so that a table can hold it."""

from __future__ import annotations

import ast
from importlib import resources
from pathlib import Path

import pytest

FOLDER = Path(str(resources.files("coproduction.inference")))
STOPPING = ("communities.py", "options.py")
"""These refuse before anything is computed, and end the step."""


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.name)
def test_what_a_model_cannot_do_is_refused_as_a_note(file):
    raised = [
        node.exc.func.id
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
    ]
    assert file.name in STOPPING or "StudyError" not in raised
