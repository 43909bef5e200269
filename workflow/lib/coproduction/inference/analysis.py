"""The planned analysis of a study: models, effects, checks, verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference import experiment as experimenting
from coproduction.inference.causal.adjustment import adjustment, diagram_edges
from coproduction.inference.checks import diagnostics as checking
from coproduction.inference.checks.sensitivity import sensitivity
from coproduction.inference.cross_checks import cross_checks
from coproduction.inference.data.design import design
from coproduction.inference.data.flow import model_flow
from coproduction.inference.data.left_out import left_out
from coproduction.inference.data.tables import AllTables, Tables, all_tables, tables_of
from coproduction.inference.data.variables import check_apart
from coproduction.inference.descriptions import (
    MEAN_COLUMNS,
    POINT_COLUMNS,
    community_points,
    group_means,
)
from coproduction.inference.effects import moderation as moderating
from coproduction.inference.effects import predictions, surface
from coproduction.inference.effects.estimands import effects, row, value_of
from coproduction.inference.effects.specifications import specifications
from coproduction.inference.model.regression import Fit, coefficients, fit
from coproduction.inference.objections.objections import objections, with_objections
from coproduction.inference.variance.bootstrap import bootstrap
from coproduction.inference.variance.variance_components import COLUMNS as COMPONENT_COLUMNS
from coproduction.inference.variance.variance_components import variance_components
from coproduction.inference.verdicts import verdicts
from coproduction.item_scales import Scale
from coproduction.numerics.families import family_of
from coproduction.plan.hypotheses import Estimand
from coproduction.plan.models import Curve, Model
from coproduction.plan.options import CONFIRMATORY, CROSS_PARTIAL, EXPLORATORY
from coproduction.plan.plan import Plan
from coproduction.printing import overview, printed

CONFIDENCE = 0.95
ESTIMATE = ["estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]
BASIS = ["n", "n_clusters", "covariance"]
EFFECT_COLUMNS = [
    *(
        "model",
        "role",
        "status",
        "estimand",
        "term",
        "per",
        "reference",
        "at",
        "category",
        *ESTIMATE,
    ),
    *("n", "n_cell", "n_clusters", "covariance", "note"),
]
COEFFICIENT_COLUMNS = [
    *("model", "part", "term", "reference", *ESTIMATE),
    *("exp_estimate", "exp_conf_low", "exp_conf_high", *BASIS, "note"),
]
MODEL_COLUMNS = [
    *("model", "role", "outcome", "family", "link", "n", "n_clusters", "n_dropped"),
    *("covariance", "random", "log_likelihood", "status", "reason"),
]


@printed
@dataclass(frozen=True)
class Analysis:
    """Result tables of the inference room.

    Attributes
    ----------
    models
        One row per planned model: what was fitted to how many, or why it could not be.
    coefficients
        One row per term of each fitted model, on the scale of the linear predictor.
    effects
        One row per average marginal effect and per mean cross-partial, on the outcome's scale.
    specifications
        Each primary predictor in every model that holds it, in standard deviations of the outcome.
    variance_components
        Standard deviations of random effects, ICC and median odds ratio of the two-level models.
    verdicts
        One row per hypothesis, with the codes of what is said against it.
    cross_checks, objections
        What further models say of hypotheses; what is said against supported ones.
    sensitivity
        How strong an unmeasured confounder would have to be, for hypotheses on associations.
    diagnostics
        One row per check of each fitted model.
    curves
        Predicted outcomes along the planned terms.
    surface
        Predicted outcomes over two numeric variables of an interaction.
    moderation
        Slopes by cell and by bin of every moderator.
    experiment, arms, balance
        Randomised experiments: effects with randomisation tests, arms, respondents' balance.
    group_means, community_points
        Planned descriptions: means of groups; two values of each community, without its name.
    model_flow, left_out
        How many rows each step takes from each model; those left out compared with those kept.
    diagram, adjustment
        Arrows of the causal diagram that the plan assumes; what each model adjusts for under it.
    """

    models: pd.DataFrame
    coefficients: pd.DataFrame
    effects: pd.DataFrame
    specifications: pd.DataFrame
    variance_components: pd.DataFrame
    verdicts: pd.DataFrame
    cross_checks: pd.DataFrame
    objections: pd.DataFrame
    sensitivity: pd.DataFrame
    diagnostics: pd.DataFrame
    curves: pd.DataFrame
    surface: pd.DataFrame
    moderation: pd.DataFrame
    experiment: pd.DataFrame
    arms: pd.DataFrame
    balance: pd.DataFrame
    group_means: pd.DataFrame
    community_points: pd.DataFrame
    model_flow: pd.DataFrame
    left_out: pd.DataFrame
    diagram: pd.DataFrame
    adjustment: pd.DataFrame
    shown: ClassVar[tuple[str, ...]] = ()

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        return f"Models: {len(self.models):,}, hypotheses: {len(self.verdicts):,}"

    def to_frame(self) -> pd.DataFrame:
        """Which tables it has: `table, rows, columns`."""
        return overview(self)


def analyse(
    scores: pd.DataFrame,
    plan: Plan,
    seed: int,
    sheets: pd.DataFrame | None = None,
    scales: Mapping[str, Scale] | None = None,
    n_received: int | None = None,
) -> Analysis:
    """Fit every planned model and judge every hypothesis.

    A model that cannot be fitted stops nothing: its row gives the reason, and the hypotheses that
    rest on it are not estimable.

    Parameters
    ----------
    scores
        Analysis table, one row per analysed respondent, with the flags that the plan names.
    plan
        The plan.
    seed
        Seed of the bootstrap and of the randomisation tests.
    sheets
        One row per community, if the plan joins them.
    scales
        Items of each construct, which models may hold and nodes of the diagram may stand for.
    n_received
        Number of submissions that were received, if it is known.
    """
    tables = all_tables(scores, plan, sheets, scales)
    fits, failures = _fitted(tables, plan)
    estimates = _estimates(fits, failures, plan, seed)
    adjusted = adjustment(plan, _items(scales))
    arms, balance, tests = experimenting.experiments(
        tables.usual.respondents, plan.experiments, seed
    )
    return Analysis(
        models=_models(fits, failures, plan),
        coefficients=_stack(
            [coefficients(each, CONFIDENCE) for each in fits.values()], COEFFICIENT_COLUMNS
        ),
        effects=_effects(fits, plan),
        specifications=specifications(fits, failures, plan, CONFIDENCE),
        variance_components=_stack(
            [variance_components(each, CONFIDENCE) for each in fits.values()],
            list(COMPONENT_COLUMNS),
        ),
        **_judged(estimates, plan, sheets, adjusted),
        sensitivity=sensitivity(fits, estimates, plan, CONFIDENCE),
        diagnostics=_diagnostics(fits, plan),
        curves=_curves(fits, plan),
        surface=_surface(fits, plan),
        moderation=_moderation(tables, fits, plan),
        experiment=tests,
        arms=arms,
        balance=balance,
        **_descriptions(tables.usual, plan),
        model_flow=model_flow(tables, len(scores), n_received),
        left_out=left_out(tables_of(scores, plan, sheets).respondents, tables),
        diagram=diagram_edges(plan),
        adjustment=adjusted,
    )


def verdicts_of(
    scores: pd.DataFrame,
    plan: Plan,
    seed: int,
    sheets: pd.DataFrame | None = None,
    scales: Mapping[str, Scale] | None = None,
) -> pd.DataFrame:
    """Judge every hypothesis as `analyse` does, fitting only the models that they rest on.

    It is for who needs the verdicts of many studies; the bootstrap, which judges nothing, is left
    out.

    Parameters
    ----------
    scores, plan, seed, sheets, scales
        As in `analyse`.
    """
    named = {each.model for each in plan.questions}
    models = tuple(each for each in plan.models if each.id in named)
    checks = replace(plan.checks, bootstrap=None)
    resting = replace(plan, models=models, descriptions=(), checks=checks)
    fits, failures = _fitted(all_tables(scores, resting, sheets, scales), resting)
    estimates = _estimates(fits, failures, resting, seed)
    return _judged(estimates, plan, sheets, adjustment(plan, _items(scales)))["verdicts"]


def _items(scales: Mapping[str, Scale] | None) -> dict[str, Sequence[str]]:
    """Items of each construct."""
    return {name: each.items for name, each in (scales or {}).items()}


def _judged(
    estimates: Mapping[str, Mapping[str, Any]],
    plan: Plan,
    sheets: pd.DataFrame | None,
    adjusted: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """Judge every hypothesis, and say what can be said against it before scales are judged."""
    decided = verdicts(estimates, plan.hypotheses, plan.families)
    checked = cross_checks(estimates, plan, set() if sheets is None else set(sheets))
    tables = {"inference/cross_checks.csv": checked, "inference/adjustment.csv": adjusted}
    found = objections(decided, tables, plan)
    told = with_objections(decided, found)
    return {"verdicts": told, "cross_checks": checked, "objections": found}


def _descriptions(tables: Tables, plan: Plan) -> dict[str, pd.DataFrame]:
    """Tabulate the planned descriptions; one that cannot be made is a row with its reason."""
    means, points = [], []
    for planned in plan.descriptions:
        try:
            if planned.level:
                points.append(community_points(tables.by_level[planned.level], planned))
                continue
            table, rows = tables.of(None, planned.cluster)
            means.append(group_means(table, planned, CONFIDENCE, rows))
        except Refusal as error:
            failed = {"description": planned.id, "reason": str(error.note)}
            means.append(pd.DataFrame([failed | {"by": planned.by}]))
    return {
        "group_means": _stack(means, list(MEAN_COLUMNS)),
        "community_points": _stack(points, list(POINT_COLUMNS)),
    }


def _fitted(tables: AllTables, plan: Plan) -> tuple[dict[str, Fit], dict[str, str]]:
    fits, failures = {}, {}
    for model in plan.models:
        try:
            check_apart(model, plan)
            table, rows = tables.of(model)
            fits[model.id] = fit(design(table, model, rows, tables.scales))
        except Refusal as error:
            failures[model.id] = str(error.note)
    return fits, failures


def _estimates(
    fits: Mapping[str, Fit], failures: Mapping[str, str], plan: Plan, seed: int
) -> dict[str, dict[str, Any]]:
    """Row of the effects table for each hypothesis, or the reason why there is none."""
    found: dict[str, dict[str, Any]] = {}
    for hypothesis in plan.questions:
        fitted, estimand = fits.get(hypothesis.model), hypothesis.estimand
        if fitted is None:
            found[hypothesis.id] = {"reason": failures[hypothesis.model]}
            continue
        try:
            estimated = row(fitted, estimand, CONFIDENCE)
            _check_error(estimated)
            p_value = _bootstrapped(fitted, estimand, plan.checks.bootstrap, seed)
            found[hypothesis.id] = {**estimated, "bootstrap_p_value": p_value}
        except Refusal as error:
            found[hypothesis.id] = {"reason": str(error.note)}
    return found


def _check_error(estimated: Mapping[str, Any]) -> None:
    """Refuse an estimate whose clusters or rows leave no standard error or degrees of freedom."""
    if estimated["std_error"] > 0 and estimated["df"] > 0:
        return
    names = {"model": estimated["model"], "term": estimated["term"]}
    if estimated["n_clusters"] is None:
        raise Refusal("rows_determine_no_error", **names, n=estimated["n"])
    raise Refusal("clusters_determine_no_error", **names, n=estimated["n_clusters"])


def _bootstrapped(fitted: Fit, estimand: Estimand, draws: int | None, seed: int) -> float:
    if not draws or fitted.n_clusters is None or fitted.estimated.linear is None:
        return np.nan
    rng = np.random.default_rng(seed)
    return bootstrap(fitted, *value_of(fitted, estimand), draws, rng).p_value


def _effects(fits: Mapping[str, Fit], plan: Plan) -> pd.DataFrame:
    roles = {model.id: model.role for model in plan.models}
    tables = [effects(each, CONFIDENCE) for each in fits.values()]
    found = _stack([each.assign(role="", status="") for each in tables], EFFECT_COLUMNS)
    planned = {_key(each.model, each.estimand) for each in plan.hypotheses}
    names = ("model", "estimand", "term", "at", "per")
    keys = zip(*(found[name] for name in names), strict=True)
    status = [CONFIRMATORY if key in planned else EXPLORATORY for key in keys]
    return found.assign(role=found["model"].map(roles), status=status)


def _key(model: str, estimand: Estimand) -> tuple[str, ...]:
    return model, estimand.kind, estimand.term, estimand.held, estimand.per or ""


def _diagnostics(fits: Mapping[str, Fit], plan: Plan) -> pd.DataFrame:
    found = []
    for name, fitted in fits.items():
        resting = [each for each in plan.hypotheses if each.model == name]
        found.append(checking.diagnostics(fitted, resting))
    for model, curve in _planned_curves(fits, plan):
        reason = predictions.refusal(fits[model], curve)
        if reason:
            found.append(checking.amiss(model, "curve", curve.variable, reason))
    return _stack(found, list(checking.COLUMNS))


def _curves(fits: Mapping[str, Fit], plan: Plan) -> pd.DataFrame:
    found = [
        predictions.curves(fits[model], curve, CONFIDENCE)
        for model, curve in _planned_curves(fits, plan)
        if not predictions.refusal(fits[model], curve)
    ]
    return _stack(found, list(predictions.COLUMNS))


def _surface(fits: Mapping[str, Fit], plan: Plan) -> pd.DataFrame:
    found = [
        surface.surface(fits[model], curve, CONFIDENCE)
        for model, curve in _planned_curves(fits, plan)
        if surface.has_surface(fits[model].design, curve)
    ]
    return _stack(found, list(surface.COLUMNS))


def _planned_curves(fits: Mapping[str, Fit], plan: Plan) -> Iterator[tuple[str, Curve]]:
    for model in plan.models:
        if model.id in fits:
            yield from ((model.id, curve) for curve in model.curves)


def _moderation(tables: AllTables, fits: Mapping[str, Fit], plan: Plan) -> pd.DataFrame:
    """Tabulate the moderations that hypotheses are about, then the others."""
    found = []
    for hypothesis in plan.hypotheses:
        fitted, estimand = fits.get(hypothesis.model), hypothesis.estimand
        if fitted and estimand.kind == CROSS_PARTIAL and hypothesis.rival_of is None:
            term, by = estimand.variables
            if term == by:
                continue
            compared = moderating.tested_cells(hypothesis)
            found.append(_cells(partial(_as_fitted, fitted, by), compared, plan))
    for planned in plan.moderation:
        model = plan.by_name[planned.model]
        table, rows = tables.of(model)
        extended = partial(moderating.moderated, table, model, planned, rows, tables.scales)
        found.append(_cells(extended, moderating.planned_cells(planned), plan))
    return _stack(found, list(moderating.COLUMNS))


def _cells(
    fitting: Callable[[], tuple[Fit, str]], compared: moderating.Cells, plan: Plan
) -> pd.DataFrame:
    """Tabulate one moderation, or the reason why it, or its bins, are not estimable."""
    bins, term, failed = plan.checks.bins, compared.term, []
    try:
        fitted, by = fitting()
        rows = moderating.slopes(fitted, term, by, CONFIDENCE, compared.reference)
    except Refusal as error:
        return moderating.refused(compared, str(error.note))
    if bins and by not in fitted.design.indicators and not fitted.design.low_and_high(by):
        try:
            rows += moderating.binned_slopes(fitted, term, by, bins, CONFIDENCE)
        except Refusal as error:
            failed = [moderating.refused_bins(compared, by, error.note)]
    return pd.concat([moderating.tabulated(rows, fitted, compared, by), *failed])


def _as_fitted(fitted: Fit, term: str) -> tuple[Fit, str]:
    """Moderate by a term that the model holds already."""
    return fitted, _variable(fitted, term)


def _variable(fitted: Fit, term: str) -> str:
    """Give the categorical variable an indicator belongs to, or the term itself."""
    owners = (name for name, columns in fitted.design.indicators.items() if term in columns)
    return next(owners, term)


def _stack(tables: Sequence[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    joined = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return joined.reindex(columns=columns)


def _models(fits: Mapping[str, Fit], failures: Mapping[str, str], plan: Plan) -> pd.DataFrame:
    rows = [_model(model, fits.get(model.id), failures) for model in plan.models]
    return pd.DataFrame(rows, columns=MODEL_COLUMNS)


def _model(model: Model, fitted: Fit | None, failures: Mapping[str, str]) -> dict[str, Any]:
    shared = {
        "model": model.id,
        "role": model.role,
        "outcome": model.outcome,
        "family": model.family,
        "link": family_of(model.family).link,
        "covariance": model.covariance,
        "random": model.random_effects,
        "status": "fitted" if fitted else "failed",
        "reason": failures.get(model.id, ""),
    }
    if fitted is None:
        return shared
    return {
        **shared,
        "n": fitted.n,
        "n_clusters": fitted.n_clusters,
        "n_dropped": int(fitted.design.dropped["n"].sum()),
        "log_likelihood": fitted.log_likelihood,
    }
