"""Skip logic and derived variables: one small expression language, three readings.

The grammar: item ids, numbers, quoted texts, `== != < <= > >=`, `in [1, 2]`, `+ - * /`,
`and or not`, parentheses, `selected(item, code)` and `answered(item)`.

A comparison with a missing answer is *unknown*. Unknown follows Kleene's logic: `true or unknown`
is true, `false and unknown` is false. A question is asked only where its condition is true, on
every platform and in the data alike.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

import numpy as np
import pandas as pd

from coproduction.errors import StudyError

FUNCTIONS = ("selected", "answered")
_COMPARISONS = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def parse(text: str) -> ast.expr:
    """Parse an expression and refuse everything outside the grammar.

    Returns
    -------
    ast.expr
        The syntax tree, built of the nodes the grammar allows only.

    Raises
    ------
    StudyError
        If the text is no expression of the grammar.
    """
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise StudyError(f"`{text}` is not a complete expression.") from error
    _check(tree, text)
    return tree


def variables_in(text: str) -> set[str]:
    """Names of the items or variables that an expression uses."""
    tree = parse(text)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called}


def _check(node: ast.AST, text: str) -> None:
    allowed = (
        ast.BoolOp,
        ast.And,
        ast.Or,
        ast.UnaryOp,
        ast.Not,
        ast.USub,
        ast.Compare,
        ast.In,
        ast.NotIn,
        ast.List,
        ast.Tuple,
        ast.BinOp,
        ast.Name,
        ast.Load,
        ast.Call,
        ast.Constant,
        *_COMPARISONS,
        *_ARITHMETIC,
    )
    for part in ast.walk(node):
        if not isinstance(part, allowed):
            raise StudyError(f"`{text}` uses something this language does not have.")
        if isinstance(part, ast.Compare) and len(part.ops) > 1:
            raise StudyError(f"`{text}` chains comparisons; join them with `and`.")
        if isinstance(part, ast.Constant) and not isinstance(part.value, int | float | str):
            raise StudyError(f"`{text}` holds a value that is neither number nor text.")
        if isinstance(part, ast.Call):
            _check_call(part, text)


def _check_call(call: ast.Call, text: str) -> None:
    name = call.func.id if isinstance(call.func, ast.Name) else "?"
    arity = {"selected": 2, "answered": 1}.get(name)
    if arity is None:
        raise StudyError(f"`{text}` calls `{name}`; known are {', '.join(FUNCTIONS)}.")
    if len(call.args) != arity or call.keywords or not isinstance(call.args[0], ast.Name):
        raise StudyError(f"`{text}`: `{name}` takes an item and {arity - 1} value(s).")


def evaluate(text: str, table: pd.DataFrame, missing: Iterable[int] = ()) -> pd.Series:
    """Compute an expression for every row of a table.

    Parameters
    ----------
    text
        The expression.
    table
        One column per name the expression uses.
    missing
        Codes that stand for a missing answer; they and nulls are unknown.

    Returns
    -------
    pandas.Series
        Nullable boolean for a condition, Float64 for arithmetic; unknown is null.

    Raises
    ------
    StudyError
        If the expression is malformed or names a column the table does not have.
    """
    for name in sorted(variables_in(text) - set(table.columns)):
        raise StudyError(f"`{text}` names `{name}`, which is not a column of the table.")
    result = _value(parse(text), table, frozenset(missing))
    if not isinstance(result, pd.Series):
        result = pd.Series(result, index=table.index)
    return result.astype("boolean") if result.dtype == bool else result


def holds(text: str, table: pd.DataFrame, missing: Iterable[int] = ()) -> pd.Series:
    """Tell for every row whether a condition is true; unknown is not true. Empty text holds."""
    if not text:
        return pd.Series(True, index=table.index)
    return evaluate(text, table, missing).fillna(False).astype(bool)


def _value(node: ast.expr, table: pd.DataFrame, missing: frozenset[int]):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return _column(table[node.id], missing)
    if isinstance(node, ast.UnaryOp):
        operand = _value(node.operand, table, missing)
        return ~operand if isinstance(node.op, ast.Not) else -operand
    if isinstance(node, ast.BoolOp):
        parts = [_value(part, table, missing) for part in node.values]
        result = parts[0]
        for part in parts[1:]:
            result = result & part if isinstance(node.op, ast.And) else result | part
        return result
    if isinstance(node, ast.BinOp):
        left, right = (_value(side, table, missing) for side in (node.left, node.right))
        return _arithmetic(_ARITHMETIC[type(node.op)], left, right)
    if isinstance(node, ast.Call):
        return _call(node, table, missing)
    return _comparison(node, table, missing)


def _column(column: pd.Series, missing: frozenset[int]) -> pd.Series:
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.astype("boolean")
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.astype("Float64")
        return numbers.mask(numbers.isin(list(missing)).fillna(False))
    text = column.astype("string")
    return text.mask(text.isin([str(code) for code in missing]) | (text == ""))


def _arithmetic(sign: str, left, right):
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    quotient = left / right
    if isinstance(quotient, pd.Series):
        return quotient.mask(np.isinf(quotient.astype("float64").to_numpy(na_value=np.nan)))
    return quotient


def _call(node: ast.Call, table: pd.DataFrame, missing: frozenset[int]) -> pd.Series:
    column = _column(table[node.args[0].id], missing)
    if node.func.id == "answered":
        return column.notna().astype("boolean")
    code = str(_value(node.args[1], table, missing))
    ticked = column.astype("string").str.split(" ")
    return ticked.map(lambda codes: code in codes, na_action="ignore").astype("boolean")


def _comparison(node: ast.Compare, table: pd.DataFrame, missing: frozenset[int]) -> pd.Series:
    left = _value(node.left, table, missing)
    operator, right = node.ops[0], node.comparators[0]
    if isinstance(operator, ast.In | ast.NotIn):
        members = [_value(element, table, missing) for element in right.elts]
        inside = left.isin(members).astype("boolean").mask(left.isna())
        return ~inside if isinstance(operator, ast.NotIn) else inside
    right = _value(right, table, missing)
    sign = _COMPARISONS[type(operator)]
    compare = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}[sign]
    if not isinstance(left, pd.Series):
        left = pd.Series(left, index=table.index)
    return getattr(left, compare)(right).astype("boolean")


def to_xpath(text: str) -> str:
    """Translate a condition to the XPath of ODK forms.

    Negations are pushed down to the comparisons and each comparison also asks that the answer is
    there, so that the form asks a question exactly where `holds` is true.
    """
    return _xpath(parse(text), positive=True)


def _xpath(node: ast.expr, positive: bool) -> str:
    if isinstance(node, ast.BoolOp):
        both = isinstance(node.op, ast.And) == positive
        parts = [_xpath(part, positive) for part in node.values]
        return "(" + (" and " if both else " or ").join(parts) + ")"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _xpath(node.operand, not positive)
    if isinstance(node, ast.Call):
        return _xpath_call(node, positive)
    if isinstance(node, ast.Compare):
        return _xpath_comparison(node, positive)
    raise StudyError(f"`{ast.unparse(node)}` is no condition.")


def _xpath_call(node: ast.Call, positive: bool) -> str:
    reference = f"${{{node.args[0].id}}}"
    if node.func.id == "answered":
        return f"{reference} != ''" if positive else f"{reference} = ''"
    inner = f"selected({reference}, '{_literal(node.args[1])}')"
    return inner if positive else f"({reference} != '' and not({inner}))"


def _xpath_comparison(node: ast.Compare, positive: bool) -> str:
    operator, right = node.ops[0], node.comparators[0]
    if isinstance(operator, ast.In | ast.NotIn):
        inside = isinstance(operator, ast.In) == positive
        signs = [ast.Eq() if inside else ast.NotEq()] * len(right.elts)
        parts = [
            _xpath_comparison(ast.Compare(node.left, [sign], [element]), True)
            for sign, element in zip(signs, right.elts, strict=True)
        ]
        return "(" + (" or " if inside else " and ").join(parts) + ")"
    sign = _COMPARISONS[type(operator)]
    sign = sign if positive else _OPPOSITE[sign]
    left, other = _xpath_operand(node.left), _xpath_operand(right)
    guards = [
        f"number(${{{name}}}) = number(${{{name}}})" if not _is_text(node) else f"${{{name}}} != ''"
        for name in sorted(variables_in(ast.unparse(node)))
    ]
    comparison = f"{left} {'=' if sign == '==' else sign} {other}"
    return comparison if sign == "==" else "(" + " and ".join([*guards, comparison]) + ")"


def _is_text(node: ast.Compare) -> bool:
    return any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(node)
    )


def _xpath_operand(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return f"${{{node.id}}}"
    if isinstance(node, ast.Constant):
        return f"'{node.value}'" if isinstance(node.value, str) else str(node.value)
    if isinstance(node, ast.BinOp):
        sign = _ARITHMETIC[type(node.op)]
        sign = "div" if sign == "/" else sign
        return f"({_xpath_operand(node.left)} {sign} {_xpath_operand(node.right)})"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return f"-{_xpath_operand(node.operand)}"
    raise StudyError(f"`{ast.unparse(node)}` cannot stand in a comparison.")


def _literal(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
