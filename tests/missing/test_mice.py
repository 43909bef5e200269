"""Chained equations beside those of mice, on the same data; `reference.R` says how.

Imputations are random, so that estimates can agree within chance only: the mean of each over 100
imputations within four of its standard errors, and the variance between imputations by a factor.
mice draws no coefficients for its logits of more than two categories, ours are drawn: there the
variance between imputations may be larger.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from coproduction.missing.imputation import impute
from coproduction.missing.problem import Problem, Target

METHODS = {"x": "pmm", "outcome": "pmm", "item": "pmm", "served": "logit", "grade": "ordinal"}
UNDRAWN = ("grade_mean", "grade_x", "place_2", "place_3", "place_3_x")


def estimates(table: pd.DataFrame) -> dict[str, float]:
    served, third = table["served"] == 1, table["place"] == 3
    x = np.column_stack([np.ones(len(table)), table["item"], served])
    slopes = np.linalg.lstsq(x, table["outcome"], rcond=None)[0]
    return {
        "item_mean": table["item"].mean(),
        "served_share": served.mean(),
        "grade_mean": table["grade"].mean(),
        "place_2": (table["place"] == 2).mean(),
        "place_3": third.mean(),
        "item_x": table["item"].cov(table["x"]),
        "served_x": table["x"][served].mean(),
        "grade_x": table["grade"].corr(table["x"]),
        "place_3_x": table["x"][third].mean(),
    } | dict(zip(("constant", "item", "served"), slopes, strict=True))


@pytest.fixture(scope="module")
def both(root):
    folder = root / "tests/reference/missing"
    data = pd.read_csv(folder / "data.csv").astype(float)
    targets = [
        Target(
            name, data[name].to_numpy(), data[name].isna().to_numpy(), METHODS.get(name, "nominal")
        )
        for name in data
    ]
    reference = json.loads((folder / "reference.json").read_text("utf-8"))
    found = []
    for values in impute(Problem(tuple(targets)), reference["m"], 5, seed=1).completed:
        table = data.copy()
        for each in targets:
            table.loc[each.missing, each.name] = values[each.name]
        found.append(estimates(table))
    return pd.DataFrame(found), reference


def test_estimates_agree_within_chance(both):
    ours, reference = both
    assert len(reference["chained"]) == ours.shape[1]
    for case in reference["chained"]:
        values = ours[case["name"]]
        error = np.sqrt((values.var() + case["variance"]) / reference["m"])
        assert abs(values.mean() - case["mean"]) < 4 * error, case["name"]


def test_imputations_differ_as_much_as_those_of_mice(both):
    ours, reference = both
    for case in reference["chained"]:
        ratio = ours[case["name"]].var() / case["variance"]
        assert 0.55 < ratio < (3.0 if case["name"] in UNDRAWN else 1.8), case["name"]
