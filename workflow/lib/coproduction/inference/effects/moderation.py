"""Moderation: the slope of a term in each cell of another, and in bins of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.errors import Refusal
from coproduction.inference.data.design import Design, design
from coproduction.inference.data.terms import no_reference
from coproduction.inference.effects.effects import difference, effect
from coproduction.inference.effects.predictions import levels, places
from coproduction.inference.model.regression import Fit, estimate, fit
from coproduction.inference.verdicts import few_cases
from coproduction.instrument.item_scales import Scales
from coproduction.missing.tidy import ADDED
from coproduction.notes import Note, read, written
from coproduction.numerics.averages import mean
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.models.model import Model
from coproduction.plan.models.moderation import Moderation
from coproduction.plan.options import EXPLORATORY, Status
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.rows import Rows

COLUMNS = (
    *("moderation", "model", "term", "by", "level", "cell", "kind", "status", "note"),
    "outcome_mean",
    *("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"),
    *("n", "n_cell", "n_clusters", "covariance", *ADDED),
)
At = dict[str, float]
BINS = "BIN"
"""Terms of the bins; no variable of a study has a name in capitals."""


@dataclass(frozen=True)
class Cells:
    """Cells whose slopes are compared, as a moderation plans them or a hypothesis is about them.

    Attributes
    ----------
    id, model
        Its name, and that of its model.
    term, by
        Term whose slope is compared, and the variable or term between whose cells it is.
    status
        What it counts as.
    minimum_cell
        Fewest analysed respondents in each cell.
    reference
        Code of the cell that the others are compared with; None for that of the model.
    """

    id: str
    model: str
    term: str
    by: str
    status: Status
    minimum_cell: int
    reference: int | str | None = None


def planned_cells(planned: Moderation) -> Cells:
    """Take from a planned moderation what is compared."""
    return Cells(
        planned.id,
        planned.model,
        planned.variable,
        planned.by.name,
        planned.status,
        planned.minimum_cell,
        planned.by.reference,
    )


def tested_cells(hypothesis: Hypothesis) -> Cells:
    """Take from a hypothesis on a cross-partial what is compared."""
    term, by = hypothesis.estimand.variables
    return Cells(
        hypothesis.id, hypothesis.model, term, by, hypothesis.status, hypothesis.minimum_cell
    )


def moderated(
    table: pd.DataFrame,
    model: Model,
    moderation: Moderation,
    rows: Rows | None = None,
    scales: Scales | None = None,
    known: pd.Series | None = None,
) -> tuple[Fit, str]:
    """Fit a planned model with the products of one term and a further variable.

    Parameters
    ----------
    table
        One row per respondent.
    model
        The model that is extended.
    moderation
        What is added. Its moderator takes the place of the model's own entry of the same variable,
        whose reference category stays, so that planned products keep their terms; its own is the
        cell that `slopes` compares the others with.
    rows, scales
        What the rows of the table stand for, and what items measure, see `design`.
    known
        How the measurement step counts in the standard errors of the planned model, see `fit`.

    Returns
    -------
    Fit, str
        The extended model and the name of the moderator in it.
    """
    name = moderation.by.name
    extended = replace(_moderating(model, moderation.by), id=moderation.id)
    columns = design(table, extended, rows, scales).indicators.get(name, (name,))
    planned = model.interactions
    products = [(moderation.variable, column) for column in columns]
    products = [pair for pair in products if pair not in planned and pair[::-1] not in planned]
    extended = replace(extended, interactions=(*planned, *products))
    return fit(design(table, extended, rows, scales), known), name


def _moderating(model: Model, by: Predictor) -> Model:
    """Put a moderator's entry in the place of the model's own, or behind its predictors."""
    own = model.entry(by.name)
    if own is None:
        return replace(model, predictors=(*model.predictors, by))
    made = replace(by.over(own), reference=own.reference)
    return replace(
        model,
        predictors=tuple(made if each is own else each for each in model.predictors),
        covariates=tuple(made if each is own else each for each in model.covariates),
    )


def slopes(
    fitted: Fit, term: str, by: str, confidence: float = CONFIDENCE, reference: Any = None
) -> list[dict[str, Any]]:
    """Average effect of a term with everyone in each cell of another variable, and differences.

    The cells of an indicator are 0 and 1, of a categorical variable its categories by their codes
    (the one named as `reference` first, or that of the model); a numeric one is held a standard
    deviation below its mean, at it, and above. `n_cell` counts the rows in the cell (of a numeric
    one those nearest), `outcome_mean` is their mean outcome. Differences are those from the first
    cell. `cell` says what `level` is, as `predictions.places` does.

    Raises
    ------
    Refusal
        If nobody analysed is in the cell that is the reference.
    """
    cells = _cells(fitted.design, by, reference)
    members = _members(fitted.design, by, cells)
    named = places(fitted.design, by)
    found = [effect(fitted, term, at) for _, at in cells]
    rows = []
    for (level, _), cell, inside, value in zip(cells, named, members, found, strict=True):
        shared = {"level": level, "cell": cell, "n_cell": int(inside.sum())}
        shared["outcome_mean"] = _outcome_mean(fitted.design, inside)
        rows.append({**shared, "kind": "slope", **estimate(fitted, *value, confidence, (term,))})
        if value is not found[0]:
            moved = estimate(fitted, *difference(value, found[0]), confidence, (term,))
            rows.append({**shared, "kind": "difference", **moved})
    return rows


def _outcome_mean(design: Design, inside: np.ndarray) -> float:
    weights = None if design.weights is None else design.weights[inside]
    return float(mean(design.outcome[inside], weights)) if inside.any() else np.nan


def _cells(design: Design, by: str, reference: Any) -> list[tuple[str, At]]:
    cells = levels(design, by)
    if by not in design.indicators or reference is None:
        return cells
    first = code_text(reference)
    if first not in dict(cells):
        raise no_reference(design.model, first, by)
    return sorted(cells, key=lambda cell: cell[0] != first)


def _members(design: Design, by: str, cells: list[tuple[str, At]]) -> list[np.ndarray]:
    if by in design.indicators:
        columns = design.matrix[list(design.indicators[by])]
        none = dict.fromkeys(columns, 0.0)
        return [columns.eq(none | held).all(axis=1).to_numpy() for _, held in cells]
    values = design.matrix[by].to_numpy()
    held = np.array([at[by] for _, at in cells])
    nearest = np.abs(values[:, None] - held).argmin(axis=1)
    return [nearest == place for place in range(len(cells))]


def binned_slopes(
    fitted: Fit, term: str, by: str, bins: int = 3, confidence: float = CONFIDENCE
) -> list[dict[str, Any]]:
    """Slope of one term at the middle of bins of another, freed from the linear interaction.

    The binning estimator of Hainmueller, Mummolo and Xu (2019, *Political Analysis* 27, 163–192):
    within each bin (of equal numbers) the moderator, the term and their product have coefficients
    of their own; the slope is taken with everyone at the bin's median. If the interaction is
    linear, the slopes (`binned_slope`) lie near those of the planned model at the same values,
    which stand beside them (`slope_at_median`).

    Raises
    ------
    Refusal
        If the moderator has too few values for the bins, of which each needs two.
    """
    values = fitted.design.matrix[by].to_numpy()
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)))
    bin_of = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    if len(edges) < bins + 1 or pd.Series(values).groupby(bin_of).nunique().min() < 2:
        raise Refusal("too_few_values_for_bins", model=fitted.design.model, name=by)
    medians = [float(np.median(values[bin_of == place])) for place in range(bins)]
    binned = fit(_binned(fitted.design, term, by, bin_of, medians), fitted.inflation)
    rows = []
    for place, median in enumerate(medians):
        inside = bin_of == place
        shared = {"level": f"{round(median, 6) + 0.0:g}", "n_cell": int(inside.sum())}
        shared["cell"] = f"bin_{place + 1}_of_{bins}"
        shared["outcome_mean"] = _outcome_mean(fitted.design, inside)
        for kind, model, at in (
            ("binned_slope", binned, _at_bin(place, bins)),
            ("slope_at_median", fitted, {by: median}),
        ):
            rows.append(
                {**shared, "kind": kind, **estimate(model, *effect(model, term, at), confidence)}
            )
    return rows


def _at_bin(place: int, bins: int) -> At:
    held = {f"{BINS}[{each}]": float(each == place) for each in range(1, bins)}
    # The category last set wins over its siblings, so the own bin comes last.
    held = dict(sorted(held.items(), key=lambda item: item[1]))
    return held | {f"CENTRED[{each}]": 0.0 for each in range(bins)}


def _binned(
    design: Design, one: str, other: str, places: np.ndarray, medians: list[float]
) -> Design:
    """Replace a moderator and its product with a term by parts of their own in every bin."""
    kept = [name for name, factors in design.factors.items() if other not in factors]
    columns = {name: design.matrix[name].to_numpy() for name in kept}
    factors = {name: design.factors[name] for name in kept}
    values = design.matrix[other].to_numpy()
    for place, median in enumerate(medians):
        inside = (places == place).astype(float)
        added = {f"CENTRED[{place}]": (values - median) * inside}
        if place:
            added[f"{BINS}[{place}]"] = inside
        for name, column in added.items():
            columns[name], factors[name] = column, (name,)
            columns[f"{one}:{name}"] = columns[one] * column
            factors[f"{one}:{name}"] = (one, name)
    names = tuple(f"{BINS}[{place}]" for place in range(1, len(medians)))
    random = design.random
    if random is not None and random.slope == other:
        random = replace(random, slope=None)
    return replace(
        design,
        random=random,
        matrix=pd.DataFrame(columns, index=design.matrix.index),
        factors=factors,
        indicators={**design.indicators, BINS: names},
        focal=(),
    )


def tabulated(rows: list[dict[str, Any]], fitted: Fit, compared: Cells, by: str) -> pd.DataFrame:
    """Name the rows of one moderation and label them by the plan's smallest number of cases."""
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    smallest = min(row["n_cell"] for row in rows if row["kind"] in ("slope", "difference"))
    few = few_cases(smallest, compared.minimum_cell)
    shared = {
        "moderation": compared.id,
        "model": fitted.design.model,
        "term": compared.term,
        "by": by,
        "status": compared.status,
        "n": fitted.n,
        "n_clusters": fitted.n_clusters,
        "covariance": fitted.design.covariance,
        **few,
    }
    noted = [written([*read(row["note"]), *read(few.get("note", ""))]) for row in rows]
    told = [{**row, **shared, "note": note} for row, note in zip(rows, noted, strict=True)]
    return pd.DataFrame(told, columns=list(COLUMNS))


def refused(compared: Cells, reason: str) -> pd.DataFrame:
    """Give the row of a moderation that cannot be estimated."""
    row = {"moderation": compared.id, "model": compared.model}
    row |= {"term": compared.term, "by": compared.by}
    row |= {"kind": "not_estimable", "status": EXPLORATORY, "note": reason, "level": "", "cell": ""}
    return pd.DataFrame([row], columns=list(COLUMNS))


def refused_bins(compared: Cells, by: str, reason: Note) -> pd.DataFrame:
    """Give the row of a moderation whose check by bins cannot be estimated; its slopes stand."""
    note = Note("bins_not_estimable", {"moderation": compared.id, "by": by, "reason": reason})
    return refused(compared, str(note)).assign(kind="bins_not_estimable", by=by)
