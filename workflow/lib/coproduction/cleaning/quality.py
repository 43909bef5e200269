"""Indices of careless answering. They flag rows and never remove one.

Sources: Curran (2016, *Journal of Experimental Social Psychology* 66) for the run of equal answers;
Dunn et al. (2018, *Journal of Business and Psychology* 33) for the intra-individual variability;
Meade and Craig (2012, *Psychological Methods* 17) for the Mahalanobis distance and the attention
checks; Huang et al. (2012, *Journal of Business and Psychology* 27) for the seconds per item.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument, Item


def indices(responses: pd.DataFrame, asked: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Compute every quality index of every row.

    Parameters
    ----------
    responses
        Canonical response table.
    asked
        Which item was put to whom, as booleans.
    instrument
        The questionnaire.

    Returns
    -------
    pandas.DataFrame
        Columns, each null where it cannot be computed:

        - `seconds_per_item`: duration over the number of questions answered; lower is worse;
        - `long_string`: longest run of one answer over consecutive scale items; higher is worse;
        - `individual_variability`: standard deviation (N − 1) of the scale items; lower is worse;
        - `mahalanobis_p`: upper χ² tail of the squared distance from the centre of the rows with
          all scale items answered; lower is worse;
        - `reversal_conflict`: mean difference, over constructs that hold both, between the mean
          of the forward and of the keyed reversed items, in points; higher is worse;
        - `attention_misses`: attention checks answered wrongly; higher is worse;
        - `item_nonresponse`: share of the questions put that were left blank, refused or not known;
          higher is worse.
    """
    scale = [item for item in instrument.questions if item.construct]
    values = _numbers(responses, scale, instrument)
    answered = _answered(responses, asked, instrument)
    put = asked[answered.columns]
    return pd.DataFrame(
        {
            "seconds_per_item": _ratio(
                responses["duration_seconds"].astype("float64"), answered.sum(axis=1)
            ),
            "long_string": long_string(values.to_numpy()),
            "individual_variability": values.std(axis=1, ddof=1),
            "mahalanobis_p": mahalanobis_p(values.to_numpy()),
            "reversal_conflict": _reversal_conflict(values, scale, instrument),
            "attention_misses": _attention_misses(responses, instrument),
            "item_nonresponse": 1 - _ratio(answered.sum(axis=1), put.sum(axis=1)),
        },
        index=responses.index,
    )


def flag(table: pd.DataFrame, limits: Mapping[str, float]) -> pd.DataFrame:
    """Flag rows beyond the limits; an index without a limit flags nobody.

    Returns
    -------
    pandas.DataFrame
        One boolean column per limit; unknown indices are not flagged.
    """
    beyond = {
        "seconds_per_item": lambda x, limit: x < limit,
        "long_string": lambda x, limit: x >= limit,
        "individual_variability": lambda x, limit: x < limit,
        "mahalanobis_p": lambda x, limit: x < limit,
        "reversal_conflict": lambda x, limit: x > limit,
        "attention_misses": lambda x, limit: x >= limit,
        "item_nonresponse": lambda x, limit: x > limit,
    }
    flags = {
        name: beyond[name](table[name].astype("float64"), limit) for name, limit in limits.items()
    }
    return pd.DataFrame(flags, index=table.index, dtype=bool)


def long_string(values: np.ndarray) -> np.ndarray:
    """Longest run of equal answers in each row (rows × items); missing answers end a run."""
    longest = np.zeros(len(values))
    run = np.zeros(len(values))
    previous = np.full(len(values), np.nan)
    for column in values.T:
        answered = ~np.isnan(column)
        run = np.where(answered & (column == previous), run + 1, answered.astype(float))
        longest = np.maximum(longest, run)
        previous = column
    return longest


def mahalanobis_p(values: np.ndarray) -> np.ndarray:
    """P value of each row's squared Mahalanobis distance (χ² with one df per varying item).

    Centre and covariance (N − 1) come from the complete rows; NaN for incomplete rows, and for all
    if there are fewer complete rows than items or the covariance is singular.
    """
    from scipy.stats import chi2

    complete = ~np.isnan(values).any(axis=1)
    result = np.full(len(values), np.nan)
    sample = values[complete]
    if sample.shape[1] == 0 or len(sample) <= sample.shape[1] + 1:
        return result
    centred = sample - sample.mean(axis=0)
    covariance = centred.T @ centred / (len(sample) - 1)
    if np.linalg.matrix_rank(covariance) < len(covariance):
        return result
    distance = np.einsum("ij,ij->i", centred, np.linalg.solve(covariance, centred.T).T)
    result[complete] = chi2.sf(distance, sample.shape[1])
    return result


def _numbers(responses: pd.DataFrame, items: list[Item], instrument: Instrument) -> pd.DataFrame:
    missing = list(instrument.missing_values)
    columns = {
        item.id: responses[item.id].mask(responses[item.id].isin(missing)).astype("float64")
        for item in items
    }
    return pd.DataFrame(columns, index=responses.index)


def _answered(responses: pd.DataFrame, asked: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    missing = {str(code) for code in instrument.missing_values}
    columns = {}
    for item in instrument.questions:
        if item.type != "random":
            text = responses[item.id].astype("string")
            columns[item.id] = asked[item.id] & text.notna() & ~text.isin(missing)
    return pd.DataFrame(columns, index=responses.index)


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part.astype("float64") / whole.astype("float64").replace(0, np.nan)


def _reversal_conflict(
    values: pd.DataFrame, scale: list[Item], instrument: Instrument
) -> pd.Series:
    differences = []
    for construct in instrument.constructs:
        items = [item for item in scale if item.construct == construct]
        forward = [item.id for item in items if not item.reverse]
        backward = [item for item in items if item.reverse]
        if not forward or not backward:
            continue
        keyed = pd.DataFrame({item.id: sum(item.limits) - values[item.id] for item in backward})
        differences.append((values[forward].mean(axis=1) - keyed.mean(axis=1)).abs())
    if not differences:
        return pd.Series(np.nan, index=values.index)
    return pd.concat(differences, axis=1).mean(axis=1)


def _attention_misses(responses: pd.DataFrame, instrument: Instrument) -> pd.Series:
    checks = [item for item in instrument.with_role("attention_check") if item.expected is not None]
    if not checks:
        return pd.Series(np.nan, index=responses.index)
    unseen = [instrument.missing_code(kind) for kind in ("not_asked", "not_reached")]
    misses = pd.Series(0.0, index=responses.index)
    for item in checks:
        column = responses[item.id]
        seen = column.notna() & ~column.isin(unseen)
        misses += (seen & (column != item.expected).fillna(False)).astype(float)
    return misses
