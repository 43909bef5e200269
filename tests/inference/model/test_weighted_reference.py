"""Weighted regressions against R's clubSandwich, sandwich and survey; see reference/weighted.

Closed forms agree to 1e-8; where both sides search, estimates to 1e-6 of R's last step.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import estimand_of, model_of

from coproduction.errors import Refusal
from coproduction.inference.data.design import design
from coproduction.inference.effects.effects import prediction
from coproduction.inference.effects.estimands import row
from coproduction.inference.effects.standardised import standardised_effect
from coproduction.inference.model.regression import Fit, coefficients, estimate, fit
from coproduction.rows import Replicates, rows_of
from coproduction.rows.sampling import Sampling, sampled

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "weighted" / "reference.json").read_text("utf-8"))
OUTCOMES = {
    "gaussian": "score",
    "binomial": "any",
    "probit": "any",
    "cloglog": "any",
    "poisson": "count",
    "pseudo_poisson": "amount",
    "gamma": "amount",
    "ordinal": "rating",
}
LINEAR = [name for name in OUTCOMES if name != "ordinal"]
CASES = [(n, family) for n in (12, 60) for family in LINEAR]
ESTIMANDS = {
    "x": {"kind": "average_marginal_effect", "variable": "x"},
    "z": {"kind": "average_marginal_effect", "variable": "z"},
    "group[2]": {"kind": "average_marginal_effect", "variable": "group[2]"},
    "group[3]": {"kind": "average_marginal_effect", "variable": "group[3]"},
    "x:z": {"kind": "cross_partial", "variables": ["x", "z"]},
    "x:group[2]": {"kind": "cross_partial", "variables": ["x", "group[2]"]},
}


def nested(n_clusters: int) -> pd.DataFrame:
    data = pd.read_csv(FOLDER / "families" / f"nested_{n_clusters}.csv")
    drawn = pd.read_csv(FOLDER / "weighted" / f"weights_{n_clusters}.csv")
    made = data.assign(any=(data["visits"] > 0) * 1.0, score=data["rating"] + data["x"] / 2)
    return pd.concat([made, drawn], axis=1)


def spec(family: str, covariance: str) -> dict:
    return {
        "id": "m",
        "outcome": OUTCOMES[family],
        "family": family,
        "predictors": [
            {"variable": "x"},
            {"variable": "z"},
            {"variable": "group", "categorical": True},
        ],
        "interactions": [["x", "z"]],
        "cluster": "cluster",
        "covariance": covariance,
        **({"subset": "amount > 0"} if family == "gamma" else {}),
    }


def fitted(n_clusters: int, family: str, covariance: str) -> Fit:
    table = nested(n_clusters)
    rows = replace(rows_of(table, "cluster"), weight=table["weight"].to_numpy())
    return fit(design(table, model_of(spec(family, covariance)), rows))


#: Designs as R's script calls them.
DESIGNS = {
    "clusters": Sampling("weight", ("cluster",)),
    "strata": Sampling("weight", ("cluster",), ("stratum",)),
    "finite": Sampling("weight", ("cluster",), ("stratum",), ("population",)),
}


def left_out(table: pd.DataFrame, groups: np.ndarray) -> Replicates:
    """Replicates without one cluster each, the others of its group standing for it."""
    cluster, weight = table["cluster"].to_numpy(), table["weight"].to_numpy()
    units = np.arange(cluster.max() + 1)
    group_of = groups[np.unique(cluster, return_index=True)[1]]
    size = np.bincount(group_of)[group_of]
    factors = np.ones((len(table), len(units)))
    for unit in units:
        factors[groups == group_of[unit], unit] = size[unit] / (size[unit] - 1)
        factors[cluster == unit, unit] = 0.0
    kind = "JK1" if len(np.unique(groups)) == 1 else "JKn"
    return Replicates(factors * weight[:, None], kind, 1.0, (size - 1) / size)


def of_design(n_clusters: int, family: str, name: str, condition: str = "") -> Fit:
    table = nested(n_clusters)
    rows = sampled(table, DESIGNS.get(name, DESIGNS["clusters"]))
    if name in ("JK1", "JKn"):
        groups = table["stratum"].to_numpy() * (name == "JKn")
        rows = replace(rows, design=None, replicates=left_out(table, groups))
    conditions = [each for each in (condition, "amount > 0" * (family == "gamma")) if each]
    changes = {"subset": " and ".join(conditions)} if conditions else {}
    return fit(design(table, model_of(spec(family, "design") | changes), rows))


def known(n_clusters: int, family: str) -> dict:
    return REFERENCE[f"clusters_{n_clusters}"][family]


def tolerance(family: str) -> float:
    return 1e-8 if family == "gaussian" else 1e-6


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
@pytest.mark.parametrize("kind", ["CR2", "CR1", "HC1", "HC2", "HC3"])
def test_weighted_estimates_and_standard_errors_equal_r(n_clusters, family, kind):
    expected = known(n_clusters, family)
    table = coefficients(fitted(n_clusters, family, kind))
    np.testing.assert_allclose(
        table["estimate"], expected["estimate"], rtol=tolerance(family), atol=1e-8
    )
    np.testing.assert_allclose(table["std_error"], expected[kind], rtol=tolerance(family))


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
def test_satterthwaite_degrees_of_freedom_and_p_values_with_weights_equal_r(n_clusters, family):
    expected = known(n_clusters, family)
    table = coefficients(fitted(n_clusters, family, "CR2"))
    np.testing.assert_allclose(table["df"], expected["df"], rtol=10 * tolerance(family))
    np.testing.assert_allclose(table["p_value"], expected["p_value"], rtol=1e-5, atol=1e-10)


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
def test_clusters_drawn_with_replacement_are_survey_s_default(n_clusters, family):
    expected = known(n_clusters, family)["design"]["clusters"]
    table = coefficients(fitted(n_clusters, family, "CR1"))
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(table["std_error"], expected["std_error"], rtol=1e-6)


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
@pytest.mark.parametrize("name", ["clusters", "strata", "finite", "JK1", "JKn"])
def test_errors_of_the_design_and_their_freedom_equal_survey(n_clusters, family, name):
    expected = known(n_clusters, family)["design"][name]
    found = of_design(n_clusters, family, name)
    errors = np.sqrt(np.diag(found.covariance))
    np.testing.assert_allclose(errors, expected["std_error"], rtol=tolerance(family))
    assert found.freedom_of_design == expected["df"]


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
def test_a_domain_keeps_the_design(n_clusters, family):
    expected = known(n_clusters, family)["domain"]
    found = of_design(n_clusters, family, "strata", "z > -0.5")
    np.testing.assert_allclose(found.params, expected["estimate"], rtol=1e-6, atol=1e-8)
    errors = np.sqrt(np.diag(found.covariance))
    np.testing.assert_allclose(errors, expected["std_error"], rtol=1e-6)
    assert found.freedom_of_design == expected["df"]


@pytest.mark.parametrize("n_clusters", [12, 60])
@pytest.mark.parametrize("name", ["clusters", "strata", "finite"])
def test_weighted_proportional_odds_of_a_design_equal_survey(n_clusters, name):
    expected = known(n_clusters, "ordinal")[name]
    found = of_design(n_clusters, "ordinal", name)
    errors = np.sqrt(np.diag(found.covariance))
    np.testing.assert_allclose(errors, expected["std_error"], rtol=1e-5)
    assert found.freedom_of_design == expected["df"]


@pytest.mark.parametrize("n_clusters", [12, 60])
def test_weighted_proportional_odds_equal_survey(n_clusters):
    expected = known(n_clusters, "ordinal")["clusters"]
    table = coefficients(fitted(n_clusters, "ordinal", "CR1"))
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(table["std_error"], expected["std_error"], rtol=1e-5)


@pytest.mark.parametrize(
    ("n_clusters", "family", "term"),
    # A linear model has no cross-partial without a product.
    [(*c, t) for c in CASES for t in ESTIMANDS if (c[1], t) != ("gaussian", "x:group[2]")],
)
def test_weighted_effects_equal_their_definition(n_clusters, family, term):
    expected = known(n_clusters, family)["effects"][term]
    result = fitted(n_clusters, family, "CR1")
    found = row(result, estimand_of(ESTIMANDS[term]))
    # R differentiates numerically twice; 1e-7 is the noise of a second difference.
    assert found["estimate"] == pytest.approx(expected["estimate"], rel=1e-5, abs=1e-7)
    assert found["std_error"] == pytest.approx(expected["std_error"], rel=1e-4)


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
def test_weighted_predictions_equal_their_definition(n_clusters, family):
    expected = known(n_clusters, family)["effects"]["x = 1"]
    result = fitted(n_clusters, family, "CR1")
    found = estimate(result, *prediction(result, {"x": 1.0}), 0.95)
    assert found["estimate"] == pytest.approx(expected["estimate"], rel=1e-6)
    assert found["std_error"] == pytest.approx(expected["std_error"], rel=1e-5)


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
def test_outcomes_are_standardised_by_their_weighted_spread(n_clusters, family):
    result = fitted(n_clusters, family, "CR1")
    value, _ = standardised_effect(result, "x")
    effect = row(result, estimand_of(ESTIMANDS["x"]))["estimate"]
    assert effect / value == pytest.approx(known(n_clusters, family)["spread"], rel=1e-8)


def test_model_based_errors_are_refused_with_weights():
    with pytest.raises(Refusal, match="CR2"):
        fitted(12, "gaussian", "classical")
