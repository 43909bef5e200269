"""The planned analysis of a study: models, effects, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coproduction.errors import StudyError
from coproduction.inference.design import design
from coproduction.inference.effects import average_marginal_effects, cross_partials
from coproduction.inference.regression import Fit, coefficients, fit
from coproduction.inference.variables import derive
from coproduction.inference.verdicts import verdicts


@dataclass(frozen=True)
class Analysis:
    """Result tables of the inference room: one row per model, term, effect and hypothesis."""

    models: pd.DataFrame
    coefficients: pd.DataFrame
    effects: pd.DataFrame
    verdicts: pd.DataFrame
