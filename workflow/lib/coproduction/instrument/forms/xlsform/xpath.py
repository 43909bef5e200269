"""Conditions of the questionnaire in XPath, the language of ODK forms."""

from __future__ import annotations

import ast
from decimal import Decimal

from coproduction.errors import StudyError
from coproduction.instrument.definition import NUMERIC_TYPES, Instrument, Item
from coproduction.instrument.expressions import (
    ARITHMETIC,
    COMPARISONS,
    constant,
    is_constant,
    names_in,
    parse,
)

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
COMPUTE = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def to_xpath(condition: str, instrument: Instrument) -> str:
    """Translate a condition to the XPath of ODK forms.

    Negations are pushed down to the comparisons and each comparison also asks that a substantive
    answer is there, so that the form asks a question exactly where
    `coproduction.instrument.expressions.holds` is true. Options stand by their code on the wire.

    Parameters
    ----------
    condition
        Condition in the study's own language; it names items of the questionnaire.
    instrument
        The questionnaire.

    Raises
    ------
    StudyError
        If the condition calculates with options whose codes on the wire differ from their values.
    """
    return _xpath(parse(condition), instrument, positive=True)


def _xpath(node: ast.expr, instrument: Instrument, *, positive: bool) -> str:
    match node:
        case ast.BoolOp(op=sign, values=parts):
            both = isinstance(sign, ast.And) == positive
            inner = [_xpath(part, instrument, positive=positive) for part in parts]
            return "(" + (" and " if both else " or ").join(inner) + ")"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _xpath(operand, instrument, positive=not positive)
        case ast.Call(func=ast.Name(id="answered"), args=[ast.Name(id=name)]):
            item = instrument.by_id[name]
            return _answered(item, instrument) if positive else _unanswered(item, instrument)
        case ast.Call(args=[ast.Name(id=name), code]):
            return _ticked(instrument.by_id[name], code, instrument, positive=positive)
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return _comparison(left, sign, right, instrument, positive=positive)
    raise StudyError(f"`{ast.unparse(node)}` is no condition; compare it, such as `b == 1`.")


def _ticked(item: Item, code: ast.expr, instrument: Instrument, *, positive: bool) -> str:
    ticked = f"selected(${{{item.id}}}, {_wire(constant(code), item)})"
    return ticked if positive else f"({_answered(item, instrument)} and not({ticked}))"


def _answered(item: Item, instrument: Instrument) -> str:
    parts = [f"${{{item.id}}} != ''"]
    parts += [f"not({_chosen(item, wire)})" for wire in _missing(item, instrument)]
    return " and ".join(parts)


def _unanswered(item: Item, instrument: Instrument) -> str:
    parts = [f"${{{item.id}}} = ''"]
    parts += [_chosen(item, wire) for wire in _missing(item, instrument)]
    return "(" + " or ".join(parts) + ")"


def _chosen(item: Item, wire: str) -> str:
    if item.type == "select_multiple":
        return f"selected(${{{item.id}}}, '{wire}')"
    return f"${{{item.id}}} = '{wire}'"


def _missing(item: Item, instrument: Instrument) -> list[str]:
    """Codes on the wire of the missing answers that an item offers."""
    return [instrument.missing_codes[kind].wire or "" for kind in item.offer_missing]


def _comparison(
    left: ast.expr,
    operator: ast.cmpop,
    right: ast.expr,
    instrument: Instrument,
    *,
    positive: bool,
) -> str:
    if isinstance(right, ast.List | ast.Tuple):
        inside = isinstance(operator, ast.In) == positive
        sign = "==" if inside else "!="
        parts = [_simple(left, sign, element, instrument) for element in right.elts]
        return "(" + (" or " if inside else " and ").join(parts) + ")"
    sign = COMPARISONS[type(operator)]
    return _simple(left, sign if positive else OPPOSITE[sign], right, instrument)


def _simple(left: ast.expr, sign: str, right: ast.expr, instrument: Instrument) -> str:
    if isinstance(right, ast.Name) and not names_in(left):
        mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
        left, sign, right = right, mirrored.get(sign, sign), left
    renamed = [item for item in _items(left, right, instrument) if _is_renamed(item)]
    if renamed:
        return _listed(left, sign, right, renamed[0], instrument)
    sides = [_operand(side) for side in (left, right)]
    if isinstance(left, ast.Name) and isinstance(right, ast.Name):
        numeric = instrument.by_id[left.id].type in NUMERIC_TYPES
        # XPath compares two answers as texts, to which 5 and 5.0 are different.
        sides = [f"number({side})" for side in sides] if numeric else sides
    comparison = f"{sides[0]} {'=' if sign == '==' else sign} {sides[1]}"
    if sign == "==" and isinstance(left, ast.Name) and is_constant(right):
        item = instrument.by_id[left.id]
        if str(constant(right)) not in ("", *_missing(item, instrument)):
            return comparison
    guards = [_answered(item, instrument) for item in _items(left, right, instrument)]
    # A division by zero is unknown in the study's logic and infinite in XPath.
    guards += [f"{_operand(divisor)} != 0" for side in (left, right) for divisor in _divisors(side)]
    return "(" + " and ".join([*guards, comparison]) + ")"


def _items(left: ast.expr, right: ast.expr, instrument: Instrument) -> list[Item]:
    return [instrument.by_id[name] for name in sorted(names_in(left) | names_in(right))]


def _divisors(tree: ast.expr) -> list[ast.expr]:
    return [
        node.right
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
    ]


def _is_renamed(item: Item) -> bool:
    return any(option.wire != str(option.value) for option in item.options)


def _listed(left: ast.expr, sign: str, right: ast.expr, item: Item, instrument: Instrument) -> str:
    """Compare an item whose wires are not its values by listing the options that fit."""
    if not isinstance(left, ast.Name) or not is_constant(right):
        raise StudyError(
            f"`{ast.unparse(left)} {sign} {ast.unparse(right)}` calculates with `{item.id}`, whose "
            "options have other codes on survey platforms; compare it with single codes instead."
        )
    limit = constant(right)
    fitting = [o for o in item.options if COMPUTE[sign](o.value, limit)]
    parts = [f"${{{item.id}}} = {_text(option.wire)}" for option in fitting]
    return "(" + " or ".join(parts or ["false()"]) + ")"


def _wire(code: int | float | str, item: Item) -> str:
    wires = {str(option.value): option.wire for option in item.options}
    return _text(wires.get(str(code), str(code)))


def _operand(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return f"${{{name}}}"
        case ast.Constant(value=value):
            return _text(value) if isinstance(value, str) else format(Decimal(repr(value)), "f")
        case ast.BinOp(left=left, op=sign, right=right):
            symbol = ARITHMETIC[type(sign)]
            symbol = "div" if symbol == "/" else symbol
            return f"({_operand(left)} {symbol} {_operand(right)})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(-{_operand(operand)})"
    raise StudyError(f"`{ast.unparse(node)}` is no part of this language.")


def _text(value: str) -> str:
    """Quote a text; XPath cannot escape a quotation mark, only join pieces."""
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    pieces = ', "\'", '.join(f"'{piece}'" for piece in value.split("'"))
    return f"concat({pieces})"
