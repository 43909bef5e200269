"""Whether an outcome is positive, and how large a positive one is (Mullahy 1986)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.notes import Note
from coproduction.numerics.averages import times
from coproduction.numerics.collinearity import check_collinearity
from coproduction.numerics.families.amounts import GAMMA
from coproduction.numerics.families.binomial import BINOMIAL
from coproduction.numerics.families.family import (
    ANY,
    MEAN,
    POSITIVE,
    Counts,
    Estimated,
    Family,
    Observations,
    Partials,
)
from coproduction.numerics.families.needs import not_negative, whole, with_zeros
from coproduction.numerics.families.negative_binomial import TRUNCATED
from coproduction.numerics.families.poisson import PSEUDO_POISSON


@dataclass(frozen=True)
class TwoParts:
    """Estimates both parts apart: their likelihoods share no parameter."""

    size: Family

    def __call__(self, observed: Observations, part: str = MEAN) -> Estimated:
        """Estimate the chance of a positive outcome and the size of positive ones."""
        positive = observed.outcome > 0
        weights = None if observed.weights is None else observed.weights[positive]
        sizes = replace(
            observed,
            outcome=observed.outcome[positive],
            matrix=observed.matrix[positive],
            weights=weights,
        )
        n, k = sizes.matrix.shape
        if n <= k:
            raise Refusal("few_positive_outcomes", model=observed.model, n=n, k=k)
        with _said(lambda reason: Refusal("whether_outcome_is_positive", reason=reason)):
            chance = BINOMIAL.estimate(replace(observed, outcome=positive.astype(float)), ANY)
        with _said(lambda reason: Refusal("among_positive_outcomes", reason=reason)):
            check_collinearity(sizes.matrix, observed.model)
            size = self.size.estimate(sizes, POSITIVE)
        scores = np.zeros((len(positive), len(chance.params) + len(size.params)))
        scores[:, : len(chance.params)] = chance.scores
        scores[positive, len(chance.params) :] = size.scores
        return Estimated(
            pd.concat([chance.params, size.params]),
            scores,
            _block(chance.bread, size.bread),
            _block(chance.classical, size.classical),
            chance.log_likelihood + size.log_likelihood,
        )


@dataclass(frozen=True)
class Product:
    """Differentiates the expected outcome: the chance of a positive one times its mean size."""

    size: Family

    def __call__(
        self, linear: Sequence[np.ndarray], further: np.ndarray, category: int | None = None
    ) -> Partials:
        """Differentiate by both linear predictors."""
        chance = BINOMIAL.partials(linear[:1], further[:0])
        size = self.size.partials(linear[1:], further)
        (p,), ((p_p,),) = chance.first, chance.second
        (m,), ((m_m,),) = size.first, size.second
        crossed = p * m
        return Partials(
            chance.value * size.value,
            [p * size.value, chance.value * m],
            [[p_p * size.value, crossed], [crossed, chance.value * m_m]],
        )


def _two_part(name: str, meaning: str, size: Family) -> Family:
    return Family(
        name=name,
        meaning=meaning,
        link=size.link,
        expected="positive",
        needs=(not_negative, with_zeros),
        estimate=TwoParts(size),
        partials=Product(size),
        parts=(ANY, POSITIVE),
        classical=size.classical,
    )


def _zeros(
    linear: Sequence[np.ndarray], further: np.ndarray, weights: np.ndarray | None = None
) -> float:
    return float(1 - times(BINOMIAL.partials(linear[:1], further[:0]).value, weights).mean())


@contextmanager
def _said(of_part: Callable[[Note], Refusal]) -> Iterator[None]:
    """Say of a refusal which part it is about."""
    try:
        yield
    except Refusal as error:
        raise of_part(error.note) from error


def _block(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    result = np.zeros((len(one) + len(other),) * 2)
    result[: len(one), : len(one)] = one
    result[len(one) :, len(one) :] = other
    return result


HURDLE_NEGATIVE_BINOMIAL = replace(
    _two_part(
        "hurdle_negative_binomial",
        "counts: logit of any, then a zero-truncated negative binomial",
        TRUNCATED,
    ),
    needs=(not_negative, whole, with_zeros),
    counts=Counts(_zeros),
)
TWO_PART_GAMMA = _two_part(
    "two_part_gamma", "amounts: logit of any, then a gamma with log link of the positive", GAMMA
)
TWO_PART_POISSON = _two_part(
    "two_part_poisson",
    "amounts: logit of any, then a log-linear mean of the positive by Poisson pseudo-likelihood",
    PSEUDO_POISSON,
)
