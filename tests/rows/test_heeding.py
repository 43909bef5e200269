"""No estimator passes over what rows stand for: each refuses what it does not heed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import fields, replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from plans import description_of, model_of, moderation_of

import coproduction.inference
import coproduction.measurement
from coproduction.errors import Refusal
from coproduction.inference.data.design import design
from coproduction.inference.descriptions import group_means
from coproduction.inference.effects.moderation import moderated
from coproduction.inference.model.regression import fit
from coproduction.measurement.factor.confirmatory import confirmatory
from coproduction.measurement.invariance.ladder import invariance
from coproduction.measurement.invariance.logistic_functioning import logistic_functioning
from coproduction.measurement.invariance.mimic import direct_effects
from coproduction.measurement.invariance.steps import Rule
from coproduction.measurement.ordinal.polychoric import polychoric
from coproduction.measurement.planned.fits import ordinal_statistics
from coproduction.measurement.reliability.retest import resampled_intervals
from coproduction.measurement.reliability.table import reliability
from coproduction.measurement.structural import after_measurement
from coproduction.measurement.validity.aggregation import (
    aggregation,
    intraclass,
    within_group_agreement,
)
from coproduction.measurement.validity.validity import bootstrap_correlations, validity
from coproduction.rows import Replicates, Rows, heeding, rows_of, stages_of
from coproduction.rows.design import Design

RNG = np.random.default_rng(1)
FACTOR = RNG.normal(size=(120, 1))
NAMES = ["a", "b", "c", "d"]
ITEMS = pd.DataFrame(
    np.digitize(FACTOR + RNG.normal(size=(120, 4)), [-1, 0, 1]) + 1.0, columns=NAMES
)
TABLE = ITEMS.assign(place=np.arange(120) % 12, half=np.arange(120) % 2.0)
PLACES = TABLE["place"].to_numpy()
PLAIN = rows_of(TABLE, "place")
ONES = np.ones(120)
#: Rows of which one thing more is known, by its name.
TOLD = {
    "weight": replace(PLAIN, weight=ONES),
    "design": replace(PLAIN, design=Design(np.arange(120), ONES, stages_of([PLAIN.together]))),
    "replicates": replace(PLAIN, replicates=Replicates(np.ones((120, 4)), "BRR", 0.25, np.ones(4))),
}
ONE = {"factors": {"f": NAMES}}
MODEL = model_of(
    {"id": "m", "outcome": "a", "family": "gaussian", "predictors": [{"variable": "b"}]}
    | {"cluster": "place", "covariance": "CR2"}
)
DESCRIBED = {"id": "d", "outcome": "a", "by": "half", "cluster": "place"}
MODERATED = {"id": "x", "variable": "b", "by": {"variable": "half"}}
RULE = Rule(cfi_drop=0.01, rmsea_rise=0.015)
#: Every function that estimates something from rows, called as simply as it can be.
ESTIMATORS = {
    "design": lambda rows: design(TABLE, MODEL, rows),
    "group_means": lambda rows: group_means(TABLE, description_of(DESCRIBED), rows=rows),
    "moderated": lambda rows: moderated(TABLE, MODEL, moderation_of(MODERATED), rows),
    "confirmatory": lambda rows: confirmatory(ITEMS, ONE, rows=rows),
    "invariance": lambda rows: invariance(ITEMS, ONE, TABLE["half"], "MLR", RULE, rows),
    "logistic_functioning": lambda rows: logistic_functioning(
        ITEMS, {"f": NAMES}, TABLE["half"], rows=rows
    ),
    "direct_effects": lambda rows: direct_effects(ITEMS, ONE, TABLE["half"] == 1, rows=rows),
    "measure": lambda rows: after_measurement.measure(
        ITEMS.to_numpy(), NAMES, {"f": NAMES}, rows=rows
    ),
    "polychoric": lambda rows: polychoric(ITEMS, rows=rows),
    "ordinal_statistics": lambda rows: ordinal_statistics(ITEMS, rows),
    "reliability": lambda rows: reliability({"f": ITEMS}, rows=rows, minimum=0.7),
    "resampled_intervals": lambda rows: resampled_intervals(ITEMS[["a", "b"]], rows, 9, RNG),
    "intraclass": lambda rows: intraclass(ITEMS["a"], rows),
    "within_group_agreement": lambda rows: within_group_agreement(ITEMS, rows, 1.25),
    "aggregation": lambda rows: aggregation(
        pd.DataFrame({"f": ITEMS.mean(axis=1)}), {"f": ITEMS}, {"f": 1.25}, rows
    ),
    "bootstrap_correlations": lambda rows: bootstrap_correlations(ITEMS, 9, RNG, rows),
    "validity": lambda rows: validity(
        {"f": ITEMS[["a", "b"]], "g": ITEMS[["c", "d"]]},
        pd.DataFrame({"f": ITEMS["a"], "g": ITEMS["c"]}),
        pd.DataFrame(),
        {},
        9,
        RNG,
        rows,
    ),
}
#: What an estimator heeds beside clusters.
HEEDED = {(name, "weight") for name in ("design", "group_means", "moderated")}
#: Functions that hand rows to an estimator, or are handed them by one.
BETWEEN = {
    *("calibrate", "residuals", "cluster_of", "made_terms", "complete_cases", "losses"),
    *(
        "units_of",
        "units_of_design",
        "analyse",
        "judgements",
        "verdicts_of",
        "tables_of",
        "all_tables",
        "check_terms_and_outcome",
        "sample",
        "fit_model",
        "compare_groups",
        "retest_table",
        "weighted_shares",
        "weighted_means",
        "structural",
    ),
}


def taking_rows() -> set[str]:
    """Names of all public functions of the two rooms that take rows."""
    found = set()
    for package in (coproduction.measurement, coproduction.inference):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, each in vars(importlib.import_module(module.name)).items():
                own = inspect.isfunction(each) and each.__module__ == module.name
                if own and not name.startswith("_"):
                    kinds = inspect.get_annotations(each).values()
                    found |= {name} if {"Rows", "Rows | None"} & set(kinds) else set()
    return found


def told(found) -> str:
    """What an estimator says that keeps a refusal in its table, or gives it back."""
    return found.to_csv() if isinstance(found, pd.DataFrame) else str(found)


def names(text: str, attribute: str) -> bool:
    """Whether it names an attribute of rows."""
    return f"`{attribute}`" in text or f'""{attribute}""' in text or f'"{attribute}"' in text


@pytest.mark.parametrize(("name", "attribute"), sorted(set(product(ESTIMATORS, TOLD)) - HEEDED))
def test_every_estimator_refuses_what_it_does_not_heed(name, attribute):
    assert not names(told(ESTIMATORS[name](PLAIN)), attribute)
    try:
        found = told(ESTIMATORS[name](TOLD[attribute]))
    except Refusal as refusal:
        found = str(refusal)
    assert names(found, attribute)


@pytest.mark.parametrize("name", sorted(name for name, each in HEEDED if each == "weight"))
def test_unequal_weights_move_what_an_estimator_that_heeds_them_gives(name):
    unequal = replace(PLAIN, weight=np.where(TABLE["a"] > 2, 3.0, 1.0))
    many, found = (replace(unequal, weight=unequal.weight * each) for each in (7.0, 1.0))

    def numbers(rows: Rows) -> list:
        made = ESTIMATORS[name](rows)
        made = made[0] if isinstance(made, tuple) else made
        made = fit(made) if name == "design" else made
        table = made if isinstance(made, pd.DataFrame) else made.to_frame()
        # What stands beside weighted numbers is not there without weights.
        beside = table.columns.intersection(["unweighted"])
        return table.drop(columns=beside).select_dtypes("number").to_numpy()

    np.testing.assert_allclose(numbers(many), numbers(found), rtol=1e-9)
    np.testing.assert_allclose(numbers(TOLD["weight"]), numbers(PLAIN), rtol=1e-9)
    assert np.nanmax(np.abs(numbers(found) - numbers(PLAIN))) > 0.01


@pytest.mark.parametrize("attribute", ["design", "replicates"])
def test_errors_of_the_design_heed_the_design(attribute):
    model = replace(MODEL, covariance="design")
    halves = np.where(np.arange(12) % 2, 2.0, 0.0)[TABLE["place"]]
    known = Replicates(np.column_stack([halves, 2 - halves]), "BRR", 0.5, np.ones(2))
    strata = stages_of([PLAIN.together], [rows_of(TABLE.assign(s=PLACES // 4), "s").cluster])
    given = {"design": Design(np.arange(120), ONES, strata), "replicates": known}
    plain, told_of = (
        fit(design(TABLE, model, rows)).covariance
        for rows in (TOLD["weight"], replace(TOLD["weight"], **{attribute: given[attribute]}))
    )
    assert not np.allclose(plain, told_of, rtol=0.01)


@pytest.mark.parametrize("estimator", ["ML", "MLR", "FIML", "WLSMV"])
def test_what_takes_no_notice_of_clusters_takes_notice_of_the_rest(estimator):
    with pytest.raises(Refusal, match="`weight`"):
        invariance(ITEMS, ONE, TABLE["half"], estimator, RULE, TOLD["weight"])


def test_nothing_that_rows_stand_for_is_left_out():
    assert {part.name for part in fields(Rows)} == {"index", "cluster", *TOLD}


def test_no_function_that_takes_rows_is_left_out():
    assert taking_rows() == {*ESTIMATORS, *BETWEEN}


def test_what_is_heeded_or_not_set_is_no_reason_to_refuse():
    assert heeding(PLAIN, "cluster") is PLAIN
    assert heeding(PLAIN.independent) == PLAIN.independent
    with pytest.raises(Refusal, match="`cluster`"):
        heeding(PLAIN)
    with pytest.raises(Refusal, match="`weight`"):
        heeding(TOLD["weight"], "cluster")


@pytest.mark.parametrize(
    ("attribute", "length"),
    [
        ("weight", len),
        ("design", lambda part: len(part.places)),
        ("replicates", lambda part: len(part.weights)),
    ],
)
def test_all_attributes_are_carried_along_with_the_rows(attribute, length):
    def n(rows: Rows) -> int:
        return length(getattr(rows, attribute))

    rows = TOLD[attribute]
    chosen = rows[TABLE["half"].to_numpy() == 1]
    assert n(chosen) == len(chosen) == 60
    assert n(rows.at(TABLE.index[5:9])) == 4
    assert [n(part) for part in rows.split([50, 70])] == [50, 70]
