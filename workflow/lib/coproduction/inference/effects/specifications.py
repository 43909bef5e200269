"""The effect of each primary predictor in every model that holds it, on one scale.

A specification curve (Simonsohn, Simmons and Nelson 2020, *Nature Human Behaviour* 4, 1208–1214)
needs estimates that can stand beside each other, whatever the outcome. The scale is the outcome's
own spread: the average marginal effect on the expected outcome over the standard deviation (N − 1)
of the outcome among the rows that the model analyses, weighted where the model is. Of an ordinal
outcome it is the effect on the expected code of the category, of a two-part one that on the mean of
both parts together. The standard deviation is taken as known: standard errors are those of the
effect over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coproduction.inference.data.design import Design
from coproduction.inference.effects.effects import Effect, effect
from coproduction.inference.model.regression import Fit, estimate
from coproduction.missing.tidy import ADDED
from coproduction.numerics.averages import standard_deviation
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.models.model import Model
from coproduction.plan.options import AVERAGE_MARGINAL_EFFECT, COEFFICIENT, PER_CONSTRUCT
from coproduction.plan.plan import Plan
from coproduction.plan.vocabulary.predictors import Predictor

COLUMNS = (
    *("term", "reference", "rank", "model", "role", "hypothesis", "outcome", "family", "subset"),
    *("per", "random"),
    *("covariates", "added", "left_out", "effect", "outcome_sd", "estimate", "std_error"),
    *("statistic", "df", "p_value", "conf_low", "conf_high", "n", "n_clusters", "covariance"),
    *ADDED,
    "reason",
)


def specifications(
    fits: Mapping[str, Fit],
    failures: Mapping[str, str],
    plan: Plan,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Tabulate every model that holds a primary predictor.

    A category is held against the same other category in all of them; a model with another
    reference does not hold the predictor. Primary are the single terms whose effects or
    coefficients the family of the first hypothesis is about.

    Parameters
    ----------
    fits, failures
        Fitted models, and the reason why others could not be fitted, by the model's name.
    plan
        The plan; its block `specifications` may name the outcomes that the models must have.
    confidence
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row for each predictor and model, in the plan's order: `rank` among the estimates of the
        predictor (1 the largest), what the model is, what it has and lacks beside the model that
        the primary hypothesis rests on (`added`, `left_out`: variables, products as `a:b`), the
        effect and its standardised estimate; `reason` if it was not estimable.
    """
    outcomes = plan.specifications.outcomes if plan.specifications else None
    rows = []
    for term, hypothesis in _primary(plan):
        resting = plan.by_name[hypothesis.model]
        holding = {
            name: fitted.design.compared_with(term)
            for name, fitted in fits.items()
            if (term,) in fitted.design.factors.values()
        }
        against = holding.get(hypothesis.model, next(iter(holding.values()), ""))
        for name, model in plan.by_name.items():
            if outcomes and model.outcome not in outcomes:
                continue
            row = _described(model, resting) | {"term": term, "hypothesis": "", "per": ""}
            if name == hypothesis.model:
                row["hypothesis"] = hypothesis.id
            if name in failures and _declares(model, term):
                rows.append({**row, "reason": failures[name]})
            elif holding.get(name) == against:
                row["reference"] = against
                row["per"] = _unit(fits[name], term)
                rows.append({**row, **_estimated(fits[name], term, confidence)})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["rank"] = table.groupby("term")["estimate"].rank(ascending=False, method="first")
    return table


def standardised_effect(fit: Fit, term: str) -> Effect:
    """Average effect on the expected outcome in its standard deviations, with its gradient.

    Raises
    ------
    Refusal
        If the model has no such term.
    """
    value, gradient = _mean_effect(fit, term)
    spread = _spread(fit.design)
    return value / spread, gradient / spread


def _mean_effect(fit: Fit, term: str) -> Effect:
    if not fit.design.family.ordered:
        return effect(fit, term)
    codes = np.unique(fit.design.outcome)
    found = [effect(fit, term, None, place) for place in range(len(codes))]
    value = sum(code * each for code, (each, _) in zip(codes, found, strict=True))
    gradient = sum(code * each for code, (_, each) in zip(codes, found, strict=True))
    return float(value), gradient


def _unit(fit: Fit, term: str) -> str:
    """Tell of a construct that its standard deviation is the unit."""
    calibration = fit.design.calibration
    return PER_CONSTRUCT if calibration and term in calibration.constructs else ""


def _spread(design: Design) -> float:
    return float(standard_deviation(design.outcome, design.weights))


def _estimated(fit: Fit, term: str, confidence: float) -> dict[str, Any]:
    spread = _spread(fit.design)
    found = estimate(fit, *standardised_effect(fit, term), confidence, (term,))
    sizes = {"effect": found["estimate"] * spread, "outcome_sd": spread}
    basis = {"n": fit.n, "n_clusters": fit.n_clusters, "reason": found.pop("note")}
    return {**found, **sizes, **basis}


def _primary(plan: Plan) -> Iterator[tuple[str, Hypothesis]]:
    """Each primary predictor with the first hypothesis about it."""
    seen: set[str] = set()
    for hypothesis in plan.hypotheses:
        estimand = hypothesis.estimand
        if hypothesis.family != plan.hypotheses[0].family:
            continue
        if estimand.kind not in (AVERAGE_MARGINAL_EFFECT, COEFFICIENT):
            continue
        if ":" not in estimand.term and estimand.term not in seen:
            seen.add(estimand.term)
            yield estimand.term, hypothesis


def _described(model: Model, resting: Model) -> dict[str, Any]:
    """Say what a model is, and what it has and lacks beside another."""
    parts, usual = _parts(model), _parts(resting)
    return {
        "model": model.id,
        "role": model.role,
        "outcome": model.outcome,
        "family": model.family,
        "subset": model.subset or "",
        "covariance": model.covariance,
        "random": model.random_effects,
        "covariates": " + ".join(_variables(model.covariates)),
        "added": " + ".join(parts[key] for key in parts if key not in usual),
        "left_out": " + ".join(usual[key] for key in usual if key not in parts),
    }


def _parts(model: Model) -> dict[frozenset[str | int], str]:
    """Name the variables of a model and its products; those with categories of one count once."""
    factors = [[name] for name in _variables(model.entries)]
    factors += [[each.partition("[")[0] for each in pair] for pair in model.interactions]
    # A product is the same in either order, and a square is not the variable itself.
    return {frozenset({*pair, len(pair)}): ":".join(pair) for pair in factors}


def _variables(entries: Sequence[Predictor]) -> list[str]:
    return [each.name for each in entries]


def _declares(model: Model, term: str) -> bool:
    """Tell whether a model that was not fitted would hold a term."""
    for entry in model.entries:
        if entry.categorical:
            if term.partition("[")[0] == entry.name != term:
                return True
        elif term in entry.terms:
            return True
    return False
