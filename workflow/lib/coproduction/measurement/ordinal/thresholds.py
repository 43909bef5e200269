"""Thresholds of ordinal items on a standard normal variable, with their sampling errors."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from coproduction.errors import Refusal
from coproduction.measurement.ordinal.contingency import CodedItems
from coproduction.measurement.ordinal.normal import FAR, normal_pdf


def refuse_constant(coded: CodedItems) -> None:
    """Raise a Refusal that names the items everyone answered alike."""
    constant = [n for n, size in zip(coded.items, coded.sizes, strict=True) if size < 2]
    if constant:
        raise Refusal("items_constant", names=constant, where="")


def thresholds_of(counts: np.ndarray) -> np.ndarray:
    """Cut the standard normal distribution as items are answered.

    Parameters
    ----------
    counts
        Items × categories, how often each was chosen.

    Returns
    -------
    numpy.ndarray
        Items × (categories + 1), the outer limits included; the thresholds of categories that an
        item lacks lie far above.
    """
    reached = np.cumsum(counts, axis=1)
    share = reached / reached[:, -1:]
    far = np.full((len(counts), 1), FAR)
    return np.hstack([-far, np.clip(ndtri(share), -FAR, FAR)])


def threshold_influences(counts: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Compute what each answer adds to the thresholds of its item.

    Returns
    -------
    numpy.ndarray
        Items × (categories + 1) × thresholds; the last category, zero, is a missing answer.
    """
    p, categories = counts.shape
    influences = np.zeros((p, categories + 1, categories - 1))
    for item, (count, limits) in enumerate(zip(counts, thresholds, strict=True)):
        size = int(np.count_nonzero(count))
        inner = np.arange(size - 1)
        density = normal_pdf(limits[1:size])
        share = count[:size] / count.sum()
        scores = np.zeros((size, size - 1))
        scores[inner, inner] = density / share[:-1]
        scores[inner + 1, inner] = -density / share[1:]
        information = (scores * count[:size, None]).T @ scores
        influences[item, :size, : size - 1] = np.linalg.solve(information, scores.T).T
    return influences
