"""Tipping points: the smallest shifts that take the support from a hypothesis.

The idea of Liublinska and Rubin (2014, *Statistics in Medicine* 33, 4170–4185), one shift at a
time. What has to change is the decision of the plan: its corrected test, sign and smallest effect,
the other hypotheses of the family being as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from coproduction.inference.completed.analysis import Imputations
from coproduction.inference.not_at_random.forms import ALL_ALIKE, OF_OUTCOMES, OUTCOME
from coproduction.inference.not_at_random.outcomes import DEVIATIONS, lacking, scale_of
from coproduction.inference.not_at_random.shifted import shifted_estimates
from coproduction.inference.results import Inflations
from coproduction.inference.verdicts import verdicts
from coproduction.notes import Note
from coproduction.numerics.families import family_of
from coproduction.plan.data.not_at_random import NotAtRandom, Shifts
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.options import NON_INFERIORITY
from coproduction.plan.plan import Plan

SUPPORTED = "supported"
LOWER, HIGHER = "lower", "higher"
NOT_PLANNED = Note("shift_not_planned")
NOTHING = {"scale": "", "side": "", "at_bound": "", "reason": ""}
DECIDED = ["statistic", "p_value", "p_adjusted", "verdict"]
SHIFT_COLUMNS = (
    *("hypothesis", "model", "shifted", "scale", "shift", "ratio", "estimate", "std_error"),
    *("statistic", "df", "p_value", "p_adjusted", "conf_low", "conf_high", "verdict"),
    *("n", "n_shifted", "n_clusters", "fmi", "mc_error", "n_imputations", "reason"),
)
COLUMNS = (
    *("hypothesis", "model", "verdict", "shifted", "scale", "side", "tipping_point", "ratio"),
    *("examined", "plausible", "at_bound", "n", "n_shifted", "reason"),
)
Estimates = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Tipping:
    """Hypotheses under shifts.

    Attributes
    ----------
    shifts
        Columns as in `SHIFT_COLUMNS`: a row per hypothesis, what is shifted, and shift.
    points
        Columns as in `COLUMNS`: a row per hypothesis, what is shifted, and direction; one row with
        the reason where nothing was shifted.
    """

    shifts: pd.DataFrame
    points: pd.DataFrame


def tipping(
    made: Imputations | None,
    known: Inflations,
    estimates: Estimates,
    decided: pd.DataFrame,
    seed: int,
    cores: int = 1,
) -> Tipping:
    """Seek the tipping points of the planned hypotheses; of all others say how many lack outcomes.

    Parameters
    ----------
    made, known, seed, cores
        As in `shifted_estimates`; no imputed tables give empty results.
    estimates
        Rows of the effects table by question of the plan.
    decided
        Verdicts by the plan's rule of decision.
    """
    empty = pd.DataFrame(columns=list(SHIFT_COLUMNS)), pd.DataFrame(columns=list(COLUMNS))
    if made is None or made.tables.plan.missing is None:
        return Tipping(*empty)
    plan = made.tables.plan
    planned = made.tables.plan.missing.not_at_random
    shifts = empty[0]
    if planned is not None:
        found = shifted_estimates(made, planned, known, seed, cores)
        shifts = _decided(found, estimates, plan)
    verdict = decided.set_index("hypothesis")["verdict"].to_dict()
    lost = _lost(made)
    rows: list[dict[str, Any]] = []
    for each in plan.hypotheses:
        own = shifts[shifts["hypothesis"] == each.id]
        about = {"hypothesis": each.id, "model": each.model, "verdict": verdict[each.id]}
        told = _points(own, each, plan, planned) if planned is not None and len(own) else ()
        told = told or [{"shifted": OUTCOME, "reason": str(NOT_PLANNED)}]
        rows += [{**NOTHING, **lost[each.model], **about, **row} for row in told]
    points = pd.DataFrame(rows, columns=list(COLUMNS))
    # Without support there is none to lose.
    unsupported = points["verdict"] != SUPPORTED
    points.loc[unsupported, ["tipping_point", "ratio"]] = np.nan
    return Tipping(shifts, points)


def _lost(made: Imputations) -> dict[str, dict[str, float]]:
    """Count the rows of each model once outcomes are known, and those that lack theirs."""
    tables, found = made.table(0), {}
    plan = made.tables.plan
    for name in dict.fromkeys(each.model for each in plan.hypotheses):
        model = plan.by_name[name]
        found[name] = {"n": np.nan, "n_shifted": np.nan}
        if model.level is None and model.outcome in tables.of(model)[0]:
            kept, absent = lacking(tables, model, made.completed.answers)
            found[name] = {"n": float(kept.sum()), "n_shifted": float(absent.sum())}
    return found


def _decided(found: pd.DataFrame, estimates: Estimates, plan: Plan) -> pd.DataFrame:
    """Decide every hypothesis under every shift."""
    by_name = {each.id: each for each in plan.hypotheses}
    rows = []
    for row in found.to_dict("records"):
        hypothesis = by_name[row["hypothesis"]]
        scale = scale_of(family_of(plan.by_name[hypothesis.model].family))
        scale = scale if row["shifted"] in OF_OUTCOMES else DEVIATIONS
        row |= {"scale": scale or "", "ratio": _ratio(row["shift"], scale)}
        rows.append(row if row["reason"] else row | _decision(row, hypothesis, estimates, plan))
    order = {each.id: place for place, each in enumerate(plan.hypotheses)}
    table = pd.DataFrame(rows, columns=list(dict.fromkeys([*found.columns, *SHIFT_COLUMNS])))
    table = table.sort_values("hypothesis", key=lambda names: names.map(order), kind="stable")
    return table.reindex(columns=list(SHIFT_COLUMNS)).reset_index(drop=True)


def _decision(
    row: Mapping[str, Any], hypothesis: Hypothesis, estimates: Estimates, plan: Plan
) -> dict[str, Any]:
    """Judge a hypothesis anew by one estimate, all others of its family being as they are."""
    same = [name for name in (hypothesis.id, hypothesis.rival_of) if name is not None]
    members = [each for each in plan.hypotheses if each.family == hypothesis.family]
    families = [each for each in plan.families if each.id == hypothesis.family]
    judged = verdicts({**estimates, **dict.fromkeys(same, row)}, members, families)
    (own,) = judged[judged["hypothesis"] == hypothesis.id].to_dict("records")
    return {name: own[name] for name in DECIDED}


def _points(
    rows: pd.DataFrame, hypothesis: Hypothesis, plan: Plan, planned: NotAtRandom
) -> list[dict[str, Any]]:
    """Seek the tipping points of one hypothesis in either direction of everything shifted."""
    found: list[dict[str, Any]] = []
    (family,) = [each for each in plan.families if each.id == hypothesis.family]
    for name, own in rows.groupby("shifted", sort=False):
        records = sorted(own.to_dict("records"), key=lambda row: row["shift"])
        shifts = planned.outcome if name in OF_OUTCOMES else planned.predictors
        (start,) = [row for row in records if row["shift"] == 0]
        shared = {"shifted": name, "plausible": _plausible(str(name), shifts)}
        shared |= {each: start[each] for each in ("scale", "reason")}
        if start["reason"]:
            found.append(shared)
            continue
        shared |= {each: start[each] for each in ("n", "n_shifted")}
        for side, sign in ((LOWER, -1), (HIGHER, 1)):
            path = [row for row in records if row["shift"] * sign >= 0]
            told = _side(path[::sign], hypothesis, family.level)
            found.append({**shared, "side": side, **told})
    return found


def _plausible(name: str, shifts: Shifts | None) -> float:
    if shifts is None:
        return np.nan
    return shifts.plausible if name in ALL_ALIKE else shifts.plausible_slope


def _side(
    path: Sequence[Mapping[str, Any]], hypothesis: Hypothesis, level: float
) -> dict[str, Any]:
    """Follow the decision from no shift to the furthest, as far as there are estimates."""
    finite = [row for row in path if np.isfinite(row["shift"])]
    bound = [row["verdict"] for row in path if np.isinf(row["shift"]) and not row["reason"]]
    known = list(_unbroken(finite))
    told = {"examined": abs(known[-1]["shift"]), "at_bound": next(iter(bound), "")}
    point = tipping_point(known, hypothesis, level)
    scale = path[0]["scale"]
    return told | {"tipping_point": point, "ratio": _ratio(point, scale)}


def _unbroken(path: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for row in path:
        if row["reason"]:
            return
        yield row


def tipping_point(path: Sequence[Mapping[str, Any]], hypothesis: Hypothesis, level: float) -> float:
    """Find the smallest shift that takes the support, between the shifts that were made.

    Between two shifts the estimate, and the normal quantile of its adjusted p value, are taken to
    change evenly.

    Parameters
    ----------
    path
        Rows `shift, estimate, p_adjusted, verdict` from no shift on outwards.
    hypothesis
        The hypothesis.
    level
        Level of its family.

    Returns
    -------
    float
        The shift, with its sign; 0 if there is no support without a shift although the verdict on
        the hypothesis is that; NaN if none of these shifts takes it.
    """
    if path[0]["verdict"] != SUPPORTED:
        return 0.0
    for inner, outer in pairwise(path):
        if outer["verdict"] == SUPPORTED:
            continue
        before, after = (_margins(row, hypothesis, level) for row in (inner, outer))
        crossed = [
            one / (one - other) for one, other in zip(before, after, strict=True) if other < 0
        ]
        part = min([max(each, 0.0) for each in crossed], default=1.0)
        return inner["shift"] + part * (outer["shift"] - inner["shift"])
    return np.nan


def _margins(row: Mapping[str, Any], hypothesis: Hypothesis, level: float) -> tuple[float, float]:
    """Say how far the test, and the estimate, are from being too weak; negative where they are."""
    predicted = row["estimate"] * (1 if hypothesis.direction == "positive" else -1)
    margin = hypothesis.smallest_effect
    inferior = hypothesis.comparison == NON_INFERIORITY
    tested = predicted + margin if inferior else predicted
    quantile = float(norm.isf(max(row["p_adjusted"], 1e-300) / 2))
    detected = np.copysign(quantile, tested) - float(norm.isf(level / 2))
    return detected, np.inf if inferior else predicted - margin


def _ratio(shift: float, scale: str | None) -> float:
    """Give what a shift multiplies odds or means by."""
    return np.nan if scale in (None, DEVIATIONS) else float(np.exp(shift))
