"""Whether chains came to tell the same."""

from __future__ import annotations

import numpy as np

SETTLED, CHANCE = 1.2, 1e-3
"""Largest R̂ of chains that agree (Oberman, van Buuren and Vink 2021, arXiv:2110.11951), and how
often chains that do would differ so much: in short ones R̂ is often large by chance."""
ROUNDING = 1e-9
"""Changes below this share of the largest value are those of rounding, and none."""


def unsettled(values: np.ndarray) -> bool:
    """Tell whether chains (iterations × m) differ by more than R̂ of 1.2 and more than by chance."""
    from scipy.stats import f

    rhat, (n, m) = potential_reduction(values), _late(values).shape
    if not rhat > SETTLED:
        return False
    ratio = n * (rhat**2 - (n - 1) / n)
    return bool(ratio > f.isf(CHANCE, m - 1, m * (n - 1)))


def potential_reduction(values: np.ndarray) -> float:
    """R̂ of a quantity in the second half of m chains (Gelman and Rubin 1992, *Stat. Sci.* 7).

    √((n − 1)/n + B / (n W)), with B / n the variance between the means of the chains and W the mean
    of the variances within them.

    Parameters
    ----------
    values
        iterations × m.

    Returns
    -------
    float
        1 where nothing moves, and infinite where chains that stand still differ; NaN for one chain,
        fewer than two iterations or unknown values.
    """
    late = _late(values)
    n, m = late.shape
    if n < 2 or m < 2 or not np.isfinite(late).all():
        return float("nan")
    between, within = late.mean(axis=0).var(ddof=1), late.var(axis=0, ddof=1).mean()
    nothing = (ROUNDING * np.abs(late).max()) ** 2
    if within <= nothing:
        return 1.0 if between <= nothing else float("inf")
    return float(np.sqrt((n - 1) / n + between / within))


def _late(values: np.ndarray) -> np.ndarray:
    return values[len(values) // 2 :]
