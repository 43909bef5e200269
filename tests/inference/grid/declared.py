"""A small plan with a declared grid, and data whose clusters and effects are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from plans import plan_of

from coproduction.plan.plan import Plan

WORDS = {"label": {"en": "Other"}, "reason": {"en": "As good."}}
DIMENSIONS: dict[str, list[dict[str, Any]]] = {
    "outcome": [
        {"id": "hours", "outcome": "hours", "family": "pseudo_poisson", **WORDS},
        {"id": "rating", "outcome": "rating", "family": "ordinal", "covariance": "CR1", **WORDS},
    ],
    "subset": [{"id": "young", "subset": "age < 60", **WORDS}],
    "flagged_rows": [{"id": "careful", "flagged_rows": {"leave_out": "any"}, **WORDS}],
    "covariates": [
        {"id": "more", "add": [{"variable": "group", "categorical": True}], **WORDS},
        {"id": "none", "without": ["z"], **WORDS},
    ],
    "family": [{"id": "linear", "family": "gaussian", **WORDS}],
}
EXCLUDED = [
    {"where": {"outcome": ["hours", "rating"], "family": ["linear"]}, "reason": {"en": "No 0/1."}}
]
LEFT_OUT = {"among": {"covariates": ["more"]}, "reason": {"en": "One place."}}


def people(
    n_clusters: int = 14, size: int = 20, effect: float = 0.5, seed: int = 3
) -> pd.DataFrame:
    """Draw people in places: what they do depends on x by so much, and on their place."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(n_clusters), size)
    n = len(codes)
    together = rng.standard_normal((4, n_clusters))[:, codes]
    x = 0.6 * rng.standard_normal(n) + 0.8 * together[0]
    z = 0.5 * x + rng.standard_normal(n)
    eta = effect * x + 0.3 * z + 0.5 * together[1]
    return pd.DataFrame(
        {
            "place": [f"p{code:02d}" for code in codes],
            "x": x,
            "z": z,
            "age": rng.integers(18, 80, n).astype(float),
            "group": rng.integers(0, 3, n).astype(float),
            "flags": rng.integers(0, 4, n) // 3,
            "active": (rng.random(n) < 1 / (1 + np.exp(0.2 - eta))) * 1.0,
            "hours": rng.poisson(np.exp(0.4 * eta)).astype(float),
            "rating": np.digitize(eta + rng.logistic(size=n), [-1.0, 0.0, 1.2]) + 1.0,
        }
    )


def declared(**changes: Any) -> Plan:
    """Plan one hypothesis on x and a grid of it."""
    grid = {
        "id": "choices",
        "label": {"en": "Choices"},
        "hypotheses": ["H1"],
        "dimensions": DIMENSIONS,
        "excluded": EXCLUDED,
        "left_out_clusters": LEFT_OUT,
        "draws": 199,
    }
    estimand = {"kind": "average_marginal_effect", "variable": "x"}
    return plan_of(
        {
            "models": [MODEL],
            "families": [{"id": "all", "method": "holm", "level": 0.05}],
            "hypotheses": [{"id": "H1", "family": "all", "model": "main", "estimand": estimand}],
            "grids": [grid | changes],
        }
    )


MODEL = {
    "id": "main",
    "outcome": "active",
    "family": "binomial",
    "predictors": [{"variable": "x", "standardise": True}],
    "covariates": ["z"],
    "cluster": "place",
    "covariance": "CR2",
}
