"""What further models say of a hypothesis, where one person reports both exposure and outcome.

Who agrees with whatever is asked, or answers as is expected, makes answers go together that have
nothing to do with each other. A model that holds a person's agreement, and one of what the *others*
of the community answered, are asked the same question as the hypothesis's own model (Podsakoff et
al. 2012, *Annual Review of Psychology* 63; Ostroff, Kinicki and Clark 2002, *Journal of Applied
Psychology* 87 on splitting the source).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

import pandas as pd

from coproduction.codes import factors_of
from coproduction.inference.verdicts import verdicts
from coproduction.notes import Note
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.models.model import Model
from coproduction.plan.options import Check
from coproduction.plan.paths.questions import PathHypothesis
from coproduction.plan.plan import Plan
from coproduction.plan.vocabulary.predictors import OTHERS

COLUMNS = (
    *("hypothesis", "check", "model", "estimand", "term", "direction", "smallest_effect"),
    *("estimate", "std_error", "statistic", "df", "p_value", "p_adjusted", "conf_low"),
    *("conf_high", "verdict", "reason", "n", "n_clusters", "weights", "covariance"),
)
NOT_EXAMINED = {"verdict": "not_estimable", "reason": str(Note("check_not_planned"))}


def cross_checks(
    estimates: Mapping[str, Mapping[str, Any]], plan: Plan, elsewhere: Collection[str]
) -> pd.DataFrame:
    """Judge by every further model the hypotheses of which one person reports all.

    A check judges its whole family: a hypothesis that has no such model keeps its own estimate.

    Parameters
    ----------
    estimates
        Rows of the effects table, or `reason` why there is none, by `plan.questions`.
    plan
        The plan.
    elsewhere
        Variables that no respondent reports, such as the items of communities' sheets.

    Returns
    -------
    pandas.DataFrame
        Columns as in `COLUMNS`: for every hypothesis that one person's answers decide, and every
        one with a further model, a row per check, `not_estimable` where it is not planned.
    """
    tables = []
    for check in get_args(Check):
        asked = [
            each.asked_of(check, each.further_models[check])
            if check in each.further_models
            else each
            for each in plan.hypotheses
        ]
        named = {each.id: own.id for each, own in zip(asked, plan.hypotheses, strict=True)}
        rivals = [replace(each, rival_of=_renamed(each.rival_of, named)) for each in asked]
        judged = verdicts(estimates, [*rivals, *plan.path_hypotheses], plan.families)
        judged = judged[judged["hypothesis"].isin(named)].reset_index(drop=True)
        judged["hypothesis"] = judged["hypothesis"].map(named)
        tables.append(_rows(judged, check, plan, elsewhere))
    order = {each.id: place for place, each in enumerate(plan.judged)}
    found = pd.concat(tables).reindex(columns=list(COLUMNS))
    places = found["hypothesis"].map(order)
    return found.assign(place=places).sort_values("place", kind="stable").drop(columns="place")


def _renamed(rival: str | None, named: Mapping[str, str]) -> str | None:
    return next((new for new, old in named.items() if old == rival), None)


def _rows(
    judged: pd.DataFrame, check: Check, plan: Plan, elsewhere: Collection[str]
) -> pd.DataFrame:
    rows = []
    for hypothesis, row in zip(plan.hypotheses, judged.to_dict("records"), strict=True):
        if check in hypothesis.further_models:
            rows.append({**row, "check": check})
        elif of_one_person(hypothesis, plan, elsewhere):
            rows.append({"hypothesis": hypothesis.id, "check": check, **NOT_EXAMINED})
    rows += [
        {"hypothesis": each.id, "check": check, **NOT_EXAMINED}
        for each in plan.path_hypotheses
        if of_one_person(each, plan, elsewhere)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def of_one_person(
    hypothesis: Hypothesis | PathHypothesis, plan: Plan, elsewhere: Collection[str]
) -> bool:
    """Tell whether one person reports the outcome and all that the estimand is about.

    What a community's sheet says, what the others of a community answered and what was randomised
    comes from elsewhere. Of a path it is asked of its ends.
    """
    told = {*elsewhere, *(factor for each in plan.experiments for factor in each.factors)}
    origins = plan.origins()
    about = list(_about(hypothesis, plan))
    return bool(about) and all(name and origins.get(name, {name}) - told for name in about)


def _about(hypothesis: Hypothesis | PathHypothesis, plan: Plan) -> Iterator[str]:
    """Name the outcome and what its effect is of; nothing where communities are the rows."""
    if isinstance(hypothesis, PathHypothesis):
        for path in filter(None, (hypothesis.estimand.along, hypothesis.estimand.less)):
            yield from (*factors_of(path[0]), path[-1])
        return
    model = plan.by_name[hypothesis.model]
    if model.level is None:
        yield model.outcome
        yield from _variables(hypothesis, model)


def _variables(hypothesis: Hypothesis, model: Model) -> Iterator[str]:
    """Name the variables of an estimand; a mean of the others gives an empty name."""
    for term in hypothesis.estimand.names:
        name = term.partition("[")[0]
        owner = next((each for each in model.entries if name in each.terms), None)
        if owner is None:
            yield name
        else:
            yield "" if owner.terms[name] == OTHERS else owner.name
