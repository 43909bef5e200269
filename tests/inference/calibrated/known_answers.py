"""Answers of known truth: latents, agreement, items of any number and kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from plans import model_of

from coproduction.inference.data.design import Design, design
from coproduction.instrument.item_scales import Scale, Scales

LOADINGS = {
    "a": (0.9, 0.8, 0.7, -0.6),
    "b": (0.8, 0.9, 0.7, 0.6, -0.7),
    "m": (0.8, 0.7, -0.6),
}
Latents = Mapping[str, np.ndarray]


def latents(
    rng: np.random.Generator, n: int, clusters: int | None = 40
) -> tuple[Latents, np.ndarray]:
    """Two correlated exposures, what follows from the first, agreement; and who lives where."""
    place = np.arange(n) if clusters is None else np.arange(n) % clusters
    exposures = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], n)
    if clusters is not None:
        exposures += 0.4 * rng.normal(size=(clusters, 2))[place]
    follows = 0.5 * exposures[:, 0] + rng.normal(size=n)
    known = {"a": exposures[:, 0], "b": exposures[:, 1], "m": follows}
    return known | {"agreement": rng.normal(size=n)}, place


def items(
    rng: np.random.Generator,
    true: Latents,
    loadings: Mapping[str, tuple[float, ...]] = LOADINGS,
    agreement: float = 0.5,
    categories: int | None = 5,
) -> pd.DataFrame:
    """Answer items in categories, or as numbers without limits."""
    columns = {}
    for name, own in loadings.items():
        for place, loading in enumerate(own, 1):
            error = 0.7 * rng.normal(size=len(true[name]))
            value = loading * true[name] + agreement * true["agreement"] + error
            if categories is not None:
                cuts = np.linspace(-1.6, 1.6, categories - 1)
                value = np.searchsorted(cuts, value) + 1.0
            columns[f"{name}{place}"] = value
    return pd.DataFrame(columns)


def scales(
    loadings: Mapping[str, tuple[float, ...]] = LOADINGS, span: float | None = 4.0
) -> Scales:
    """Name the items, and which of them are reversed."""
    found = {}
    for name, own in loadings.items():
        named = [f"{name}{place}" for place in range(1, len(own) + 1)]
        turned = tuple(item for item, each in zip(named, own, strict=True) if each < 0)
        found[name] = Scale(tuple(named), turned, (span,) * len(own))
    origins = {name: frozenset(each.items) for name, each in found.items()}
    return Scales(found, origins)


def made(table: pd.DataFrame, known: Scales, **said: Any) -> Design:
    """Make the design of a model of `y`."""
    spec = {"id": "m", "outcome": "y", "family": "gaussian", "covariance": "CR2", **said}
    if "cluster" not in spec:
        spec |= {"cluster": "place"} if "place" in table else {"covariance": "HC1"}
    return design(table, model_of(spec), None, known)


WITHIN = "within_cluster"
BOTH = [{"construct": "a", "split": WITHIN}, {"construct": "b", "split": WITHIN}]
