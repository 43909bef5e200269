"""The tables that models are fitted to, and what their rows stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from coproduction.inference.data.communities import community_table, join_sheets
from coproduction.inference.data.variables import derive
from coproduction.instrument.item_scales import Scale, Scales
from coproduction.plan.data.flagged_rows import FlaggedRows
from coproduction.plan.models.model import Model
from coproduction.plan.options import COMMUNITIES, Level
from coproduction.plan.plan import Plan
from coproduction.rows import Rows, rows_of
from coproduction.rows.counted import counted


@dataclass(frozen=True)
class Tables:
    """Tables of the analysis.

    Attributes
    ----------
    by_level
        Respondents under no level, communities under theirs.
    rows
        What the rows stand for, by level and the column that clusters them.
    scales
        What items measure, and which of them variables come from.
    """

    by_level: Mapping[Level | None, pd.DataFrame]
    rows: Mapping[tuple[Level | None, str | None], Rows]
    scales: Scales

    @property
    def respondents(self) -> pd.DataFrame:
        """One row per respondent."""
        return self.by_level[None]

    def of(self, level: Level | None, cluster: str | None) -> tuple[pd.DataFrame, Rows | None]:
        """Give a table and its rows; they are not told where it lacks the column."""
        return self.by_level[level], self.rows.get((level, cluster))


@dataclass(frozen=True)
class AllTables:
    """Tables by the rule that says who counts.

    Attributes
    ----------
    plan
        The plan that the rules are of.
    by_rule
        For each rule the tables of those who count under it.
    completed
        Tables of those who count under the plan's rule with imputed answers, if there are any.
    imputed
        Models that are fitted to them.
    """

    plan: Plan
    by_rule: Mapping[FlaggedRows, Tables]
    completed: Tables | None = None
    imputed: frozenset[str] = frozenset()

    @property
    def usual(self) -> Tables:
        """Tables of those who count under the plan's own rule."""
        return self.by_rule[self.plan.flagged_rows]

    @property
    def scales(self) -> Scales:
        """What items measure, and which of them variables come from."""
        return self.usual.scales

    def of(self, model: Model) -> tuple[pd.DataFrame, Rows | None]:
        """Give the table of a model and its rows.

        In an imputed table whose outcome was not known has none either, for an imputed outcome adds
        nothing but noise (von Hippel 2007, *Sociological Methodology* 37, 83–117).
        """
        tables = self.by_rule[self.plan.flagged_rows_of(model)]
        table, rows = tables.of(model.level, model.cluster)
        if self.completed is None or model.id not in self.imputed or model.outcome not in table:
            return table, rows
        known = table[model.outcome].notna()
        table, rows = self.completed.of(model.level, model.cluster)
        return table.assign(**{model.outcome: table[model.outcome].where(known)}), rows


def all_tables(
    scores: pd.DataFrame,
    plan: Plan,
    sheets: pd.DataFrame | None,
    scales: Mapping[str, Scale] | None = None,
) -> AllTables:
    """Make the tables of the plan, and those of models with a rule of their own on who counts.

    Parameters
    ----------
    scores
        One row per analysed respondent.
    plan, sheets, scales
        As in `tables_of`.
    """
    rules = dict.fromkeys([plan.flagged_rows, *map(plan.flagged_rows_of, plan.models)])
    return AllTables(
        plan,
        {rule: tables_of(scores[counted(scores, rule)], plan, sheets, scales) for rule in rules},
    )


def tables_of(
    scores: pd.DataFrame,
    plan: Plan,
    sheets: pd.DataFrame | None,
    scales: Mapping[str, Scale] | None = None,
) -> Tables:
    """Make the tables that the plan analyses.

    Parameters
    ----------
    scores
        One row per respondent who counts.
    plan
        The plan, whose variables are derived.
    sheets
        One row per community, if the plan joins them.
    scales
        Items of each construct.
    """
    table = derive(join_sheets(scores, sheets, plan.communities), plan.variables)
    tables: dict[Level | None, pd.DataFrame] = {None: table}
    if plan.communities is not None:
        tables[COMMUNITIES] = community_table(table, plan.communities)
    clustered = {(model.level, model.cluster) for model in plan.models}
    clustered |= {(None, each.cluster) for each in plan.descriptions if each.level is None}
    rows = {
        (level, cluster): rows_of(tables[level], cluster)
        for level, cluster in clustered
        if cluster is None or cluster in tables[level]
    }
    scales = scales or {}
    origins = plan.origins({name: scale.items for name, scale in scales.items()})
    known = {name: frozenset(items) for name, items in origins.items()}
    return Tables(tables, rows, Scales(scales, known))
