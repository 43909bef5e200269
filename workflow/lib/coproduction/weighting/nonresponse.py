"""What respondents count for those who were drawn and did not respond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.weighting.calibration import Margin, fit_to_margins
from coproduction.weighting.rules import Nonresponse

RESPONSES = ("complete", "partial")
UNKNOWN = ("unknown_household", "unknown_other")
NOBODY = "not_eligible"


@dataclass(frozen=True)
class Responses:
    """Contacts, as far as nonresponse goes.

    Attributes
    ----------
    responded
        How many responded, by contact.
    eligible
        How many of those drawn could have, cases of unknown eligibility by their expected share.
    """

    responded: pd.Series
    eligible: pd.Series


def responses(contacts: pd.DataFrame, eligibility: float | None) -> Responses:
    """Tell who of the drawn responded and who could have.

    Parameters
    ----------
    contacts
        `outcome, count` of everybody drawn.
    eligibility
        Share of cases of unknown eligibility that are eligible; by default as among the known.
    """
    count, outcome = contacts["count"].astype(float), contacts["outcome"]
    unknown = outcome.isin(UNKNOWN)
    eligible = count.where(outcome != NOBODY, 0.0)
    if eligibility is None:
        known = count[~unknown].sum()
        eligibility = eligible[~unknown].sum() / known if known else 1.0
    eligible = eligible.mask(unknown, count * eligibility)
    return Responses(count.where(outcome.isin(RESPONSES), 0.0), eligible)


def factors(contacts: pd.DataFrame, told: Responses, rules: Nonresponse) -> pd.Series:
    """Compute by what the weight of each contact that responded is multiplied.

    By cells it is the inverse of the response rate of the contact's cell; cells with few
    respondents are joined with one another where they agree in all columns but the last, and then
    but the last two, …. By a model it is one over a probability of response that is log-linear in
    the columns, fitted so that respondents have the totals of all who could respond (Lundström and
    Särndal 1999, *Journal of Official Statistics* 15, 305–327).

    Parameters
    ----------
    contacts
        The columns that the rules name, of everybody drawn.
    told
        Who responded and could have.
    rules
        How it is made up for.

    Raises
    ------
    Refusal
        If nobody of a group that could respond did.
    """
    if rules.how == "model":
        return _modelled(contacts, told, rules)
    cells = _joined(contacts, told, rules)
    responded = told.responded.groupby(cells).transform("sum")
    eligible = told.eligible.groupby(cells).transform("sum")
    silent = (responded == 0) & (eligible > 0)
    if silent.any():
        raise Refusal("nobody_responded", names=list(rules.by), answer=cells[silent.idxmax()])
    return (eligible / responded.where(responded > 0)).fillna(0.0)


def _joined(contacts: pd.DataFrame, told: Responses, rules: Nonresponse) -> pd.Series:
    """Name the cell of each contact, small ones joined from the last column on."""
    by = contacts[list(rules.by)].astype(str)
    cells = by.agg(" / ".join, axis=1)
    for depth in range(len(rules.by) - 1, -1, -1):
        small = told.responded.groupby(cells).transform("sum") < rules.minimum
        if not small.any():
            break
        wider = by.iloc[:, :depth].agg(" / ".join, axis=1) if depth else ""
        cells = cells.mask(small, wider + " / …")
    return cells


def _modelled(contacts: pd.DataFrame, told: Responses, rules: Nonresponse) -> pd.Series:
    margins = []
    for name in rules.by:
        codes, values = pd.factorize(contacts[name].astype(str), sort=True)
        wanted = np.bincount(codes, weights=told.eligible, minlength=len(values))
        margins.append(Margin(name, tuple(values), wanted, codes))
    weight = told.responded.to_numpy()
    fitted = fit_to_margins(weight, margins, float(told.eligible.sum())).weight
    made = np.divide(fitted, weight, out=np.zeros(len(weight)), where=weight > 0)
    return pd.Series(made, index=contacts.index)
