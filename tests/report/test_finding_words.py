"""What reading and cleaning find is told in the language of the report, whatever its code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from coproduction.languages import known
from coproduction.report.words import words

LIBRARY = Path(str(resources.files("coproduction")))
SEVERITIES = ("note", "warning")
FINDING = {"finding": 2}
"""Functions that make findings, with the place of the code among their arguments."""


def constant(node: ast.AST | None) -> str:
    value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""


def _finding(node: ast.AST) -> bool:
    """Whether a tuple is a finding: its second element is a severity."""
    return (
        isinstance(node, ast.Tuple) and len(node.elts) > 2 and constant(node.elts[1]) in SEVERITIES
    )


def codes(tree: ast.Module) -> Iterator[str]:
    """Codes as literals: heads of tuples, values of `code`, arguments of that name."""
    places = FINDING | {
        node.name: [each.arg for each in node.args.args].index("code")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and "code" in [each.arg for each in node.args.args]
    }
    for node in ast.walk(tree):
        if _finding(node):
            yield constant(node.elts[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = places.get(node.func.id, len(node.args))
            yield constant(node.args[place]) if place < len(node.args) else ""
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            names = [getattr(each, "id", "") for each in getattr(node.targets[0], "elts", ())]
            yield from (
                constant(value)
                for name, value in zip(names, node.value.elts, strict=False)
                if name == "code"
            )
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple):
            names = [getattr(each, "id", "") for each in getattr(node.target, "elts", ())]
            if "code" in names:
                yield from (constant(each.elts[names.index("code")]) for each in node.iter.elts)


def actions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "action":
            yield constant(node.value)
        elif _finding(node):
            yield constant(node.elts[-1])


def found(kind) -> set[str]:
    files = [file for room in ("intake", "cleaning") for file in (LIBRARY / room).glob("*.py")]
    trees = [ast.parse(file.read_bytes()) for file in files]
    return {each for tree in trees for each in kind(tree)} - {""}


@pytest.mark.parametrize("language", known())
@pytest.mark.parametrize(("kind", "vocabulary"), [(codes, "findings"), (actions, "actions")])
def test_every_code_has_words_in_every_language(language, kind, vocabulary):
    known = found(kind)
    assert len(known) > 5
    assert known - set(words(language)[vocabulary]) == set()


def test_a_code_is_seen_wherever_it_stands():
    module = """
def _own(table, code): return finding(table, rows, code, action="kept")
rows.append(("one", "warning", 1, "set_missing"))
_own(table, "two")
finding(table, rows, "three", action="kept")
code, expected = "four", "x"
for code, other in (("five", 1),): pass
"""
    assert set(codes(ast.parse(module))) - {""} == {"one", "two", "three", "four", "five"}
    assert set(actions(ast.parse(module))) - {""} == {"kept", "set_missing"}
