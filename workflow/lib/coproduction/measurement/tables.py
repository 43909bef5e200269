"""The measurement tables of a study."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.codes import code_text
from coproduction.instrument.definition import Instrument
from coproduction.measurement.continuous import continuous_items, uniform_variance
from coproduction.measurement.planned import exploration
from coproduction.measurement.planned import groups as comparison
from coproduction.measurement.planned.comparisons import comparison_tasks, comparisons_table
from coproduction.measurement.planned.fits import (
    FittedModel,
    adopt_loadings,
    fit_model,
    fit_table,
    latent_correlations,
    loadings_table,
    modification_table,
    ordinal_statistics,
    residuals_table,
    standardised_loadings,
)
from coproduction.measurement.planned.models import (
    PlannedModel,
    model_items,
    planned_model,
)
from coproduction.measurement.planned.occasions import COLUMNS as RETEST
from coproduction.measurement.planned.occasions import retest_table
from coproduction.measurement.reliability.item_statistics import COLUMNS as ITEMS
from coproduction.measurement.reliability.item_statistics import item_statistics
from coproduction.measurement.reliability.table import reliability
from coproduction.measurement.results import Measurement
from coproduction.measurement.validity.aggregation import aggregation
from coproduction.measurement.validity.common_method import COLUMNS as COMMON_METHOD
from coproduction.measurement.validity.common_method import common_method
from coproduction.measurement.validity.validity import COLUMNS as VALIDITY
from coproduction.measurement.validity.validity import average_variance_extracted, validity
from coproduction.measurement.weighted import (
    UNWEIGHTED,
    WEIGHTED_SHARE,
    weighted_means,
    weighted_shares,
)
from coproduction.numerics.processes import Task, run
from coproduction.numerics.resampling import generator
from coproduction.plan.data.flagged_rows import FlaggedRows
from coproduction.plan.measurement.measurement import GroupComparison, ItemSet, MeasurementPlan
from coproduction.rows import Rows, rows_of
from coproduction.rows.counted import EVERY_ROW, counted


def measure(
    scores: pd.DataFrame,
    nonresponse: pd.DataFrame,
    instrument: Instrument,
    plan: MeasurementPlan,
    seed: int = 0,
    cores: int = 1,
    again: pd.DataFrame | None = None,
    flagged_rows: FlaggedRows = EVERY_ROW,
    sample: Rows | None = None,
) -> Measurement:
    """Compute the measurement tables.

    Scales are judged on the rows that count, as models are fitted to them; the sample is that of
    all analysed respondents.

    Parameters
    ----------
    scores
        Analysis table: one float column per item, reversed items also keyed under `<id>_r`, one
        column per construct score.
    nonresponse
        Kind of missing answer of each scale item, same rows; empty where answered.
    instrument
        The questionnaire.
    plan
        What the plan asks of the room.
    seed
        Seed of every bootstrap; each part of the analysis has a stream of its own.
    cores
        Number of processes; results do not depend on it.
    again
        Scored second answers of a retest, where there was one.
    flagged_rows
        Which quality flags leave a row out.
    sample
        Weights of all analysed respondents, and how they were drawn, where the study has them:
        shares and means of items are given with them, too.
    """
    drawn = None if sample is None else sample[counted(scores, flagged_rows)]
    everybody, kept = scores, counted(scores, flagged_rows)
    scores, nonresponse = scores[kept], nonresponse[kept]
    if again is not None:
        again = again[again["first_submission"].isin(scores["submission"])]
    scales = _scales(scores, instrument)
    numbers = _continuous(scales, instrument)
    rows = rows_of(scores, plan.cluster)
    models = [planned_model(entry, instrument, numbers) for entry in plan.models]
    # The longest come first, so that no process is left with one of them at the end.
    tasks: dict[str, Task] = _comparisons(scores, rows, instrument, plan, numbers)
    tasks["reliability"] = (_reliability, (scales, rows, plan, seed, numbers))
    tasks |= _explorations(scores, instrument, plan, seed, numbers)
    tasks |= _models(models, scales, rows, plan.confidence, cores, numbers)
    results = run(tasks, cores)
    fitted = {model.id: results[f"model {model.id}"] for model in models}
    rivals = run(comparison_tasks(fitted, plan.comparisons), cores)
    compared = comparison.stacked(_of("invariance", results, plan.invariance))
    explored = exploration.stacked(_of("dimensionality", results, plan.dimensionality))
    items = _items(scores, scales, nonresponse, instrument)
    return Measurement(
        reliability=adopt_loadings(results["reliability"], _reference(fitted, plan)),
        items=weighted_means(items, scores, scales, drawn),
        sample=_sample(everybody, plan.sample, sample),
        loadings=loadings_table(fitted, plan.confidence),
        fit=fit_table(fitted),
        comparisons=comparisons_table(rivals.values()),
        residuals=residuals_table(fitted),
        modification=modification_table(fitted),
        validity=_validity(scores, scales, rows, fitted, plan, seed),
        common_method=_common_method(scores, instrument, plan),
        aggregation=_aggregation(scores, scales, rows, instrument, plan),
        **vars(compared),
        **vars(explored),
        retest=_retest(scores, again, rows, instrument, plan, seed),
    )


def _comparisons(
    scores: pd.DataFrame,
    rows: Rows,
    instrument: Instrument,
    plan: MeasurementPlan,
    continuous: Collection[str],
) -> dict[str, Task]:
    tasks: dict[str, Task] = {}
    for entry in plan.invariance:
        items = model_items(scores, instrument, entry.constructs, True)
        factors = {name: [i.id for i in instrument.scale(name)] for name in entry.constructs}
        answers = scores[entry.group]
        arguments = (entry, items, answers, factors, plan.confidence, rows, continuous)
        tasks[f"invariance {entry.id}"] = (comparison.compare_groups, arguments)
    return tasks


def _explorations(
    scores: pd.DataFrame,
    instrument: Instrument,
    plan: MeasurementPlan,
    seed: int,
    continuous: Collection[str],
) -> dict[str, Task]:
    tasks: dict[str, Task] = {}
    for entry in plan.dimensionality:
        items = model_items(scores, instrument, entry.constructs, True)
        tasks[f"dimensionality {entry.id}"] = (
            exploration.explore,
            (entry, items, seed, continuous),
        )
    return tasks


def _of(
    block: str, results: Mapping[str, Any], entries: Sequence[GroupComparison | ItemSet]
) -> list[Any]:
    return [results[f"{block} {entry.id}"] for entry in entries]


def _scales(scores: pd.DataFrame, instrument: Instrument) -> dict[str, pd.DataFrame]:
    scales = {name: model_items(scores, instrument, [name], True) for name in instrument.constructs}
    return {name: items for name, items in scales.items() if items.shape[1]}


def _continuous(scales: Mapping[str, pd.DataFrame], instrument: Instrument) -> frozenset[str]:
    return frozenset().union(*(continuous_items(each, instrument) for each in scales.values()))


def _models(
    models: Sequence[PlannedModel],
    scales: Mapping[str, pd.DataFrame],
    rows: Rows,
    confidence: float,
    cores: int,
    continuous: Collection[str],
) -> dict[str, Task]:
    """Prepare the fit of every model; those of the same ordinal items share their correlations."""
    every = pd.concat(scales.values(), axis=1) if scales else pd.DataFrame()
    ordinal: dict[str, Task] = {
        " ".join(model.items): (
            ordinal_statistics,
            (every[list(model.items)], rows, continuous),
        )
        for model in models
        if model.estimator == "WLSMV"
    }
    statistics = run(ordinal, cores)
    return {
        f"model {model.id}": (
            fit_model,
            (
                model,
                every[list(model.items)],
                rows,
                confidence,
                statistics.get(" ".join(model.items)),
            ),
        )
        for model in models
    }


def _reliability(
    scales: Mapping[str, pd.DataFrame],
    rows: Rows,
    plan: MeasurementPlan,
    seed: int,
    continuous: Collection[str],
) -> pd.DataFrame:
    rule = plan.composite_if
    return reliability(
        scales,
        plan.confidence,
        replicates=plan.bootstrap,
        seed=seed,
        rows=rows,
        minimum=plan.minimum_reliability,
        composite_if=dict.fromkeys(rule.constructs, rule.largest_residual) if rule else {},
        continuous=continuous,
    )


def _reference(fitted: Mapping[str, FittedModel], plan: MeasurementPlan) -> FittedModel | None:
    """Find the model that lends its loadings and factor correlations."""
    return fitted.get(plan.validity.model or "") if plan.validity else None


def _validity(
    scores: pd.DataFrame,
    scales: Mapping[str, pd.DataFrame],
    rows: Rows,
    fitted: Mapping[str, FittedModel],
    plan: MeasurementPlan,
    seed: int,
) -> pd.DataFrame:
    if plan.validity is None:
        return pd.DataFrame(columns=list(VALIDITY))
    chosen = {name: scales[name] for name in plan.validity.constructs}
    reference = _reference(fitted, plan)
    loadings = standardised_loadings(reference)
    return validity(
        chosen,
        scores,
        latent_correlations(reference.fit if reference else None, plan.confidence),
        {name: average_variance_extracted(values) for name, values in loadings.items()},
        plan.bootstrap,
        generator(seed, "validity"),
        rows,
        plan.confidence,
    )


def _common_method(
    scores: pd.DataFrame, instrument: Instrument, plan: MeasurementPlan
) -> pd.DataFrame:
    if plan.validity is None:
        return pd.DataFrame(columns=list(COMMON_METHOD))
    constructs = list(plan.validity.constructs)
    items = model_items(scores, instrument, constructs, False)
    markers = list(plan.validity.marker)
    marker = scores[markers].mean(axis=1) if markers else None
    return common_method(items, scores[constructs], marker)


def _aggregation(
    scores: pd.DataFrame,
    scales: Mapping[str, pd.DataFrame],
    rows: Rows,
    instrument: Instrument,
    plan: MeasurementPlan,
) -> pd.DataFrame:
    chosen = {name: scales[name] for name in plan.aggregation}
    variances = {name: uniform_variance(instrument.scale(name)[0]) for name in chosen}
    return aggregation(scores, chosen, variances, rows, plan.confidence)


def _retest(
    scores: pd.DataFrame,
    again: pd.DataFrame | None,
    rows: Rows,
    instrument: Instrument,
    plan: MeasurementPlan,
    seed: int,
) -> pd.DataFrame:
    if again is None:
        return pd.DataFrame(columns=list(RETEST))
    return retest_table(
        scores,
        again,
        instrument,
        plan.confidence,
        replicates=plan.bootstrap,
        seed=seed,
        rows=rows,
    )


def _items(
    scores: pd.DataFrame,
    scales: Mapping[str, pd.DataFrame],
    nonresponse: pd.DataFrame,
    instrument: Instrument,
) -> pd.DataFrame:
    parts = []
    for construct, keyed in scales.items():
        items = instrument.scale(construct)
        limits = {item.id: item.limits for item in items}
        statistics = item_statistics(keyed, limits, nonresponse[list(keyed.columns)])
        statistics.insert(0, "construct", construct)
        statistics.insert(2, "reverse", [item.reverse for item in items])
        parts.append(statistics)
    if not parts:
        return pd.DataFrame(columns=["construct", ITEMS[0], "reverse", *ITEMS[1:]])
    return pd.concat(parts, ignore_index=True)


def _sample(scores: pd.DataFrame, items: Sequence[str], sample: Rows | None) -> pd.DataFrame:
    found = []
    for item in items:
        counts = scores[item].value_counts().sort_index()
        answered = counts.sum()
        weighted = weighted_shares(scores[item], sample)
        found += [
            (item, code_text(value), n, n / answered, *weighted[value])
            for value, n in counts.items()
        ]
        found.append((item, "", scores[item].isna().sum(), float("nan"), *UNWEIGHTED))
    return pd.DataFrame(found, columns=["item", "value", "n", "share", *WEIGHTED_SHARE])
