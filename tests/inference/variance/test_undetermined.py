"""An estimate whose error the clusters do not determine stands without one, and says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plans import model_of, plan_of

from coproduction.inference.analysis import analyse
from coproduction.inference.data.design import design
from coproduction.inference.effects.estimands import effects
from coproduction.inference.model.regression import coefficients, fit
from coproduction.notes import read

BLANK = ["std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]
KINDS = [("gaussian", "CR2"), ("gaussian", "CR1"), ("binomial", "CR2"), ("poisson", "CR2")]


def people() -> pd.DataFrame:
    """Twenty communities, of which `here` is one, as `early` and `late` are halves of it."""
    rng = np.random.default_rng(3)
    place = np.repeat(np.arange(20), 15)
    x = rng.normal(size=len(place)) + rng.normal(size=20)[place]
    data = pd.DataFrame({"place": place.astype(str), "x": x, "here": (place == 0) * 1.0})
    data["gaussian"] = x + data["here"] + rng.normal(size=len(place))
    data["binomial"] = (data["gaussian"] + rng.normal(size=len(place)) > 0.5) * 1.0
    data["poisson"] = rng.poisson(np.exp(0.3 * x + 0.5 * data["here"])) * 1.0
    return data


def spec(family: str, covariance: str, *names: str, **changes) -> dict:
    return {
        **{"id": "m", "outcome": family, "family": family, "cluster": "place"},
        **{"predictors": [{"variable": name} for name in names], "covariance": covariance},
        **changes,
    }


@pytest.mark.parametrize(("family", "covariance"), KINDS)
def test_the_indicator_of_one_cluster_has_no_standard_error(family, covariance):
    table = coefficients(fit(design(people(), model_of(spec(family, covariance, "x", "here")))))
    table = table.set_index("term")
    assert table.loc["here", BLANK].isna().all() and np.isfinite(table.loc["here", "estimate"])
    assert [note.code for note in read(table.loc["here", "note"])] == ["error_not_determined"]
    assert table.loc["x", BLANK].notna().all() and table.loc["x", "note"] == ""


@pytest.mark.parametrize("covariance", ["CR2", "CR1"])
def test_cluster_indicators_have_no_standard_errors_and_what_varies_within_has_one(covariance):
    place = {"variable": "place", "categorical": True}
    planned = spec("binomial", covariance, "x")
    planned["predictors"].append(place)
    fitted = fit(design(people(), model_of(planned)))
    table = coefficients(fitted).set_index("term")
    assert table.drop(index="x")[BLANK].isna().all(axis=None)
    assert table.loc["x", BLANK].notna().all()
    assert effects(fitted).set_index("term").loc["x", BLANK].notna().all()


def test_what_only_some_of_one_cluster_have_rests_on_that_cluster_too():
    data = people()
    data["here"] *= data.index % 2
    table = coefficients(fit(design(data, model_of(spec("gaussian", "CR2", "x", "here")))))
    assert table.set_index("term").loc["here", BLANK].isna().all()


@pytest.mark.parametrize("covariance", ["HC1", "HC2", "HC3"])
def test_what_one_person_has_rests_on_that_person(covariance):
    data = people().assign(lone=lambda d: (d.index == 7) * 1.0)
    table = coefficients(
        fit(design(data, model_of(spec("gaussian", covariance, "x", "lone", "here"))))
    )
    table = table.set_index("term")
    assert table.loc["lone", BLANK].isna().all()
    assert table.drop(index="lone")[BLANK].notna().all(axis=None)


def test_an_indicator_of_several_clusters_keeps_its_error():
    data = people()
    data["here"] = data["place"].isin(["0", "1", "2"]) * 1.0
    table = coefficients(fit(design(data, model_of(spec("gaussian", "CR2", "x", "here")))))
    assert table[BLANK].notna().all(axis=None) and table["note"].eq("").all()


def test_all_tables_leave_such_an_error_blank():
    model = spec("gaussian", "CR2", "x", "here", curves=[{"variable": "here"}])
    estimand = {"kind": "average_marginal_effect", "variable": "here"}
    hypothesis = {
        **{"id": "H", "family": "all", "model": "m", "estimand": estimand},
        **{"direction": "positive", "smallest_effect": 0.1},
    }
    found = analyse(
        people(),
        plan_of(
            {
                "models": [model],
                "families": [{"id": "all", "method": "holm", "level": 0.05}],
                "hypotheses": [hypothesis],
                "descriptions": [
                    {"id": "d", "outcome": "gaussian", "by": "here", "cluster": "place"}
                ],
            }
        ),
        seed=1,
    )
    effects = found.effects.set_index("term")
    assert effects.loc["here", BLANK].isna().all() and effects.loc["here", "note"]
    assert effects.loc["x", BLANK].notna().all() and effects.loc["x", "note"] == ""
    assert found.verdicts["verdict"].tolist() == ["not_estimable"]
    means = found.group_means.set_index("level")
    assert np.isnan(means.loc["1", "std_error"]) and means.loc["1", "reason"]
    assert means.loc["0", "std_error"] > 0 and means.loc["0", "reason"] == ""
    assert found.curves["std_error"].isna().all() and found.curves["note"].ne("").all()
    smallest = found.diagnostics.set_index("check").loc["smallest_df"]
    assert smallest["term"] == "x"
