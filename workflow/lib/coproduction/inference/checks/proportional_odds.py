"""Whether the odds of an ordered outcome are proportional (Brant 1990, *Biometrics* 46)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.design import Design
from coproduction.numerics.families.binomial import LOGIT
from coproduction.numerics.glm import fit_glm
from coproduction.numerics.separation import SURE, logit_cone, separating_direction

OVERALL = "all terms"


def brant(design: Design) -> pd.DataFrame:
    """Compare the logits of exceeding each category with each other.

    With proportional odds all have the same slopes. Wald tests of their equality, for all terms
    together and for each, with the joint covariance under independent rows: clustering is ignored,
    so that the tests reject somewhat too often where it matters. Of weighted rows the logits are
    weighted, and the covariance is that of their scores.

    Returns
    -------
    pandas.DataFrame
        `term, statistic, df, p_value`, χ² tests, the overall one first.

    Raises
    ------
    Refusal
        If the outcome has two categories only, or one of the logits has no finite estimates.
    """
    from scipy.special import chdtrc

    categories = np.unique(design.outcome)
    if len(categories) < 3:
        raise Refusal("two_categories_are_proportional", model=design.model)
    slopes, covariance = _binary_logits(design, categories)
    n_logits, k = slopes.shape
    terms = [name for name in design.matrix.columns if name != "intercept"]
    rows = []
    for term, columns in [(OVERALL, range(k)), *((term, [i]) for i, term in enumerate(terms))]:
        contrast = _differences(n_logits, k, list(columns))
        moved = contrast @ slopes.ravel()
        statistic = float(moved @ np.linalg.solve(contrast @ covariance @ contrast.T, moved))
        df = len(contrast)
        rows.append((term, statistic, float(df), float(chdtrc(df, statistic))))
    return pd.DataFrame(rows, columns=["term", "statistic", "df", "p_value"])


def _differences(n_logits: int, k: int, columns: list[int]) -> np.ndarray:
    """Contrast of every logit's slopes with those of the first."""
    rows = np.zeros(((n_logits - 1) * len(columns), n_logits * k))
    for order in range(1, n_logits):
        for place, column in enumerate(columns):
            row = (order - 1) * len(columns) + place
            rows[row, column], rows[row, order * k + column] = 1.0, -1.0
    return rows


def _binary_logits(design: Design, categories: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of the logits of exceeding each category (K − 1 × k) and their joint covariance."""
    x = design.matrix.to_numpy()
    intercept = design.matrix.columns.get_loc("intercept")
    logistic = LOGIT()
    weights, outcomes = design.weights, [(design.outcome > low) * 1.0 for low in categories[:-1]]
    fits = [fit_glm(exceeding, x, logistic, weights=weights) for exceeding in outcomes]
    for low, exceeding, each in zip(categories[:-1], outcomes, fits, strict=True):
        reach = np.abs(x @ each.params).max()
        sure = each.converged and reach < SURE
        if not sure and separating_direction(logit_cone(exceeding, x)) is not None:
            raise Refusal("odds_not_judged", model=design.model, value=float(low))
    breads = [np.linalg.inv(each.information) for each in fits]
    size = x.shape[1]
    covariance = np.zeros((len(fits) * size, len(fits) * size))
    for one in range(len(fits)):
        for other in range(one, len(fits)):
            if weights is None:
                weight = fits[other].mean * (1 - fits[one].mean)
            else:
                left = [outcomes[place] - fits[place].mean for place in (one, other)]
                weight = weights**2 * left[0] * left[1]
            block = breads[one] @ ((x * weight[:, None]).T @ x) @ breads[other]
            rows = slice(one * size, one * size + size)
            columns = slice(other * size, other * size + size)
            covariance[rows, columns] = block
            covariance[columns, rows] = block.T
    kept = np.array([i for i in range(len(covariance)) if i % size != intercept])
    slopes = np.array([np.delete(each.params, intercept) for each in fits])
    return slopes, covariance[np.ix_(kept, kept)]
