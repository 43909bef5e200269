"""What outcomes must be; each function refuses those that are not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from coproduction.errors import Refusal

MOST_CATEGORIES = 20


def binary(outcome: np.ndarray, names: Mapping[str, str]) -> None:
    """Refuse anything but 0 and 1."""
    if not set(np.unique(outcome)) <= {0.0, 1.0}:
        raise Refusal("outcome_not_binary", **names)


def few_categories(outcome: np.ndarray, names: Mapping[str, str]) -> None:
    """Refuse more categories than an ordered outcome has."""
    n = len(np.unique(outcome))
    if n > MOST_CATEGORIES:
        raise Refusal("outcome_of_many_categories", **names, n=n)


def not_negative(outcome: np.ndarray, names: Mapping[str, str]) -> None:
    """Refuse negative numbers."""
    if outcome.min() < 0:
        raise Refusal("outcome_negative", **names)


def positive(outcome: np.ndarray, names: Mapping[str, str]) -> None:
    """Refuse anything but positive numbers."""
    if outcome.min() <= 0:
        raise Refusal("outcome_not_positive", **names)


def whole(outcome: np.ndarray, names: Mapping[str, str]) -> None:
    """Refuse what is no count."""
    if (outcome % 1 != 0).any():
        raise Refusal("outcome_no_counts", **names)


def with_zeros(outcome: np.ndarray, names: Mapping[str, str]) -> None:
    """Refuse an outcome that nobody has none of."""
    if outcome.min() > 0:
        raise Refusal("outcome_without_zeros", **names)
