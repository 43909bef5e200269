"""The community office's sheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.simulation.dirt import route


def community_sheet(
    persons: pd.DataFrame, sheet: Instrument, truth: Mapping[str, Any], rng: np.random.Generator
) -> pd.DataFrame:
    """Fill in one sheet per community, numbers uniform between the limits of the truth file.

    Fields without a rule are left blank, and fields that the sheet's own logic does not ask too.
    Behind them stand the sheets of second informants, where the truth file has any.
    """
    communities = persons.groupby("community_code", sort=True)["kind"].first()
    columns: dict[str, Any] = {}
    for item in sheet.questions:
        rule = truth["fields"].get(item.id)
        if item.role == "cluster":
            columns[item.id] = communities.index.to_numpy()
        elif item.id == truth["kind"]["item"]:
            columns[item.id] = (communities == truth["kind"]["one_where"]).astype(int).to_numpy()
        elif rule:
            columns[item.id] = rng.integers(rule["low"], rule["high"] + 1, len(communities))
        else:
            columns[item.id] = [truth["texts"].get(item.id)] * len(communities)
    table = route(pd.DataFrame(columns).astype(object), sheet)
    if rule := truth.get("second_informant"):
        second = _second_informants(table, sheet, truth["fields"], rule, rng)
        table = pd.concat([table, second], ignore_index=True)
    return table.assign(submitted_by="simulator")


def _second_informants(
    table: pd.DataFrame,
    sheet: Instrument,
    fields: Mapping[str, Any],
    rule: Mapping[str, float],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Fill in a share of the sheets once more, some of their numbers anew."""
    second = table[rng.random(len(table)) < rule["share"]].copy()
    for name, limits in fields.items():
        anew = rng.integers(limits["low"], limits["high"] + 1, len(second))
        differs = (rng.random(len(second)) < rule["disagreement"]) & second[name].notna()
        second[name] = second[name].mask(differs, pd.Series(anew, index=second.index))
    return route(second, sheet)
