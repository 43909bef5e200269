"""Power of verdicts: how often the replicates of a design reach each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pandas as pd

from coproduction.inference.verdicts import Verdict
from coproduction.intake.synthetic import SIMULATOR
from coproduction.plan.plan import Plan
from coproduction.planning.formula import detectable
from coproduction.planning.settings import Planning
from coproduction.scenarios.summary import BROKEN, HELD, OPEN, bounds

EXPECTED, LENGTH, DETECTABLE = "expected", "interval_length", "minimum_detectable_effect"
VERDICTS: tuple[str, ...] = get_args(Verdict)
COLUMNS = ("design", "hypothesis", "quantity", "value", "mc_error", "limit", "judgement", "n")


def planned(plan: Plan, planning: Planning) -> Plan:
    """Reduce a plan to what the verdicts of the planned hypotheses rest on.

    Checks, which raise objections and change no verdict, are left out. Families of tests keep their
    correction, among the hypotheses that are planned for.

    Parameters
    ----------
    plan, planning
        The plan, and the hypotheses that designs are judged by.
    """
    hypotheses = tuple(
        replace(each, checks=None) for each in plan.hypotheses if each.id in planning.hypotheses
    )
    models = {each.model for each in hypotheses}
    return replace(
        plan,
        models=tuple(each for each in plan.models if each.id in models),
        hypotheses=hypotheses,
        paths=(),
        path_hypotheses=(),
        composites=(),
        mediations=(),
        grids=(),
        experiments=(),
        moderation=(),
        descriptions=(),
    )


def power_of_verdicts(replicates: pd.DataFrame, planning: Planning) -> pd.DataFrame:
    """Summarise the replicates of designs.

    Parameters
    ----------
    replicates
        Verdicts by design and replicate, as from `scenarios.batch` with `design`.
    planning
        Verdicts that are expected, and the power that is wanted.

    Returns
    -------
    pandas.DataFrame
        One row per design, hypothesis and quantity: of a verdict's name the share of replicates
        with it, of `expected` that of all verdicts that are expected, with the power wanted and
        whether it is reached, `open` where chance leaves both possible; mean `interval_length`,
        and `minimum_detectable_effect` by the mean standard error and degrees of freedom.
    """
    rows: list[dict[str, Any]] = []
    for (design, hypothesis), found in replicates.groupby(["design", "hypothesis"], sort=False):
        keys = {"design": design, "hypothesis": hypothesis}
        expected = found["verdict"].isin(planning.hypotheses[hypothesis])
        measured = [
            *(_share(name, found["verdict"] == name) for name in VERDICTS),
            _share(EXPECTED, expected) | _reached(expected, planning.power),
            *_lengths(found[found["std_error"].notna()], planning.power),
        ]
        rows += [keys | each for each in measured]
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS)).assign(submitted_by=SIMULATOR)


def _share(quantity: str, which: pd.Series) -> dict[str, Any]:
    share, n = float(which.mean()), len(which)
    error = np.sqrt(share * (1 - share) / n)
    return {"quantity": quantity, "value": share, "mc_error": error, "n": n}


def _reached(expected: pd.Series, wanted: float) -> dict[str, Any]:
    low, high = bounds(int(expected.sum()), len(expected))
    judgement = HELD if low >= wanted else BROKEN if high < wanted else OPEN
    return {"limit": wanted, "judgement": judgement}


def _lengths(found: pd.DataFrame, wanted: float) -> Iterator[dict[str, Any]]:
    """Mean interval length and detectable effect of replicates that have an estimate."""
    n = len(found)
    if n < 2:
        return
    lengths = found["conf_high"] - found["conf_low"]
    effects = found["std_error"] * [detectable(wanted, df) for df in found["df"]]
    for name, values in ((LENGTH, lengths), (DETECTABLE, effects)):
        error = values.std() / np.sqrt(n)
        yield {"quantity": name, "value": values.mean(), "mc_error": error, "n": n}


def cheapest(designs: pd.DataFrame, reached: pd.DataFrame) -> str | None:
    """Name the cheapest design within the budget that reaches a power for every hypothesis.

    Parameters
    ----------
    designs
        From `costs`.
    reached
        One row per design and hypothesis: `design, reached`.
    """
    every: Mapping[Any, bool] = reached.groupby("design")["reached"].all().to_dict()
    able = designs[designs["within_budget"] & designs["design"].map(every).eq(True)]
    return None if able.empty else str(able.sort_values("cost", kind="stable")["design"].iloc[0])
