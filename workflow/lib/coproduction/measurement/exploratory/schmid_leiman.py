"""A general factor and uncorrelated group factors out of correlated ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.errors import Refusal
from coproduction.measurement.exploratory.extraction import SMALLEST, factor_analysis
from coproduction.notes import Note
from coproduction.options import check_option
from coproduction.plan.options import Extraction


@dataclass(frozen=True)
class SchmidLeiman:
    """One general factor and k group factors, all orthogonal, of p items.

    Attributes
    ----------
    general
        p loadings on the general factor; NaN in an improper solution.
    group
        p × k loadings on the group factors; NaN in an improper solution.
    second_order
        k loadings of the first-order factors on the general factor.
    communalities
        p: explained by the general and the group factors together.
    general_share
        p: share of the communality that is general.
    warnings
        What makes the solution doubtful.
    """

    general: np.ndarray
    group: np.ndarray
    second_order: np.ndarray
    communalities: np.ndarray
    general_share: np.ndarray
    warnings: tuple[Note, ...]


def schmid_leiman(
    loadings: np.ndarray, factor_correlations: np.ndarray, method: Extraction = "minres"
) -> SchmidLeiman:
    """Turn correlated factors into a general factor and uncorrelated group factors.

    Parameters
    ----------
    loadings
        p × k pattern of an oblique solution, items keyed in one direction.
    factor_correlations
        k × k.
    method
        Of the second-order factor analysis.

    Raises
    ------
    Refusal
        Fewer than two factors.

    Notes
    -----
    Schmid and Leiman (1957, *Psychometrika* 22, 53–61). With g the loadings of the factors on one
    second-order factor, the general loadings are L g and the group loadings L √(1 − g²). Two
    factors do not identify g: both are given √|r|, the second with the sign of r, as in
    psych::schmid. Where g reaches 1 (a Heywood case) the solution is NaN with a warning.
    """
    check_option("method", method, Extraction)
    k = len(factor_correlations)
    if k < 2:
        raise Refusal("general_needs_two")
    second_order, warnings = _second_order(factor_correlations, method)
    unexplained = 1 - second_order**2
    if (unexplained <= SMALLEST).any():
        warnings = (Note("general_explains_all"),)
        second_order = unexplained = np.full(k, np.nan)
    general = loadings @ second_order
    communalities = ((loadings @ factor_correlations) * loadings).sum(axis=1)
    return SchmidLeiman(
        general,
        loadings * np.sqrt(unexplained),
        second_order,
        communalities,
        general**2 / communalities,
        warnings,
    )


def _second_order(
    correlations: np.ndarray, method: Extraction
) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Compute the loadings of the factors on one factor above them."""
    if len(correlations) == 2:
        size = np.sqrt(abs(correlations[0, 1]))
        return np.array([size, np.copysign(size, correlations[0, 1])]), (
            Note("general_not_identified"),
        )
    # The number of respondents enters only the test of fit, which is not used.
    fit = factor_analysis(correlations, 1000, 1, method, "none")
    return fit.loadings[:, 0], tuple(
        Note("of_second_order_factor", {"reason": note}) for note in fit.warnings
    )
