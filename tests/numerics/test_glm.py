"""The search for generalised linear models ends where statsmodels' own does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from plans import model_of
from statsmodels.genmod import families as distributions

from coproduction.errors import Refusal
from coproduction.inference.data.design import design
from coproduction.inference.model.regression import coefficients, fit
from coproduction.numerics import links
from coproduction.numerics.families import FAMILIES
from coproduction.numerics.glm import fit_glm

LINEAR = [name for name, family in FAMILIES.items() if family.leverages]
N = 400


def made(name: str, n: int = N) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes that suit a family, and terms with an intercept."""
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(n), rng.normal(size=(n, 2)), rng.integers(0, 2, n)])
    eta, family = x @ [0.2, 0.4, -0.3, 0.5], FAMILIES[name]
    if family.binary:
        return (rng.random(n) < family.partials([eta], np.empty(0)).value) * 1.0, x
    if family.expected == "number":
        return eta + rng.normal(size=n), x
    counts, amounts = rng.poisson(np.exp(eta)) * 1.0, rng.gamma(2, np.exp(eta) / 2)
    return {"poisson": counts, "tweedie": np.where(counts > 0, amounts, 0)}.get(name, amounts), x


@pytest.mark.parametrize("name", LINEAR)
def test_estimates_and_model_based_errors_equal_those_of_statsmodels(name):
    outcome, x = made(name)
    found = fit_glm(outcome, x, FAMILIES[name].distribution())
    known = sm.GLM(outcome, x, family=FAMILIES[name].distribution()).fit(tol=1e-13, maxiter=300)
    assert found.converged
    np.testing.assert_allclose(found.params, known.params, rtol=1e-7)
    np.testing.assert_allclose(found.mean, known.mu, rtol=1e-7)
    unscaled = known.cov_params() / known.scale
    np.testing.assert_allclose(np.linalg.inv(found.information), unscaled, rtol=1e-6)


@pytest.mark.parametrize("name", LINEAR)
def test_an_offset_and_a_start_are_those_of_statsmodels(name):
    outcome, x = made(name)
    offset = 0.3 * x[:, 1]
    model = sm.GLM(outcome, x, family=FAMILIES[name].distribution(), offset=offset)
    known = model.fit(tol=1e-13, maxiter=300)
    start = known.params + 0.1
    found = fit_glm(outcome, x, FAMILIES[name].distribution(), offset, start)
    np.testing.assert_allclose(found.params, known.params, rtol=1e-7)


def test_any_distribution_and_link_of_statsmodels_can_be_fitted():
    outcome, x = made("poisson")
    family = distributions.NegativeBinomial(links.Log(), alpha=0.5)
    found = fit_glm(outcome, x, family)
    known = sm.GLM(outcome, x, family=family).fit(tol=1e-13, maxiter=300)
    np.testing.assert_allclose(found.params, known.params, rtol=1e-7)


@pytest.mark.parametrize("name", ["binomial", "probit", "cloglog"])
def test_a_search_that_runs_away_does_not_come_to_rest(name):
    x = np.column_stack([np.ones(40), np.arange(40.0) >= 20])
    outcome = np.where(np.arange(40) < 20, np.arange(40) % 2, 1.0)
    assert not fit_glm(outcome, x, FAMILIES[name].distribution()).converged


@pytest.mark.parametrize("name", ["probit", "cloglog", "tweedie"])
def test_a_term_that_separates_the_outcome_is_named(name):
    outcome, x = made(name)
    cell = (outcome == 0) & (np.arange(N) % 2 == 0)
    data = pd.DataFrame({"y": outcome, "x": x[:, 1], "cell": cell * 1.0})
    spec = {"id": "m", "outcome": "y", "family": name, "covariance": "HC1"}
    predictors = [{"variable": "x"}, {"variable": "cell"}]
    with pytest.raises(Refusal) as refused:
        fit(design(data, model_of({**spec, "predictors": predictors})))
    assert refused.value.note.code == "outcome_separated"
    assert refused.value.note.values["terms"] == ["cell"]
    data.loc[data.index[~cell][:3], "cell"] = 1.0
    table = coefficients(fit(design(data, model_of({**spec, "predictors": predictors}))))
    assert np.isfinite(table["std_error"]).all()
