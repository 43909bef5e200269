"""The true value of every planned estimand, with the error that chance leaves in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from coproduction.plan.plan import Plan
from coproduction.simulation.communities import sizes
from coproduction.simulation.estimands.careful import Careful
from coproduction.simulation.estimands.contrasts import mediators, value
from coproduction.simulation.estimands.exposures import Unresolved
from coproduction.simulation.estimands.outcomes import (
    DIRECT,
    LATENT_SD,
    SCORE_SD,
    TOTAL,
    Question,
)
from coproduction.simulation.generator import Generator
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.noise import Noise, draw
from coproduction.simulation.structure.people import inhabitants
from coproduction.simulation.structure.world import World, solve

PERSONS, BATCHES = 200_000, 10
COLUMNS = ("hypothesis", "estimand", "term", "effect", "per", "value", "mc_error", "note")
TRUTHS = Streams(1)
"""Random numbers of these populations; no study is drawn from them."""


def true_values(
    generator: Generator, plan: Plan, persons: int = PERSONS, batches: int = BATCHES
) -> pd.DataFrame:
    """Compute the true value of the estimand of every hypothesis.

    Values are contrasts of potential outcomes of complete, careful answers among all residents:
    the same persons with the same errors, the exposure half a unit below and above what is true of
    each, or at either of its two values. No model is fitted. *Total*: what follows from the
    exposure follows. *Direct*, where the model holds something that does: it stays as it is.
    Per `latent_sd` a unit is a standard deviation of what is measured; per `score_sd` it is what
    one standard deviation of the complete, careful score tells of it: as many standard deviations
    of the latent as the two correlate, whatever else the model holds. Where nothing is measured
    both are the same.

    Parameters
    ----------
    generator
        What the persons are drawn from.
    plan
        The plan.
    persons
        Number of persons, about.
    batches
        Number of populations that they are divided into; from their differences the error follows.

    Returns
    -------
    pandas.DataFrame
        `hypothesis, estimand, term, effect, per, value, mc_error, note`; without a value the note
        says why.
    """
    found = [
        row
        for batch in range(batches)
        for row in _batch(generator, plan, persons // batches, batch)
    ]
    table = pd.DataFrame(found, columns=[*COLUMNS[:6], "note"])
    groups = table.groupby(list(COLUMNS[:5]), sort=False, dropna=False)
    values = groups["value"].agg(["mean", "std", "count"])
    values["mc_error"] = values["std"] / np.sqrt(values["count"])
    values["note"] = groups["note"].first()
    values = values.rename(columns={"mean": "value"}).reset_index()
    return values[list(COLUMNS)]


def population(generator: Generator, persons: int, batch: int) -> tuple[World, Noise]:
    """Draw a population of residents, in as many communities as they need."""
    truth, streams = generator.truth, replace(TRUTHS, replicate=batch)
    number = max(round(persons / truth.communities.residents.mean), 2)
    residents = sizes(truth.communities.residents, number, streams, "residents")
    noise = draw(truth.system, inhabitants(residents), streams)
    return solve(truth.system, noise), noise


def _batch(generator: Generator, plan: Plan, persons: int, batch: int) -> Iterator[tuple]:
    world, noise = population(generator, persons, batch)
    streams = replace(TRUTHS, replicate=batch)
    base = Careful(generator, {each.id: each for each in plan.variables}, world, streams)
    worlds: dict[str, tuple[dict, dict]] = {}
    for hypothesis in plan.hypotheses:
        model = plan.by_name[hypothesis.model]
        asked = Question(
            base=base,
            noise=noise,
            model=model,
            estimand=hypothesis.estimand,
            summaries={each.id: each for each in plan.summaries},
            worlds=worlds.setdefault(model.id, ({}, {}))[0],
            exposures=worlds[model.id][1],
        )
        yield from _rows(hypothesis.id, asked)


def _rows(hypothesis: str, asked: Question) -> Iterator[tuple]:
    estimand = asked.estimand
    try:
        effects = [TOTAL, DIRECT] if mediators(asked) else [TOTAL]
    except Unresolved:
        effects = [TOTAL]
    for effect in effects:
        for ruler in (LATENT_SD, SCORE_SD):
            named = (hypothesis, estimand.kind, estimand.term, effect, ruler)
            try:
                yield (*named, value(replace(asked, effect=effect, ruler=ruler)), "")
            except Unresolved as error:
                yield (*named, np.nan, f"{error}.")
