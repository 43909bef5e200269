"""The steps of the ladder of invariance: when they hold, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from coproduction.measurement.factor.confirmatory import FactorFit
from coproduction.measurement.fit.measures import Test
from coproduction.notes import Note, sentence
from coproduction.printing import printed

SUFFIX = {"ML": "", "MLR": "_robust", "FIML": "_scaled", "WLSMV": "_scaled"}


@dataclass(frozen=True)
class Rule:
    """When a step of the ladder holds.

    Attributes
    ----------
    cfi_drop, rmsea_rise
        Largest loss of CFI and gain of RMSEA against the step before (0.010 and 0.015: Chen 2007,
        *Structural Equation Modeling* 14, 464–504).
    p_value
        Smallest p-value of the difference test; 0 leaves it out of the decision.
    """

    cfi_drop: float
    rmsea_rise: float
    p_value: float = 0.0

    def holds(self, changes: Mapping[str, float], difference: Test) -> bool:
        """Judge a step by its changes of fit."""
        return (
            changes["cfi"] >= -self.cfi_drop
            and changes["rmsea"] <= self.rmsea_rise
            and not difference.scaled.p_value < self.p_value
        )


@dataclass(frozen=True)
class Step:
    """One fitted model of the ladder.

    Attributes
    ----------
    name
        Step of `invariance_models.CONTINUOUS` or `ORDINAL`.
    released
        Terms that are free in every group although the step, or one before, would hold them.
    fit
        The fit.
    difference
        Test against the step before; None for the first.
    changes
        `cfi`, `rmsea`, `srmr` less those of the step before; empty for the first.
    decision
        `reference` for the first step, `equivalent` where it restricts nothing, `holds`,
        `rejected` (the whole step does not hold), `released` (nor with these releases), `partial`
        (it holds with these releases).
    """

    name: str
    released: tuple[str, ...]
    fit: FactorFit
    difference: Test | None
    changes: Mapping[str, float]
    decision: str


@dataclass(frozen=True)
class Release:
    """A parameter that partial invariance sets free.

    Attributes
    ----------
    step, order
        The step and the place among its releases, from 1.
    term
        The parameter.
    test
        Its score test before the release.
    """

    step: str
    order: int
    term: str
    test: Test


@printed
@dataclass(frozen=True)
class Invariance:
    """The ladder of one set of scales and groups.

    Attributes
    ----------
    groups
        Names of the groups in order.
    n
        Cases of each.
    steps
        Every model fitted; a rejected step is followed by one with releases.
    releases
        What partial invariance set free.
    warnings
        Joined categories and doubtful solutions.
    failure
        Step that could not be fitted, at which the ladder ends, and why; None if none.
    n_clusters
        Clusters that standard errors and tests allow for; None where cases count as independent.
    """

    groups: tuple[str, ...]
    n: tuple[int, ...]
    steps: tuple[Step, ...]
    releases: tuple[Release, ...]
    warnings: tuple[Note, ...]
    failure: tuple[str, Note] | None = None
    n_clusters: int | None = None
    shown: ClassVar[tuple[str, ...]] = (
        *("step", "chisq", "df", "cfi_change", "rmsea_change", "difference_p_value"),
        *("released", "decision"),
    )

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        groups = ", ".join(f"{name} ({n:,})" for name, n in zip(self.groups, self.n, strict=True))
        end = f"; ends at {self.failure[0]}: {sentence(self.failure[1])}" if self.failure else ""
        return f"Invariance between {groups}{end}"

    def to_frame(self) -> pd.DataFrame:
        """One row per step: `step, chisq, df, cfi_change, …, decision` against the one before."""
        return pd.DataFrame([_row(step) for step in self.steps])


def _row(step: Step) -> dict[str, Any]:
    difference = (
        {}
        if step.difference is None
        else {
            "difference_chisq": step.difference.scaled.chisq,
            "difference_df": step.difference.df,
            "difference_p_value": step.difference.scaled.p_value,
        }
    )
    return {
        "step": step.name,
        "chisq": step.fit.fit["chisq"],
        "df": int(step.fit.fit["df"]),
        **{f"{name}_change": value for name, value in step.changes.items()},
        **difference,
        "released": ", ".join(step.released),
        "decision": step.decision,
    }
