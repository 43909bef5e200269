"""The questionnaire's own logic: what is not asked is not answered."""

from __future__ import annotations

import ast
from functools import cache

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds, parse, variables_in
from coproduction.simulation.structure.choices import Ticks

Answers = dict[str, np.ndarray]
"""Answers by item: codes and numbers, NaN for none, ticks as their links give them; texts."""


@cache
def parts_of(condition: str) -> list[str]:
    """Split a condition into the parts that must all hold."""
    tree = parse(condition)
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        return [part for each in tree.values for part in parts_of(ast.unparse(each))]
    return [ast.unparse(tree)]


def route(answers: Answers, instrument: Instrument, ticks: dict[str, Ticks]) -> Answers:
    """Blank what is not asked, question by question in the order asked.

    A condition names only what is asked before, which is final by then; each of its parts, shared
    by many questions, is so computed once.

    Parameters
    ----------
    answers
        Answers to all questions, same length.
    instrument
        The questionnaire.
    ticks
        Links of multiple choices.
    """
    routed, known = dict(answers), {}
    for item in instrument.questions:
        if not item.asked_if or item.id not in routed:
            continue
        asked = np.ones(len(routed[item.id]), bool)
        for part in parts_of(item.asked_if):
            if part not in known:
                table = _table(routed, variables_in(part), ticks)
                known[part] = holds(part, table, instrument.missing_values).to_numpy(bool)
            asked &= known[part]
        routed[item.id] = without(routed[item.id], ~asked)
    return routed


def without(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Take the answers of some away."""
    found = values.copy()
    found[rows] = None if values.dtype == object else np.nan
    return found


def _table(answers: Answers, names: set[str], ticks: dict[str, Ticks]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(text_of(answers[name], ticks[name]), dtype="string")
            if name in ticks
            else answers[name]
            for name in names
        }
    )


def text_of(values: np.ndarray, link: Ticks) -> np.ndarray:
    """Write ticks as text, None where there is no answer or it is the code of a missing one."""
    given = values >= 0
    found = np.empty(len(values), object)
    found[given] = link.texts(values[given])
    refused = ~given & ~np.isnan(values)
    found[refused] = values[refused].astype(int).astype(str)
    return found
