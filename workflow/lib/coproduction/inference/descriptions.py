"""Planned descriptions: means of groups, and communities as points."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.design import design
from coproduction.inference.effects.effects import prediction
from coproduction.inference.effects.predictions import levels
from coproduction.inference.model.regression import estimate, fit
from coproduction.missing.tidy import ADDED
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.plan.descriptions import Description
from coproduction.plan.models.model import Model
from coproduction.plan.options import EXPLORATORY, NO_WEIGHTS, STUDY_WEIGHTS
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.rows import Rows

MEAN_COLUMNS = (
    *("description", "outcome", "by", "level", "estimate", "std_error", "df"),
    *("conf_low", "conf_high", "unweighted", "n", "n_cell", "n_clusters", "covariance", "weights"),
    *(*ADDED, "reason"),
)
POINT_COLUMNS = ("description", "outcome", "by", "value", "estimate", "n")
KEPT = ("estimate", "std_error", "df", "conf_low", "conf_high")


def group_means(
    table: pd.DataFrame,
    planned: Description,
    confidence: float = CONFIDENCE,
    rows: Rows | None = None,
) -> pd.DataFrame:
    """Mean of an outcome in every category of a variable, over complete rows.

    The means are those of a linear model with nothing but the categories, so that their standard
    errors allow for clusters (CR2, Satterthwaite degrees of freedom) or unequal variances (HC3).
    Where rows have weights the means are about the population, and those of the rows themselves
    stand beside them.

    Parameters
    ----------
    table
        One row per respondent.
    planned
        What is described.
    confidence
        Confidence level of the intervals.
    rows
        What the rows of the table stand for, see `design`.

    Returns
    -------
    pandas.DataFrame
        `description, outcome, by, level, estimate, std_error, df, conf_low, conf_high, unweighted,
        n, n_cell, n_clusters, covariance, weights, fmi, mc_error, n_imputations, reason`; `n_cell`
        counts the rows of the category, `unweighted` is their mean where rows have weights. What
        pooling adds is empty.

    Raises
    ------
    Refusal
        If fewer than two categories, or too few clusters, are left.
    """
    by = planned.by
    weighted = rows is not None and rows.weight is not None
    fitted = fit(design(table, _of_categories(planned, weighted=weighted), rows))
    others = fitted.design.matrix[list(fitted.design.indicators[by])].to_numpy(bool)
    cells = np.column_stack([~others.any(axis=1), others])
    means = []
    for (level, held), cell in zip(levels(fitted.design, by), cells.T, strict=True):
        found = estimate(fitted, *prediction(fitted, held), confidence)
        row = {"level": level, "n_cell": int(cell.sum()), **{name: found[name] for name in KEPT}}
        row["unweighted"] = fitted.design.outcome[cell].mean() if weighted else np.nan
        means.append({**row, "reason": found["note"]})
    shared = {"description": planned.id, "outcome": planned.outcome, "by": by, "n": fitted.n}
    shared |= {"n_clusters": fitted.n_clusters, "covariance": fitted.design.covariance}
    shared["weights"] = fitted.design.weighted
    return pd.DataFrame(means).assign(**shared).reindex(columns=list(MEAN_COLUMNS))


def _of_categories(planned: Description, *, weighted: bool) -> Model:
    """Give the linear model of the categories; it has one level and no random effects."""
    return Model(
        id=planned.id,
        role=EXPLORATORY,
        outcome=planned.outcome,
        subset=planned.subset,
        family="gaussian",
        predictors=(Predictor(planned.by, categorical=True),),
        cluster=planned.cluster,
        covariance="HC3" if planned.cluster is None else "CR2",
        weights=STUDY_WEIGHTS if weighted else NO_WEIGHTS,
        quadrature_points=1,
        restricted_likelihood=True,
    )


def community_points(communities: pd.DataFrame, planned: Description) -> pd.DataFrame:
    """Take two values of every community that has both, without its name, in order of size.

    Parameters
    ----------
    communities
        One row per community, with `respondents`.
    planned
        What is described.

    Returns
    -------
    pandas.DataFrame
        `description, outcome, by, value, estimate, n`: value of `by`, of the outcome, respondents.

    Raises
    ------
    Refusal
        If one of both is no number that the members of a community share.
    """
    names = [planned.by, planned.outcome, "respondents"]
    for name in names:
        if name not in communities:
            raise Refusal("not_of_communities", description=planned.id, name=name)
    known = communities[names].astype(float).dropna().sort_values(names, kind="stable")
    known.columns = ["value", "estimate", "n"]
    shared = {"description": planned.id, "outcome": names[1], "by": names[0]}
    return known.assign(**shared)[list(POINT_COLUMNS)].reset_index(drop=True)
