"""Terms that are linear combinations of others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.errors import Refusal


def check_collinearity(matrix: pd.DataFrame, model: str) -> None:
    """Name the first term that is a linear combination of those before it.

    Raises
    ------
    Refusal
        If there is such a term, or a column of zeros.
    """
    lengths = np.sqrt((matrix.to_numpy() ** 2).sum(axis=0))
    if (lengths == 0).any():
        term = matrix.columns[int(np.argmin(lengths))]
        if ":" in term:
            one, other = term.split(":")
            raise Refusal("nobody_has_both", model=model, one=one, other=other)
        raise Refusal("nobody_has", model=model, term=term)
    _, triangle = np.linalg.qr(matrix.to_numpy() / lengths)
    dependent = np.abs(np.diag(triangle)) < 1e-9
    if dependent.any():
        term = matrix.columns[int(np.argmax(dependent))]
        raise Refusal("term_determined", model=model, term=term)
