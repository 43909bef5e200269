"""Which answers an item can have, and comparisons that none of them meets."""

from __future__ import annotations

import ast
import datetime
import math
import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coproduction.errors import StudyError
from coproduction.instrument.expressions import (
    COMPARISONS,
    constant,
    is_constant,
    parse,
)
from coproduction.instrument.pattern import fits

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
MOST_SHOWN = 12


@dataclass(frozen=True)
class Codes:
    """The answers are some codes."""

    values: frozenset[float]

    def meets(self, sign: str, limit: Any) -> bool:
        """Whether an answer can stand in this relation to a number."""
        compare = {"==": operator.eq, "<": operator.lt, "<=": operator.le}
        compare |= {">": operator.gt, ">=": operator.ge}
        return any(compare[sign](value, limit) for value in self.values)

    def __str__(self) -> str:
        values = sorted(self.values)
        more = ", …" if len(values) > MOST_SHOWN else ""
        return ", ".join(f"{value:.15g}" for value in values[:MOST_SHOWN]) + more


@dataclass(frozen=True)
class Numbers:
    """The answers are numbers, whole or not, between two limits."""

    low: float = -math.inf
    high: float = math.inf
    whole: bool = False

    def meets(self, sign: str, limit: Any) -> bool:
        """Whether an answer can stand in this relation to a number."""
        if isinstance(limit, str):
            return False
        if sign == "==":
            return self.low <= limit <= self.high and not (self.whole and limit % 1)
        return {
            "<": self.low < limit,
            "<=": self.low <= limit,
            ">": self.high > limit,
            ">=": self.high >= limit,
        }[sign]

    def __str__(self) -> str:
        kind = "whole numbers" if self.whole else "numbers"
        if math.isinf(self.low) and math.isinf(self.high):
            return kind
        return f"{kind} from {self.low:.15g} to {self.high:.15g}"


@dataclass(frozen=True)
class Texts:
    """The answers are texts of one form, or dates."""

    pattern: str = ""

    def meets(self, sign: str, text: Any) -> bool:
        """Whether an answer can be this text."""
        if self.pattern:
            return fits(str(text), self.pattern)
        try:
            return datetime.date.fromisoformat(str(text)).isoformat() == text
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"texts of the form {self.pattern}" if self.pattern else "dates as YYYY-MM-DD"


Possible = Codes | Numbers | Texts | None
"""What a name can stand for; None where anything is possible."""


def possible_answers(
    kind: str,
    codes: Iterable[float] = (),
    limits: tuple[float, float] | None = None,
    pattern: str | None = None,
) -> Possible:
    """Tell which answers an item can have.

    Parameters
    ----------
    kind
        Type of the item.
    codes
        Codes of its options.
    limits, pattern
        Lowest and highest number, and form of the text, where the item has them.
    """
    if kind in ("select_one", "select_multiple", "random"):
        return Codes(frozenset(map(float, codes)))
    if kind in ("integer", "decimal"):
        return Numbers(*(limits or (-math.inf, math.inf)), whole=kind == "integer")
    if kind == "date" or pattern:
        return Texts(pattern or "")
    return None


def check_comparisons(
    text: str, possible: Mapping[str, Possible], missing: Iterable[float] = ()
) -> None:
    """Refuse a comparison with a code or text that no answer has.

    A comparison by size is refused where it is never true; one that is always true may stand.

    Parameters
    ----------
    text
        The expression.
    possible
        What each name can stand for.
    missing
        Codes of missing answers, which no comparison meets.

    Raises
    ------
    StudyError
        Naming the comparison and the answers that there are.
    """
    codes = frozenset(map(float, missing))
    for name, sign, value in _comparisons(parse(text)):
        answers = possible.get(name)
        if answers is None or answers.meets("==" if sign == "!=" else sign, value):
            continue
        shown = f"{value:.15g}" if isinstance(value, float) else f"{value}"
        if not isinstance(value, str) and value in codes:
            raise StudyError(
                f"`{text}` compares `{name}` with {shown}, the code of a missing answer, which no "
                f"comparison meets; write `answered({name})` or `not answered({name})`"
            )
        relation = "" if sign in ("==", "!=") else f"{sign} "
        raise StudyError(
            f"`{text}` compares `{name}` with an answer that it cannot have ({relation}{shown}); "
            f"possible are {answers}"
        )


def _comparisons(tree: ast.expr) -> Iterator[tuple[str, str, Any]]:
    """Every comparison of a name with a number or text, the name first."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(args=[ast.Name(id=name), code]):
                yield name, "==", _number(constant(code))
            case ast.Compare(
                left=ast.Name(id=name),
                comparators=[ast.List(elts=members) | ast.Tuple(elts=members)],
            ):
                yield from ((name, "==", constant(each)) for each in members)
            case ast.Compare(left=ast.Name(id=name), ops=[sign], comparators=[right]):
                if is_constant(right):
                    yield name, COMPARISONS[type(sign)], constant(right)
            case ast.Compare(left=left, ops=[sign], comparators=[ast.Name(id=name)]):
                if is_constant(left):
                    mirrored = COMPARISONS[type(sign)]
                    yield name, MIRRORED.get(mirrored, mirrored), constant(left)


def _number(code: Any) -> Any:
    """Read a ticked code, which may stand in quotes."""
    try:
        return float(code)
    except ValueError:
        return code
