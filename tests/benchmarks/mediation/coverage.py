"""How often intervals of natural effects hold the truth. Run: python coverage.py REPLICATES

Outcomes and mediators are drawn through normal errors with a part that their community shares, each
with its own, so that the fitted models hold for every row and rows of a community go together. True
effects are means of two million potential outcomes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr
from scipy.stats import poisson

from coproduction.inference.data.tables import all_tables
from coproduction.inference.mediation.effects import tabulated
from coproduction.inference.mediation.rho import explaining
from coproduction.inference.mediation.stages import fitted
from coproduction.plan.plan import read_plan
from coproduction.schemas import schema
from coproduction.yamlfiles.defaults import with_defaults

SHARED = 0.15
"""Part of the variance of an error that a community shares."""
EFFECTS = ("total_effect", "natural_direct", "natural_indirect")
Made = Callable[..., np.ndarray]


def linear_mediator(error: np.ndarray, x: np.ndarray, age: np.ndarray) -> np.ndarray:
    return 0.4 * x + 0.3 * age + error


def binary_mediator(error: np.ndarray, x: np.ndarray, age: np.ndarray) -> np.ndarray:
    return (ndtr(error) < expit(-0.3 + 0.8 * x + 0.3 * age)).astype(float)


def count_mediator(error: np.ndarray, x: np.ndarray, age: np.ndarray) -> np.ndarray:
    return poisson.ppf(ndtr(error), np.exp(0.2 + 0.4 * x + 0.2 * age))


def linear_outcome(error: np.ndarray, x: np.ndarray, m: np.ndarray, age: np.ndarray) -> np.ndarray:
    return 0.2 * x + 0.3 * m + 0.3 * age + error


def probit_outcome(error: np.ndarray, x: np.ndarray, m: np.ndarray, age: np.ndarray) -> np.ndarray:
    return (linear_outcome(error, x, m, age) > 0).astype(float)


def logit_outcome(error: np.ndarray, x: np.ndarray, m: np.ndarray, age: np.ndarray) -> np.ndarray:
    chance = expit(-0.8 + 0.3 * x + 0.5 * m + 0.4 * x * m + 0.3 * age)
    return (ndtr(error) < chance).astype(float)


@dataclass(frozen=True)
class Setting:
    """Models of a mediation, and how many rows in how many communities (none for 0)."""

    mediator: str
    outcome: str
    draw_mediator: Made
    draw_outcome: Made
    product: bool
    rows: int
    clusters: int


KINDS = (
    ("gaussian", "gaussian", linear_mediator, linear_outcome, False),
    ("gaussian", "probit", linear_mediator, probit_outcome, False),
    ("binomial", "binomial", binary_mediator, logit_outcome, True),
    ("poisson", "binomial", count_mediator, logit_outcome, True),
)
SIZES = ((250, 0), (1000, 0), (600, 12), (600, 20), (600, 60))


@cache
def truth(draw_mediator: Made, draw_outcome: Made) -> dict[str, float]:
    """Give mean potential outcomes of many people."""
    rng, n = np.random.default_rng(1), 2_000_000
    age, error, other = (rng.standard_normal(n) for _ in range(3))
    zero, one = np.zeros(n), np.ones(n)
    low, high = (draw_mediator(error, each, age) for each in (zero, one))
    means = [
        draw_outcome(other, x, m, age).mean() for x, m in ((zero, low), (one, low), (one, high))
    ]
    return {
        "total_effect": means[2] - means[0],
        "natural_direct": means[1] - means[0],
        "natural_indirect": means[2] - means[1],
    }


def drawn(setting: Setting, rng: np.random.Generator) -> pd.DataFrame:
    """Draw one sample."""
    n = setting.rows
    place = np.arange(n) % (setting.clusters or n)

    def error() -> np.ndarray:
        shared = rng.standard_normal(place.max() + 1)[place] if setting.clusters else 0.0
        part = SHARED if setting.clusters else 0.0
        return np.sqrt(part) * shared + np.sqrt(1 - part) * rng.standard_normal(n)

    age = error()
    x = (rng.random(n) < expit(0.4 * age)).astype(float)
    m = setting.draw_mediator(error(), x, age)
    y = setting.draw_outcome(error(), x, m, age)
    return pd.DataFrame({"place": place, "age": age, "x": x, "m": m, "y": y})


def planned(setting: Setting) -> dict[str, object]:
    return {
        "id": "through",
        "exposure": "x",
        "mediators": [{"variable": "m", "family": setting.mediator}],
        "outcome": "y",
        "family": setting.outcome,
        "exposure_mediator_interaction": setting.product,
        "covariates": ["age"],
        **({"cluster": "place"} if setting.clusters else {}),
    }


def measured(setting: Setting, replicates: int) -> list[dict[str, object]]:
    """Estimate in every replicate; bias, errors and coverage with their Monte-Carlo errors."""
    written = {"plan": {"version": "1"}, "mediations": [planned(setting)]}
    plan, true = (
        read_plan(with_defaults(written, schema("plan"))),
        dict(truth(setting.draw_mediator, setting.draw_outcome)),
    )
    if setting.mediator == "gaussian":
        # Errors have the variance 1, and the mediator's slope is 0.3.
        true["rho_zero"] = 0.3 / np.hypot(1, 0.3)
    rng, parts = np.random.default_rng(2), []
    for _ in range(replicates):
        found = fitted(all_tables(drawn(setting, rng), plan, None), plan.mediations[0])
        rows = tabulated(found)[["estimand", "estimate", "std_error", "conf_low", "conf_high"]]
        parts.append(rows)
        if "rho_zero" in true:
            parts.append(pd.DataFrame([explaining(found) | {"estimand": "rho_zero"}])[rows.columns])
    every, told = pd.concat(parts), []
    for name, value in true.items():
        own = every[every["estimand"] == name]
        held = ((own["conf_low"] <= value) & (value <= own["conf_high"])).mean()
        told.append(
            {
                "mediator": setting.mediator,
                "outcome": setting.outcome,
                "rows": setting.rows,
                "clusters": setting.clusters,
                "estimand": name,
                "truth": round(value, 4),
                "bias": round(own["estimate"].mean() - value, 4),
                "bias_mc_error": round(own["estimate"].std() / np.sqrt(replicates), 4),
                "error_ratio": round(own["std_error"].median() / own["estimate"].std(), 3),
                "coverage": round(held, 3),
                "coverage_mc_error": round(np.sqrt(held * (1 - held) / replicates), 3),
                "replicates": replicates,
            }
        )
    return told


def main() -> None:
    """Measure every setting and write the table."""
    replicates = int(sys.argv[1])
    rows = [
        each
        for kind in KINDS
        for size in SIZES
        for each in measured(Setting(*kind, *size), replicates)
    ]
    table = pd.DataFrame(rows)
    table.to_csv(Path(__file__).with_name("coverage.csv"), index=False)
    print(table.to_string())


if __name__ == "__main__":
    main()
