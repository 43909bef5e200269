"""How often each answer and each kind of missing answer was given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument, Item
from coproduction.instrument.expressions import variables_in
from coproduction.privacy.small_cells import protect

COLUMNS = (
    *("item", "kind", "value", "n", "share", "share_asked"),
    *("minimum", "maximum", "mean", "sd"),
)
KINDS = ("dont_know", "refused", "no_answer", "not_reached", "not_asked")


def frequencies(
    responses: pd.DataFrame,
    nonresponse: pd.DataFrame,
    instrument: Instrument,
    minimum: int,
) -> pd.DataFrame:
    """Count the answers to every question.

    Parameters
    ----------
    responses
        Cleaned response table of the rows to count.
    nonresponse
        Kind of missing answer of every item, same rows in the same order.
    instrument
        The questionnaire.
    minimum
        The smallest number of people that an answer may stand for; see
        `coproduction.privacy.small_cells.protect`. The ends of a range are answers too.

    Returns
    -------
    pandas.DataFrame
        Columns as in `COLUMNS`; what is hidden is NaN. Of each item one row per answer of a choice
        (`kind` is `answer`, `value` its code), or one for all numbers (`number`, with range, mean
        and standard deviation N − 1) or all texts and dates (`text`); then one per kind of missing
        answer that occurs.
        `share` is of those who answered, `share_asked` of those to whom the question was put. In a
        multiple choice the answers add up to more than those who answered.
    """
    rows: list[dict[str, Any]] = []
    for item in instrument.questions:
        named = nonresponse[item.id]
        counts = named.value_counts()
        answered = int(counts.get("", 0))
        asked = len(named) - int(counts.get("not_asked", 0))
        given = _given(responses.loc[(named == "").to_numpy(bool), item.id], item, minimum)
        given = [row | {"share": _share(row["n"], answered)} for row in given]
        missing = [{"kind": kind, "n": int(counts[kind])} for kind in KINDS if kind in counts]
        for row in [*given, *missing]:
            of_asked = np.nan if row["kind"] == "not_asked" else _share(row["n"], asked)
            rows.append({"item": item.id, **row, "share_asked": of_asked})
    counted = pd.DataFrame(rows, columns=list(COLUMNS)).fillna({"value": ""})
    several = {item.id for item in instrument.questions if item.type == "select_multiple"}
    routes = _routes(instrument)
    told = _told(responses, nonresponse, set().union(*routes.values(), routes))
    return protect(counted, minimum, told, several, routes)


def _routes(instrument: Instrument) -> dict[str, set[str]]:
    """Name the questions with one answer on which it rests whether a question is put."""
    single = {item.id for item in instrument.questions if item.type == "select_one"}
    routed = [item for item in instrument.questions if item.asked_if]
    return {item.id: variables_in(item.asked_if) & single for item in routed}


def _told(responses: pd.DataFrame, nonresponse: pd.DataFrame, items: Iterable[str]) -> pd.DataFrame:
    """Write what everybody answered as text: the code, or the kind of missing answer."""
    columns = {}
    for name in items:
        kind = nonresponse[name]
        given = pd.Series(responses[name].astype("string").array, index=kind.index)
        columns[name] = kind.where(kind != "", given)
    return pd.DataFrame(columns, index=nonresponse.index)


def _given(given: pd.Series, item: Item, minimum: int) -> list[dict[str, Any]]:
    if item.type == "select_multiple":
        sets = given.value_counts()
        ticks = [set(ticked.split(" ")) for ticked in sets.index]
        return [
            _answer(
                value,
                sum(int(n) for n, each in zip(sets, ticks, strict=True) if str(value) in each),
            )
            for value in item.values
        ]
    if item.response_set is not None:
        counts = given.value_counts()
        return [_answer(value, int(counts.get(value, 0))) for value in item.values]
    if item.type in ("integer", "decimal"):
        values = given.to_numpy("float64")
        return [{"kind": "number", "n": len(values), **_spread(values, minimum)}]
    return [{"kind": "text", "n": len(given)}]


def _answer(value: int, n: int) -> dict[str, Any]:
    return {"kind": "answer", "value": str(value), "n": n}


def _spread(values: np.ndarray, minimum: int) -> dict[str, float]:
    if not len(values):
        return {}
    sd = float(values.std(ddof=1)) if len(values) > 1 else np.nan
    return {
        "minimum": _end(values, float(values.min()), minimum),
        "maximum": _end(values, float(values.max()), minimum),
        "mean": float(values.mean()),
        "sd": sd,
    }


def _end(values: np.ndarray, end: float, minimum: int) -> float:
    return end if (values == end).sum() >= minimum else np.nan


def _share(n: int, of: int) -> float:
    return n / of if of else np.nan
