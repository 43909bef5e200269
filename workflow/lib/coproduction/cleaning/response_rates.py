"""Response, cooperation, refusal and contact rates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.cleaning.dispositions import OUTCOMES

ALL = "all"
RATES = (
    *(f"rr{number}" for number in range(1, 7)),
    *(f"coop{number}" for number in range(1, 5)),
    *(f"ref{number}" for number in range(1, 4)),
    *(f"con{number}" for number in range(1, 4)),
)
OPEN_RATES = ("participation_rate", "completion_rate")
COLUMNS = (
    "frame",
    "mode",
    "contacts",
    *OUTCOMES,
    "eligibility",
    *RATES,
    "break_off_rate",
    *OPEN_RATES,
)


def response_rates(
    contacts: pd.DataFrame,
    open_frames: Collection[str] = (),
    eligibility: float | None = None,
) -> pd.DataFrame:
    """Count outcomes and compute the rates of each frame, and of each mode within it.

    Rates of several frames are not pooled: people have different chances to be in them. An open
    link has no sample and so no response rate; it has a participation rate.

    Parameters
    ----------
    contacts
        `frame, mode, outcome, count`, one row per contact or kind of contact.
    open_frames
        Frames that are open to anybody.
    eligibility
        Share of the unknown cases that are eligible; by default as among the known ones.

    Returns
    -------
    pandas.DataFrame
        One row per frame (mode `all`) and per frame and mode; columns as in `COLUMNS`, unknown
        rates NaN.
    """
    rows = []
    for frame, group in contacts.groupby("frame", sort=True):
        parts = [(ALL, group), *group.groupby("mode", sort=True)]
        for mode, part in parts:
            tally = part.groupby("outcome")["count"].sum()
            counts = {name: int(tally.get(name, 0)) for name in OUTCOMES}
            is_open = frame in open_frames
            rows.append({"frame": frame, "mode": mode, **row(counts, is_open, eligibility)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def no_rates() -> pd.DataFrame:
    """Make the table of a study without a contact log: its columns, no rows."""
    return pd.DataFrame(columns=list(COLUMNS))


def row(
    counts: Mapping[str, int], is_open: bool = False, eligibility: float | None = None
) -> dict[str, Any]:
    """Compute all counts and rates of one group of contacts."""
    started = counts["complete"] + counts["partial"] + counts["break_off"]
    usable = counts["complete"] + counts["partial"]
    share = _eligibility(counts) if eligibility is None else eligibility
    values: dict[str, Any] = {"contacts": sum(counts.values()), **counts, "eligibility": share}
    values["break_off_rate"] = _ratio(counts["break_off"], started)
    if is_open:
        values["eligibility"] = np.nan
        values["participation_rate"] = _ratio(usable, values["contacts"])
        values["completion_rate"] = _ratio(counts["complete"], started)
        return values
    return {**values, **aapor(counts, share)}


def aapor(counts: Mapping[str, int], eligibility: float) -> dict[str, float]:
    """Compute the outcome rates of the American Association for Public Opinion Research.

    Letters are those of its *Standard Definitions* (10th edition, 2023): I complete, P partial,
    R refusal and break-off, NC non-contact, O other, UH and UO unknown, e the eligible share of
    the unknown.

    Parameters
    ----------
    counts
        Number of cases by outcome.
    eligibility
        e, between 0 and 1.
    """
    complete, partial = counts["complete"], counts["partial"]
    refused = counts["refusal"] + counts["break_off"]
    no_contact, other = counts["non_contact"], counts["other"]
    unknown = counts["unknown_household"] + counts["unknown_other"]
    interviewed = complete + partial
    eligible = interviewed + refused + no_contact + other
    reached = interviewed + refused + other
    # The unknown count fully, by the eligible share, and not at all.
    weights = (1.0, eligibility, 0.0)
    rates = {}
    for position, weight in enumerate(weights):
        everybody = eligible + (weight * unknown if weight else 0.0)
        rates[f"rr{2 * position + 1}"] = _ratio(complete, everybody)
        rates[f"rr{2 * position + 2}"] = _ratio(interviewed, everybody)
        rates[f"ref{position + 1}"] = _ratio(refused, everybody)
        rates[f"con{position + 1}"] = _ratio(reached, everybody)
    rates["coop1"] = _ratio(complete, reached)
    rates["coop2"] = _ratio(interviewed, reached)
    rates["coop3"] = _ratio(complete, interviewed + refused)
    rates["coop4"] = _ratio(interviewed, interviewed + refused)
    return {name: rates[name] for name in RATES}


def _eligibility(counts: Mapping[str, int]) -> float:
    """Eligible share of the cases whose eligibility is known (the proportional allocation)."""
    unknown = ("unknown_household", "unknown_other")
    known = sum(n for name, n in counts.items() if name not in unknown)
    return _ratio(known - counts["not_eligible"], known)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
