"""Expressions of variables of which none is missing, computed on plain arrays.

The language is that of the questionnaires (`instrument.expressions`), which keeps unknown answers
apart and is ten times slower. What is true of someone is never unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache

import numpy as np

from coproduction.instrument.expressions import COMPARISONS, constant, parse
from coproduction.simulation.structure.choices import Ticks

Get = Callable[[str], np.ndarray]
COMPUTED = {
    **{"==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal},
    **{">": np.greater, ">=": np.greater_equal},
}


@cache
def tree(text: str) -> ast.expr:
    """Parse an expression once."""
    return parse(text)


def compute(text: str, values: Get, ticks: Callable[[str], Ticks]) -> np.ndarray:
    """Compute an expression: a condition as booleans, else numbers; a division by zero gives 0.

    Parameters
    ----------
    text
        The expression.
    values
        Gives the values of a variable, none of them missing.
    ticks
        Gives the options of a multiple choice.
    """
    return _value(tree(text), values, ticks)


def _value(node: ast.expr, values: Get, ticks: Callable[[str], Ticks]) -> np.ndarray:
    def of(part: ast.expr) -> np.ndarray:
        return _value(part, values, ticks)

    match node:
        case ast.Name(id=name):
            return values(name)
        case ast.Constant(value=value):
            return np.asarray(value)
        case ast.UnaryOp(op=turned, operand=operand):
            return ~of(operand) if isinstance(turned, ast.Not) else -of(operand)
        case ast.BoolOp(op=joined, values=parts):
            join = np.logical_and if isinstance(joined, ast.And) else np.logical_or
            return join.reduce([of(part) for part in parts])
        case ast.BinOp(left=left, op=sign, right=right):
            return _arithmetic(sign, of(left), of(right))
        case ast.Call(func=ast.Name(id=called), args=[ast.Name(id=name), *codes]):
            if called == "answered":
                return np.ones(len(values(name)), bool)
            return ticks(name).ticked(values(name), int(constant(codes[0])))
        case ast.Compare(
            left=left,
            ops=[ast.In() | ast.NotIn() as inside],
            comparators=[ast.List(elts=members) | ast.Tuple(elts=members)],
        ):
            found = np.isin(of(left), [constant(each) for each in members])
            return found if isinstance(inside, ast.In) else ~found
        case ast.Compare(left=left, ops=[relation], comparators=[right]):
            return COMPUTED[COMPARISONS[type(relation)]](of(left), of(right))
    raise TypeError(f"the language of expressions does not have `{ast.unparse(node)}`")


def _arithmetic(sign: ast.operator, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    if isinstance(sign, ast.Div):
        left, right = np.broadcast_arrays(np.asarray(left, float), np.asarray(right, float))
        return np.divide(left, right, out=np.zeros(left.shape), where=right != 0)
    if isinstance(sign, ast.Add | ast.Sub):
        return left + right if isinstance(sign, ast.Add) else left - right
    return left * right
