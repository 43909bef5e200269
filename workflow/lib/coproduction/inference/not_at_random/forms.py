"""What can be shifted, and how."""

from __future__ import annotations

from typing import Final

OUTCOME: Final = "outcome"
OUTCOME_ALONG: Final = "outcome_along_exposure"
PREDICTORS: Final = "predictors"
PREDICTORS_ALONG: Final = "predictors_along_outcome"
OF_OUTCOMES = (OUTCOME, OUTCOME_ALONG)
ALL_ALIKE = (OUTCOME, PREDICTORS)
