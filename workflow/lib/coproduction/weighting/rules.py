"""The block `weights` of `study.yaml`: where weights come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from coproduction.rows import Rows
from coproduction.rows.design import LonelyUnit
from coproduction.rows.sampling import ReplicateColumns, Sampling, sampled
from coproduction.weighting.calibration import Limits, Method

WEIGHT, BEFORE, MARGIN = "survey_weight", "weight_before_margins", "margin_{}"
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
    def identifying(self) -> frozenset[str]:
        """Items that could tell who somebody is by where and how they were drawn."""
        sampling = self.sampling
        replicates = () if sampling.replicates is None else sampling.replicates.columns
        named = (self.column, *sampling.units, *sampling.strata, *sampling.populations, *replicates)
        return frozenset(name for name in named if name is not None)


def sample_rows(table: pd.DataFrame, rules: Weights | None) -> Rows | None:
    """Say what the rows of an analysis table stand for; None where every respondent counts alike.

    Parameters
    ----------
    table
        Analysis table with the columns that cleaning made for weights.
    rules
        Where the weights come from.

    Raises
    ------
    Refusal
        As `sampled`.
    """
    if rules is None:
        return None
    margins = tuple(name for name in table if str(name).startswith(MARGIN.format("")))
    before = BEFORE if margins else None
    return sampled(table, replace(rules.sampling, before=before, margins=margins))


def weight_rules(block: Mapping[str, Any] | None, items: Iterable[str]) -> Weights | None:
    """Read the block; None where the study has none.

    Parameters
    ----------
    block
        The block, checked against its schema, defaults filled in.
    items
        Ids of the items that are analysed.
    """
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
        sampling=_sampling(block, items),
    )


def replicate_items(entry: Mapping[str, Any], items: Iterable[str]) -> tuple[str, ...]:
    """Name the items that hold replicate weights, those of a prefix by their numbers."""
    if "columns" in entry:
        return tuple(entry["columns"])
    numbered = re.compile(re.escape(entry["prefix"]) + "([0-9]+)")
    found = [(int(hit[1]), name) for name in items if (hit := numbered.fullmatch(name))]
    return tuple(name for _, name in sorted(found))


def _sampling(block: Mapping[str, Any], items: Iterable[str]) -> Sampling:
    design = block.get("design", {})
    stages = design.get("stages", ())
    strata = tuple(stage.get("stratum") for stage in stages)
    populations = tuple(stage.get("population") for stage in stages)
    lonely: LonelyUnit = design.get("lonely", "fail")
    replicates = None
    if told := block.get("replicates"):
        further = {key: each for key, each in told.items() if key not in ("columns", "prefix")}
        replicates = ReplicateColumns(replicate_items(told, items), **_tuples(further))
    return Sampling(
        weight=WEIGHT,
        units=tuple(stage.get("unit") for stage in stages),
        strata=strata,
        populations=populations,
        lonely=lonely,
        replicates=replicates,
    )


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(each) if isinstance(each, list) else each for key, each in entry.items()}
