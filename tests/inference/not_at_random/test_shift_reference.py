"""Estimates under shifts are those of mice and glm in R (`tests/reference/not_at_random`)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unanswered import analysed, answers, grid, path, study

IMPUTATIONS, THEIRS = 60, 400
FAMILIES = {"served": "binomial", "amount": "gaussian"}


@pytest.fixture(scope="module")
def reference(root: Path) -> tuple[pd.DataFrame, dict]:
    folder = root / "tests/reference/not_at_random"
    data = pd.read_csv(folder / "data.csv")
    return data, json.loads((folder / "reference.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def found(people, reference):
    data, _ = reference
    results = {}
    for outcome, family in FAMILIES.items():
        given = answers(people, x=data["exposed"], y=data[outcome])
        plan = study(
            {"outcome": grid(0.5, 1, 2)},
            {"family": family},
            missing={"imputations": IMPUTATIONS},
        )
        results[outcome] = analysed(given, plan)
    return results


@pytest.mark.parametrize("outcome", FAMILIES)
@pytest.mark.parametrize("form", ["outcome", "outcome_along_exposure"])
def test_shifted_estimates_and_their_errors_agree_within_monte_carlo_error(
    found, reference, outcome, form
):
    own = path(found[outcome], form)
    rows = [row for row in reference[1]["rows"] if (row["outcome"], row["form"]) == (outcome, form)]
    assert len(rows) == 5
    for row in rows:
        chance = np.sqrt(row["between"] * (1 / IMPUTATIONS + 1 / THEIRS))
        mine = own.loc[row["shift"]]
        assert mine["estimate"] == pytest.approx(row["estimate"], abs=4 * chance)
        assert mine["std_error"] == pytest.approx(row["std_error"], rel=0.08)


def test_the_tipping_point_agrees(found, reference):
    points = found["served"].tipping_points.set_index(["shifted", "side"])
    point = points.loc[("outcome_along_exposure", "lower"), "tipping_point"]
    assert point == pytest.approx(reference[1]["tipping"], abs=0.12)
