"""Confirmatory factor analysis against lavaan; see tests/reference/confirmatory.

Conventions. ML, MLR and FIML divide covariances by N, count N cases in χ² and RMSEA and take the
information that is expected (ML, complete answers) or observed (MLR, missing answers). WLSMV counts
n − 1 cases of each group in χ², RMSEA and standard errors. The interval of RMSEA has 90 %; the test
of close fit is of RMSEA ≤ 0.05. SRMR leaves out means that are not modelled and the thresholds of
ordinal items. Residual correlations are differences of observed and implied correlations.

The reference takes Newton steps after lavaan's own search, except with forty items. Everything
about parameters is compared to 1e-5, relative to values above 1; only the statistic, whose error is
that of estimate and standard error together, to 3e-5 (with several groups lavaan weighs the cases
of WLSMV by n / N, not n − 1, in the standard errors). Fit measures: 1e-4 relative, or 1e-7 near
zero.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from confirmatory_cases import CASES, REFERENCE, fitted

from coproduction.measurement.fit.modification import modification_indices

OPERATORS = {
    "loading": "=~",
    "threshold": "|",
    "scale": "~*~",
    "intercept": "~1",
    "mean": "~1",
    "variance": "~~",
    "covariance": "~~",
    "residual": "~~",
}
COLUMNS = [
    *("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"),
    *("standardised", "standardised_std_error"),
]
INFERENCE = COLUMNS[1:6]
CHANGES = {
    "modification_index": "mi",
    "modification_index_scaled": "mi.scaled",
    "expected_change": "epc",
    "standardised_change": "sepc.all",
}
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
    "baseline_p_value": "baseline.pvalue",
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


def expected_parameters(name: str) -> pd.DataFrame:
    table = pd.DataFrame(REFERENCE["cases"][name]["parameters"]).replace("NA", np.nan)
    return table.set_index(["group", "op", "lhs", "rhs"])


def found_parameters(name: str) -> pd.DataFrame:
    """Our parameters under lavaan's names; a covariance may stand the other way round there."""
    table, known = fitted(name).parameters, set(expected_parameters(name).index)
    groups = table["group"].astype(int) if "group" in table else [1] * len(table)
    names = []
    for group, row in zip(groups, table.itertuples(), strict=True):
        operator = OPERATORS[row.kind]
        key = (group, operator, row.lhs, row.rhs)
        names.append(key if key in known else (group, operator, row.rhs, row.lhs))
    return table.set_index(pd.MultiIndex.from_tuples(names))


@pytest.mark.parametrize("name", CASES)
def test_every_parameter_equals_lavaan(name):
    found, expected = found_parameters(name), expected_parameters(name)
    assert not found.index.duplicated().any()
    expected, left_out = expected.loc[found.index], expected.drop(found.index)
    fixed = found["std_error"].isna().to_numpy()
    assert (expected["std_error"][fixed] == 0).all()
    assert found.loc[fixed, INFERENCE].isna().all(axis=None)
    for column in COLUMNS:
        rows = ~fixed if column in INFERENCE else np.isfinite(expected[column].to_numpy(float))
        np.testing.assert_allclose(
            found.loc[rows, column].to_numpy(float),
            expected.loc[rows, column].to_numpy(float),
            rtol=3e-5 if column == "statistic" else 1e-5,
            atol=1e-5,
            err_msg=column,
        )
    # What we do not list is implied or absent: residual variances that the delta metric leaves
    # implicit, scales of the theta metric, covariances that the model fixes to zero.
    assert set(left_out.index.get_level_values("op")) <= {"~~", "~*~"}
    assert (left_out["std_error"] == 0).all()


@pytest.mark.parametrize("name", CASES)
def test_every_fit_measure_equals_lavaan(name):
    found, expected = dict(fitted(name).fit), dict(REFERENCE["cases"][name]["fit"])
    free = fitted(name).model.parameters
    if "scaling_parameters" in found:
        # lavaan divides by the parameters before equality constraints, Mplus (and we) after.
        expected["scaling.factor.h0"] *= sum(p.value is None for p in free) / found["n_parameters"]
    if fitted(name).estimator == "WLSMV" and len(fitted(name).model.groups) == 2:
        # lavaan subtracts the expectation of the baseline statistic once for every group.
        _, baseline = fitted(name).estimates.population
        gain = baseline.chisq - baseline.scaling * baseline.df
        ratio = (gain - baseline.scaling * baseline.df) / gain
        for index in ("cfi.robust", "tli.robust"):
            expected[index] = 1 - (1 - expected[index]) * ratio
    compared = set()
    for measure, value in found.items():
        base, _, version = measure.rpartition("_")
        there = (
            f"{MEASURES[base]}.{version}"
            if version in ("scaled", "robust")
            else MEASURES.get(measure)
        )
        if there in expected:
            compared.add(there)
            np.testing.assert_allclose(value, expected[there], 1e-4, 1e-7, err_msg=measure)
    if "shift" in found:
        # lavaan keeps the shift to itself; the scaled statistics, compared above, contain it.
        for test in ("", "baseline_"):
            whole = found[f"{test}chisq"] / found[f"{test}scaling"] + found[f"{test}shift"]
            np.testing.assert_allclose(whole, found[f"{test}chisq_scaled"], 1e-12)
    known = {f"{there}{version}" for there in MEASURES.values() for version in VERSIONS}
    assert known & set(expected) == compared


@pytest.mark.parametrize("name", CASES)
def test_residual_correlations_equal_lavaan(name):
    fit, expected = fitted(name), REFERENCE["cases"][name]
    residuals = expected["residuals"]
    groups = residuals if isinstance(residuals, list) else list(residuals.values())
    assert len(groups) == len(fit.residual_correlations)
    for here, there in zip(fit.residual_correlations, groups, strict=True):
        assert list(here) == list(here.index) == expected["items"]
        below = here.to_numpy().T[np.triu_indices(len(here), 1)]
        np.testing.assert_allclose(below, there, atol=1e-5)


@pytest.mark.parametrize("name", [n for n in CASES if "modification" in REFERENCE["cases"][n]])
def test_every_modification_index_equals_lavaan(name):
    fit = fitted(name)
    found = modification_indices(fit.objective, fit.estimates, robust=False)
    expected = pd.DataFrame(REFERENCE["cases"][name]["modification"])
    groups = found["group"].replace("", 1).astype(int)
    operators = found["kind"].map(OPERATORS)
    found = found.set_index(pd.MultiIndex.from_arrays([groups, operators, found.lhs, found.rhs]))
    turned = found.swaplevel(2, 3)[lambda table: table["kind"].ne("loading")]
    names = expected.reindex(columns=["group", "op", "lhs", "rhs"]).fillna({"group": 1})
    both = pd.concat([found, turned])
    assert both.index.is_unique
    found = both.loc[pd.MultiIndex.from_frame(names)]
    if len(expected) < 100:  # of the forty items the reference keeps those above 3.84
        ours = modification_indices(fit.objective, fit.estimates)
        assert len(ours) >= len(expected)
    if fit.estimator == "WLSMV":
        # lavaan multiplies the slope by n − 1 but the information by n.
        expected["mi"] *= fit.fit["n"] / (fit.fit["n"] - 1)
        expected["epc"] *= fit.fit["n"] / (fit.fit["n"] - 1)
        expected["sepc.all"] *= fit.fit["n"] / (fit.fit["n"] - 1)
    for here, there in CHANGES.items():
        if there in expected:
            np.testing.assert_allclose(found[here], expected[there], 1e-4, 1e-5, err_msg=here)
    np.testing.assert_allclose(found["statistic"], found["modification_index"], 1e-9)
