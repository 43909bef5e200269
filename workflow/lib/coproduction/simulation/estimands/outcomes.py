"""What is asked of a population, and the outcome of a model in one of its worlds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from coproduction.inference.data import concentration, gini
from coproduction.numerics.families import family_of
from coproduction.plan.data.communities import Summary
from coproduction.plan.hypotheses.hypotheses import Estimand
from coproduction.plan.models.model import Model
from coproduction.simulation.estimands.careful import Careful
from coproduction.simulation.estimands.exposures import Exposure, Unresolved
from coproduction.simulation.structure.noise import Noise

LATENT_SD, SCORE_SD = "latent_sd", "score_sd"
TOTAL, DIRECT = "total", "direct"


@dataclass(frozen=True)
class Question:
    """An estimand of a model, asked of a population.

    Attributes
    ----------
    base
        Careful answers of the population when nothing is done.
    noise
        Its errors.
    model
        The model.
    estimand
        The estimand.
    summaries
        Summaries of communities, by name.
    ruler
        What one unit of the outcome and of the exposures is: a standard deviation of the latent or
        of the careful score.
    effect
        `total`, or `direct`: the model's other terms stay what they are.
    worlds, exposures
        Outcomes that were asked for, by what is given; and what it means to move a term.
    """

    base: Careful
    noise: Noise
    model: Model
    estimand: Estimand
    summaries: Mapping[str, Summary]
    ruler: str = LATENT_SD
    effect: str = TOTAL
    worlds: dict[object, np.ndarray] = field(default_factory=dict)
    exposures: dict[str, Exposure] = field(default_factory=dict)

    def rows(self) -> np.ndarray:
        """Whom the model is about (n,)."""
        return self.base.holds(self.model.subset)


def outcome_of(asked: Question, answers: Careful) -> np.ndarray:
    """Give the outcome as the model takes it: of persons (n,), of communities (J,).

    Raises
    ------
    Unresolved
        If it is no outcome of the truth.
    """
    model, estimand = asked.model, asked.estimand
    if model.level:
        return _summary(asked, answers)
    found, base = _latent_or_answer(asked, answers), None
    if family_of(model.family).ordered:
        highest = np.nanmax(asked.base.column(model.outcome).to_numpy(float))
        category = highest if estimand.category is None else estimand.category
        return np.where(np.isnan(found), np.nan, found == category)
    if model.standardise_outcome:
        base = _latent_or_answer(asked, asked.base)[asked.rows()]
        return (found - np.nanmean(base)) / np.nanstd(base, ddof=1)
    return found


def _latent_or_answer(asked: Question, answers: Careful) -> np.ndarray:
    """Take of a construct what is true, where the ruler is that and the outcome has no unit."""
    name, main = asked.model.outcome, answers.generator.main
    if asked.ruler == LATENT_SD and asked.model.standardise_outcome and name in main.constructs:
        return answers.world.of(name)
    try:
        return answers.column(name).to_numpy(float, na_value=np.nan)
    except KeyError as error:
        raise Unresolved(f"`{name}` is no outcome of the truth") from error


def _summary(asked: Question, answers: Careful) -> np.ndarray:
    """Summarise an outcome over all residents of each community (J,)."""
    name = asked.model.outcome
    if name not in asked.summaries:
        return answers.column(name).groupby(answers.world.place).first().to_numpy(float)
    rule = asked.summaries[name]
    values = answers.column(rule.variable).astype(float)
    groups = values.groupby(answers.world.place)
    if rule.statistic == "mean":
        found = groups.mean()
    elif rule.statistic == "gini":
        found = groups.agg(lambda each: gini(each.dropna()))
    else:
        by = answers.column(rule.by or rule.variable).astype(float)
        table = pd.DataFrame({"value": values, "by": by}).dropna()
        found = pd.Series(
            {
                place: concentration(rows["value"], rows["by"])
                for place, rows in table.groupby(answers.world.place[table.index])
            }
        )
    return found.reindex(range(answers.world.number)).to_numpy(float)
