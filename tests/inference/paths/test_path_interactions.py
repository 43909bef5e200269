"""Interactions in planned path models: true ones are found, in the units that are told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.inference.analysis import analyse
from coproduction.instrument.item_scales import Scale

ITEMS = {name: tuple(f"{name}{i}" for i in range(1, 5)) for name in ("one", "two", "end")}
SCALES = {name: Scale(items, reversed=items[:1], spans=(4.0,) * 4) for name, items in ITEMS.items()}
INTERACTION = -0.15


def town(n: int, seed: int) -> pd.DataFrame:
    """Ordinal answers of people in 40 places: two changes what one does to end, and so does pay."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 40, n)
    shared = 0.3 * rng.normal(size=(40, 3))[place]
    age = rng.normal(size=n)
    pay = 2.0 * rng.normal(size=n)
    one = rng.normal(size=n)
    two = 0.3 * one + np.sqrt(1 - 0.3**2) * rng.normal(size=n)
    end = 0.3 * one + 0.2 * two + INTERACTION * one * two + 0.05 * one * pay
    end = end + 0.85 * rng.normal(size=n)
    style = 0.3 * rng.normal(size=n)
    known = {"one": one, "two": two, "end": end}
    table = {"place": place.astype(float), "age": age, "pay": pay}
    table["y"] = 0.4 * end + 0.3 * age + rng.normal(size=n)
    for column, (name, factor) in enumerate(known.items()):
        for item in ITEMS[name]:
            sign = -1 if item in SCALES[name].reversed else 1
            felt = factor + shared[:, column] + 0.2 * age
            answer = sign * 0.75 * felt + style + 0.6 * rng.normal(size=n)
            table[item] = 1.0 + np.digitize(answer, [-1.4, -0.5, 0.4, 1.3])
        signed = [6 - table[i] if i in SCALES[name].reversed else table[i] for i in ITEMS[name]]
        table[name] = np.mean(signed, axis=0)
    return pd.DataFrame(table)


PATHS = {
    "id": "along",
    "regressions": {
        "two": ["one", "pay"],
        "end": ["one", "two", "one:two", "pay", "one:pay"],
        "y": ["end", "one", "two", "one:two", "pay", "one:pay"],
    },
    "covariates": ["age"],
    "cluster": "place",
    "within_clusters": True,
    "effects": [{"kind": "indirect", "along": ["one:two", "end", "y"]}],
}


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    table = analyse(town(20_000, 3), plan_of({"paths": [PATHS]}), 1, scales=SCALES).paths
    return table.set_index(["estimand", "term"])


def test_interactions_of_ordinal_answers_are_the_true_ones_in_standard_deviations(found):
    spread = np.sqrt(0.3**2 + 0.2**2 + 2 * 0.3 * 0.2 * 0.3 + 0.85**2 + 0.0225 * 1.09 + 0.01)
    row = found.loc[("path", "one:two > end")]
    assert row["estimate"] == pytest.approx(INTERACTION / spread, abs=0.03)
    # The variable that is observed counts in its own unit, as its path does.
    assert found.loc[("path", "one:pay > end"), "estimate"] == pytest.approx(
        0.05 / spread, abs=0.01
    )


def test_what_goes_on_from_a_product_is_the_index_of_moderated_mediation(found):
    value = found["estimate"]
    wanted = value["path", "one:two > end"] * value["path", "end > y"]
    assert value["indirect", "one:two > end > y"] == pytest.approx(wanted, rel=1e-9)
    assert found.loc[("path", "one:two > y"), "p_value"] > 0.01


def test_a_hypothesis_on_a_product_is_judged_as_every_other_one():
    hypothesis = {
        "id": "H1",
        "statement": {"en": "One."},
        "family": "all",
        "path": "along",
        "estimand": {"kind": "path", "along": ["one:two", "end"]},
        "direction": "negative",
        "smallest_effect": 0.05,
        "unit": {"en": "unit"},
    }
    content = {"paths": [PATHS], "families": [{"id": "all"}], "path_hypotheses": [hypothesis]}
    (row,) = analyse(town(3000, 5), plan_of(content), 1, scales=SCALES).verdicts.to_dict("records")
    assert row["verdict"] == "supported" and row["df"] == 39
