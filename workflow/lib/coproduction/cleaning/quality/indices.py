"""Indices of careless answering, gathered. They flag rows and never remove one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coproduction.careless import SUSPICIOUS
from coproduction.cleaning.answers import as_numbers, is_answer
from coproduction.cleaning.quality.checks import attention_misses, marker_agreement
from coproduction.cleaning.quality.consistency import (
    even_odd_consistency,
    person_total_correlation,
    synonym_consistency,
    synonym_pairs,
)
from coproduction.cleaning.quality.mahalanobis import mahalanobis
from coproduction.cleaning.quality.patterns import individual_variability, long_string
from coproduction.cleaning.quality.reversal import reversal_conflict
from coproduction.cleaning.quality.speed import relative_speed, seconds_per_item
from coproduction.instrument.definition import Instrument, Item

SYNONYM_CORRELATION = 0.60


def indices(
    responses: pd.DataFrame,
    asked: pd.DataFrame,
    instrument: Instrument,
    reference: pd.Series | None = None,
    synonym_correlation: float = SYNONYM_CORRELATION,
) -> pd.DataFrame:
    """Compute every quality index of every row.

    Parameters
    ----------
    responses
        Canonical response table.
    asked
        Which item was put to whom, as booleans.
    instrument
        The questionnaire.
    reference
        Rows that say what is typical (pace, centre, correlations), as booleans; default all.
    synonym_correlation
        Correlation above which two items are synonyms.

    Returns
    -------
    pandas.DataFrame
        One column per name in `SUSPICIOUS`, null where it cannot be computed, and
        `mahalanobis_d2` with its degrees of freedom `mahalanobis_df`. Each index is described
        where it is computed.
    """
    if reference is None:
        reference = pd.Series(True, index=responses.index)
    chosen = reference.to_numpy(bool)
    scale = [item for item in instrument.questions if item.construct]
    values = numbers(responses, scale, instrument)
    matrix, keyed = values.to_numpy(), _keyed(values, scale)
    answers = answered(responses, asked, instrument)
    distance = mahalanobis(matrix, chosen)
    pace = seconds_per_item(responses["duration_seconds"], answers.sum(axis=1))
    markers = numbers(responses, list(instrument.with_role("marker")), instrument)
    pairs = synonym_pairs(matrix, chosen, synonym_correlation)
    return pd.DataFrame(
        {
            "seconds_per_item": pace,
            "relative_speed": relative_speed(pace, reference),
            "long_string": long_string(matrix),
            "individual_variability": individual_variability(matrix),
            "mahalanobis_d2": distance.squared,
            "mahalanobis_df": distance.df,
            "mahalanobis_p": distance.p_value,
            "even_odd_consistency": even_odd_consistency(keyed, _scales(scale, instrument)),
            "synonym_consistency": synonym_consistency(matrix, pairs),
            "person_total_correlation": person_total_correlation(matrix, chosen),
            "reversal_conflict": reversal_conflict(values, instrument),
            "attention_misses": attention_misses(responses, instrument),
            "marker_agreement": marker_agreement(markers, instrument),
            "item_nonresponse": 1 - share_answered(answers, asked),
        },
        index=responses.index,
    )


def flag(table: pd.DataFrame, limits: Mapping[str, float]) -> pd.DataFrame:
    """Flag rows beyond the limits; an index without a limit flags nobody.

    Returns
    -------
    pandas.DataFrame
        One boolean column per limit; unknown values of an index are not flagged.
    """
    flags = {}
    for name, limit in limits.items():
        column = table[name].astype("float64")
        side = SUSPICIOUS[name]
        flags[name] = (
            column < limit
            if side == "below"
            else column > limit
            if side == "above"
            else column >= limit
        )
    return pd.DataFrame(flags, index=table.index, dtype=bool)


def answered(responses: pd.DataFrame, asked: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Tell which questions put to a row got a substantive answer, one boolean column per item."""
    columns = {
        item.id: asked[item.id] & is_answer(responses[item.id], instrument.missing_values)
        for item in instrument.questions
        if item.type != "random"
    }
    return pd.DataFrame(columns, index=responses.index)


def share_answered(answers: pd.DataFrame, asked: pd.DataFrame) -> pd.Series:
    """Share of the questions put to each row that got a substantive answer."""
    put = asked[answers.columns].sum(axis=1).astype("float64")
    return answers.sum(axis=1).astype("float64") / put.replace(0, np.nan)


def numbers(responses: pd.DataFrame, items: list[Item], instrument: Instrument) -> pd.DataFrame:
    """Answers to items as numbers, every kind of missing answer as NaN."""
    matrix = np.empty((len(items), len(responses)))
    for column, item in zip(matrix, items, strict=True):
        column[:] = as_numbers(responses[item.id], instrument.missing_values)
    return pd.DataFrame(matrix.T, index=responses.index, columns=[item.id for item in items])


def _keyed(values: pd.DataFrame, scale: list[Item]) -> np.ndarray:
    """Scale items with agreement always meaning more."""
    keyed = values.to_numpy(copy=True)
    for place, item in enumerate(scale):
        if item.reverse:
            keyed[:, place] = item.mirrored(keyed[:, place])
    return keyed


def _scales(scale: list[Item], instrument: Instrument) -> list[list[int]]:
    position = {item.id: number for number, item in enumerate(scale)}
    return [
        [position[item.id] for item in instrument.scale(construct)]
        for construct in instrument.constructs
    ]
