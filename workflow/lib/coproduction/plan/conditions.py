"""Conditions and expressions: names that exist, and codes that an answer can have."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from coproduction.errors import StudyError
from coproduction.instrument.expressions import kind, parse
from coproduction.instrument.possible import check_comparisons
from coproduction.plan.names import Names, missing_name, usable
from coproduction.plan.problems import Path, Problem


def expression(path: Path, text: str, names: Names, condition: bool = False) -> Iterator[Problem]:
    """Find what is wrong with an expression, or with a condition that selects rows."""
    try:
        tree = parse(text)
    except StudyError as error:
        yield path, str(error)
        return
    used = {node.id: None for node in ast.walk(tree) if isinstance(node, ast.Name)}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}
    wrong = {name: missing_name(name, names) for name in used if name not in called}
    yield from ((path, message) for message in wrong.values() if message)
    if any(wrong.values()):
        return
    missing = frozenset().union(*(names[name].missing for name in used if name in names))
    try:
        found = kind(text, {name: names[name].kind for name in usable(names)})
        if condition and found != "condition":
            raise StudyError(f"`{text}` is no condition; compare it, such as `b == 1`.")
        if not condition and found not in ("condition", "number"):
            raise StudyError(f"`{text}` gives no number.")
        check_comparisons(text, {name: each.possible for name, each in names.items()}, missing)
    except StudyError as error:
        yield path, f"{str(error).rstrip('.')}."
