"""Conditions and expressions: names that exist, and codes that an answer can have."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from coproduction.errors import StudyError
from coproduction.instrument.expressions import kind, parse, variables_in
from coproduction.instrument.possible import check_comparisons
from coproduction.plan.options import Level
from coproduction.plan.vocabulary.names import Names, missing_name, usable
from coproduction.yamlfiles.problems import Path, Problem


def expression(
    path: Path, text: str, names: Names, level: Level | None = None, condition: bool = False
) -> Iterator[Problem]:
    """Find what is wrong with an expression, or with a condition that selects rows.

    Whether a question was answered can be asked of answers that are kept apart, too.
    """
    try:
        tree = parse(text)
    except StudyError as error:
        yield path, str(error)
        return
    used, asked = variables_in(text), _asked(tree)
    wrong = [
        message
        for name in sorted(used)
        if (message := missing_name(name, names, level))
        and not (name in names and names[name].apart and name in asked)
    ]
    yield from ((path, message) for message in wrong)
    if wrong:
        return
    missing = frozenset().union(*(names[name].missing for name in used if name in names))
    try:
        found = kind(text, {name: names[name].kind for name in usable(names, level)})
        if condition and found != "condition":
            raise StudyError(f"`{text}` is no condition; compare it, such as `b == 1`.")
        if not condition and found not in ("condition", "number"):
            raise StudyError(f"`{text}` gives no number.")
        check_comparisons(text, {name: each.possible for name, each in names.items()}, missing)
    except StudyError as error:
        yield path, f"{str(error).rstrip('.')}."


def _asked(tree: ast.expr) -> set[str]:
    """Names that stand in `answered` only."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    inside = [call.args[0] for call in calls if ast.unparse(call.func) == "answered"]
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    calling = [call.func for call in calls]
    outside = {node.id for node in names if node not in inside and node not in calling}
    return {node.id for node in inside if isinstance(node, ast.Name)} - outside
