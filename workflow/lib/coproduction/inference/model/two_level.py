"""Two-level models: rows in clusters that differ by a random intercept and, if declared, a slope.

Logit and proportional odds by maximum marginal likelihood (`two_level_logit`), linear models by
restricted or full maximum likelihood (`mixed_linear`). Standard errors are model-based: of logit
and proportional odds from the observed information of all parameters, the random effects' included
(as `glmer` and `clmm`), of linear ones from σ²(XᵀV⁻¹X)⁻¹ (as `lmer`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.design import Design
from coproduction.inference.model.estimation import estimate
from coproduction.inference.model.mixed_linear import MixedLinear, Sums, fit_mixed_linear, sums
from coproduction.inference.model.two_level_logit import maximise_logit
from coproduction.inference.variance.cluster_freedom import (
    ClusterFreedom,
    cluster_freedom,
    is_constant,
)
from coproduction.numerics.families.family import MEAN, RANDOM, THRESHOLD, Estimated
from coproduction.numerics.families.refusals import NO_RESIDUALS

LARGEST_SPREAD = 10.0
SINGULAR, ZERO = 1e-4, 1e-6


@dataclass(frozen=True)
class TwoLevel:
    """What a two-level model has besides its coefficients, for r random effects.

    Attributes
    ----------
    estimated
        Parameters, covariance, scores and likelihood. Of a logit or proportional-odds model the
        entries of `root` are parameters too, in the part `random`.
    root
        r × r: lower triangular root L of the covariance of the random effects.
    directions
        p × r: change of the parameters per unit of each random effect.
    freedom
        Gives the degrees of freedom of contrasts.
    linear
        The linear model, if it is one.
    simpler_log_likelihood
        Of the same model without its last random effect.
    singular
        Whether a variance is estimated as zero or a correlation as ± 1.
    """

    estimated: Estimated
    root: np.ndarray
    directions: np.ndarray
    freedom: ClusterFreedom | MixedLinear
    linear: MixedLinear | None
    simpler_log_likelihood: float
    singular: bool


def estimate_two_level(design: Design) -> TwoLevel:
    """Fit a two-level model.

    Raises
    ------
    Refusal
        If the family has no two-level model, no cluster has two rows, the slope's term is unknown
        or does not vary within clusters, the outcome is separated by a term or hardly varies within
        clusters, or the estimation does not converge.
    """
    _check(design)
    fitted = _linear if design.family.two_level == "linear" else _logit
    return fitted(design, estimate(design))


def linear_sums(design: Design) -> Sums:
    """Reduce a linear two-level design to sums of squares and products."""
    x, restricted = design.matrix.to_numpy(), design.random_effects.restricted
    # The likelihood is the same about any combination of the terms; far from zero, sums of squares
    # have few digits.
    about = design.outcome - x @ _least_squares(design)
    return sums(about, x, _random_columns(design), design.rows.together.codes, restricted)


def _least_squares(design: Design) -> np.ndarray:
    return np.linalg.lstsq(design.matrix.to_numpy(), design.outcome, rcond=None)[0]


def _random_columns(design: Design) -> np.ndarray:
    slope = design.random_effects.slope
    return design.matrix[["intercept", *([slope] if slope else [])]].to_numpy()


def random_units(design: Design) -> np.ndarray:
    """Reciprocal spread of the variables that the random effects multiply."""
    return 1 / np.sqrt((_random_columns(design) ** 2).mean(axis=0))


def _logit(design: Design, one_level: Estimated) -> TwoLevel:
    objective, climbed = maximise_logit(design, one_level)
    fixed = len(one_level.params)
    root = _root(climbed.params[fixed:])
    root = np.where(np.abs(root) < ZERO * random_units(design)[:, None], 0.0, root)
    _check_climb(design, climbed.converged, root)
    signs = np.where(np.diag(root) < 0, -1.0, 1.0)
    flipped = np.append(np.ones(fixed), np.broadcast_to(signs, root.shape)[_lower(root)])
    covariance = climbed.covariance * np.outer(flipped, flipped)
    codes = np.unique(design.outcome, return_inverse=True)[1]
    scores = objective.scores(climbed.params, codes) * flipped
    params = pd.concat(
        [
            pd.Series(climbed.params[:fixed], index=one_level.params.index),
            pd.Series((root * signs)[_lower(root)], index=_random_index(design)),
        ]
    )
    estimated = Estimated(params, scores, covariance, covariance, climbed.value)
    return TwoLevel(
        estimated,
        root * signs,
        _directions(design, params),
        cluster_freedom(design, params, covariance),
        None,
        _simpler(design, one_level.log_likelihood),
        _singular(design, root),
    )


def _linear(design: Design, one_level: Estimated) -> TwoLevel:
    _check_residuals(design)
    data = linear_sums(design)
    fitted = fit_mixed_linear(data, random_units(design))
    fitted = replace(fitted, params=fitted.params + _least_squares(design))
    root = fitted.sigma * data.root(fitted.scale)
    _check_climb(design, fitted.converged, root / design.outcome.std())
    params = pd.Series(fitted.params, index=one_level.params.index)
    scores = _linear_scores(design, fitted, data)
    estimated = Estimated(
        params, scores, fitted.covariance, fitted.covariance, fitted.log_likelihood
    )
    nothing = -data.deviance(np.zeros_like(fitted.scale)).real / 2
    return TwoLevel(
        estimated,
        root,
        _directions(design, params),
        fitted,
        fitted,
        _simpler(design, nothing),
        _singular(design, root / fitted.sigma),
    )


def _simpler(design: Design, one_level: float) -> float:
    """Log-likelihood without the slope, or without any random effect."""
    if design.random_effects.slope is None:
        return one_level
    simpler = replace(design, random=replace(design.random_effects, slope=None))
    return estimate_two_level(simpler).estimated.log_likelihood


def _linear_scores(design: Design, fitted: MixedLinear, data: Sums) -> np.ndarray:
    """Rows of X ∘ V⁻¹(y − Xβ) / σ²."""
    z, together = _random_columns(design) @ data.root(fitted.scale), design.rows.together
    residual = design.outcome - design.matrix.to_numpy() @ fitted.params
    root = data.root(fitted.scale)
    inner = np.linalg.inv(root.T @ data.zz @ root + np.eye(len(root)))
    effects = np.einsum("jab,jb->ja", inner, together.sums(z * residual[:, None]))
    residual = residual - (z * effects[together.codes]).sum(axis=1)
    return design.matrix.to_numpy() * residual[:, None] / fitted.sigma**2


def _directions(design: Design, params: pd.Series) -> np.ndarray:
    """Tell what random effects move: the intercept, or all thresholds the other way."""
    parts, terms = params.index.get_level_values("part"), params.index.get_level_values("term")
    raised = ((parts == MEAN) & (terms == "intercept")).astype(float)
    columns = [raised - (parts == THRESHOLD)]
    if design.random_effects.slope:
        columns.append(((parts == MEAN) & (terms == design.random_effects.slope)).astype(float))
    return np.column_stack(columns)


def _random_index(design: Design) -> pd.MultiIndex:
    slope = design.random_effects.slope
    names = ["intercept", f"intercept:{slope}", slope] if slope else ["intercept"]
    return pd.MultiIndex.from_product([[RANDOM], names], names=["part", "term"])


def _lower(root: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.tril_indices(len(root))


def _root(entries: np.ndarray) -> np.ndarray:
    root = np.zeros((1, 1) if len(entries) == 1 else (2, 2))
    root[_lower(root)] = entries
    return root


def _singular(design: Design, root: np.ndarray) -> bool:
    return bool((np.abs(np.diag(root)) / random_units(design) < SINGULAR).any())


def _check(design: Design) -> None:
    model, slope = design.model, design.random_effects.slope
    if design.family.two_level is None:
        raise Refusal("family_without_two_levels", model=model, family=design.family.name)
    together = design.rows.together
    if together.sizes.max() < 2:
        raise Refusal("clusters_of_one_row", model=model)
    if slope is None:
        return
    if slope not in design.matrix or slope == "intercept":
        known = [name for name in design.matrix if name != "intercept"]
        raise Refusal("slope_of_no_term", model=model, term=slope, terms=known)
    if is_constant(design.matrix[slope], together.codes):
        raise Refusal("slope_constant_within", model=model, term=slope)


def _check_residuals(design: Design) -> None:
    """Refuse an outcome that terms and clusters determine together: what is left is rounding."""
    groups, z = design.rows.together.codes, _random_columns(design)
    rows = np.column_stack([design.outcome, design.matrix.to_numpy()])
    within, used = np.empty_like(rows), 0
    for group in range(groups.max() + 1):
        inside = groups == group
        params, _, rank, _ = np.linalg.lstsq(z[inside], rows[inside], rcond=None)
        within[inside], used = rows[inside] - z[inside] @ params, used + rank
    least = NO_RESIDUALS * rows.std(axis=0)
    varying = within[:, 1:][:, np.sqrt((within**2).mean(axis=0))[1:] > least[1:]]
    params, _, rank, _ = np.linalg.lstsq(varying, within[:, 0], rcond=None)
    residual = within[:, 0] - varying @ params
    if len(rows) <= used + rank or np.sqrt((residual**2).mean()) > least[0]:
        return
    constant = np.sqrt((within[:, 0] ** 2).mean()) <= least[0]
    names = {"model": design.model, "name": design.outcome_name}
    if constant:
        raise Refusal("outcome_constant_within", **names)
    raise Refusal("outcome_determined_with_clusters", **names)


def _check_climb(design: Design, converged: bool, root: np.ndarray) -> None:
    if np.abs(root[:, 0] / random_units(design)).max() > LARGEST_SPREAD:
        raise Refusal("outcome_constant_within", model=design.model, name=design.outcome_name)
    if not converged:
        raise Refusal("not_converged", model=design.model)
