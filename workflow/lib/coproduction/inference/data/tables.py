"""The tables that models are fitted to, and what their rows stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from coproduction.inference.data.communities import community_table, join_sheets
from coproduction.inference.data.variables import derive
from coproduction.plan.options import COMMUNITIES, Level
from coproduction.plan.plan import Plan
from coproduction.rows import Rows, rows_of


@dataclass(frozen=True)
class Tables:
    """Tables of the analysis.

    Attributes
    ----------
    by_level
        Respondents under no level, communities under theirs.
    rows
        What the rows stand for, by level and the column that clusters them.
    """

    by_level: Mapping[Level | None, pd.DataFrame]
    rows: Mapping[tuple[Level | None, str | None], Rows]

    @property
    def respondents(self) -> pd.DataFrame:
        """One row per respondent."""
        return self.by_level[None]

    def of(self, level: Level | None, cluster: str | None) -> tuple[pd.DataFrame, Rows | None]:
        """Give a table and its rows; they are not told where it lacks the column."""
        return self.by_level[level], self.rows.get((level, cluster))


def tables_of(scores: pd.DataFrame, plan: Plan, sheets: pd.DataFrame | None) -> Tables:
    """Make the tables that the plan analyses.

    Parameters
    ----------
    scores
        One row per analysed respondent.
    plan
        The plan, whose variables are derived.
    sheets
        One row per community, if the plan joins them.
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
    return Tables(tables, rows)
