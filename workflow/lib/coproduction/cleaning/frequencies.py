"""How often each answer and each kind of missing answer was given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument, Item

COLUMNS = (
    *("item", "kind", "value", "n", "share", "share_asked"),
    *("minimum", "maximum", "mean", "sd"),
)
KINDS = ("dont_know", "refused", "no_answer", "not_reached", "not_asked")


def frequencies(
    responses: pd.DataFrame, nonresponse: pd.DataFrame, instrument: Instrument
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

    Returns
    -------
    pandas.DataFrame
        Columns as in `COLUMNS`. Of each item one row per answer of a choice (`kind` is `answer`,
        `value` its code), or one for all numbers (`number`, with range, mean and standard deviation
        N − 1) or all texts and dates (`text`); then one per kind of missing answer that occurs.
        `share` is of those who answered, `share_asked` of those to whom the question was put. In a
        multiple choice the answers add up to more than those who answered.
    """
    rows: list[dict[str, Any]] = []
    for item in instrument.questions:
        named = nonresponse[item.id]
        counts = named.value_counts()
        answered = int(counts.get("", 0))
        asked = len(named) - int(counts.get("not_asked", 0))
        given = _given(responses.loc[(named == "").to_numpy(bool), item.id], item)
        given = [row | {"share": _share(row["n"], answered)} for row in given]
        missing = [{"kind": kind, "n": int(counts[kind])} for kind in KINDS if kind in counts]
        for row in [*given, *missing]:
            of_asked = np.nan if row["kind"] == "not_asked" else _share(row["n"], asked)
            rows.append({"item": item.id, **row, "share_asked": of_asked})
    return pd.DataFrame(rows, columns=list(COLUMNS)).fillna({"value": ""})


def _given(given: pd.Series, item: Item) -> list[dict[str, Any]]:
    if item.type == "select_multiple":
        sets = given.value_counts()
        ticks = [set(ticked.split(" ")) for ticked in sets.index]
        return [
            _answer(
                value,
                sum(int(n) for n, each in zip(sets, ticks, strict=True) if str(value) in each),
            )
            for value in item.response_set.values
        ]
    if item.response_set is not None:
        counts = given.value_counts()
        return [_answer(value, int(counts.get(value, 0))) for value in item.response_set.values]
    if item.type in ("integer", "decimal"):
        values = given.to_numpy("float64")
        return [{"kind": "number", "n": len(values), **_spread(values)}]
    return [{"kind": "text", "n": len(given)}]


def _answer(value: int, n: int) -> dict[str, Any]:
    return {"kind": "answer", "value": str(value), "n": n}


def _spread(values: np.ndarray) -> dict[str, float]:
    if not len(values):
        return {}
    sd = float(values.std(ddof=1)) if len(values) > 1 else np.nan
    return {
        "minimum": float(values.min()),
        "maximum": float(values.max()),
        "mean": float(values.mean()),
        "sd": sd,
    }


def _share(n: int, of: int) -> float:
    return n / of if of else np.nan
