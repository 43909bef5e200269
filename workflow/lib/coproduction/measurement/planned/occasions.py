"""Test-retest reliability of every score and every scale item in one table."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.measurement.reliability.retest import resampled_intervals, retest_reliability
from coproduction.notes import Note
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.resampling import generator
from coproduction.rows import Rows, rows_at

COLUMNS = (
    *("construct", "item", "n", "n_occasions", "days_low", "days_median", "days_high"),
    *("icc_agreement", "agreement_conf_low", "agreement_conf_high"),
    *("agreement_bootstrap_low", "agreement_bootstrap_high"),
    *("icc_consistency", "consistency_conf_low", "consistency_conf_high"),
    *("consistency_bootstrap_low", "consistency_bootstrap_high"),
    *("error_of_measurement_agreement", "error_of_measurement_consistency"),
    *("smallest_detectable_change", "warning"),
)


def retest_table(
    scores: pd.DataFrame,
    again: pd.DataFrame,
    instrument: Instrument,
    confidence: float = CONFIDENCE,
    *,
    replicates: int = 0,
    seed: int = 0,
    rows: Rows | None = None,
) -> pd.DataFrame:
    """Compare the answers of those who answered more than once.

    Parameters
    ----------
    scores
        Analysis table of the first answers: `submission`, keyed items, scores.
    again
        The same of the second answers, with `first_submission`, `wave` and `days`; one row per
        person and wave, see `coproduction.cleaning.retest`.
    instrument
        The questionnaire.
    confidence
        Confidence level of the intervals.
    replicates, seed
        Bootstrap. None without replicates.
    rows
        What the rows of `scores` stand for; each for itself where it is not told. Whole clusters
        are drawn.

    Returns
    -------
    pandas.DataFrame
        For each construct a row of its score, where `item` is empty, and one per item. `n` are the
        respondents with a value on every occasion, `days_…` their days from the first to the last;
        the others are fields of `retest.Retest`, with percentile intervals of the bootstrap beside
        those that take respondents as independent; `warning` where nothing can be computed.

    Notes
    -----
    Items enter as numbers at equal distances. The ICC for agreement of two occasions is then, but
    for terms of the order of 1/n, kappa with quadratic weights (Fleiss and Cohen 1973,
    *Educational and Psychological Measurement* 33, 613–619); reversing an item changes nothing.
    """
    first = scores.set_index("submission")
    everybody = replace(rows_at(scores.index, rows, "cluster"), index=first.index)
    later = {wave: rows.set_index("first_submission") for wave, rows in again.groupby("wave")}
    days = again.groupby("first_submission")["days"].max()
    found = []
    for construct in instrument.constructs if later else ():
        items = instrument.scale(construct)
        names = {item.id: f"{item.id}_r" if item.reverse else item.id for item in items}
        for item, column in {"": construct, **names}.items() if items else ():
            waves = {wave: table[column] for wave, table in later.items()}
            occasions = pd.DataFrame({"": first.loc[days.index, column], **waves}).dropna()
            own = everybody.at(occasions.index)
            rng = generator(seed, "retest", column)
            found.append(
                {"construct": construct, "item": item}
                | _passed(days[occasions.index])
                | asdict(retest_reliability(occasions, confidence))
                | resampled_intervals(occasions, own, replicates, rng, confidence)
                | {"warning": _warning(item or construct, occasions)}
            )
    return pd.DataFrame(found, columns=list(COLUMNS))


def _passed(days: pd.Series) -> dict[str, float]:
    return {"days_low": days.min(), "days_median": days.median(), "days_high": days.max()}


def _warning(name: str, occasions: pd.DataFrame) -> str:
    if len(occasions) < 3:
        return str(Note("few_on_every_occasion", {"name": name, "n": len(occasions)}))
    if np.ptp(occasions.to_numpy("float64")) == 0:
        return str(Note("same_on_every_occasion", {"name": name}))
    return ""
