"""Fit of a model of ordinal items as maximum likelihood on the latent responses would judge it.

Fit indices made of the weighted distance of WLSMV depend on how well each correlation is measured
and hide misfit. Savalei (2021, *Multivariate Behavioral Research* 56, 390–407) takes the normal
discrepancy between the polychoric correlations and those implied at the WLSMV estimates, and its
expectation under the model.
"""

from __future__ import annotations

import numpy as np

from coproduction.measurement.fit.measures import Test


def population_tests(
    correlations: list[np.ndarray],
    implied: list[np.ndarray],
    n: tuple[int, ...],
    df: tuple[int, int],
    expectations: tuple[float, float],
) -> tuple[Test, Test] | None:
    """Test the model and the baseline by normal discrepancies with their scaling factors.

    Parameters
    ----------
    correlations, implied
        Each group's polychoric and implied correlations, positive definite.
    n
        Cases of each group.
    df, expectations
        Degrees of freedom of model and baseline, and expectations of their statistics under each.

    Returns
    -------
    tuple or None
        None without degrees of freedom.
    """
    if not all(df):
        return None
    apart = [np.eye(len(each)) for each in correlations]
    tests = []
    for model, free, expected in zip((implied, apart), df, expectations, strict=True):
        pairs = zip(n, correlations, model, strict=True)
        statistic = sum(cases * _discrepancy(observed, each) for cases, observed, each in pairs)
        tests.append(Test(float(statistic), free, float(expected) / free))
    return tests[0], tests[1]


def all_definite(matrices: list[np.ndarray]) -> bool:
    """Tell whether every symmetric matrix is positive definite."""
    return all(np.linalg.eigvalsh(matrix)[0] > 1e-10 for matrix in matrices)


def normal_weights(implied: np.ndarray) -> np.ndarray:
    """Curvature of the normal discrepancy by the correlations, pairs × pairs."""
    inverse = np.linalg.inv(implied)
    a, b = np.triu_indices(len(inverse), 1)
    straight = inverse[np.ix_(a, a)] * inverse[np.ix_(b, b)]
    return straight + inverse[np.ix_(a, b)] * inverse[np.ix_(b, a)]


def _discrepancy(observed: np.ndarray, implied: np.ndarray) -> float:
    _, logs = np.linalg.slogdet(np.stack([observed, implied]))
    return logs[1] - logs[0] + np.trace(np.linalg.solve(implied, observed)) - len(observed)
