"""From the block `weights` of a study to the weight of every respondent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.codes import code_texts
from coproduction.errors import StudyError
from coproduction.instrument.expressions import holds
from coproduction.rows.sampling import weights_of
from coproduction.weighting.calibration import Fitted, Margin, fit_to_margins
from coproduction.weighting.given import check_given
from coproduction.weighting.margins import margins_of, population_size
from coproduction.weighting.nonresponse import factors, responses
from coproduction.weighting.rules import BEFORE, MARGIN, WEIGHT, Weights
from coproduction.weighting.selection import from_frames, stated
from coproduction.weighting.tables import Step, compared, summary

WITHOUT_FRAME = ""


@dataclass(frozen=True)
class Sources:
    """What weights are made of.

    Attributes
    ----------
    table
        Analysis table, one row per respondent, with `submission`.
    contacts
        The contact log, reconciled with the answers; None where there is none.
    eligibility
        Share of cases of unknown eligibility taken to be eligible; None for that of the known.
    listed
        The communities' sheets by community; None where there are none.
    population
        Margins, see `margins.read_margins`; None where there are none.
    """

    table: pd.DataFrame
    contacts: pd.DataFrame | None = None
    eligibility: float | None = None
    listed: pd.DataFrame | None = None
    population: pd.DataFrame | None = None


@dataclass(frozen=True)
class Made:
    """Weights of a study.

    Attributes
    ----------
    columns
        What the analysis table gets: `survey_weight`, `weight_before_margins`, and the category of
        each margin under `margin_<item>`.
    summary
        How far the weights of each step differ, see `tables.summary`.
    margins
        The sample beside the population, see `tables.compared`.
    """

    columns: pd.DataFrame
    summary: pd.DataFrame
    margins: pd.DataFrame


def no_weights(index: pd.Index) -> Made:
    """Make nothing, where everybody counts the same: no columns, and tables without rows."""
    nothing = np.zeros(len(index))
    told = summary([], pd.Series(WITHOUT_FRAME, index=index), 1)
    return Made(pd.DataFrame(index=index), told, compared([], nothing, nothing, 1))


def make_weights(rules: Weights, sources: Sources, minimum: int) -> Made:
    """Make the weights of a study.

    Parameters
    ----------
    rules
        How they are made.
    sources
        Of what.
    minimum
        The smallest number of people that a table may tell of.

    Raises
    ------
    StudyError
        If something that the rules name is missing or cannot be used.
    """
    table = sources.table
    check_given(table, rules)
    base, adjusted, frame = _base(rules, sources)
    steps = [Step("base", base)]
    if adjusted is not None:
        steps.append(Step("nonresponse", adjusted))
    before = base if adjusted is None else adjusted
    margins = [] if sources.population is None else margins_of(table, sources.population)
    fitted = _fitted(rules, before, margins)
    if margins or rules.trim is not None:
        steps.append(Step("fitted", fitted.weight, fitted.limited))
    columns = {WEIGHT: fitted.weight, BEFORE: before}
    for each in margins:
        columns[MARGIN.format(each.name)] = np.where(each.codes < 0, np.nan, each.codes)
    return Made(
        pd.DataFrame(columns, index=table.index),
        summary(steps, frame, minimum),
        compared(margins, before, fitted.weight, minimum),
    )


def _base(rules: Weights, sources: Sources) -> tuple[np.ndarray, np.ndarray | None, pd.Series]:
    """Give weights by design, with nonresponse made up for, and the frame of each respondent."""
    table = sources.table
    if rules.column is not None:
        given = weights_of(table[rules.column])
        return given, None, pd.Series(WITHOUT_FRAME, index=table.index)
    if sources.contacts is None:
        raise StudyError(
            "weights.base in study.yaml is made from the contact log, but cleaning.contacts names "
            "none."
        )
    contacts = sources.contacts.reset_index(drop=True)
    place = _places(table, contacts)
    responded = contacts.loc[place].reset_index(drop=True)
    if rules.probability is not None:
        base = 1 / stated(contacts, rules.probability).to_numpy()[place]
    else:
        base = 1 / _by_frames(rules, sources, contacts, responded)
    adjusted = None
    if rules.nonresponse is not None:
        told = responses(contacts, sources.eligibility)
        adjusted = base * factors(contacts, told, rules.nonresponse).to_numpy()[place]
    return base, adjusted, responded["frame"].set_axis(table.index)


def _places(table: pd.DataFrame, contacts: pd.DataFrame) -> np.ndarray:
    """Find the contact that led to each respondent's answers.

    Raises
    ------
    StudyError
        If a respondent is not in the log.
    """
    logged = contacts.loc[contacts["submission"] != "", "submission"]
    place = pd.Series(logged.index, index=logged.to_numpy()).reindex(table["submission"])
    unknown = place.isna().to_numpy()
    if unknown.any():
        first = table["submission"].to_numpy()[unknown][0]
        raise StudyError(
            f"{contacts['source_file'].iloc[0]}: {unknown.sum()} analysed submissions, such as "
            f"`{first}`, led from no contact, so that it is unknown with which probability they "
            "were drawn. Complete the contact log, or leave these answers out."
        )
    return place.to_numpy(int)


def _by_frames(
    rules: Weights, sources: Sources, contacts: pd.DataFrame, responded: pd.DataFrame
) -> np.ndarray:
    if sources.listed is None:
        raise StudyError(
            "weights.base.frames in study.yaml counts who was on each list by the sheets of "
            "communities, but the study has none; state `probability`, a column of the contact log."
        )
    members = {
        frame.id: np.ones(len(responded), bool)
        if frame.members is None
        else holds(frame.members, sources.table, ()).to_numpy(bool)
        for frame in rules.frames
    }
    listed = sources.listed.set_axis(code_texts(pd.Series(sources.listed.index)))
    table = pd.DataFrame(members, index=responded.index)
    return from_frames(contacts, responded, table, rules.frames, listed)


def _fitted(rules: Weights, before: np.ndarray, margins: list[Margin]) -> Fitted:
    total = population_size(margins, float(before.sum()))
    if not margins and rules.trim is None:
        return Fitted(before, np.zeros(len(before), bool), 0)
    method = "raking" if rules.margins is None else rules.margins.method
    return fit_to_margins(before, margins, total, method, rules.trim)
