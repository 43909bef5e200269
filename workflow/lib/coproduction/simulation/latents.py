"""Latent variables of residents nested in communities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import StudyError


def latents(
    community: np.ndarray, fixed: pd.DataFrame, truth: Mapping[str, Any], rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the latent variables, each with variance about one.

    Exogenous ones are multivariate normal with the given correlations both between and within
    communities, the share of variance between communities being the intraclass correlation.
    Endogenous ones are linear in earlier ones, with as much noise as brings the variance to one;
    their share concerns this noise only, since their causes bring differences of their own.

    Parameters
    ----------
    community
        Number of each resident's community, from 0.
    fixed
        Known attributes that coefficients may name, same rows.
    truth
        The `latents` block of the truth file.
    rng
        Source of randomness.

    Raises
    ------
    StudyError
        If the correlations are not positive definite or the coefficients explain more than all.
    """
    block = truth["exogenous"]
    names = block["names"]
    correlations = np.array(block["correlations"], dtype=float)
    if np.linalg.eigvalsh(correlations).min() <= 0:
        raise StudyError("truth.yaml, latents.exogenous.correlations: not positive definite.")
    root = np.linalg.cholesky(correlations)
    shares = truth.get("community_share", {})
    share = np.array([shares.get(name, 0.0) for name in names])
    between = rng.standard_normal((community.max() + 1, len(names))) @ root.T
    within = rng.standard_normal((len(community), len(names))) @ root.T
    values = np.sqrt(share) * between[community] + np.sqrt(1 - share) * within
    table = pd.DataFrame(values, columns=names).join(fixed.reset_index(drop=True))
    for entry in truth.get("endogenous", ()):
        noise = _noise(community, shares.get(entry["name"], 0.0), rng)
        table[entry["name"]] = _endogenous(table, entry, noise)
    return table


def _noise(community: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    between = rng.standard_normal(community.max() + 1)
    within = rng.standard_normal(len(community))
    return np.sqrt(share) * between[community] + np.sqrt(1 - share) * within


def _endogenous(table: pd.DataFrame, entry: Mapping[str, Any], noise: np.ndarray) -> np.ndarray:
    names, weights = zip(*entry["coefficients"].items(), strict=True)
    explained = table[list(names)].to_numpy(float) @ np.array(weights)
    explained = explained - explained.mean()
    rest = 1 - explained.var()
    if rest <= 0:
        raise StudyError(
            f"truth.yaml: the coefficients of `{entry['name']}` explain more than all."
        )
    return explained + np.sqrt(rest) * noise
