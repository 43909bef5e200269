"""The verdict on each hypothesis, computed from the plan's decision rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from coproduction.inference.multiplicity import adjusted

Verdict = Literal[
    "supported",
    "detected_below_smallest_effect",
    "practically_null",
    "contradicted",
    "inconclusive",
    "not_estimable",
]
EQUIVALENCE_CONFIDENCE = 0.90
POWER = 0.80
TEST_LEVEL = 0.05
COLUMNS = (
    "hypothesis",
    "family",
    "model",
    "estimand",
    "term",
    "direction",
    "smallest_effect",
    "estimate",
    "std_error",
    "statistic",
    "df",
    "p_value",
    "p_adjusted",
    "conf_low",
    "conf_high",
    "equivalence_low",
    "equivalence_high",
    "verdict",
    "reason",
    "minimum_detectable_effect",
    "n",
    "n_clusters",
    "covariance",
)


def verdict(
    estimate: float,
    p_adjusted: float,
    equivalence: tuple[float, float],
    direction: Literal["positive", "negative"],
    smallest_effect: float,
    level: float,
) -> Verdict:
    """Judge one estimate; the first rule that applies decides.

    1. `supported`: adjusted p ≤ level, predicted sign, at least the smallest effect of interest;
    2. `detected_below_smallest_effect`: the same, but smaller;
    3. `practically_null`: the 90 % interval lies inside ± the smallest effect, which is the two
       one-sided tests of equivalence at 5 % (Schuirmann 1987);
    4. `contradicted`: adjusted p ≤ level, opposite sign;
    5. `inconclusive`: anything else.

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
    """
    predicted = estimate if direction == "positive" else -estimate
    detected = p_adjusted <= level
    if detected and predicted > 0:
        large = predicted >= smallest_effect
        return "supported" if large else "detected_below_smallest_effect"
    if -smallest_effect < equivalence[0] and equivalence[1] < smallest_effect:
        return "practically_null"
    return "contradicted" if detected and predicted < 0 else "inconclusive"


def verdicts(
    effects: pd.DataFrame,
    coefficients: pd.DataFrame,
    hypotheses: Sequence[Mapping[str, Any]],
    families: Sequence[Mapping[str, Any]],
    failures: Mapping[str, str],
) -> pd.DataFrame:
    """Judge every hypothesis of the plan.

    Parameters
    ----------
    effects, coefficients
        Tables of the fitted models.
    hypotheses, families
        Blocks of the plan.
    failures
        Why a model could not be fitted, by model.

    Returns
    -------
    pandas.DataFrame
        One row per hypothesis, in the plan's order; `minimum_detectable_effect` is what the design
        would have found with 80 % power in a two-sided test at 5 %.
    """
    rows = [_estimated(each, effects, coefficients, failures) for each in hypotheses]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for family in families:
        members = table["family"] == family["id"]
        p_values = table.loc[members, "p_value"].to_numpy(float)
        table.loc[members, "p_adjusted"] = adjusted(p_values, family["method"])
        table.loc[members, "verdict"] = [
            _judged(row, family["level"]) for row in table[members].to_dict("records")
        ]
    return table


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
    )


def _estimated(
    hypothesis: Mapping[str, Any],
    effects: pd.DataFrame,
    coefficients: pd.DataFrame,
    failures: Mapping[str, str],
) -> dict[str, Any]:
    estimand = hypothesis["estimand"]
    kind = estimand["kind"]
    term = ":".join(estimand["variables"]) if "variables" in estimand else estimand["variable"]
    row: dict[str, Any] = {
        "hypothesis": hypothesis["id"],
        "family": hypothesis["family"],
        "model": hypothesis["model"],
        "estimand": kind,
        "term": term,
        "direction": hypothesis["direction"],
        "smallest_effect": hypothesis["smallest_effect"],
        "verdict": "",
        "reason": "",
    }
    if hypothesis["model"] in failures:
        return {**row, "reason": failures[hypothesis["model"]]}
    table = coefficients if kind == "coefficient" else effects[effects["estimand"] == kind]
    found = table[(table["model"] == hypothesis["model"]) & table["term"].isin(_spellings(term))]
    if found.empty:
        reason = f"Model `{hypothesis['model']}` gives no {kind} of `{term}`."
        return {**row, "reason": reason}
    return {**row, **_completed(found.iloc[0].to_dict())}


def _spellings(term: str) -> list[str]:
    return [term, ":".join(reversed(term.split(":")))]


def _completed(result: dict[str, Any]) -> dict[str, Any]:
    from scipy.stats import t

    error, df = result["std_error"], result["df"]
    half = t.ppf((1 + EQUIVALENCE_CONFIDENCE) / 2, df) * error
    detectable = (t.ppf(1 - TEST_LEVEL / 2, df) + t.ppf(POWER, df)) * error
    kept = {name: value for name, value in result.items() if name in COLUMNS}
    return {
        **{name: kept[name] for name in kept if name not in ("model", "estimand", "term")},
        "equivalence_low": result["estimate"] - half,
        "equivalence_high": result["estimate"] + half,
        "minimum_detectable_effect": float(detectable) if np.isfinite(detectable) else np.nan,
    }
