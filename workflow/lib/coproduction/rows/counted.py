"""Who counts: rows that no quality flag leaves out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.careless import FLAGS, flag_column
from coproduction.errors import StudyError
from coproduction.plan.data.flagged_rows import FlaggedRows

EVERY_ROW = FlaggedRows("none")
"""The rule that leaves no row out."""


def counted(scores: pd.DataFrame, rule: FlaggedRows) -> np.ndarray:
    """Tell which rows count (n,).

    Parameters
    ----------
    scores
        Analysis table of cleaning, one row per analysed respondent.
    rule
        Which flags leave a row out.

    Raises
    ------
    StudyError
        If the table does not have the flags.
    """
    if rule.leave_out == "none":
        return np.ones(len(scores), bool)
    columns = [flag_column(name) for name in rule.among] or [FLAGS]
    for column in columns:
        if column not in scores:
            raise StudyError(
                f"The plan leaves out flagged rows, but the table has no column `{column}`."
            )
    return scores[columns].eq(0).all(axis=1).to_numpy()
