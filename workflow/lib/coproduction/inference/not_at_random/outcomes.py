"""Outcomes that are missing, drawn from the model itself and shifted.

Pattern mixture with a shift δ: those who lack the outcome follow the model of those who have it,
their linear predictor being δ higher (Carpenter and Kenward 2013, *Multiple Imputation and its
Application*, chapter 10; White, Horton, Carpenter and Pocock 2011, *BMJ* 342, d40). Coefficients
are drawn from the normal approximation of their posterior with the covariance that the model plans.
Random numbers are the same for all shifts, so that what changes with a shift is due to it alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pandas as pd
from scipy.special import expit

from coproduction.errors import Refusal
from coproduction.inference.calibrated.contents import items_of
from coproduction.inference.completed.items import NOT_ASKED, Answers
from coproduction.inference.data.complete_cases import losses
from coproduction.inference.data.design import Design, design
from coproduction.inference.data.tables import AllTables
from coproduction.inference.model.regression import Fit, fit
from coproduction.inference.not_at_random.exposures import origins
from coproduction.missing.matching import match
from coproduction.numerics.averages import mean, standard_deviation, times
from coproduction.numerics.families import family_of
from coproduction.numerics.families.family import Family
from coproduction.plan.models.models import Model
from coproduction.rows import rows_of

Scale = Literal["log_odds", "log_mean", "deviations"]
LOG_ODDS: Final = "log_odds"
LOG_MEAN: Final = "log_mean"
DEVIATIONS: Final = "deviations"


@dataclass(frozen=True)
class Drawn:
    """A model of n rows whose outcome is drawn where it is missing.

    Attributes
    ----------
    design
        The model of all rows.
    missing
        Rows (n,) of which w lack the outcome.
    draw
        Gives the outcomes of these from the shifts of their linear predictors (w,).
    """

    design: Design
    missing: np.ndarray
    draw: Callable[[np.ndarray], np.ndarray]

    @property
    def count(self) -> int:
        """Rows with a drawn outcome."""
        return int(self.missing.sum())

    def shifted(self, shift: float, along: np.ndarray | None = None) -> Design:
        """Complete the outcome under a shift.

        Parameters
        ----------
        shift
            Of every linear predictor, or of it for each unit of a direction.
        along
            That direction (n,), if there is one. Under an infinite shift whoever lies at its zero
            is not shifted.
        """
        places = np.ones(self.count) if along is None else along[self.missing]
        moved = np.multiply(shift, places, out=np.zeros(len(places)), where=places != 0)
        outcome = self.design.outcome.copy()
        outcome[self.missing] = self.draw(moved)
        return replace(self.design, outcome=outcome)


def scale_of(family: Family) -> Scale | None:
    """Say in what an outcome is shifted: None of a family whose outcomes are not drawn."""
    if family.distribution is None:
        return None
    if family.link == "logit" and family.binary:
        return LOG_ODDS
    if family.link == "identity" and family.expected == "number":
        return DEVIATIONS
    return LOG_MEAN if family.link == "log" else None


def lacking(tables: AllTables, model: Model, answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """Find who lacks nothing but the outcome, although it was asked.

    An outcome is missing where an item that it comes from was asked and not answered; who was not
    asked has none to draw.

    Parameters
    ----------
    tables
        Tables in which predictors are imputed.
    model
        A model of respondents.
    answers
        The questionnaire and the kinds of missing answers.

    Returns
    -------
    numpy.ndarray, numpy.ndarray
        Rows (N,) of the model's table that it analyses once their outcome is known, and those of
        them that lack it.
    """
    table, rows = tables.of(model)
    sources = origins(tables.plan, answers.instrument).get(model.outcome, {model.outcome})
    known = [name for name in answers.nonresponse if name in sources]
    kinds = answers.nonresponse.loc[table.index, known]
    asked = (kinds.notna() & kinds.ne(NOT_ASKED).fillna(False)).any(axis=1)
    clustered = rows_of(table, model.cluster) if rows is None else rows
    given = (clustered, model, items_of(model, tables.scales))
    # A condition on the outcome itself is not met by who lacks it.
    meant, _, _ = losses(table, *given)
    absent = (table[model.outcome].isna() & asked).to_numpy(bool) & meant
    filled = table.assign(**{model.outcome: table[model.outcome].mask(absent, 0.0)})
    _, kept, _ = losses(filled, *given)
    return kept, kept & absent


def drawn(
    tables: AllTables, model: Model, answers: Answers, donors: int, rng: np.random.Generator
) -> Drawn:
    """Draw the outcomes that are missing, given what was imputed.

    Parameters
    ----------
    tables, model, answers
        As in `lacking`.
    donors
        Of a log link: rows with the nearest expected outcomes among which an outcome is drawn,
        which is then multiplied by the exponentiated shift; so no distribution is assumed.
    rng
        Random generator.

    Raises
    ------
    Refusal
        If outcomes of the family are not drawn, the model has random effects or is one of
        communities, none is missing, or it cannot be fitted.
    """
    check_drawn(model)
    _, missing = lacking(tables, model, answers)
    if not missing.any():
        raise Refusal("outcome_never_missing", model=model.id, name=model.outcome)
    table, rows = tables.of(model)
    filled = table[model.outcome].mask(missing, table[model.outcome].dropna().iloc[0])
    everyone = design(
        table.assign(**{model.outcome: filled}),
        replace(model, standardise_outcome=False),
        rows,
        tables.scales,
    )
    without = pd.Series(missing, table.index)[everyone.matrix.index].to_numpy(bool)
    if model.standardise_outcome:
        known, shares = everyone.outcome[~without], everyone.weights
        shares = None if shares is None else shares[~without]
        outcome = (everyone.outcome - mean(known, shares)) / standard_deviation(known, shares)
        everyone = replace(everyone, outcome=outcome)
    answered = replace(
        everyone,
        outcome=everyone.outcome[~without],
        matrix=everyone.matrix[~without],
        rows=everyone.rows[~without],
        calibration=None,
    )
    estimated = fit(answered)
    return Drawn(everyone, without, drawing(estimated, everyone.matrix[without], donors, rng))


def check_drawn(model: Model) -> None:
    """Refuse a model whose outcomes are not drawn."""
    if model.level is not None:
        raise Refusal("shift_of_communities", model=model.id)
    if model.random is not None:
        raise Refusal("shift_of_two_levels", model=model.id)
    if scale_of(family_of(model.family)) is None:
        raise Refusal("shift_of_family", model=model.id, family=model.family)


def drawing(
    estimated: Fit, wanted: pd.DataFrame, donors: int, rng: np.random.Generator
) -> Callable[[np.ndarray], np.ndarray]:
    """Draw coefficients, and say what outcomes follow from shifts of the linear predictors."""
    answered, x = estimated.design, wanted.to_numpy()
    found = estimated.params.to_numpy()
    coefficients = found + _root(estimated.covariance) @ rng.standard_normal(len(found))
    eta = x @ coefficients
    scale = scale_of(answered.family)
    if scale == LOG_ODDS:
        chances = rng.random(len(x))
        return lambda shift: (chances < expit(eta + shift)).astype(float)
    expected = answered.matrix.to_numpy() @ found
    if scale == DEVIATIONS:
        left = answered.outcome - expected
        squares = left @ times(left, answered.weights)
        spread = np.sqrt(squares / rng.chisquare(len(left) - len(found)))
        noise = spread * rng.standard_normal(len(x))
        unit = standard_deviation(answered.outcome, answered.weights)
        return lambda shift: eta + noise + shift * unit
    near = answered.outcome[match(expected, eta, donors, rng)]
    return lambda shift: near * np.exp(shift)


def _root(covariance: np.ndarray) -> np.ndarray:
    """Root of a covariance matrix, which few clusters may leave without full rank."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0.0))
