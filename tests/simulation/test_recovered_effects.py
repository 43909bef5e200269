"""Effects are where the truth file puts them, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from coproduction.errors import StudyError
from coproduction.simulation.simulate import simulate


def outcome(truth):
    return next(entry for entry in truth["answers"] if entry["item"] == "b1")


def wald(simulated) -> pd.Series:
    """Cluster-robust z statistics of volunteering on latents, memberships and their products."""
    persons = simulated.persons
    predictors = persons[["mi", "cr", "vi", "team", "company"]].astype(float)
    predictors["mi_cr"] = persons["mi"] * persons["cr"]
    child = (simulated.intended["d9"] >= 1).astype(float)
    predictors["cr_child"] = persons["cr"] * child
    model = sm.Logit(
        (simulated.intended["b1"] == 1).astype(float), sm.add_constant(predictors)
    ).fit(disp=0, cov_type="cluster", cov_kwds={"groups": persons["community"].to_numpy()})
    return pd.DataFrame({"estimate": model.params, "z": model.tvalues, "error": model.bse})


def test_the_planned_coefficients_are_recovered(large, shipped_truth):
    table = wald(large)
    planned = outcome(shipped_truth)["coefficients"]
    names = {"mi": "mi", "cr": "cr", "vi": "vi", "mi*cr": "mi_cr", "cr*child": "cr_child"}
    for term, column in names.items():
        row = table.loc[column]
        # A model without the community intercept sees coefficients shrunk by about 3 %.
        assert row["estimate"] == pytest.approx(planned[term], abs=3.5 * row["error"] + 0.02), term


def test_without_effects_nothing_predicts_volunteering(residents, sheet, truth):
    entry = outcome(truth)
    entry["coefficients"] = dict.fromkeys(entry["coefficients"], 0.0)
    truth["communities"]["number"] = 120
    table = wald(simulate(residents, sheet, truth, seed=3)).drop("const")
    # The largest of seven |z| exceeds 3.3 once in 150 true nulls.
    assert table["z"].abs().max() < 3.3


def test_without_paths_the_latents_are_unrelated(residents, sheet, truth):
    for entry in truth["latents"]["endogenous"]:
        entry["coefficients"] = dict.fromkeys(entry["coefficients"], 0.0)
    exogenous = truth["latents"]["exogenous"]
    exogenous["correlations"] = np.eye(len(exogenous["names"])).tolist()
    persons = simulate(residents, sheet, truth, seed=3).persons
    names = [*exogenous["names"], *(entry["name"] for entry in truth["latents"]["endogenous"])]
    correlations = persons[names].corr().to_numpy()
    largest = np.abs(correlations[np.triu_indices(len(names), 1)]).max()
    # Largest of 55 correlations; clustering (ICC .10, 32 per community) doubles their variance.
    assert largest < 4 * np.sqrt(2 / len(persons))


def test_correlations_that_cannot_be_are_refused(residents, sheet, truth):
    truth["latents"]["exogenous"]["correlations"][0][1] = 1.5
    truth["latents"]["exogenous"]["correlations"][1][0] = 1.5
    with pytest.raises(StudyError, match="not positive definite"):
        simulate(residents, sheet, truth, seed=1)


def test_paths_that_explain_more_than_all_are_refused(residents, sheet, truth):
    truth["latents"]["endogenous"][0]["coefficients"]["mi"] = 2.0
    with pytest.raises(StudyError, match="explain more than all"):
        simulate(residents, sheet, truth, seed=1)


def test_a_coefficient_of_something_unknown_is_refused(residents, sheet, truth):
    outcome(truth)["coefficients"]["nobody"] = 1.0
    with pytest.raises(StudyError, match="`nobody`"):
        simulate(residents, sheet, truth, seed=1)
