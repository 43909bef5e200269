"""What a reviewer asks of a fitted model, one row per check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.calibrated import notes as measured
from coproduction.inference.calibrated.jackknife import left_out_together
from coproduction.inference.checks.calibration import auc, calibration
from coproduction.inference.checks.influence import (
    LeftOut,
    leave_one_out,
    most_influential,
    one_step,
    without,
)
from coproduction.inference.checks.proportional_odds import brant
from coproduction.inference.data.design import Design
from coproduction.inference.effects.estimands import row, value_of
from coproduction.inference.model.regression import Fit, estimate
from coproduction.inference.variance.clustered import FEWEST_DF
from coproduction.notes import Note
from coproduction.numerics.averages import times
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.families.family import MEAN
from coproduction.plan.hypotheses.hypotheses import Hypothesis

COLUMNS = ("model", "check", "hypothesis", "term", "cluster", "value", "limit", "warning")
LARGEST_VIF = 10.0
EXTREME = 0.001
TEST_LEVEL = 0.05
Row = dict[str, Any]


def diagnostics(fit: Fit, hypotheses: Sequence[Hypothesis] = ()) -> pd.DataFrame:
    """Check one fitted model.

    Parameters
    ----------
    fit
        Fitted model.
    hypotheses
        Hypotheses that rest on it, whose estimates are repeated without each cluster.

    Returns
    -------
    pandas.DataFrame
        `model, check, hypothesis, term, cluster, value, limit, warning`; `warning` is empty if
        nothing is amiss. Checks:

        - `alone_in_cluster`: rows left out because nobody else of the cluster has a value;
        - `vif`: generalised variance inflation factor of a variable's columns to the power 1 / df
          (Fox and Monette 1992), limit 10;
        - `smallest_df`: smallest degrees of freedom among the focal terms, limit 4 (Pustejovsky and
          Tipton 2018);
        - `extreme_probabilities`: share of fitted probabilities outside 0.001 … 0.999;
        - `auc`, `brier`: discrimination and mean squared error of the fitted probabilities;
        - `auc_left_out`, `brier_left_out`, `calibration_intercept_left_out`,
          `calibration_slope_left_out`: the same, and calibration, of the probabilities that are
          predicted for each cluster by a fit without it;
        - `dispersion`: Pearson's χ² / (n − k) of counts, limit 1 where the family allows no more;
        - `zeros_observed`, `zeros_predicted`: shares of zero counts;
        - `proportional_odds`: p value of Brant's test, limit 0.05;
        - `agreement_share`, `construct_reliability`: the measurement step of constructs, see
          `calibrated.notes`; `measurement_factor`: by how much it widens the standard error of a
          focal coefficient;
        - `curve`: a planned curve that cannot be drawn (added by the analysis);
        - `without_cluster_lowest`, `without_cluster_highest`: smallest and largest estimate of a
          hypothesis without one cluster, which `cluster` names; two-level models, and families
          other than generalised linear ones, by one Newton step. Of more than 200 clusters a step
          tells the five at either end, of which the model is refitted without each.
    """
    left_out = _left_out(fit)
    found = [
        *_alone(fit.design),
        *_inflation(fit.design),
        *_freedom(fit),
        *_counts(fit),
        *_odds(fit.design),
        *_measured(fit),
    ]
    found += [*_probabilities(fit, left_out)]
    if left_out is not None:
        for hypothesis in hypotheses:
            found += _influence(fit, left_out, hypothesis)
    rows = [{"hypothesis": "", "cluster": "", "warning": "", **each} for each in found]
    return pd.DataFrame(rows, columns=list(COLUMNS)).assign(model=fit.design.model)


def amiss(model: str, check: str, term: str, warning: str) -> pd.DataFrame:
    """Give the row of something planned for a model that could not be made."""
    row = {"model": model, "hypothesis": "", "cluster": "", **_row(check, term, np.nan)}
    return pd.DataFrame([row | {"warning": warning}], columns=list(COLUMNS))


def _left_out(fit: Fit) -> LeftOut | None:
    if fit.n_clusters is None or fit.n_clusters < 3:
        return None
    return one_step(fit) if fit.estimated.linear is None else leave_one_out(fit)


def inflation(design: Design) -> dict[str, float]:
    """Generalised variance inflation factor of each variable, to the power 1 / df.

    det R₁₁ det R₂₂ / det R over the correlations of a variable's columns (R₁₁) and of the others;
    with one column it is the usual variance inflation factor.
    """
    columns = [name for name in design.matrix if name != "intercept"]
    if not columns:
        return {}
    owners = {name: variable for variable, names in design.indicators.items() for name in names}
    correlations = _correlations(design.matrix[columns].to_numpy(), design.weights)
    whole = np.linalg.slogdet(correlations)[1]
    result = {}
    for variable in dict.fromkeys(owners.get(name, name) for name in columns):
        own = np.array([owners.get(name, name) == variable for name in columns])
        parts = [np.linalg.slogdet(correlations[np.ix_(part, part)])[1] for part in (own, ~own)]
        result[variable] = float(np.exp((sum(parts) - whole) / own.sum()))
    return result


def _correlations(values: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    if weights is None:
        return np.atleast_2d(np.corrcoef(values, rowvar=False))
    covariance = np.atleast_2d(np.cov(values, rowvar=False, aweights=weights))
    spread = np.sqrt(np.diag(covariance))
    return covariance / np.outer(spread, spread)


def _alone(design: Design) -> Iterator[Row]:
    dropped = design.dropped[design.dropped["reason"] == "alone_in_cluster"]
    for term, n in zip(dropped["variable"], dropped["n"], strict=True):
        note = Note("alone_in_cluster", {"term": term, "n": n})
        yield _row("alone_in_cluster", term, float(n), np.nan, str(note))


def _inflation(design: Design) -> Iterator[Row]:
    for variable, value in inflation(design).items():
        high = value > LARGEST_VIF
        warning = str(Note("nearly_determined", {"name": variable})) if high else ""
        yield _row("vif", variable, value, LARGEST_VIF, warning)


def _freedom(fit: Fit) -> Iterator[Row]:
    """Smallest degrees of freedom among the coefficients of focal terms."""
    if fit.design.covariance != "CR2":
        return
    places = [place for place, (_, term) in enumerate(fit.params.index) if term in fit.design.focal]
    known = [
        (place, estimate(fit, 0.0, np.eye(len(fit.params))[place], CONFIDENCE)) for place in places
    ]
    found = {place: each["df"] for place, each in known if not each["note"]}
    if not found:
        return
    place = min(found, key=found.__getitem__)
    term, value = fit.params.index[place][1], found[place]
    few = str(Note("few_clusters_bear", {"term": term})) if value < FEWEST_DF else ""
    yield _row("smallest_df", term, value, FEWEST_DF, few)


def _probabilities(fit: Fit, left_out: LeftOut | None) -> Iterator[Row]:
    if not fit.design.family.binary:
        return
    outcome, mean, weights = fit.design.outcome, _fitted_means(fit), fit.design.weights
    extreme = float(((mean < EXTREME) | (mean > 1 - EXTREME)).mean())
    warning = str(Note("extreme_probabilities"))
    yield _row("extreme_probabilities", "", extreme, 0.0, warning if extreme else "")
    yield _row("auc", "", auc(outcome, mean, weights))
    yield _row("brier", "", float(times((outcome - mean) ** 2, weights).mean()))
    if left_out is None or not np.isfinite(left_out.predicted).all():
        return
    found = calibration(outcome, left_out.predicted, weights)
    for name in ("auc", "brier", "calibration_intercept", "calibration_slope"):
        yield _row(f"{name}_left_out", "", getattr(found, name.removeprefix("calibration_")))


def _fitted_means(fit: Fit) -> np.ndarray:
    """Fitted probabilities; of a two-level model those at a random intercept of zero."""
    if fit.estimated.linear is not None:
        return fit.estimated.linear.mean
    predictor = fit.design.matrix.to_numpy() @ fit.params[MEAN].to_numpy()
    return fit.design.family.partials([predictor], np.empty(0)).value


def _counts(fit: Fit) -> Iterator[Row]:
    counts, outcome, weights = fit.design.family.counts, fit.design.outcome, fit.design.weights
    if counts is None:
        return
    params, x = fit.params.to_numpy(), fit.design.matrix.to_numpy()
    linear = [x[:, columns] @ params[places] for places, columns in fit.linear]
    further = params[fit.further]
    yield _row("zeros_observed", "", float(times((outcome == 0) * 1.0, weights).mean()))
    yield _row("zeros_predicted", "", counts.zeros(linear, further, weights))
    if counts.variance is None:
        return
    mean = fit.design.family.partials(linear, further).value
    pearson = times((outcome - mean) ** 2 / counts.variance(mean, further), weights).sum()
    value = float(pearson / (fit.n - len(params)))
    warning = str(Note("counts_overdispersed")) if value > 1.5 * counts.limit else ""
    yield _row("dispersion", "", value, counts.limit, warning)


def _measured(fit: Fit) -> Iterator[Row]:
    """Check the measurement step of constructs, and say what it adds to standard errors."""
    calibration = fit.design.calibration
    if calibration is None or fit.inflation is None:
        return
    for check in measured.checks(calibration, fit.design.agreement):
        yield _row(*check)
    units, groups = (
        len(fit.design.rows.together.names),
        int(left_out_together(fit.design).max()) + 1,
    )
    told = str(Note("left_out_in_groups", {"n": groups})) if groups < units else ""
    for (_, term), value in fit.inflation.items():
        if term in fit.design.focal:
            yield _row("measurement_factor", term, value, np.nan, told)


def _odds(design: Design) -> Iterator[Row]:
    if not design.family.ordered:
        return
    try:
        found = brant(design)
    except Refusal as error:
        yield _row("proportional_odds", "", np.nan, TEST_LEVEL, str(error.note))
        return
    for each in found.to_dict("records"):
        warning = str(Note("odds_not_proportional")) if each["p_value"] < TEST_LEVEL else ""
        yield _row("proportional_odds", each["term"], each["p_value"], TEST_LEVEL, warning)


def _influence(fit: Fit, left_out: LeftOut, hypothesis: Hypothesis) -> Iterator[Row]:
    """Repeat a hypothesis's estimate without each cluster; name those at both ends."""
    estimand = hypothesis.estimand
    try:
        full, gradient = row(fit, estimand), value_of(fit, estimand)[1]
    except Refusal:
        return
    found = most_influential(fit, left_out, gradient)
    values = {
        place: float(value_of(without(fit, params, place), estimand)[0])
        for place, params in found.items()
    }
    if not values:
        return
    for check, end in (("without_cluster_lowest", min), ("without_cluster_highest", max)):
        place = end(values, key=values.__getitem__)
        cluster, value = str(left_out.clusters[place]), values[place]
        warning = _moved(value, full)
        shared = {"hypothesis": hypothesis.id, "cluster": cluster}
        yield _row(check, estimand.term, value, np.nan, warning) | shared


def _moved(value: float, full: Mapping[str, Any]) -> str:
    if value * full["estimate"] < 0:
        return str(Note("sign_without_cluster"))
    if abs(value - full["estimate"]) > full["std_error"]:
        return str(Note("moves_without_cluster"))
    return ""


def _row(check: str, term: str, value: float, limit: float = np.nan, warning: str = "") -> Row:
    return {"check": check, "term": term, "value": value, "limit": limit, "warning": warning}
