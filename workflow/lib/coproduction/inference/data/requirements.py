"""What a planned model needs of its options, outcome, clusters and terms."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.errors import Refusal, StudyError
from coproduction.numerics.collinearity import check_collinearity
from coproduction.numerics.families import family_of
from coproduction.options import check_between, check_option
from coproduction.plan.models.model import Model
from coproduction.plan.options import CLUSTERED, Covariance
from coproduction.rows import Membership, Rows

MOST_POINTS = 50


def check_model(model: Model) -> None:
    """Refuse an option that there is not, or a model without the clusters that it needs.

    Raises
    ------
    StudyError
        Naming the option and the values that are allowed.
    """
    family_of(model.family)
    check_option("covariance", model.covariance, Covariance)
    if model.random is not None:
        check_between("quadrature_points", model.quadrature_points, 0, MOST_POINTS + 1)
    clustered = model.covariance if model.covariance in CLUSTERED else None
    needing: dict[str, str | None] = {"random": model.random, "covariance": clustered}
    for key, value in needing.items():
        if value is not None and model.cluster is None:
            raise StudyError(f"Model `{model.id}`: `{key}: {value}` needs a `cluster`.")


def check_terms_and_outcome(
    matrix: pd.DataFrame, outcome: np.ndarray, rows: Rows, model: Model
) -> None:
    """Refuse what cannot be fitted.

    Parameters
    ----------
    matrix
        n × k, columns named by term.
    outcome
        n.
    rows
        What the n rows stand for.
    model
        The model.

    Raises
    ------
    Refusal
        If the outcome is constant or does not suit the family, there are too few rows or clusters,
        or a term is a combination of others.
    """
    if outcome.min() == outcome.max():
        names = {"model": model.id, "name": model.outcome}
        raise Refusal("outcome_constant", **names, n=len(outcome))
    family_of(model.family).check(outcome, model.id, model.outcome)
    n, k = matrix.shape
    if n <= k:
        raise Refusal("model_few_rows", model=model.id, n=n, k=k)
    if rows.cluster is not None:
        _check_clusters(matrix, rows.cluster, model)
    check_collinearity(matrix, model.id)


def _check_clusters(matrix: pd.DataFrame, cluster: Membership, model: Model) -> None:
    """Refuse too few clusters, in all or on either side of a two-valued cluster variable."""
    count = len(cluster.names)
    if count < 2:
        raise Refusal("one_cluster", model=model.id, name=model.cluster)
    rule = model.minimum_clusters
    if rule is None:
        return
    if count < rule.total:
        raise Refusal("fewer_clusters_than_planned", model=model.id, n=count, least=rule.total)
    for name in rule.variables:
        if name not in matrix:
            raise Refusal("minimum_clusters_of_no_term", model=model.id, term=name)
        values = pd.Series(matrix[name].to_numpy()).groupby(cluster.codes).first()
        for value in (0.0, 1.0):
            found = int((values == value).sum())
            if found < rule.each:
                numbers = {"value": value, "n": found, "least": rule.each}
                raise Refusal("few_clusters_with_value", model=model.id, name=name, **numbers)
