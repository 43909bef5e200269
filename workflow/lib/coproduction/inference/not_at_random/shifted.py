"""Hypotheses estimated again in every imputed table, under every shift, and pooled.

What is shifted is one of four: outcomes that are missing, all alike or along the exposure, and
imputed answers to the items of the exposure, all alike or along the outcome. A shift of all alike
hardly moves an association; one along the exposure, or the outcome, is what could make it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.completed.analysis import Imputations
from coproduction.inference.data.tables import AllTables
from coproduction.inference.model.regression import fit
from coproduction.inference.not_at_random.exposures import along
from coproduction.inference.not_at_random.forms import (
    OUTCOME,
    OUTCOME_ALONG,
    PREDICTORS,
    PREDICTORS_ALONG,
)
from coproduction.inference.not_at_random.outcomes import Drawn, drawn
from coproduction.inference.not_at_random.predictors import Moving, moving
from coproduction.inference.results import Inflations, estimate_of
from coproduction.missing.tidy import pool_tables
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.processes import run
from coproduction.plan.data.not_at_random import NotAtRandom, Shifts
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.models.models import Model

KEYS = ["hypothesis", "shifted", "shift"]
Row = dict[str, Any]


@dataclass(frozen=True)
class _Table:
    """One imputed table.

    Attributes
    ----------
    made, number, tables
        The imputed tables, the number of this one, and this one.
    known
        How measurement steps count in standard errors.
    """

    made: Imputations
    number: int
    tables: AllTables
    known: Inflations


def shifted_estimates(
    made: Imputations, planned: NotAtRandom, known: Inflations, seed: int, cores: int = 1
) -> pd.DataFrame:
    """Estimate the planned hypotheses under every shift, pooled over the imputed tables.

    Parameters
    ----------
    made
        The imputed tables.
    planned
        Hypotheses and shifts.
    known
        How measurement steps count in standard errors; carried over, as to the other tables.
    seed
        Seed of the study.
    cores
        Number of processes; results do not depend on it.

    Returns
    -------
    pandas.DataFrame
        `hypothesis, shifted, shift`, a row of the effects table, `n_shifted`, and `reason` why it
        could not be estimated; a shift is infinite where every missing binary outcome is 0 or 1.
    """
    tasks = {
        str(number): (_of_table, (made, planned, number, known, seed))
        for number in range(len(made))
    }
    return _pooled(list(run(tasks, cores).values()))


def _pooled(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Pool what every table gives an estimate of; else say why some do not."""
    every = pd.concat(parts, ignore_index=True)
    refused = every[every["reason"] != ""].drop_duplicates(KEYS)
    lost = pd.MultiIndex.from_frame(refused[KEYS])
    kept = [part[~pd.MultiIndex.from_frame(part[KEYS]).isin(lost)] for part in parts]
    if not any(map(len, kept)):
        return refused
    found = pool_tables(kept, KEYS, CONFIDENCE, counts_of_first=True)
    return pd.concat([found, refused], ignore_index=True) if len(refused) else found


def _of_table(
    made: Imputations, planned: NotAtRandom, number: int, known: Inflations, seed: int
) -> pd.DataFrame:
    """Estimate everything in one imputed table, from random numbers of its own."""
    plan, given = made.tables.plan, _Table(made, number, made.table(number), known)
    rows: list[Row] = []
    for position, model in enumerate(plan.models):
        asked = [each for each in plan.hypotheses if each.model == model.id]
        asked = [each for each in asked if each.id in planned.hypotheses]
        if asked and planned.outcome is not None:
            seeds = np.random.SeedSequence(seed, spawn_key=(number, position))
            rows += _outcomes(asked, model, planned.outcome, given, np.random.default_rng(seeds))
        if planned.predictors is not None:
            for hypothesis in asked:
                rows += _predictors(hypothesis, model, planned.predictors, given)
    return pd.DataFrame(rows)


def _outcomes(
    asked: Sequence[Hypothesis],
    model: Model,
    planned: Shifts,
    given: _Table,
    rng: np.random.Generator,
) -> Iterator[Row]:
    """Shift missing outcomes of a model, all alike and along the exposure of each hypothesis."""
    answers, missing = given.made.completed.answers, given.tables.plan.missing
    donors = missing.donors if missing else 1
    try:
        found = drawn(given.tables, model, answers, donors, rng)
    except Refusal as error:
        for each in asked:
            yield from (_refused(each, name, error) for name in (OUTCOME, OUTCOME_ALONG))
        return
    shifts = planned.both
    if found.design.family.binary:
        shifts = (-np.inf, *shifts, np.inf)
    yield from _rows(asked, OUTCOME, shifts, found, None, given.known)
    for each in asked:
        try:
            places = along(each.estimand, found.design.matrix, model.id)
        except Refusal as error:
            yield _refused(each, OUTCOME_ALONG, error)
            continue
        yield from _rows([each], OUTCOME_ALONG, shifts, found, places, given.known)


def _predictors(
    hypothesis: Hypothesis, model: Model, planned: Shifts, given: _Table
) -> Iterator[Row]:
    """Shift imputed answers to the items of an exposure, all alike and along the outcome."""
    try:
        found = moving(given.made, given.number, given.tables, hypothesis, model)
    except Refusal as error:
        yield from (_refused(hypothesis, each, error) for each in (PREDICTORS, PREDICTORS_ALONG))
        return
    for name, places in ((PREDICTORS, None), (PREDICTORS_ALONG, found.along_outcome)):
        yield from _rows([hypothesis], name, planned.both, found, places, given.known)


def _rows(
    asked: Sequence[Hypothesis],
    name: str,
    shifts: Sequence[float],
    found: Drawn | Moving,
    places: np.ndarray | None,
    known: Mapping[str, pd.Series],
) -> Iterator[Row]:
    """Fit a model under every shift, and estimate hypotheses that rest on it."""
    for shift in shifts:
        try:
            fitted = fit(found.shifted(shift, places), known.get(asked[0].model))
        except Refusal as error:
            yield from (_refused(each, name, error, shift) for each in asked)
            continue
        for each in asked:
            keys = {"hypothesis": each.id, "shifted": name, "shift": shift}
            try:
                estimated = estimate_of(fitted, each.estimand)
                yield {**estimated, **keys, "n_shifted": found.count, "reason": ""}
            except Refusal as error:
                yield _refused(each, name, error, shift)


def _refused(hypothesis: Hypothesis, name: str, error: Refusal, shift: float = 0.0) -> Row:
    return {
        "hypothesis": hypothesis.id,
        "model": hypothesis.model,
        "shifted": name,
        "shift": shift,
        "reason": str(error.note),
    }
