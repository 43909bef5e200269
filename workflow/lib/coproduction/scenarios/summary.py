"""What the replicates of scenarios say of the analysis, beside the truth that was given.

Performance measures and their Monte-Carlo errors are those of Morris, White and Crowther (2019),
*Statistics in Medicine* 38, 2074–2102, table 6; that of the ratio of errors is by the delta method.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import numpy as np
import pandas as pd
from scipy.stats import beta

from coproduction.inference.objections import SUPPORTED
from coproduction.inference.verdicts import TEST_LEVEL, Verdict
from coproduction.intake.synthetic import SIMULATOR
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.options import NON_INFERIORITY, PER_CONSTRUCT
from coproduction.plan.plan import Plan
from coproduction.scenarios.reading import MUST, MUST_NOT, Expectation, Scenario
from coproduction.simulation.estimands.outcomes import LATENT_SD, SCORE_SD, TOTAL

VERDICTS: tuple[str, ...] = get_args(Verdict)
BIAS, COVERAGE, ERROR_RATIO = "bias", "coverage", "error_ratio"
TYPE_1_ERROR, POWER = "type_1_error", "power"
UNOPPOSED = "supported_without_objections"
MEASURES = (BIAS, COVERAGE, ERROR_RATIO, TYPE_1_ERROR, POWER)
HELD, BROKEN, OPEN = "held", "broken", "open"
ONE_SIDED = 0.05
"""Chance that a limit is called held, or broken, where it is just met."""
SAME = 1e-12
"""Potential outcomes that are equal differ by no more than this for rounding."""
COLUMNS = (
    *("scenario", "hypothesis", "quantity", "value", "mc_error", "true_value"),
    *("limit", "judgement", "n", "submitted_by"),
)
Row = dict[str, Any]


def summary(
    replicates: pd.DataFrame,
    true_values: pd.DataFrame,
    scenarios: Mapping[str, Scenario],
    plan: Plan,
) -> pd.DataFrame:
    """Summarise the replicates of scenarios.

    Parameters
    ----------
    replicates
        From `batch`, with `scenario`.
    true_values
        From `true_values`, with `scenario`.
    scenarios
        The scenarios, by name.
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        One row per scenario, hypothesis and quantity. Of a verdict's name it is the share of
        replicates with that verdict; `supported_without_objections` that of supported ones against
        which nothing is said; `bias`, `coverage` of the 95 % interval and `error_ratio`
        (standard deviation of the estimates over their mean standard error) are of replicates that
        have an estimate; so are `type_1_error`, the share of p values up to .05 where the truth is
        what is tested against, and `power`, the share of these on the true side where it is not.
        Of `must` and `must_not` it is the share of all verdicts that the scenario names so, with
        the limit, and whether it is held: `open` where chance leaves both possible. A verdict
        with objections is one that `must` asks for, and is not one that `must_not` forbids.
    """
    hypotheses = {each.id: each for each in plan.hypotheses}
    known = _true_values(true_values, plan)
    rows: list[Row] = []
    for (name, id), found in replicates.groupby(["scenario", "hypothesis"], sort=False):
        keys = {"scenario": name, "hypothesis": id, "true_value": known[name, id][0]}
        measured = [
            *_shares(found),
            *_measures(found, hypotheses[id], *known[name, id]),
            *_asked(found, scenarios[name].verdicts.get(id, Expectation()), scenarios[name].limits),
        ]
        rows += [keys | each for each in measured]
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS)).assign(submitted_by=SIMULATOR)


def _true_values(table: pd.DataFrame, plan: Plan) -> dict[tuple[str, str], tuple[float, float]]:
    """Find true value and error for each scenario and hypothesis, in the unit of the estimand.

    A hypothesis is about the effect that it names, whatever its model holds; where nothing follows
    from the exposure both are the total one. The unit is the standard deviation that its estimand
    is per; a score enters a model by its own.
    """
    asked = {each.id: (each.effect, _unit(each)) for each in plan.hypotheses}
    found = {}
    for row in table.sort_values("effect", key=lambda effect: effect != TOTAL).to_dict("records"):
        effect, unit = asked[row["hypothesis"]]
        if row["effect"] in (TOTAL, effect) and row["per"] == unit:
            found[row["scenario"], row["hypothesis"]] = (row["value"], row["mc_error"])
    return found


def _unit(hypothesis: Hypothesis) -> str:
    return LATENT_SD if hypothesis.estimand.per == PER_CONSTRUCT else SCORE_SD


def _shares(found: pd.DataFrame) -> Iterator[Row]:
    """Share of replicates with each verdict."""
    for verdict in VERDICTS:
        yield _share(verdict, found["verdict"] == verdict)
    yield _share(UNOPPOSED, (found["verdict"] == SUPPORTED) & _unopposed(found))


def _unopposed(found: pd.DataFrame) -> pd.Series:
    return found["objections"].fillna("") == ""


def _share(quantity: str, which: pd.Series) -> Row:
    share, n = float(which.mean()), len(which)
    return {
        "quantity": quantity,
        "value": share,
        "mc_error": np.sqrt(share * (1 - share) / n),
        "n": n,
    }


def _measures(
    found: pd.DataFrame, hypothesis: Hypothesis, truth: float, mc_error: float
) -> Iterator[Row]:
    """Bias, coverage, errors and rejections among the replicates that have an estimate."""
    found = found[found["estimate"].notna()]
    n = len(found)
    if n < 2 or np.isnan(truth):
        return
    spread, errors = found["estimate"].std(), found["std_error"]
    yield {
        "quantity": BIAS,
        "value": found["estimate"].mean() - truth,
        "mc_error": np.hypot(spread / np.sqrt(n), np.nan_to_num(mc_error)),
        "n": n,
    }
    yield _share(COVERAGE, (found["conf_low"] <= truth) & (truth <= found["conf_high"]))
    ratio = spread / errors.mean()
    relative = 1 / (2 * (n - 1)) + errors.var() / (n * errors.mean() ** 2)
    yield {"quantity": ERROR_RATIO, "value": ratio, "mc_error": ratio * np.sqrt(relative), "n": n}
    rejected, tested = found["p_value"] <= TEST_LEVEL, _tested_against(hypothesis)
    if abs(truth - tested) < SAME:
        yield _share(TYPE_1_ERROR, rejected)
    else:
        right = np.sign(found["estimate"] - tested) == np.sign(truth - tested)
        yield _share(POWER, rejected & right)


def _tested_against(hypothesis: Hypothesis) -> float:
    """Value that the p value of a hypothesis tests against: zero, or the margin."""
    if hypothesis.comparison != NON_INFERIORITY:
        return 0.0
    sign = 1 if hypothesis.direction == "positive" else -1
    return -sign * hypothesis.smallest_effect


def _asked(found: pd.DataFrame, asked: Expectation, limits: Mapping[str, float]) -> Iterator[Row]:
    """Shares of verdicts that must and must not come, and whether their limits are held."""
    verdicts = found["verdict"]
    if asked.must:
        share = _share(MUST, verdicts.isin(asked.must))
        yield share | _held_from_below(share, limits[MUST])
    if any(map(asked.forbids, VERDICTS)):
        share = _share(MUST_NOT, verdicts.map(asked.forbids) & _unopposed(found))
        yield share | _held_from_above(share, limits[MUST_NOT])


def _held_from_below(share: Row, limit: float) -> Row:
    low, high = bounds(round(share["value"] * share["n"]), share["n"])
    return {"limit": limit, "judgement": HELD if low >= limit else BROKEN if high < limit else OPEN}


def _held_from_above(share: Row, limit: float) -> Row:
    low, high = bounds(round(share["value"] * share["n"]), share["n"])
    return {"limit": limit, "judgement": HELD if high <= limit else BROKEN if low > limit else OPEN}


def bounds(successes: int, n: int) -> tuple[float, float]:
    """Exact one-sided 95 % bounds of a share from below and from above (Clopper and Pearson 1934).

    Parameters
    ----------
    successes, n
        How many of how many.
    """
    low = beta.ppf(ONE_SIDED, successes, n - successes + 1) if successes else 0.0
    high = beta.ppf(1 - ONE_SIDED, successes + 1, n - successes) if successes < n else 1.0
    return float(low), float(high)
