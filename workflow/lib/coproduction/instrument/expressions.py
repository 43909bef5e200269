"""Skip logic and derived variables: one small expression language.

The grammar: item ids, numbers, quoted texts, `== != < <= > >=`, `in [1, 2]`, `+ - * /`,
`and or not`, parentheses, `selected(item, code)` and `answered(item)`.

A comparison with a missing answer is *unknown*. Unknown follows Kleene's logic: `true or unknown`
is true, `false and unknown` is false. A question is asked only where its condition is true, on
every platform and in the data alike.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from coproduction.errors import StudyError

Kind = Literal["number", "text", "choices", "condition", "any"]
FUNCTIONS = {"selected": 2, "answered": 1}
COMPARISONS = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
LARGEST = 1e15
SINGLE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")


def parse(text: str) -> ast.expr:
    """Parse an expression and refuse everything outside the grammar.

    Returns
    -------
    ast.expr
        The syntax tree, built of the nodes the grammar allows only.

    Raises
    ------
    StudyError
        If the text is no expression of the grammar; names the place.
    """
    tree = _tree(text)
    _kind(tree, text, {})
    return tree


def kind(text: str, types: Mapping[str, Kind]) -> Kind:
    """Tell what an expression gives: a condition, a number or a text.

    `choices` is what a multiple choice holds; only `selected` and `answered` can ask about it.

    Parameters
    ----------
    text
        The expression.
    types
        What each name holds; a name that is not there may hold anything.

    Raises
    ------
    StudyError
        If the text is no expression of the grammar or mixes conditions, numbers and texts.
    """
    return _kind(_tree(text), text, types)


def variables_in(text: str) -> set[str]:
    """Names of the items or variables that an expression uses."""
    return names_in(parse(text))


def names_in(tree: ast.expr) -> set[str]:
    """Names of the items or variables in a part of an expression."""
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called}


def amounts_in(text: str) -> set[str]:
    """Names that an expression reckons with: those that `+ - * /` stand beside."""
    tree = parse(text)
    return {
        part.id
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) or (isinstance(node, ast.UnaryOp) and _is_minus(node))
        for part in ast.iter_child_nodes(node)
        if isinstance(part, ast.Name)
    }


def _is_minus(node: ast.UnaryOp) -> bool:
    return isinstance(node.op, ast.USub)


def is_constant(node: ast.expr) -> bool:
    """Whether a part of an expression is one number, perhaps with a minus sign, or one text."""
    if isinstance(node, ast.UnaryOp) and _is_minus(node):
        node = node.operand
    return isinstance(node, ast.Constant)


def constant(node: ast.expr) -> int | float | str:
    """Value of a number or text that stands in an expression."""
    return ast.literal_eval(node)


def _tree(text: str) -> ast.expr:
    line = text.replace("\n", " ").replace("\r", " ").strip()
    try:
        tree = ast.parse(line, mode="eval").body
        # A comment would swallow what a longer condition puts behind this one.
        ast.parse(f"({line})", mode="eval")
    except SyntaxError as error:
        place = f" (near character {min(error.offset, len(line))})" if error.offset else ""
        hint = "; compare with `==`" if SINGLE_EQUALS.search(line) else ""
        raise StudyError(f"`{text}` is not a complete expression{place}{hint}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise StudyError(f"`{text[:40]}…` is not an expression this language can read.") from error
    return tree


def _kind(node: ast.expr, text: str, types: Mapping[str, Kind]) -> Kind:
    match node:
        case ast.Name(id=name):
            return types.get(name, "any")
        case ast.Constant():
            return _constant_kind(node, text)
        case ast.BoolOp(values=parts):
            return _all("condition", parts, text, types)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _all("condition", [operand], text, types)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _all("number", [operand], text, types)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in ARITHMETIC:
            return _all("number", [left, right], text, types)
        case ast.Compare():
            return _comparison_kind(node, text, types)
        case ast.Call():
            return _call_kind(node, text)
    raise _error(text, node, f"this language does not have `{ast.unparse(node)}`")


def _constant_kind(node: ast.Constant, text: str) -> Kind:
    if isinstance(node.value, str):
        return "text"
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise _error(text, node, f"`{node.value!r}` is neither a number nor a text in quotes")
    if abs(node.value) > LARGEST:
        raise _error(text, node, "this number is too large")
    return "number"


def _all(wanted: Kind, parts: Iterable[ast.expr], text: str, types: Mapping[str, Kind]) -> Kind:
    for part in parts:
        found = _kind(part, text, types)
        if found not in (wanted, "any"):
            hint = ", such as `b == 1`" if wanted == "condition" else ""
            message = f"`{ast.unparse(part)}` is a {found}; a {wanted}{hint} must stand here"
            raise _error(text, part, message)
    return wanted


def _comparison_kind(node: ast.Compare, text: str, types: Mapping[str, Kind]) -> Kind:
    if len(node.ops) > 1:
        raise _error(text, node, "comparisons in a chain; join them with `and`")
    operator, right = node.ops[0], node.comparators[0]
    if isinstance(operator, ast.In | ast.NotIn):
        if not isinstance(right, ast.List | ast.Tuple) or not right.elts:
            raise _error(text, right, "after `in` stands a list such as [1, 2]")
        members = right.elts
    elif type(operator) in COMPARISONS:
        members = [right]
    else:
        raise _error(text, node, f"this language does not have `{ast.unparse(node)}`")
    kinds = {_kind(part, text, types) for part in (node.left, *members)} - {"any"}
    if "condition" in kinds:
        raise _error(text, node, "a condition cannot be compared; write `and`, `or`, `not`")
    if "choices" in kinds:
        raise _error(
            text, node, "a multiple choice cannot be compared; write `selected(item, code)`"
        )
    if len(kinds) > 1:
        raise _error(text, node, f"`{ast.unparse(node)}` compares a text with a number")
    if kinds == {"text"} and not isinstance(operator, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
        raise _error(text, node, "texts have no order; compare them with `==` or `!=`")
    if isinstance(operator, ast.In | ast.NotIn) and not all(map(is_constant, members)):
        raise _error(text, right, "the list after `in` holds numbers or texts only")
    return "condition"


def _call_kind(node: ast.Call, text: str) -> Kind:
    name = node.func.id if isinstance(node.func, ast.Name) else "?"
    arity = FUNCTIONS.get(name)
    if arity is None:
        raise _error(text, node, f"there is no function `{name}`; known are {', '.join(FUNCTIONS)}")
    takes = "an item" if arity == 1 else "an item and one code"
    if len(node.args) != arity or node.keywords or not isinstance(node.args[0], ast.Name):
        raise _error(text, node, f"`{name}` takes {takes}")
    for argument in node.args[1:]:
        if not is_constant(argument):
            raise _error(text, argument, f"`{name}` takes {takes}")
    return "condition"


def _error(text: str, node: ast.expr, message: str) -> StudyError:
    line = text.replace("\n", " ").replace("\r", " ").strip()
    place = len(line.encode("utf-8")[: node.col_offset].decode("utf-8")) + 1
    return StudyError(f"`{text}`, character {place}: {message}.")


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
        Nullable boolean for a condition, Float64 for arithmetic; unknown is null. A division by
        zero is unknown.

    Raises
    ------
    StudyError
        If the expression is malformed, names a column the table does not have, or mixes texts and
        numbers.
    """
    tree = parse(text)
    names = sorted(names_in(tree))
    for name in names:
        if name not in table:
            raise StudyError(f"`{text}` names `{name}`, which is not a column of the table.")
    codes = frozenset(missing)
    columns = pd.DataFrame({name: _column(table[name], codes) for name in names}, index=table.index)
    _kind(tree, text, {name: _column_kind(columns[name]) for name in names})
    return _value(tree, columns)


def holds(text: str, table: pd.DataFrame, missing: Iterable[int] = ()) -> pd.Series:
    """Tell for every row whether a condition is true; unknown is not true. Empty text holds."""
    if not text:
        return pd.Series(True, index=table.index)
    result = evaluate(text, table, missing)
    if result.dtype != "boolean":
        raise StudyError(f"`{text}` is no condition; compare it, such as `b == 1`.")
    return result.fillna(False).astype(bool)


def _column(column: pd.Series, missing: frozenset[int]) -> pd.Series:
    if column.dtype == object:
        column = column.convert_dtypes()
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.astype("boolean")
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.astype("Float64")
        return numbers.mask(numbers.isin(list(missing)).fillna(False))
    text = column.astype("string")
    return text.mask(text.isin([str(code) for code in missing]) | (text == ""))


def _column_kind(column: pd.Series) -> Kind:
    kinds: dict[str, Kind] = {"boolean": "condition", "Float64": "number"}
    return kinds.get(str(column.dtype), "text")


def _value(node: ast.expr, table: pd.DataFrame) -> pd.Series:
    match node:
        case ast.Name(id=name):
            return table[name]
        case ast.Constant(value=value):
            kind = "string" if isinstance(value, str) else "Float64"
            return pd.Series(value, index=table.index, dtype=kind)
        case ast.UnaryOp(op=sign, operand=operand):
            inner = _value(operand, table)
            return ~inner if isinstance(sign, ast.Not) else -inner
        case ast.BoolOp(op=sign, values=parts):
            result, *rest = (_value(part, table) for part in parts)
            for part in rest:
                result = result & part if isinstance(sign, ast.And) else result | part
            return result
        case ast.BinOp(left=left, op=sign, right=right):
            return _arithmetic(ARITHMETIC[type(sign)], _value(left, table), _value(right, table))
        case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name), *codes]):
            return _call(function, table[name], *map(constant, codes))
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return _comparison(_value(left, table), sign, right, table)
    raise StudyError(f"`{ast.unparse(node)}` is no part of this language.")


def _arithmetic(sign: str, left: pd.Series, right: pd.Series) -> pd.Series:
    if sign == "/":
        right = right.mask(right == 0)
    compute = {"+": left.add, "-": left.sub, "*": left.mul, "/": left.truediv}[sign]
    result = compute(right)
    return result.mask(np.isinf(result.to_numpy("float64", na_value=np.nan)))


def _call(function: str, column: pd.Series, code: int | float | str = "") -> pd.Series:
    if function == "answered":
        return column.notna().astype("boolean")
    if column.dtype == "Float64":
        return column.eq(float(code)).astype("boolean")
    ticked = column.astype("string").str.split(" ")
    return ticked.map(lambda codes: str(code) in codes, na_action="ignore").astype("boolean")


def _comparison(
    left: pd.Series, operator: ast.cmpop, right: ast.expr, table: pd.DataFrame
) -> pd.Series:
    if isinstance(right, ast.List | ast.Tuple):
        members = [constant(element) for element in right.elts]
        inside = left.isin(members).astype("boolean").mask(left.isna())
        return ~inside if isinstance(operator, ast.NotIn) else inside
    other = _value(right, table)
    compare = {
        "==": left.eq,
        "!=": left.ne,
        "<": left.lt,
        "<=": left.le,
        ">": left.gt,
        ">=": left.ge,
    }[COMPARISONS[type(operator)]]
    return compare(other).astype("boolean")
