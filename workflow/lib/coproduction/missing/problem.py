"""What is to be imputed, from what, and how: the problem that chained equations solve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from coproduction.plan.options import ImputationMethod

Completed = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Target:
    """A variable of n rows whose missing values are imputed, and which predicts the others.

    Attributes
    ----------
    name
        Its name.
    values
        n: codes or numbers, NaN where there is none.
    missing
        n: cells to be imputed. A cell that has no value and is none of them was not asked: it stays
        as it is, and counts as the mean, or as no category, where the variable predicts.
    method
        How it is imputed: predictive mean matching (`pmm`), or by a binary, proportional-odds or
        multinomial logit.
    """

    name: str
    values: np.ndarray
    missing: np.ndarray
    method: ImputationMethod = "pmm"

    @property
    def observed(self) -> np.ndarray:
        """Cells that hold a value (n,)."""
        return ~np.isnan(self.values)


@dataclass(frozen=True)
class Passive:
    """A predictor that is computed from completed variables, at the start of every iteration.

    Attributes
    ----------
    name
        Its name.
    sources
        Targets that it is made of.
    make
        Gives its n values from the completed values of all targets.
    of_others
        Whether a row's value comes from other rows alone, such as the mean of the others in a
        cluster. If not, it does not predict its own sources, which would only find themselves.
    """

    name: str
    sources: frozenset[str]
    make: Callable[[Completed], np.ndarray]
    of_others: bool = False


@dataclass(frozen=True)
class Problem:
    """Targets and what predicts them.

    Attributes
    ----------
    targets
        Variables in the order of the questionnaire; imputed from the fewest missing answers to the
        most.
    passive
        Predictors that are computed from them.
    fixed
        Predictors (n,) that never miss, by name.
    donors
        Observed rows among which predictive mean matching draws.
    """

    targets: tuple[Target, ...]
    passive: tuple[Passive, ...] = ()
    fixed: Mapping[str, np.ndarray] = field(default_factory=dict)
    donors: int = 5
