"""The verdict on each hypothesis, computed from the plan's decision rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from coproduction.missing.pooling import imputations_asked
from coproduction.missing.tidy import ADDED
from coproduction.notes import Note
from coproduction.numerics.multiplicity import adjusted
from coproduction.numerics.student import above, quantile, two_sided
from coproduction.options import check_option
from coproduction.plan.hypotheses.hypotheses import FamilyOfTests, Hypothesis
from coproduction.plan.options import EXPLORATORY, NON_INFERIORITY, Comparison, Direction
from coproduction.plan.paths.questions import PathHypothesis

Verdict = Literal[
    "supported",
    "detected_below_smallest_effect",
    "practically_null",
    "contradicted",
    "effect_ruled_out",
    "inconclusive",
    "not_estimable",
]
EQUIVALENCE_CONFIDENCE = 0.90
POWER = 0.80
TEST_LEVEL = 0.05
COLUMNS = (
    *("hypothesis", "family", "status", "model", "estimand", "term", "per"),
    *("reference", "at"),
    "direction",
    *("comparison", "smallest_effect", "estimate", "std_error", "statistic", "df", "p_value"),
    *("p_adjusted", "conf_low", "conf_high", "equivalence_low", "equivalence_high", "verdict"),
    *("reason", "note", "minimum_detectable_effect", "power_at_smallest_effect"),
    "bootstrap_p_value",
    *("n", "n_cell", "n_clusters", "weights", "covariance", *ADDED, "imputations_asked"),
)


def verdict(
    estimate: float,
    p_adjusted: float,
    equivalence: tuple[float, float],
    direction: Direction,
    smallest_effect: float,
    level: float,
    comparison: Comparison,
) -> Verdict:
    """Judge one estimate; the first rule that applies decides.

    1. `supported`: adjusted p ≤ level, predicted sign, at least the smallest effect of interest;
    2. `detected_below_smallest_effect`: the same, but smaller;
    3. `practically_null`: the 90 % interval lies inside ± the smallest effect, which is the two
       one-sided tests of equivalence at 5 % (Schuirmann 1987);
    4. `contradicted`: adjusted p ≤ level, opposite sign;
    5. `effect_ruled_out`: the 90 % interval lies wholly below the smallest effect in the predicted
       direction, which is the one-sided test of that effect at 5 %;
    6. `inconclusive`: anything else.

    A hypothesis of non-inferiority claims that the estimand is not worse than the margin, which is
    the smallest effect on the other side of zero; its p value tests equality with the margin. It is
    `supported` if adjusted p ≤ level on the better side of the margin, `contradicted` on the worse
    side, else `inconclusive`.

    Parameters
    ----------
    estimate
        The estimand's estimate.
    p_adjusted
        Its two-sided p value, adjusted within its family.
    equivalence
        Its 90 % interval.
    direction
        Predicted sign.
    smallest_effect
        Smallest effect of interest, positive, on the estimand's scale.
    level
        Level of the family.
    comparison
        With zero (`superiority`) or with the margin.
    """
    check_option("direction", direction, Direction)
    check_option("comparison", comparison, Comparison)
    predicted = estimate if direction == "positive" else -estimate
    detected = p_adjusted <= level
    if comparison == NON_INFERIORITY:
        better = predicted > -smallest_effect
        return ("supported" if better else "contradicted") if detected else "inconclusive"
    if detected and predicted > 0:
        large = predicted >= smallest_effect
        return "supported" if large else "detected_below_smallest_effect"
    opposite, furthest = oriented(equivalence, direction)
    if -smallest_effect < opposite and furthest < smallest_effect:
        return "practically_null"
    if detected and predicted < 0:
        return "contradicted"
    return "effect_ruled_out" if furthest < smallest_effect else "inconclusive"


def oriented(interval: tuple[float, float], direction: str) -> tuple[float, float]:
    """Turn an interval so that the predicted direction is positive: its lower and upper end."""
    low, high = interval
    return (low, high) if direction == "positive" else (-high, -low)


def verdicts(
    estimates: Mapping[str, Mapping[str, Any]],
    hypotheses: Sequence[Hypothesis | PathHypothesis],
    families: Sequence[FamilyOfTests],
) -> pd.DataFrame:
    """Judge every hypothesis of the plan.

    A hypothesis whose smallest cell has fewer respondents than planned is labelled exploratory,
    whatever the plan calls it. A rival, which predicts the opposite sign of the same estimand, has
    the adjusted p value of the hypothesis it rivals and is not counted again.

    Parameters
    ----------
    estimates
        For each hypothesis a row of the effects table, or `reason` why there is none.
    hypotheses, families
        Blocks of the plan.

    Returns
    -------
    pandas.DataFrame
        One row per hypothesis, in the plan's order; `minimum_detectable_effect` is what the design
        would have found with 80 % power in a two-sided test at 5 %, `power_at_smallest_effect` the
        power of the planned test at the family's uncorrected level (see `power`).
    """
    rows = [_row(each, estimates[each.id]) for each in hypotheses]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    rivals = {each.id: each.rival_of for each in hypotheses if each.rival_of is not None}
    for family in families:
        members = table["family"] == family.id
        counted = members & ~table["hypothesis"].isin(rivals)
        p_values = table.loc[counted, "p_value"].to_numpy(float)
        table.loc[counted, "p_adjusted"] = adjusted(p_values, family.method)
        known = table.set_index("hypothesis")["p_adjusted"]
        for place in table.index[members & ~counted]:
            table.loc[place, "p_adjusted"] = known[rivals[table.loc[place, "hypothesis"]]]
        table.loc[members, "power_at_smallest_effect"] = [
            power(row["smallest_effect"], row["std_error"], row["df"], family.level)
            for row in table[members].to_dict("records")
        ]
        table.loc[members, "verdict"] = [
            _judged(row, family.level) for row in table[members].to_dict("records")
        ]
    return table


def power(effect: float, std_error: float, df: float, level: float) -> float:
    """Probability that a two-sided test detects an effect with its sign.

    With the noncentral t distribution, P(T > t*) for the critical value t* of the level and the
    noncentrality effect / standard error; normal for infinite df. Rejections with the wrong sign
    are no detections. `effect` is what the plan calls worth knowing, so that this tells what the
    precision reached allows. It is not "observed power", which puts the estimate in its place and
    so only says the p value again (Hoenig and Heisey 2001, *The American Statistician* 55, 19–24).
    The same formula holds for non-inferiority, where the effect is the margin: it is the power to
    reject the margin if the truth is zero.

    Parameters
    ----------
    effect
        Size of the true effect, positive.
    std_error, df
        Standard error of the estimate and its degrees of freedom.
    level
        Two-sided level of the test.
    """
    return above(quantile(1 - level / 2, df), df, effect / std_error)


def _judged(row: Mapping[str, Any], level: float) -> Verdict:
    if row["reason"]:
        return "not_estimable"
    return verdict(
        row["estimate"],
        row["p_adjusted"],
        (row["equivalence_low"], row["equivalence_high"]),
        row["direction"],
        row["smallest_effect"],
        level,
        row["comparison"],
    )


def _row(hypothesis: Hypothesis | PathHypothesis, estimated: Mapping[str, Any]) -> dict[str, Any]:
    planned = {
        "hypothesis": hypothesis.id,
        "family": hypothesis.family,
        "status": hypothesis.status,
        "model": hypothesis.model,
        "estimand": hypothesis.estimand.kind,
        "term": hypothesis.estimand.term,
        "per": hypothesis.estimand.per or "",
        "at": hypothesis.estimand.held,
        "direction": hypothesis.direction,
        "comparison": hypothesis.comparison,
        "smallest_effect": hypothesis.smallest_effect,
        "verdict": "",
        "reason": estimated.get("reason", ""),
        "note": "",
    }
    if planned["reason"]:
        return planned
    row = {**estimated, **planned, **_intervals(estimated)}
    if estimated.get("n_imputations", 0) > 0:
        row["imputations_asked"] = imputations_asked(estimated["fmi"])
    if hypothesis.comparison == NON_INFERIORITY:
        row |= _against_margin(row)
    return row | few_cases(estimated["n_cell"], hypothesis.minimum_cell)


def few_cases(n_cell: int, minimum: int) -> dict[str, str]:
    """Label a result exploratory if its smallest cell has fewer cases than planned."""
    if n_cell >= minimum:
        return {}
    note = Note("few_in_cell", {"n": int(n_cell), "least": minimum})
    return {"status": EXPLORATORY, "note": str(note)}


def _intervals(estimated: Mapping[str, Any]) -> dict[str, float]:
    error, df, value = (estimated[name] for name in ("std_error", "df", "estimate"))
    half = quantile((1 + EQUIVALENCE_CONFIDENCE) / 2, df) * error
    detectable = (quantile(1 - TEST_LEVEL / 2, df) + quantile(POWER, df)) * error
    return {
        "equivalence_low": value - half,
        "equivalence_high": value + half,
        "minimum_detectable_effect": detectable if np.isfinite(detectable) else np.nan,
    }


def _against_margin(row: Mapping[str, Any]) -> dict[str, float]:
    """Test equality with the margin of non-inferiority in place of zero."""
    sign = 1 if row["direction"] == "positive" else -1
    statistic = (row["estimate"] + sign * row["smallest_effect"]) / row["std_error"]
    p_value = two_sided(statistic, row["df"])
    return {"statistic": statistic, "p_value": p_value, "bootstrap_p_value": np.nan}
