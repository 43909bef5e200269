"""Simulated answers are never taken for real ones."""

from __future__ import annotations

import pandas as pd

from coproduction.errors import StudyError

SIMULATOR = "simulator"


def check_synthetic(responses: pd.DataFrame, synthetic: bool) -> None:
    """Refuse simulated answers in a study that does not declare them.

    Raises
    ------
    StudyError
        If a row was written by the simulator and the study says that its data are real.
    """
    simulated = (responses["submitted_by"] == SIMULATOR).fillna(False)
    if simulated.any() and not synthetic:
        first = responses.loc[simulated.idxmax()]
        raise StudyError(
            f"{first['source_file']}, row {first['source_row']}: this row was made by the "
            "simulator, but study.yaml says `synthetic: false`; remove the file or say "
            "`synthetic: true`."
        )
