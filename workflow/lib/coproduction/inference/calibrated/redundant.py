"""Scales whose items tell nothing: they do not vary, or repeat each other or those before them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduction.errors import Refusal
from coproduction.inference.calibrated.contents import Contents

NO_VARIANCE, NO_RANK = 1e-10, 1e-8
"""Standard deviation in an item's units, and eigenvalue of a correlation matrix, that are none."""
INVOLVED = 0.1
"""Weight in such an eigenvector from which an item is named."""


def without_redundant(
    contents: Contents, values: np.ndarray
) -> tuple[Contents, np.ndarray, tuple[str, ...]]:
    """Leave out the scales that make the answers' covariance matrix singular.

    Parameters
    ----------
    contents
        Constructs and items, those that the model names first.
    values
        n × p: residuals of the items, in their units.

    Returns
    -------
    Contents, numpy.ndarray, tuple of str
        What stays, whether each item does (p,), and the constructs that are left out.

    Raises
    ------
    Refusal
        If it is a scale that the model holds or names: with the items.
    """
    owner, items = contents.owner, np.array(contents.items)
    spread = values.std(axis=0)
    kept = np.zeros(len(items), bool)
    gone: list[str] = []
    for place, name in enumerate(contents.names):
        own = owner == place
        flat = items[own & (spread < NO_VARIANCE)]
        repeated = () if len(flat) else _repeated(values[:, kept | own], items[kept | own])
        if not len(flat) and not len(repeated):
            kept |= own
        elif place >= contents.asked:
            gone.append(name)
        elif len(flat):
            raise Refusal("model_constant_variable", model=contents.model, name=str(flat[0]))
        else:
            raise Refusal("items_repeat", model=contents.model, names=list(map(str, repeated)))
    scales = {name: scale for name, scale in contents.scales.items() if name not in gone}
    return replace(contents, scales=scales), kept, tuple(gone)


def _repeated(values: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Name the items of which one is told by the others; none if there is none."""
    size, vectors = np.linalg.eigh(np.corrcoef(values, rowvar=False))
    return items[(np.abs(vectors[:, size < NO_RANK]) > INVOLVED).any(axis=1)]
