"""The measurement tables of a study: reliability, items, sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.measurement.item_statistics import item_statistics
from coproduction.measurement.reliability import reliability


@dataclass(frozen=True)
class Measurement:
    """Result tables of the measurement room.

    Attributes
    ----------
    reliability
        One row per construct.
    item_statistics
        One row per scale item, in the order of the questionnaire.
    sample
        One row per category of each describing item: `item, value, n, share`; `value` is empty for
        no answer, and shares are of those who answered.
    """

    reliability: pd.DataFrame
    item_statistics: pd.DataFrame
    sample: pd.DataFrame


def measure(
    scores: pd.DataFrame,
    nonresponse: pd.DataFrame,
    instrument: Instrument,
    plan: Mapping[str, Any],
) -> Measurement:
    """Compute the measurement tables.

    Parameters
    ----------
    scores
        Analysis table: one float column per item, reversed items also keyed under `<id>_r`.
    nonresponse
        Kind of missing answer of each scale item, same rows; empty where answered.
    instrument
        The questionnaire.
    plan
        The `measurement` block of the plan.
    """
    scales = {name: _keyed(scores, instrument, name) for name in instrument.constructs}
    scales = {name: items for name, items in scales.items() if items.shape[1]}
    return Measurement(
        reliability(scales, plan.get("confidence", 0.95)),
        _items(scores, scales, nonresponse, instrument),
        _sample(scores, plan.get("sample", ())),
    )


def _keyed(scores: pd.DataFrame, instrument: Instrument, construct: str) -> pd.DataFrame:
    items = instrument.scale(construct)
    columns = [f"{item.id}_r" if item.reverse else item.id for item in items]
    return scores[columns].set_axis([item.id for item in items], axis=1).astype("float64")


def _items(
    scores: pd.DataFrame,
    scales: Mapping[str, pd.DataFrame],
    nonresponse: pd.DataFrame,
    instrument: Instrument,
) -> pd.DataFrame:
    parts = []
    for construct, keyed in scales.items():
        items = instrument.scale(construct)
        limits = {item.id: item.limits for item in items}
        statistics = item_statistics(keyed, limits, nonresponse[list(keyed.columns)])
        statistics.insert(0, "construct", construct)
        statistics.insert(2, "reverse", [item.reverse for item in items])
        parts.append(statistics)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["construct"])


def _sample(scores: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    rows = []
    for item in items:
        counts = scores[item].value_counts().sort_index()
        answered = counts.sum()
        rows += [(item, f"{value:g}", n, n / answered) for value, n in counts.items()]
        rows.append((item, "", scores[item].isna().sum(), float("nan")))
    return pd.DataFrame(rows, columns=["item", "value", "n", "share"])
