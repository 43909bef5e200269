"""Why a cell is blank: not asked, not reached, or left unanswered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.cleaning.findings import finding, join
from coproduction.instrument.definition import Instrument, Item
from coproduction.instrument.expressions import holds


def asked(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Tell which items the questionnaire's own logic put to whom.

    Returns
    -------
    pandas.DataFrame
        One boolean column per item, same rows.
    """
    missing = instrument.missing_values
    conditions = {item.asked_if for item in instrument.questions}
    met = {condition: holds(condition, responses, missing) for condition in conditions}
    return pd.DataFrame(
        {item.id: met[item.asked_if] for item in instrument.questions}, index=responses.index
    )


def restore_not_asked(
    responses: pd.DataFrame, instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the code of *not asked* where the skip logic did not ask.

    An answer that stands where nothing was asked is a contradiction: it is recorded as a finding
    and replaced by the code. Items are treated in the order asked, so that a condition never rests
    on an answer that was itself not asked.

    Returns
    -------
    responses, findings
        The table with codes, and one finding per replaced answer.
    """
    responses = responses.copy(deep=False)
    code = instrument.missing_code("not_asked")
    parts = []
    met: dict[str, pd.Series] = {}
    for item in instrument.questions:
        if not item.asked_if:
            continue
        # What a condition names is asked before, hence final when the condition is first met.
        if item.asked_if not in met:
            met[item.asked_if] = holds(item.asked_if, responses, instrument.missing_values)
        put = met[item.asked_if]
        column = responses[item.id]
        stands = column.notna() & (column != _as_stored(code, item)).fillna(False)
        contradiction = (~put & stands).astype(bool)
        parts.append(
            finding(
                responses,
                contradiction,
                "answered_not_asked",
                item=item.id,
                found=column,
                expected=f"asked only if {item.asked_if}",
                action="set_not_asked",
            )
        )
        responses[item.id] = column.mask(~put, _as_stored(code, item))
    return responses, join(parts)


def restore_not_reached(
    responses: pd.DataFrame, instrument: Instrument, incomplete: pd.Series
) -> pd.DataFrame:
    """Write the code of *not reached* behind the last answer of each incomplete row.

    Parameters
    ----------
    responses
        Canonical response table with *not asked* restored.
    instrument
        The questionnaire.
    incomplete
        Rows that were broken off; in the others a blank at the end is a question left unanswered.
    """
    responses = responses.copy(deep=False)
    not_asked, code = (instrument.missing_code(kind) for kind in ("not_asked", "not_reached"))
    after_last_answer = incomplete.to_numpy(bool, copy=True)
    for item in reversed(instrument.questions):
        if item.type == "random":
            continue
        column = responses[item.id]
        blank = column.isna().to_numpy()
        skipped = (column == _as_stored(not_asked, item)).to_numpy(bool, na_value=False)
        after_last_answer &= blank | skipped
        if (blank & after_last_answer).any():
            responses[item.id] = column.mask(blank & after_last_answer, _as_stored(code, item))
    return responses


def required_unanswered(
    responses: pd.DataFrame, instrument: Instrument, kept: pd.Series
) -> pd.DataFrame:
    """Find questions that the form insists on and that analysed rows were asked and left blank.

    Parameters
    ----------
    responses
        Canonical response table with *not asked* and *not reached* restored.
    instrument
        The questionnaire.
    kept
        Analysed rows.
    """
    parts = [
        finding(
            responses,
            (kept & responses[item.id].isna()).astype(bool),
            "required_unanswered",
            item=item.id,
            expected="an answer",
            action="kept",
        )
        for item in instrument.questions
        if item.required
    ]
    return join(parts)


def skipped_though_asked(
    responses: pd.DataFrame, put: pd.DataFrame, instrument: Instrument
) -> pd.DataFrame:
    """Find questions that the platform skipped although the questionnaire puts them to the row.

    The answer is lost and the code of *not asked* stays: the form differed from the questionnaire,
    or an answer before it was changed later.

    Parameters
    ----------
    responses
        Canonical response table with *not asked* restored.
    put
        Which item was put to whom, as booleans.
    instrument
        The questionnaire.
    """
    code = instrument.missing_code("not_asked")
    parts = []
    for item in instrument.questions:
        skipped = (responses[item.id] == _as_stored(code, item)).fillna(False).astype(bool)
        parts.append(
            finding(
                responses,
                skipped & put[item.id],
                "skipped_though_asked",
                item=item.id,
                expected=f"asked if {item.asked_if}" if item.asked_if else "asked of everyone",
                action="kept",
            )
        )
    return join(parts)


def _as_stored(code: int, item: Item) -> int | str:
    return str(code) if item.type in ("select_multiple", "text", "date") else code


def nonresponse(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Name the kind of missing answer of every item.

    Returns
    -------
    pandas.DataFrame
        One text column per item: empty where answered, else `dont_know`, `refused`, `not_asked`,
        `not_reached`, or `no_answer` for a question that was put and left blank.
    """
    names = pd.array(["", *instrument.missing_codes, "no_answer"], dtype="string")
    columns = {}
    for item in instrument.questions:
        column = responses[item.id]
        kinds = np.zeros(len(column), dtype="int64")
        for place, missing in enumerate(instrument.missing_codes.values(), 1):
            named = column == _as_stored(missing.code, item)
            kinds[named.to_numpy(bool, na_value=False)] = place
        kinds[column.isna().to_numpy()] = len(names) - 1
        columns[item.id] = names.take(kinds)
    return pd.DataFrame(columns, index=responses.index, copy=False)
