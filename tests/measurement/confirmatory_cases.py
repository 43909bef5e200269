"""The models and answers of the reference, fitted once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pandas as pd

from coproduction.measurement.factor.confirmatory import FactorFit, confirmatory
from coproduction.rows import clustered

FOLDER = Path(__file__).parents[1] / "reference" / "confirmatory"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
XS = [f"x{i}" for i in range(1, 13)]
FORTY = [f"i{i}" for i in range(1, 41)]
THREE = {"factors": {"a": XS[:4], "b": XS[4:8], "c": XS[8:]}}
RAISED = THREE | {"second_order": {"g": ["a", "b", "c"]}}
EXTRAS = THREE | {
    "equal": [["a =~ x2", "a =~ x3"]],
    "fixed": {"b =~ x5": 1, "b =~ x7": 0.9},
    "residual_covariances": [["x1", "x2"], ["x4", "x9"]],
}
METHOD = THREE | {"method": {"m": XS}}
CROSSED = {"factors": {"a": XS[:5], "b": XS[4:8], "c": XS[8:]}}
ORTHOGONAL = THREE | {"orthogonal": ["a", "b", "c"]}
FIVE = {"factors": {f"f{f}": FORTY[f - 1 :: 5] for f in range(1, 6)}}
ML, MLR, WLSMV = {"estimator": "ML"}, {"estimator": "MLR"}, {"estimator": "WLSMV"}
FIML = {"missing": "fiml"}
STANDARDISED = {"identification": "standardised"}
THETA = {"parameterisation": "theta"}
METRIC = {"groups": "group", "equal_across": ["loading"]}
CASES = {
    "ml": (THREE, "twelve", ML),
    "ml_standardised": (THREE, "twelve", ML | STANDARDISED),
    "ml_means": (THREE, "twelve", ML | {"means": True}),
    "second_order": (RAISED, "twelve", ML),
    "second_order_standardised": (RAISED, "twelve", ML | STANDARDISED),
    "extras": (EXTRAS, "twelve", ML),
    "method": (METHOD, "twelve", ML),
    "crossed": (CROSSED, "twelve", ML),
    "orthogonal": (ORTHOGONAL, "twelve", ML),
    "mlr": (THREE, "twelve", MLR),
    "mlr_second_order": (RAISED, "twelve", MLR),
    "mlr_cluster": (THREE, "twelve", MLR | {"rows": "community", "means": True}),
    "groups_ml": (THREE, "twelve", ML | {"groups": "group", "means": True}),
    "groups_ml_metric": (THREE, "twelve", ML | METRIC | {"means": True}),
    "groups_mlr_metric": (THREE, "twelve", MLR | METRIC | {"means": True}),
    "wlsmv": (THREE, "twelve", WLSMV),
    "wlsmv_standardised": (THREE, "twelve", WLSMV | STANDARDISED),
    "wlsmv_theta": (THREE, "twelve", WLSMV | THETA),
    "wlsmv_second_order": (RAISED, "twelve", WLSMV),
    "wlsmv_extras": (EXTRAS, "twelve", WLSMV),
    "wlsmv_extras_theta": (EXTRAS, "twelve", WLSMV | THETA),
    "wlsmv_method": (METHOD, "twelve", WLSMV),
    "wlsmv_crossed": (CROSSED, "twelve", WLSMV),
    "wlsmv_groups": (THREE, "twelve", WLSMV | {"groups": "group"}),
    "wlsmv_groups_metric": (THREE, "twelve", WLSMV | METRIC),
    "fiml": (THREE, "gaps", ML | FIML),
    "fiml_mlr": (THREE, "gaps", MLR | FIML),
    "fiml_cluster": (THREE, "gaps", MLR | FIML | {"rows": "community"}),
    "fiml_groups": (THREE, "gaps", MLR | FIML | {"groups": "group"}),
    "pairwise": (THREE, "gaps", WLSMV | {"missing": "pairwise"}),
    "forty_ml_1000": (FIVE, "thousand", ML),
    "forty_mlr_1000": (FIVE, "thousand", MLR),
    "forty_ml_10000": (FIVE, "ten_thousand", ML),
    "forty_mlr_10000": (FIVE, "ten_thousand", MLR),
    "forty_wlsmv_1000": (FIVE, "thousand", WLSMV),
    "forty_wlsmv_theta": (FIVE, "thousand", WLSMV | THETA),
    "forty_wlsmv_10000": (FIVE, "ten_thousand", WLSMV),
    "forty_wlsmv_pairwise": (FIVE, "incomplete", WLSMV | {"missing": "pairwise"}),
}
FILES = {
    "twelve": "twelve.csv",
    "gaps": "gaps.csv",
    "thousand": "../polychoric/items_1000.csv",
    "ten_thousand": "../polychoric/items_10000.csv.gz",
    "incomplete": "incomplete.csv.gz",
}


@cache
def data(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / FILES[name])


@cache
def fitted(name: str) -> FactorFit:
    model, file, options = CASES[name]
    answers = data(file)
    return confirmatory(answers, model, **(options | told(answers, options)))


def told(answers: pd.DataFrame, options: dict) -> dict:
    """What options name by a column: groups, and rows by their clusters."""
    makers = {"groups": lambda column: column, "rows": clustered}
    return {key: make(answers[options[key]]) for key, make in makers.items() if key in options}
