"""Every rule asked about every supported hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

import pandas as pd

from coproduction.inference.objections import measured, mediated, modelled, unanswered
from coproduction.inference.objections.case import Case, Objection
from coproduction.plan.plan import Plan

SUPPORTED = "supported"
SEPARATOR = ";"
COLUMNS = ("hypothesis", "objection", "note")
Rule = Callable[[Case], Iterator[Objection]]
RULES: tuple[Rule, ...] = (
    measured.not_told_apart,
    measured.weak_scale,
    measured.not_the_same_in_groups,
    modelled.few_clusters,
    modelled.adjusts_downstream,
    modelled.agreement_explains,
    modelled.same_source,
    unanswered.not_at_random,
    mediated.fragile_mediation,
)
"""Rules in the order in which objections are told; a further one is a function more."""


def objections(
    verdicts: pd.DataFrame, tables: Mapping[str, pd.DataFrame], plan: Plan
) -> pd.DataFrame:
    """Find what is to be said against the supported hypotheses.

    Parameters
    ----------
    verdicts
        Verdicts by the plan's rule of decision.
    tables
        Finished result tables by file.
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        `hypothesis, objection, note`, a row per objection.
    """
    supported = verdicts[verdicts["verdict"] == SUPPORTED].to_dict("records")
    decided = {row["hypothesis"]: row for row in supported}
    cases = [
        Case(each, plan, decided[each.id], tables) for each in plan.judged if each.id in decided
    ]
    rows = [
        (case.hypothesis.id, each.code, str(each.why))
        for case in cases
        for each in chain.from_iterable(rule(case) for rule in RULES)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def with_objections(verdicts: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Write beside each verdict the codes of what is said against it, parted by semicolons."""
    codes: dict[str, dict[str, None]] = {name: {} for name in verdicts["hypothesis"]}
    for name, code in zip(found["hypothesis"], found["objection"], strict=True):
        codes[name][code] = None
    told = verdicts.drop(columns="objections", errors="ignore")
    written = [SEPARATOR.join(each) for each in codes.values()]
    told.insert(told.columns.get_loc("verdict") + 1, "objections", written)
    return told
