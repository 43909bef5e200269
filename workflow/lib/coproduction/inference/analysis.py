"""The planned analysis of a study: models, effects, checks, verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference import experiment as experimenting
from coproduction.inference.causal.adjustment import adjustment, diagram_edges
from coproduction.inference.checks.sensitivity import completed as with_sensitivity
from coproduction.inference.completed.analysis import (
    Imputations,
    imputations,
    measurement_steps,
    pooled_estimates,
    pooled_results,
)
from coproduction.inference.completed.described import noted, pooled_means, unpooled
from coproduction.inference.completed.items import Answers
from coproduction.inference.completed.pooled import joined
from coproduction.inference.cross_checks import cross_checks
from coproduction.inference.data.flow import model_flow
from coproduction.inference.data.left_out import left_out
from coproduction.inference.data.tables import AllTables, Tables, all_tables, tables_of
from coproduction.inference.descriptions import (
    MEAN_COLUMNS,
    POINT_COLUMNS,
    community_points,
    group_means,
)
from coproduction.inference.grid.grids import Grids, grids
from coproduction.inference.grid.summary import with_grids
from coproduction.inference.mediation.tables import Mediations, mediation_results
from coproduction.inference.not_at_random.tipping import Tipping, tipping
from coproduction.inference.objections.objections import objections, with_objections
from coproduction.inference.paths.composites import composites
from coproduction.inference.paths.tables import path_results
from coproduction.inference.results import (
    Inflations,
    Results,
    estimates_of,
    results,
    stacked,
)
from coproduction.inference.verdicts import verdicts
from coproduction.instrument.item_scales import Scale
from coproduction.missing.imputation import CHAIN_COLUMNS, COLUMNS
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.plan.plan import Plan
from coproduction.printing import overview, printed
from coproduction.rows import Rows

NOTHING_IMPUTED = pd.DataFrame(columns=list(COLUMNS)), pd.DataFrame(columns=list(CHAIN_COLUMNS))


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
    grid, grid_influences, grid_tests
        Hypotheses in every cell of the declared grids, in standard deviations of the outcome; what
        moves these estimates; each grid tested as one.
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
    imputation, imputation_chains
        What was imputed, how, and whether it settled; means of the imputed values by iteration.
    shifted_answers, tipping_points
        Hypotheses under answers missing not at random; the smallest shifts that take their support.
    paths, path_models, path_modifications
        Regressions, indirect and total effects of the planned path models; one row per path model.
    composites
        Verdicts on hypotheses that so many of several others hold.
    mediation, mediation_sensitivity, mediation_robustness
        Natural direct and indirect effects of the planned mediations; these by the correlation of
        errors; what would explain the indirect ones away.
    """

    models: pd.DataFrame
    coefficients: pd.DataFrame
    effects: pd.DataFrame
    grid: pd.DataFrame
    grid_influences: pd.DataFrame
    grid_tests: pd.DataFrame
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
    imputation: pd.DataFrame
    imputation_chains: pd.DataFrame
    shifted_answers: pd.DataFrame
    tipping_points: pd.DataFrame
    paths: pd.DataFrame
    path_models: pd.DataFrame
    path_modifications: pd.DataFrame
    composites: pd.DataFrame
    mediation: pd.DataFrame
    mediation_sensitivity: pd.DataFrame
    mediation_robustness: pd.DataFrame
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
    answers: Answers | None = None,
    cores: int = 1,
    sample: Rows | None = None,
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
        Seed of the imputations, of the bootstrap and of the randomisation tests.
    sheets
        One row per community, if the plan joins them.
    scales
        Items of each construct, which models may hold and nodes of the diagram may stand for.
    n_received
        Number of submissions that were received, if it is known.
    answers
        The questionnaire and the kinds of missing answers, if the plan imputes any.
    cores
        Number of processes; results do not depend on it.
    sample
        Weights of the respondents, and how they were drawn, for models that ask for it.

    Raises
    ------
    StudyError
        If the plan imputes missing answers and nothing is told of them.
    """
    tables = all_tables(scores, plan, sheets, scales, sample)
    made = imputations(scores, tables, sheets, answers, seed, cores)
    known = measurement_steps(made, cores) if made else {}
    found = _results(tables, seed, made, known, cores)
    estimates = _by_hypothesis(found.estimates)
    adjusted = adjustment(plan, _items(scales))
    along = path_results(tables, made, seed, cores)
    mediated = mediation_results(tables, made, seed, cores)
    estimates |= along.estimates | mediated.estimates
    robust = grids(tables, made, known, seed, cores)
    decided = verdicts(estimates, plan.judged, plan.families)
    tipped = tipping(made, known, estimates, decided, seed, cores)
    arms, balance, tests = experimenting.experiments(
        tables.usual.respondents, plan.experiments, seed
    )
    summary, chains = made.told if made else NOTHING_IMPUTED
    tables = made.table(0) if made else tables
    return Analysis(
        models=found.models,
        coefficients=found.coefficients,
        effects=found.effects,
        grid=robust.cells,
        grid_influences=robust.influences,
        grid_tests=robust.tests,
        variance_components=found.variance_components,
        **_judged(decided, estimates, plan, sheets, adjusted, mediated, tipped, robust),
        sensitivity=with_sensitivity(found.associations, CONFIDENCE),
        diagnostics=found.diagnostics,
        curves=found.curves,
        surface=found.surface,
        moderation=found.moderation,
        experiment=tests,
        arms=arms,
        balance=balance,
        **_descriptions(tables.usual, plan, made, cores),
        model_flow=model_flow(tables, len(scores), n_received),
        left_out=left_out(tables_of(scores, plan, sheets).respondents, tables),
        diagram=diagram_edges(plan),
        adjustment=adjusted,
        imputation=summary,
        imputation_chains=chains,
        shifted_answers=tipped.shifts,
        tipping_points=tipped.points,
        paths=along.effects,
        path_models=along.models,
        path_modifications=along.left_out,
        composites=composites(decided, plan.composites),
        mediation=mediated.effects,
        mediation_sensitivity=mediated.sensitivity,
        mediation_robustness=mediated.robustness,
    )


def verdicts_of(
    scores: pd.DataFrame,
    plan: Plan,
    seed: int,
    sheets: pd.DataFrame | None = None,
    scales: Mapping[str, Scale] | None = None,
    answers: Answers | None = None,
    sample: Rows | None = None,
) -> pd.DataFrame:
    """Judge every hypothesis, see `judgements`."""
    return judgements(scores, plan, seed, sheets, scales, answers, sample)["verdicts"]


def judgements(
    scores: pd.DataFrame,
    plan: Plan,
    seed: int,
    sheets: pd.DataFrame | None = None,
    scales: Mapping[str, Scale] | None = None,
    answers: Answers | None = None,
    sample: Rows | None = None,
) -> dict[str, pd.DataFrame]:
    """Judge every hypothesis as `analyse` does, fitting only the models that they rest on.

    It is for who needs the verdicts of many studies; the bootstrap, which judges nothing, is left
    out.

    Parameters
    ----------
    scores, plan, seed, sheets, scales, answers, sample
        As in `analyse`.

    Returns
    -------
    dict of str to pandas.DataFrame
        `verdicts`, `cross_checks` and `objections` as in `Analysis`.
    """
    named = {each.model for each in plan.questions}
    models = tuple(each for each in plan.models if each.id in named)
    checks = replace(plan.checks, bootstrap=None)
    resting = replace(plan, models=models, descriptions=(), checks=checks)
    tables = all_tables(scores, resting, sheets, scales, sample)
    made = imputations(scores, tables, sheets, answers, seed)
    pooled = made.models if made else frozenset()
    parts = [estimates_of(tables, resting.by_name.keys() - pooled, seed)]
    if made and pooled:
        parts.append(pooled_estimates(made, seed))
    estimates = _by_hypothesis(pd.concat(parts, ignore_index=True))
    adjusted = adjustment(plan, _items(scales))
    mediated = mediation_results(tables, made, seed)
    estimates |= path_results(tables, made, seed).estimates | mediated.estimates
    decided = verdicts(estimates, plan.judged, plan.families)
    return _judged(decided, estimates, plan, sheets, adjusted, mediated)


def _items(scales: Mapping[str, Scale] | None) -> dict[str, Sequence[str]]:
    """Items of each construct."""
    return {name: each.items for name, each in (scales or {}).items()}


def _judged(
    decided: pd.DataFrame,
    estimates: Mapping[str, Mapping[str, Any]],
    plan: Plan,
    sheets: pd.DataFrame | None,
    adjusted: pd.DataFrame,
    mediated: Mediations,
    tipped: Tipping | None = None,
    robust: Grids | None = None,
) -> dict[str, pd.DataFrame]:
    """Say what can be said against every verdict before scales are judged."""
    checked = cross_checks(estimates, plan, set() if sheets is None else set(sheets))
    tables = {
        "inference/cross_checks.csv": checked,
        "inference/adjustment.csv": adjusted,
        "inference/mediation_robustness.csv": mediated.robustness,
    }
    if tipped is not None:
        tables["inference/tipping_points.csv"] = tipped.points
    decided = with_grids(decided, robust)
    found = objections(decided, tables, plan)
    told = with_objections(decided, found)
    return {"verdicts": told, "cross_checks": checked, "objections": found}


def _results(
    tables: AllTables, seed: int, made: Imputations | None, known: Inflations, cores: int
) -> Results:
    """Fit models to imputed tables and to complete cases, and put both in the plan's order."""
    pooled = made.models if made else frozenset()
    found = results(tables, tables.plan.by_name.keys() - pooled, seed)
    if made is None or not pooled:
        return found
    return joined(found, pooled_results(made, known, seed, cores), tables.plan)


def _by_hypothesis(estimates: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {row.pop("hypothesis"): row for row in estimates.to_dict("records")}


def _descriptions(
    tables: Tables, plan: Plan, made: Imputations | None, cores: int
) -> dict[str, pd.DataFrame]:
    """Tabulate the planned descriptions; one that cannot be made is a row with its reason."""
    pooled, told = pooled_means(made, cores), unpooled(made)
    means, points = [], []
    for planned in plan.descriptions:
        if planned.id in pooled:
            means.append(pooled[planned.id])
            continue
        try:
            if planned.level:
                points.append(community_points(tables.by_level[planned.level], planned))
                continue
            table, rows = tables.of_population(planned.cluster)
            found = group_means(table, planned, CONFIDENCE, rows)
            means.append(noted(found, told.get(planned.id)))
        except Refusal as error:
            failed = {"description": planned.id, "reason": str(error.note)}
            means.append(pd.DataFrame([failed | {"by": planned.by}]))
    return {
        "group_means": stacked(means, list(MEAN_COLUMNS)),
        "community_points": stacked(points, list(POINT_COLUMNS)),
    }
