"""What real answers suffer: forgetting, refusing, hurrying, breaking off, sending twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds


def careless(
    answers: pd.DataFrame, rows: np.ndarray, instrument: Instrument, rng: np.random.Generator
) -> pd.DataFrame:
    """Replace the scale answers of some rows, half by one repeated answer, half by random ones."""
    answers = answers.copy()
    answers_to = [
        item
        for item in instrument.questions
        if item.construct or item.role in ("marker", "attention_check")
    ]
    straight = rows & (rng.random(len(rows)) < 0.5)
    fixed = rng.random(len(rows))
    for item in answers_to:
        values = np.array(item.response_set.values)
        drawn = values[(rng.random(len(rows)) * len(values)).astype(int)]
        repeated = values[(fixed * len(values)).astype(int)]
        replaced = np.where(straight, repeated, drawn)
        answers[item.id] = np.where(rows, replaced, answers[item.id])
    return answers


def nonresponse(
    answers: pd.DataFrame,
    instrument: Instrument,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Blank some answers, turn some into refusals, forget some numbers."""
    answers = answers.copy()
    refused = instrument.missing_code("refused")
    for item in instrument.questions:
        if item.required or item.type == "random":
            continue
        blank = rng.random(len(answers)) < truth["item"]
        answers[item.id] = answers[item.id].astype(object).mask(blank)
        if share := truth.get("refused", {}).get(item.id):
            declined = rng.random(len(answers)) < share
            answers[item.id] = answers[item.id].mask(declined & ~blank, refused)
    forgotten = truth["hours_forgotten"]
    lost = rng.random(len(answers)) < forgotten["share"]
    answers[forgotten["item"]] = answers[forgotten["item"]].mask(lost)
    return answers


def route(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Blank what the questionnaire's own logic did not ask, item by item in the order asked."""
    answers, typed = answers.copy(), _typed(answers, instrument)
    for item in instrument.questions:
        if item.asked_if:
            put = holds(item.asked_if, typed, instrument.missing_values)
            answers[item.id] = answers[item.id].where(put)
            typed[item.id] = typed[item.id].where(put)
    return answers


def _typed(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    numeric = ("select_one", "integer", "decimal", "random")
    return pd.DataFrame(
        {
            item.id: answers[item.id].astype("Float64" if item.type in numeric else "string")
            for item in instrument.questions
        }
    )


def break_off(
    answers: pd.DataFrame, rows: np.ndarray, instrument: Instrument, rng: np.random.Generator
) -> pd.DataFrame:
    """Blank everything behind a random question in some rows, consent and screening excepted."""
    answers = answers.copy()
    items = [item.id for item in instrument.questions if item.type != "random"]
    first = 1 + max(
        position
        for position, name in enumerate(items)
        if instrument.by_id[name].role in ("consent", "eligibility", "cluster")
    )
    last = first + (rng.random(len(rows)) * (len(items) - first)).astype(int)
    for position, name in enumerate(items):
        answers[name] = answers[name].mask(rows & (position >= last))
    return answers
