"""How strong a confounder that nobody measured would have to be to explain an association away.

For ratios the E-value (VanderWeele and Ding 2017, *Annals of Internal Medicine* 167, 268–274), for
linear models the robustness value (Cinelli and Hazlett 2020, *Journal of the Royal Statistical
Society B* 82, 39–67). Neither tells whether there is such a confounder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.effects.effects import Effect, effect, ends, prediction
from coproduction.inference.effects.estimands import value_of
from coproduction.inference.model.regression import Fit, estimate
from coproduction.inference.verdicts import TEST_LEVEL
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.families.family import MEAN
from coproduction.numerics.student import quantile
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.options import AVERAGE_MARGINAL_EFFECT, COEFFICIENT, NON_INFERIORITY
from coproduction.plan.plan import Plan

RISK_RATIO, RATE_RATIO, LINEAR = "risk_ratio", "rate_ratio", "linear"
COLUMNS = (
    *("hypothesis", "model", "term", "measure", "estimate", "conf_low", "conf_high"),
    *("e_value", "e_value_limit", "partial_r2", "robustness_value", "robustness_value_limit"),
    *("n", "n_clusters", "covariance", "reason"),
)
ASSOCIATED = (
    *("hypothesis", "model", "term", "measure", "estimate", "std_error", "df", "classical_error"),
    *("residual_df", "n", "n_clusters", "covariance", "reason"),
)


def sensitivity(
    fits: Mapping[str, Fit],
    estimates: Mapping[str, Mapping[str, Any]],
    plan: Plan,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Tabulate both measures for the estimated hypotheses that they suit.

    Parameters and columns are those of `associations` and `completed`.
    """
    return completed(associations(fits, estimates, plan, confidence), confidence)


def associations(
    fits: Mapping[str, Fit],
    estimates: Mapping[str, Mapping[str, Any]],
    plan: Plan,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Estimate the associations that the measures are about.

    These are about the association of one term, compared with zero: its average marginal effect in
    a logistic model (as a risk ratio), its coefficient in a model with log link (as a rate ratio),
    its average marginal effect in a linear model of one level. Factors that an experiment of the
    plan randomises have no confounders and no row.

    Parameters
    ----------
    fits
        Fitted models by name.
    estimates
        For each hypothesis its estimate, or `reason` why there is none.
    plan
        The plan, for its hypotheses and experiments.
    confidence
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        `hypothesis, model, term, measure, estimate, std_error, df, classical_error, residual_df, n,
        n_clusters, covariance, reason`; the estimate of a ratio is its logarithm, and the classical
        error is what least squares says whatever the kind of standard error.
    """
    randomised = {name for each in plan.experiments for name in each.factors}
    randomised |= {term for term, (name, _) in plan.splits.items() if name in randomised}
    rows = []
    for hypothesis in plan.hypotheses:
        if estimates.get(hypothesis.id, {"reason": "of another model"}).get("reason"):
            continue
        fit = fits[hypothesis.model]
        measure = _measure(fit, hypothesis, randomised)
        if measure:
            shared: dict[str, Any] = {"hypothesis": hypothesis.id, "term": hypothesis.estimand.term}
            shared |= {"model": fit.design.model, "measure": measure, "n": fit.n}
            shared |= {"n_clusters": fit.n_clusters, "covariance": fit.design.covariance}
            rows.append(shared | _associated(fit, hypothesis, measure, confidence))
    return pd.DataFrame(rows, columns=list(ASSOCIATED))


def completed(found: pd.DataFrame, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Compute the measures of associations.

    Parameters
    ----------
    found
        Table of `associations`.
    confidence
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        `hypothesis, model, term, measure, estimate, conf_low, conf_high` (the ratio or, of a linear
        model, the effect), `e_value, e_value_limit, partial_r2, robustness_value,
        robustness_value_limit, n, n_clusters, covariance, reason`; `_limit` is about the end of the
        interval nearer to no association. Those of the other measure are NaN.
    """
    rows = []
    for row in found.to_dict("records"):
        if not row["reason"]:
            half = quantile((1 + confidence) / 2, row["df"]) * row["std_error"]
            row |= {"conf_low": row["estimate"] - half, "conf_high": row["estimate"] + half}
            row |= linear_robustness(row) if row["measure"] == LINEAR else _ratio(row)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def e_value(ratio: float) -> float:
    """Give the E-value RR + √(RR (RR − 1)) of a risk ratio, of one below 1 that of its inverse.

    Both associations of a confounder, with the predictor and with the outcome, would have to be
    risk ratios of at least this size, beyond the covariates, to explain the ratio away.
    """
    larger = max(ratio, 1 / ratio)
    return float(larger + np.sqrt(larger * (larger - 1)))


def e_value_limit(low: float, high: float) -> float:
    """Give the E-value of the end of an interval nearer to 1; 1 if the interval includes 1."""
    if low <= 1 <= high:
        return 1.0
    return e_value(low if low > 1 else high)


def robustness_value(statistic: float, df: float, critical: float = 0.0, q: float = 1.0) -> float:
    """Give the robustness value for the t statistic of least squares and its residual df.

    With f = q |t| / √df, f* = t* / √(df − 1) and g = f − f* it is (√(g⁴ + 4 g²) − g²) / 2, and 0
    where g ≤ 0. Where f > 1 / f* a confounder does most with a share of the outcome below its share
    of the predictor, for explaining the outcome better shrinks the error too: the value is then
    (f² − f*²) / (1 + f²).

    Parameters
    ----------
    statistic, df
        Estimate over its standard error, n − k.
    critical
        t*: 0 for RV_q, the share of the residual variance of both the predictor and the outcome
        that a confounder would have to explain to lower the estimate by the share q; the critical
        value with df − 1 for RV_{q,α}, where the lowered estimate is no longer significant.
    q
        Share by which the estimate is lowered.
    """
    f, least = q * abs(statistic) / np.sqrt(df), critical / np.sqrt(df - 1)
    if f <= least:
        return 0.0
    if f * least > 1:
        return float((f**2 - least**2) / (1 + f**2))
    g = f - least
    return float((np.sqrt(g**4 + 4 * g**2) - g**2) / 2)


def _measure(fit: Fit, hypothesis: Hypothesis, randomised: set[str]) -> str:
    """Choose the measure of a hypothesis; none if neither suits it."""
    estimand, design = hypothesis.estimand, fit.design
    term = estimand.variable or ""
    if hypothesis.comparison == NON_INFERIORITY:
        return ""
    if term.partition("[")[0] in randomised:
        return ""
    if (term,) not in design.factors.values():
        return ""
    if estimand.kind == AVERAGE_MARGINAL_EFFECT:
        if design.family.constant_effects and fit.two_level is None:
            return LINEAR
        return RISK_RATIO if design.family.binary else ""
    alone = sum(term in factors for factors in design.factors.values()) == 1
    rate = design.family.ratio == RATE_RATIO and design.family.parts == (MEAN,)
    meant = estimand.kind == COEFFICIENT and estimand.part == MEAN
    return RATE_RATIO if meant and rate and alone else ""


def _associated(
    fit: Fit, hypothesis: Hypothesis, measure: str, confidence: float
) -> dict[str, Any]:
    estimand = hypothesis.estimand
    try:
        risk = measure == RISK_RATIO
        value, gradient = (
            _log_risk_ratio(fit, estimand.term, estimand.at) if risk else value_of(fit, estimand)
        )
    except Refusal as error:
        return {"reason": str(error.note)}
    found = estimate(fit, value, gradient, confidence)
    return {
        **{name: found[name] for name in ("estimate", "std_error", "df")},
        "classical_error": float(np.sqrt(gradient @ fit.estimated.classical @ gradient)),
        "residual_df": fit.n - len(fit.params),
        "reason": "",
    }


def _ratio(row: Mapping[str, Any]) -> dict[str, float]:
    """Take a ratio from the log scale, with its E-values."""
    ratio = {name: float(np.exp(row[name])) for name in ("estimate", "conf_low", "conf_high")}
    limit = e_value_limit(ratio["conf_low"], ratio["conf_high"])
    return {**ratio, "e_value": e_value(ratio["estimate"]), "e_value_limit": limit}


def _log_risk_ratio(fit: Fit, term: str, at: Mapping[str, float]) -> Effect:
    """Express an average marginal effect as the logarithm of a risk ratio, with its gradient.

    For a term of two values everyone at the upper is held against everyone at the lower one. For
    another number the mean probability p̄ is held against p̄ plus the average derivative, the
    first-order change per unit, which is a standard deviation for standardised predictors.

    Raises
    ------
    Refusal
        If that change would take the mean probability to zero.
    """
    low, _ = ends(fit.design, term) or ({}, {})
    before = prediction(fit, {**at, **low})
    change = effect(fit, term, at)
    after = before[0] + change[0], before[1] + change[1]
    if after[0] <= 0:
        raise Refusal("effect_beyond_risk_ratio", model=fit.design.model, term=term)
    value = np.log(after[0]) - np.log(before[0])
    return float(value), after[1] / after[0] - before[1] / before[0]


def linear_robustness(row: Mapping[str, Any]) -> dict[str, float]:
    """Give the robustness values of an effect of a linear model, for q = 1.

    The share of variance is a matter of least squares, whatever the kind of standard error: t and
    df are those of the classical covariance. For the limit the critical value is that of the
    model's own test, t* of its degrees of freedom less one times its standard error over the
    classical one, so that clustering counts; with the classical covariance this is RV_{q,α}.

    Parameters
    ----------
    row
        `estimate, std_error, df`, and of least squares `classical_error, residual_df`.
    """
    classical, df = row["classical_error"], row["residual_df"]
    statistic = row["estimate"] / classical
    critical = quantile(1 - TEST_LEVEL / 2, row["df"] - 1) * row["std_error"] / classical
    return {
        "partial_r2": statistic**2 / (statistic**2 + df),
        "robustness_value": robustness_value(statistic, df),
        "robustness_value_limit": robustness_value(statistic, df, critical),
    }
