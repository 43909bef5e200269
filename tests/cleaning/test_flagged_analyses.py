"""Models run on rows without flags, with one at most, and on all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import yaml
from plans import plan_of

from coproduction.cleaning.clean import clean
from coproduction.inference.analysis import analyse

RULES = {"quality": {"attention_misses": 1, "seconds_per_item": 2, "marker_agreement": 4}}
SUBSETS = {"all": None, "one": "flags <= 1", "none": "flags == 0"}


def test_a_model_s_subset_can_count_flags(answers, survey):
    rng = np.random.default_rng(5)
    rows = [
        {
            "check": int(rng.choice([1, 4])),
            "m1": int(rng.choice([2, 5])),
            "duration_seconds": float(rng.choice([20, 600])),
            "hours": int(hours),
            "t1": int(rng.integers(1, 6)),
        }
        for hours in rng.integers(0, 100, 80)
    ]
    scores = clean(answers(*rows), survey, RULES).scores
    model = {
        "outcome": "hours",
        "family": "gaussian",
        "predictors": [{"variable": "t1"}],
        "covariance": "HC3",
    }
    models = [
        {"id": name, **model} | ({"subset": subset} if subset else {})
        for name, subset in SUBSETS.items()
    ]
    analysed = analyse(scores, plan_of({"models": models}), 1).models.set_index("model")["n"]
    flags = pd.Series(scores["flags"])
    expected = {"all": 80, "one": int((flags <= 1).sum()), "none": int((flags == 0).sum())}
    assert analysed.to_dict() == expected
    assert 0 < expected["none"] < expected["one"] < 80


def test_the_primary_model_of_the_resident_survey_leaves_flagged_rows_out_and_others_do_not(root):
    plan = yaml.safe_load((root / "instruments/coproduction/plan.yaml").read_text("utf-8"))
    main = next(model for model in plan["models"] if model["id"] == "main")
    assert plan["flagged_rows"] == {"leave_out": "any"} and "flagged_rows" not in main
    (grid,) = plan["grids"]
    rules = {each["id"]: each["flagged_rows"] for each in grid["dimensions"]["flagged_rows"]}
    assert {name: rule["leave_out"] for name, rule in rules.items()} == {
        "all_rows": "none",
        "attentive": "any",
    }
    # Imputed tables hold who counts by the plan; all other rows are complete cases.
    apart = {"missing": ["primary"], "flagged_rows": list(rules)}
    assert any(rule["where"] == apart for rule in grid["excluded"])
    (stricter,) = grid["dimensions"]["subset"]
    assert stricter["subset"].startswith(f"{main['subset']} and ")
