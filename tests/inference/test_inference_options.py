"""Every door of the room refuses an option that it does not know, and names those it does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plans import communities_of, estimand_of, families_of, hypotheses_of, model_of

from coproduction.errors import StudyError
from coproduction.inference.data.communities import community_table
from coproduction.inference.data.design import design
from coproduction.inference.data.split import split
from coproduction.inference.effects.estimands import row
from coproduction.inference.model.regression import fit
from coproduction.inference.variance.bootstrap import draw_weights
from coproduction.inference.variance.sandwich import leverage_adjusted
from coproduction.inference.verdicts import verdict, verdicts
from coproduction.numerics.families import family_of
from coproduction.numerics.multiplicity import adjusted
from coproduction.rows import membership

ROWS = np.arange(8.0)
DATA = pd.DataFrame({"x": ROWS % 3, "y": ROWS % 2, "place": ROWS // 2})
X = np.column_stack([np.ones(8), DATA["x"]])


def made(**changes):
    spec = {"id": "m", "outcome": "y", "family": "gaussian", "covariance": "HC3", **changes}
    return design(DATA, model_of({"predictors": [{"variable": "x"}], **spec}))


def judged(**changes):
    hypothesis = {
        **{"id": "H", "family": "all", "model": "m", "direction": "positive"},
        **{"estimand": {"kind": "coefficient", "variable": "x"}, "smallest_effect": 1.0, **changes},
    }
    known = {"estimate": 1.0, "std_error": 1.0, "df": 9.0, "p_value": 0.3, "n_cell": 8}
    return verdicts(
        {"H": known},
        hypotheses_of([hypothesis]),
        families_of([{"id": "all", "method": "holm", "level": 0.05}]),
    )


DOORS = {
    "family": (lambda v: made(family=v), "logit", "probit"),
    "covariance": (lambda v: made(covariance=v), "HC0", "HC3"),
    "random": (lambda v: made(random=v, cluster="place"), "slope", "intercept"),
    "split": (
        lambda v: made(predictors=[{"variable": "x", "split": v}], cluster="place"),
        "within_between",
        "within_cluster",
    ),
    "key": (lambda v: made(**{v: "HC1"}), "covarianc", "covariance"),
    "key of a predictor": (
        lambda v: made(predictors=[{"variable": "x", v: True}]),
        "standardize",
        "standardise",
    ),
    "level": (lambda v: made(level=v), "community", "communities"),
    "split itself": (
        lambda v: split(DATA["x"], membership(DATA["place"]), v),
        "between",
        "own_and_others",
    ),
    "family itself": (family_of, "logit", "two_part_gamma"),
    "kind": (
        lambda v: row(fit(made()), estimand_of({"kind": v, "variable": "x"})),
        "marginal_effect",
        "average_marginal_effect",
    ),
    "part": (
        lambda v: row(
            fit(made()), estimand_of({"kind": "coefficient", "variable": "x", "part": v})
        ),
        "zero",
        "positive",
    ),
    "direction": (
        lambda v: verdict(1, 0.1, (0, 2), v, 1, 0.05, "superiority"),
        "postive",
        "positive",
    ),
    "comparison": (
        lambda v: verdict(1, 0.1, (0, 2), "positive", 1, 0.05, v),
        "noninferiority",
        "non_inferiority",
    ),
    "direction of a hypothesis": (lambda v: judged(direction=v), "up", "negative"),
    "comparison of a hypothesis": (lambda v: judged(comparison=v), "equivalence", "superiority"),
    "method": (lambda v: adjusted(ROWS, v), "bonferroni", "holm"),
    "weights": (lambda v: draw_weights(v, 3, 4, np.random.default_rng(1)), "mammen", "webb"),
    "leverages": (lambda v: leverage_adjusted(X, np.eye(2), X, ROWS, v), "HC4", "HC2"),
    "statistic": (
        lambda v: community_table(
            DATA,
            communities_of(
                {"cluster": "place", "summaries": [{"id": "s", "variable": "y", "statistic": v}]}
            ),
        ),
        "median",
        "gini",
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_an_unknown_option_is_refused_with_those_that_are_known(door):
    opened, unknown, known = DOORS[door]
    with pytest.raises(StudyError) as refused:
        opened(unknown)
    assert f"`{unknown}`" in str(refused.value) and f"`{known}`" in str(refused.value)


@pytest.mark.parametrize("changes", [{"covariance": "CR2"}, {"random": "intercept"}])
def test_what_needs_clusters_says_so(changes):
    with pytest.raises(StudyError, match="needs a `cluster`"):
        made(**changes)


@pytest.mark.parametrize("points", [0, 51])
def test_quadrature_takes_at_least_one_point_and_at_most_fifty(points):
    with pytest.raises(StudyError, match="`quadrature_points` cannot be"):
        made(random="intercept", cluster="place", quadrature_points=points)
