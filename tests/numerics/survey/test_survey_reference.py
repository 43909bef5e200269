"""Survey estimators agree with R's package survey in every field, under every design."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.numerics.survey.estimates import (
    design_effects,
    domain_means,
    means,
    ratios,
    shares,
    totals,
)
from coproduction.numerics.survey.independence import independence
from coproduction.numerics.survey.quantiles import population_quantile
from coproduction.numerics.survey.variance import degrees_of_freedom
from coproduction.rows import Calibration, Replicates, Rows
from coproduction.rows.sampling import Sampling, sampled

FOLDER = Path(__file__).parents[2] / "reference/survey"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
PLACES, LONELY, PAIRS = (
    pd.read_csv(FOLDER / f"{name}.csv") for name in ("places", "lonely", "pairs")
)
PLACE = PLACES.assign(place=100 * PLACES["region"] + PLACES["place"])
STRATA = Sampling("weight", ("place",), ("region",))
FINITE = Sampling("weight", ("place",), ("region",), ("places",))
TWO = Sampling("weight", ("place", "dwelling"), ("region",), ("places", "dwellings"))
TWICE = Sampling("weight", ("place", "dwelling"), ("region", "side"), ("places", "side_dwellings"))
DESIGNS = {
    "rows": (PLACES, Sampling("weight")),
    "clusters": (PLACE, Sampling("weight", ("place",))),
    "strata": (PLACES, STRATA),
    "finite": (PLACES, FINITE),
    "two_stages": (PLACES, TWO),
    "strata_twice_certainty": (PLACES, replace(TWICE, lonely="certainty")),
    "strata_twice_adjust": (PLACES, replace(TWICE, lonely="adjust")),
}
for option in ("certainty", "average", "adjust"):
    DESIGNS[f"lonely_{option}"] = (LONELY, replace(STRATA, lonely=option))
    DESIGNS[f"lonely_finite_{option}"] = (LONELY, replace(TWO, lonely=option))
CALIBRATED = {
    "linear": (TWO, ("sex", "age"), ("x",)),
    "linear_one": (STRATA, ("sex", "age"), ("x",)),
    "raking": (TWO, ("sex", "age", "work"), ()),
    "bounded": (TWO, ("sex", "age"), ("x",)),
    "raked": (STRATA, ("sex", "age", "work"), ()),
}
#: R's `rake` takes out of influences what the margins explain without weights, its `calibrate` with
#: those from before; the latter is what Deville and Särndal (1992) show, and what is done here.
UNWEIGHTED = {"raked"}
REPLICATED = {
    "BRR": PAIRS,
    "Fay": PAIRS,
    "Fay_mse": PAIRS,
    "JK1": PAIRS,
    "JKn": PLACES,
    "JKn_mse": PLACES,
    "bootstrap": PLACES,
}


def margins(table: pd.DataFrame, factors: tuple[str, ...], numbers: tuple[str, ...]) -> np.ndarray:
    """Indicators of all categories, and the numbers as they are."""
    parts = [pd.get_dummies(table[name]).to_numpy(float) for name in factors]
    return np.column_stack([*parts, *(table[name] for name in numbers)])


def calibrated(rows: Rows, steps: list[tuple[np.ndarray, np.ndarray]], fitted: np.ndarray) -> Rows:
    """Give rows whose weights were fitted in steps: margins of each, and the weights before it."""
    after = [*(weight for _, weight in steps[1:]), fitted]
    told = tuple(
        Calibration(matrix, weight, then)
        for (matrix, weight), then in zip(steps, after, strict=True)
    )
    return replace(
        rows, weight=fitted, design=replace(rows.design, weight=fitted, calibrations=told)
    )


def described(name: str) -> tuple[pd.DataFrame, Rows]:
    """Table and rows of a design of the reference."""
    said = REFERENCE[name]
    if name in DESIGNS:
        return DESIGNS[name][0], sampled(*DESIGNS[name])
    if name in CALIBRATED:
        sampling, factors, numbers = CALIBRATED[name]
        rows = sampled(PLACES, sampling)
        before = np.ones(len(PLACES)) if name in UNWEIGHTED else rows.weight
        step = (margins(PLACES, factors, numbers), before)
        return PLACES, calibrated(rows, [step], np.array(said["fitted"]))
    if name == "post":
        rows = sampled(PLACES, STRATA)
        cells = (10 * PLACES["sex"] + PLACES["age"]).to_frame("cell")
        step = (margins(cells, ("cell",), ()), rows.weight)
        return PLACES, calibrated(rows, [step], np.array(said["fitted"]))
    table = REPLICATED[name]
    kind = name.removesuffix("_mse")
    told = Replicates(
        np.array(said["weights"]),
        kind,
        said["scale"],
        np.array(said["rscales"]) * np.ones(len(said["weights"][0])),
        said["mse"],
    )
    rows = sampled(table, Sampling("weight"))
    return table, replace(rows, design=None, replicates=told)


ALL = [*DESIGNS, *CALIBRATED, "post", *REPLICATED]
#: R's `rake` goes ten times through the margins and then stops.
LOOSE = {"raked": 2e-6}


@pytest.fixture(params=ALL)
def compared(request):
    """Table, rows, what R says, and how near it is to be."""
    table, rows = described(request.param)
    return table, rows, REFERENCE[request.param], LOOSE.get(request.param, 1e-8)


def test_every_design_of_the_reference_is_compared():
    assert set(REFERENCE) == {*ALL, "twice"}


def test_means_their_covariance_intervals_and_design_effects(compared):
    table, rows, said, near = compared
    values = table[["y", "x"]].to_numpy()
    found = means(values, rows)
    assert found.df == said["df"]
    assert found.values == pytest.approx(said["mean"], rel=near)
    assert found.covariance == pytest.approx(np.array(said["covariance"]), rel=near)
    low, high = found.intervals()
    assert low == pytest.approx(said["low"], rel=near)
    assert high == pytest.approx(said["high"], rel=near)
    if said.get("deff"):
        assert design_effects(values, rows, found) == pytest.approx(said["deff"], rel=near)


def test_totals_and_ratios(compared):
    table, rows, said, near = compared
    found = totals(table["y"], rows)
    assert found.values[0] == pytest.approx(said["total"], rel=near)
    assert found.std_errors[0] == pytest.approx(said["total_error"], rel=near)
    found = ratios(table["y"], table["x"], rows)
    assert found.values[0] == pytest.approx(said["ratio"], rel=near)
    assert found.std_errors[0] == pytest.approx(said["ratio_error"], rel=near)


def test_shares_and_their_intervals(compared):
    table, rows, said, near = compared
    found = shares(table["work"], 3, rows)
    assert found.values == pytest.approx(said["shares"], rel=near)
    # Where the shares are margins of the weights, all that is left is rounding.
    rounding = max(near * np.abs(said["shares_covariance"]).max(), 1e-24)
    assert found.covariance == pytest.approx(
        np.array(said["shares_covariance"]), rel=near, abs=rounding
    )
    intervals = np.array(said["shares_interval"]).T
    assert np.array(found.intervals(scale="logit")) == pytest.approx(intervals, rel=near)


def test_domains_keep_the_design(compared):
    table, rows, said, near = compared
    together = domain_means(table["y"], table["domain"], 3, rows)
    assert together.values == pytest.approx(said["domain_mean"], rel=near)
    covariance = np.array(said["domain_covariance"])
    scale = np.abs(covariance).max()
    assert together.covariance == pytest.approx(covariance, rel=near, abs=near * scale)
    for domain in range(3):
        chosen = (table["domain"] == domain).to_numpy()
        alone = means(table["y"][chosen], rows[chosen])
        assert alone.values[0] == pytest.approx(said["domain_mean"][domain], rel=near)
        assert alone.std_errors[0] == pytest.approx(said["domain_error"][domain], rel=near)
        assert degrees_of_freedom(rows[chosen]) == said["domain_df"][domain]


def test_independence(compared):
    table, rows, said, near = compared
    found = independence(table["sex"], table["work"], rows)
    assert found.statistic == pytest.approx(said["F"], rel=near)
    assert (found.df, found.df_denominator) == pytest.approx(tuple(said["F_df"]), rel=near)
    assert found.p_value == pytest.approx(said["F_p"], rel=near)
    assert found.first_order_p_value == pytest.approx(said["first_p"], rel=near)


def test_quantiles(compared):
    table, rows, said, near = compared
    for probability, (value, low, high, error) in zip(
        (0.3, 0.5, 0.8), said["quantiles"], strict=True
    ):
        found = population_quantile(table["y"], probability, rows)
        ends = [np.nan if end in (None, "NaN") else end for end in (low, high, error)]
        assert found.value == pytest.approx(value, rel=near)
        got = [found.conf_low, found.conf_high, found.std_error]
        assert got == pytest.approx(ends, rel=near, nan_ok=True)


def test_weights_fitted_in_two_steps():
    said = REFERENCE["twice"]
    rows = sampled(PLACES, STRATA)
    sex, age = (margins(PLACES, (name,), ()) for name in ("sex", "age"))
    people = pd.read_csv(FOLDER / "population.csv")
    within = PLACES.groupby("sex")["weight"].transform("sum")
    between = rows.weight * PLACES["sex"].map(people["sex"].value_counts()) / within
    between = between.to_numpy()
    made = calibrated(rows, [(sex, rows.weight), (age, between)], np.array(said["fitted"]))
    found = means(PLACES[["y", "x"]], made)
    assert found.covariance == pytest.approx(np.array(said["covariance"]), rel=1e-8)
