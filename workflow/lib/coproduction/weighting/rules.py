"""The block `weights` of `study.yaml`: where weights come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from coproduction.rows.design import LonelyUnit
from coproduction.rows.sampling import ReplicateColumns, Sampling
from coproduction.weighting.calibration import Limits, Method

WEIGHT, BEFORE, MARGIN = "weight", "weight_before_margins", "margin_{}"
"""Columns of the analysis table: the weight, the one before margins, categories of margins."""


@dataclass(frozen=True)
class Frame:
    """A list from which people were drawn in every community.

    Attributes
    ----------
    id
        Its name in the contact log.
    listed
        Item of the communities' sheet that says how many were on it.
    members
        Condition on a respondent's answers by which it is known who is on it; everybody if None.
    """

    id: str
    listed: str
    members: str | None = None


@dataclass(frozen=True)
class Nonresponse:
    """How weights make up for those who did not respond.

    Attributes
    ----------
    by
        Columns of the contact log, the most important first.
    how
        `cells`: by the response rate of each combination; `model`: by a log-linear model of
        response whose main effects the columns are.
    minimum
        The fewest respondents of a cell; smaller ones are joined.
    """

    by: tuple[str, ...]
    how: Literal["cells", "model"]
    minimum: int


@dataclass(frozen=True)
class MarginsFile:
    """Margins of the population.

    Attributes
    ----------
    file
        Its name in the study's folder.
    method
        How weights are fitted to them.
    """

    file: str
    method: Method


@dataclass(frozen=True)
class Weights:
    """Where the weights of a study come from.

    Attributes
    ----------
    column
        Item that holds them, where they are given.
    probability
        Column of the contact log that holds the probability with which each contact was drawn.
    frames
        Lists from which people were drawn, where it is counted; the first one first.
    nonresponse, margins, trim
        What is done to the weights then; None where nothing is.
    sampling
        Columns of the analysis table that say what rows stand for.
    """

    column: str | None
    probability: str | None
    frames: tuple[Frame, ...]
    nonresponse: Nonresponse | None
    margins: MarginsFile | None
    trim: Limits | None
    sampling: Sampling

    @property
    def of_log(self) -> tuple[str, ...]:
        """Columns of the contact log that are needed beside those that it always has."""
        named = [] if self.probability is None else [self.probability]
        named += [] if not self.frames else ["community"]
        named += [] if self.nonresponse is None else self.nonresponse.by
        return tuple(dict.fromkeys(named))

    @property
    def from_log(self) -> bool:
        """Whether they are made from the contact log."""
        return self.column is None


def weight_rules(block: Mapping[str, Any] | None) -> Weights | None:
    """Read the block; None where the study has none."""
    if block is None:
        return None
    base, trim, margins = (block.get(key, {}) for key in ("base", "trim", "margins"))
    told = Nonresponse(**_tuples(block["nonresponse"])) if "nonresponse" in block else None
    return Weights(
        column=block.get("column"),
        probability=base.get("probability"),
        frames=tuple(Frame(**each) for each in base.get("frames", ())),
        nonresponse=told,
        margins=MarginsFile(**margins) if margins else None,
        trim=Limits(**trim) if trim else None,
        sampling=_sampling(block),
    )


def _sampling(block: Mapping[str, Any]) -> Sampling:
    design = block.get("design", {})
    stages = design.get("stages", ())
    strata = tuple(stage.get("stratum") for stage in stages)
    populations = tuple(stage.get("population") for stage in stages)
    lonely: LonelyUnit = design.get("lonely", "fail")
    replicates = block.get("replicates")
    return Sampling(
        weight=WEIGHT,
        units=tuple(stage["unit"] for stage in stages),
        strata=strata,
        populations=populations,
        lonely=lonely,
        replicates=ReplicateColumns(**_tuples(replicates)) if replicates else None,
    )


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(each) if isinstance(each, list) else each for key, each in entry.items()}
