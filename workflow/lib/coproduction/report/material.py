"""Everything a report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coproduction.dictionary import dictionary
from coproduction.plan.plan import Plan
from coproduction.report.labels import Labels
from coproduction.report.words import at_confidence, wording, words


@dataclass(frozen=True)
class Material:
    """What the sections read; nothing in it is computed by them.

    Attributes
    ----------
    tables
        Result tables by file, such as `cleaning/flow.csv`.
    study
        The `study` block of `study.yaml`.
    plan
        The analysis plan.
    provenance
        From `coproduction.steps.provenance.provenance`.
    labels
        Names in the language of the report.
    """

    tables: Mapping[str, pd.DataFrame]
    study: Mapping[str, Any]
    plan: Plan
    provenance: Mapping[str, Any]
    labels: Labels

    @property
    def text(self) -> Mapping[str, Any]:
        """Words of the language."""
        return self.labels.text

    @property
    def stamp(self) -> str:
        """Words across every figure of synthetic data."""
        return self.text["stamp"] if self.study["synthetic"] else ""

    def table(self, file: str) -> pd.DataFrame:
        """Read a result table; one without rows where the study has none."""
        return self.tables[file] if file in self.tables else dictionary().empty(file)

    def at_confidence(self, level: float) -> Material:
        """Name another level of confidence in headings and captions."""
        text = at_confidence(words(self.labels.language), level)
        return replace(self, labels=replace(self.labels, text=text))

    def wording(self, text: Any) -> str:
        """Choose the wording of a text in the language of the report."""
        return wording(text, self.labels.language)
