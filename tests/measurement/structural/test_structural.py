"""Structural models against lavaan's `sem`; see tests/reference/structural.

Conventions as in test_confirmatory. Observed predictors are conditioned on (`fixed.x`): parameters,
likelihoods and the baseline are those of the other variables given them. lavaan gives no covariance
between an observed predictor and a factor that nothing explains, and neither does this room.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.structural import (
    PathEffect,
    StructuralFit,
    disturbance_correlations,
    structural,
)
from coproduction.measurement.structural.conditioned import parameters_of
from coproduction.rows import clustered

FOLDER = Path(__file__).parents[2] / "reference" / "structural"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
MEASURED = {"factors": {f: [f"{f}{i}" for i in range(1, 5)] for f in "abc"}}
PROCESS = MEASURED | {
    "regressions": {
        "a": ["x1", "x2"],
        "b": ["a", "x1"],
        "c": ["b", "a", "x2"],
        "y": ["c", "b", "x1"],
        "z": ["a", "y"],
    }
}
CHAIN = MEASURED | {"regressions": {"b": ["a"], "c": ["b", "a"]}}
DEMOCRACY = CHAIN | {
    "residual_covariances": [
        *(["b1", "c1"], ["b2", "c2"], ["b2", "b4"]),
        *(["b3", "c3"], ["b4", "c4"], ["c2", "c4"]),
    ]
}
OBSERVED = {"regressions": {"y": ["c1", "x1", "x2"], "c1": ["x1", "x2"]}}
BOTH_WAYS = {"regressions": {"y": ["z", "x1"], "z": ["y", "x2"]}, "covariances": [["y", "z"]]}
CONSTRAINED = MEASURED | {
    "regressions": {"b": ["a"], "c": ["b", "a"], "y": ["c"], "z": ["c"]},
    "equal": [["b ~ a", "c ~ b"]],
    "fixed": {"c ~ a": 0.4},
}
CORRELATED = MEASURED | {
    "regressions": {"c": ["a", "b"], "y": ["c"]},
    "fixed": {"a ~~ b": 0},
    "covariances": [["a", "y"]],
}
SECOND = MEASURED | {
    "second_order": {"g": ["a", "b", "c"]},
    "regressions": {"y": ["g", "x1"], "g": ["x1", "x2"]},
}
BINARY = MEASURED | {"regressions": {"b": ["a"], "c": ["b", "a"], "y": ["c", "b"], "w": ["c"]}}
MEDIATOR = MEASURED | {"regressions": {"b": ["a"], "m": ["b", "a"], "y": ["m", "c"]}}
INDIRECT = {
    "indirect": PathEffect("indirect", ("a", "b", "c")),
    "total": PathEffect("total_effect", ("a", "c")),
}
ALONG = {
    "along": PathEffect("indirect", ("x1", "a", "b", "c")),
    "short": PathEffect("indirect", ("x1", "a", "c")),
    "difference": PathEffect("indirect_difference", ("x1", "a", "b", "c"), ("x1", "a", "c")),
}
SEEN = {
    "indirect": PathEffect("indirect", ("x1", "c1", "y")),
    "total": PathEffect("total_effect", ("x1", "y")),
}
ML, MLR, WLSMV = {"estimator": "ML"}, {"estimator": "MLR"}, {"estimator": "WLSMV"}
FIML, CLUSTER = {"missing": "fiml"}, {"rows": "community"}
GROUPS = {"groups": "group", "means": True}
CASES = {
    "process_ml": (PROCESS, ALONG, "continuous", ML),
    "process_mlr": (PROCESS, ALONG, "continuous", MLR),
    "process_mlr_cluster": (PROCESS, ALONG, "continuous", MLR | CLUSTER | {"means": True}),
    "process_fiml": (PROCESS, ALONG, "gaps", ML | FIML),
    "process_fiml_mlr": (PROCESS, ALONG, "gaps", MLR | FIML),
    "process_fiml_cluster": (PROCESS, ALONG, "gaps", MLR | FIML | CLUSTER),
    "democracy_ml": (DEMOCRACY, INDIRECT, "continuous", ML),
    "democracy_mlr": (DEMOCRACY, INDIRECT, "continuous", MLR),
    "democracy_fiml": (DEMOCRACY, INDIRECT, "gaps", MLR | FIML),
    "observed_ml": (OBSERVED, SEEN, "continuous", ML),
    "observed_means": (OBSERVED, SEEN, "continuous", ML | {"means": True}),
    "both_ways": (BOTH_WAYS, {}, "continuous", ML),
    "constrained": (CONSTRAINED, {}, "continuous", MLR),
    "correlated": (CORRELATED, {}, "continuous", ML),
    "second": (SECOND, {}, "continuous", ML),
    "groups_ml": (CHAIN, {}, "continuous", ML | GROUPS),
    "groups_equal": (CHAIN, {}, "continuous", MLR | GROUPS | {"equal_across": ["loading"]}),
    "chain_wlsmv": (CHAIN, INDIRECT, "ordinal", WLSMV),
    "binary_wlsmv": (
        BINARY,
        {"indirect": PathEffect("indirect", ("a", "b", "c", "y"))},
        "ordinal",
        WLSMV,
    ),
    "mediator_wlsmv": (
        MEDIATOR,
        {"indirect": PathEffect("indirect", ("a", "b", "m", "y"))},
        "ordinal",
        WLSMV,
    ),
}
OPERATORS = {"loading": "=~", "threshold": "|", "scale": "~*~", "regression": "~"} | {
    "intercept": "~1",
    "mean": "~1",
}
INFERENCE = ["std_error", "statistic", "p_value", "conf_low", "conf_high"]
COLUMNS = ["estimate", *INFERENCE, "standardised", "standardised_std_error"]
VERSIONS = ("", ".scaled", ".robust")
MEASURES = {
    "n": "ntotal",
    "n_parameters": "npar",
    "chisq": "chisq",
    "df": "df",
    "p_value": "pvalue",
    "scaling": "chisq.scaling.factor",
    "baseline_chisq": "baseline.chisq",
    "baseline_df": "baseline.df",
    "baseline_scaling": "baseline.chisq.scaling.factor",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_conf_low": "rmsea.ci.lower",
    "rmsea_conf_high": "rmsea.ci.upper",
    "rmsea_p_close": "rmsea.pvalue",
    "srmr": "srmr",
    "log_likelihood": "logl",
    "log_likelihood_saturated": "unrestricted.logl",
    "aic": "aic",
    "bic": "bic",
    "bic_adjusted": "bic2",
    "scaling_parameters": "scaling.factor.h0",
    "scaling_saturated": "scaling.factor.h1",
}


@cache
def fitted(name: str) -> StructuralFit:
    model, effects, file, options = CASES[name]
    data = pd.read_csv(FOLDER / f"{file}.csv")
    named = {key: data[options[key]] for key in ("groups", "rows") if key in options}
    if "rows" in named:
        named["rows"] = clustered(named["rows"])
    return structural(data, model, effects=effects, **(options | named))


def expected(name: str) -> pd.DataFrame:
    table = pd.DataFrame(REFERENCE["cases"][name]["parameters"]).replace("NA", np.nan)
    return table.set_index(["group", "op", "lhs", "rhs"])


def close(found: float, wanted: float, tolerance: float) -> bool:
    return abs(found - wanted) <= tolerance * max(1, abs(wanted))


@pytest.mark.parametrize("name", CASES)
def test_every_parameter_is_that_of_lavaan(name):
    reference, fit = expected(name), fitted(name)
    conditioned = {*fit.model.model.specification.exogenous}
    compared = 0
    for row in fit.parameters.to_dict("records"):
        if {row["lhs"], row["rhs"]} - {""} <= conditioned:
            assert np.isnan(row["std_error"])
            continue
        group = ["", "one", "two"].index(row.get("group", "")) or 1
        operator = OPERATORS.get(row["kind"], "~~")
        keys = [
            (group, operator, row["lhs"], row["rhs"]),
            (group, operator, row["rhs"], row["lhs"]),
        ]
        key = next((each for each in keys if each in reference.index), None)
        assert key is not None, row["term"]
        wanted = reference.loc[key]
        for column in COLUMNS:
            if np.isnan(row["std_error"]) and column in INFERENCE:
                assert not wanted["std_error"] > 0
                continue
            tolerance = 3e-5 if column == "statistic" else 1e-5
            assert close(row[column], float(wanted[column]), tolerance), (row["term"], column)
        compared += 1
    free = reference[reference["std_error"].astype(float) > 0].query("op != ':='")
    assert compared >= len(free)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[1]])
def test_every_effect_is_that_of_lavaan(name):
    reference = expected(name).xs((1, ":="), level=("group", "op"))
    for row in fitted(name).effects.to_dict("records"):
        wanted = reference.loc[(row["effect"], slice(None)), :].iloc[0]
        for column in ["estimate", *INFERENCE]:
            tolerance = 3e-5 if column == "statistic" else 1e-5
            assert close(row[column], float(wanted[column]), tolerance), (row["effect"], column)
        if row["kind"] != "indirect_difference":
            continue
        # lavaan subtracts the standardised effects likewise.
        assert close(row["standardised"], float(wanted["standardised"]), 1e-5)
        error = row["standardised_std_error"]
        assert close(error, float(wanted["standardised_std_error"]), 1e-5)


@pytest.mark.parametrize("name", [name for name in CASES if fitted(name).derived.pairs])
def test_correlations_of_disturbances_are_standardised_covariances_of_lavaan(name):
    reference, found = expected(name), disturbance_correlations(fitted(name).derived)
    for row in found.to_dict("records"):
        wanted = reference.loc[(1, "~~", *row["term"].split(" ~~ "))]
        assert close(row["estimate"], float(wanted["standardised"]), 1e-5), row["term"]
        error = float(wanted["standardised_std_error"])
        assert close(row["std_error"], error, 1e-5), row["term"]


@pytest.mark.parametrize("name", CASES)
def test_every_measure_of_fit_is_that_of_lavaan(name):
    wanted, fit = dict(REFERENCE["cases"][name]["fit"]), fitted(name).fit
    if "scaling_parameters" in fit:
        # lavaan divides by the parameters before equality constraints, Mplus (and we) after.
        conditioned = parameters_of(fitted(name).model.model)
        free = sum(
            p.value is None and not own
            for p, own in zip(fitted(name).model.model.parameters, conditioned, strict=True)
        )
        wanted["scaling.factor.h0"] *= free / fit["n_parameters"]
    compared = 0
    for ours, theirs in MEASURES.items():
        for version in VERSIONS:
            key, own = theirs + version, ours + version.replace(".", "_")
            if key not in wanted or own not in fit:
                continue
            if not np.isfinite(float(wanted[key])):
                continue
            assert abs(fit[own] - wanted[key]) <= 1e-4 * abs(wanted[key]) + 1e-7, (own, key)
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("name", CASES)
def test_explained_shares_are_those_of_lavaan(name):
    fit = fitted(name)
    groups = REFERENCE["cases"][name]["explained"]
    for place, shares in enumerate(groups.values() if isinstance(groups, dict) else groups):
        table = fit.explained
        if "group" in table:
            table = table[table["group"] == ["one", "two"][place]]
        for row in table.to_dict("records"):
            assert close(row["r_squared"], shares[row["term"]], 1e-5), row["term"]
