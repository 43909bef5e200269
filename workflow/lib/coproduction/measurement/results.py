"""All that the measurement room writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from coproduction.printing import overview, printed


@printed
@dataclass(frozen=True)
class Measurement:
    """Result tables of the measurement room; empty with their columns where nothing is planned.

    Attributes
    ----------
    reliability
        One row per construct.
    items
        One row per scale item, in the order of the questionnaire.
    sample
        One row per category of each describing item: `item, value, n, share`; `value` is empty for
        no answer, and shares are of those who answered.
    loadings
        One row per parameter of each planned measurement model.
    fit
        One row per planned measurement model.
    comparisons
        One row per planned comparison of two models.
    residuals
        The largest residual correlations of each model.
    modification
        The most telling modification indices of each model.
    validity
        One row per pair of constructs.
    common_method
        Checks on shared method variance.
    aggregation
        One row per construct that may be averaged over clusters.
    invariance_groups, invariance, noninvariance, functioning, logistic_functioning
        Planned comparisons of groups, see `invariance_plan.Comparison`.
    dimensionality, exploratory_fit, exploratory
        Explored sets of items, see `exploration.Exploration`.
    retest
        One row per score and scale item of those who answered more than once.
    """

    reliability: pd.DataFrame
    items: pd.DataFrame
    sample: pd.DataFrame
    loadings: pd.DataFrame
    fit: pd.DataFrame
    comparisons: pd.DataFrame
    residuals: pd.DataFrame
    modification: pd.DataFrame
    validity: pd.DataFrame
    common_method: pd.DataFrame
    aggregation: pd.DataFrame
    invariance_groups: pd.DataFrame
    invariance: pd.DataFrame
    noninvariance: pd.DataFrame
    functioning: pd.DataFrame
    logistic_functioning: pd.DataFrame
    dimensionality: pd.DataFrame
    exploratory_fit: pd.DataFrame
    exploratory: pd.DataFrame
    retest: pd.DataFrame
    shown: ClassVar[tuple[str, ...]] = ()

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        return f"Scales: {len(self.reliability):,}, factor models: {len(self.fit):,}"

    def to_frame(self) -> pd.DataFrame:
        """Which tables it has: `table, rows, columns`."""
        return overview(self)
