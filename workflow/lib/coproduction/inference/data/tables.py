"""The tables that models are fitted to, and what their rows stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.communities import community_table, join_sheets
from coproduction.inference.data.variables import derive
from coproduction.instrument.item_scales import Scale, Scales
from coproduction.plan.data.flagged_rows import FlaggedRows
from coproduction.plan.models.model import Model
from coproduction.plan.options import COMMUNITIES, NO_WEIGHTS, STUDY_WEIGHTS, Level
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
    sample
        What respondents stand for in the sample: weights, and how it was drawn; None where the
        study tells nothing of it.
    weighted_communities
        Communities whose respondents are summarised with their weights, where there are any.
    """

    by_level: Mapping[Level | None, pd.DataFrame]
    rows: Mapping[tuple[Level | None, str | None], Rows]
    scales: Scales
    sample: Rows | None = None
    weighted_communities: pd.DataFrame | None = None

    @property
    def respondents(self) -> pd.DataFrame:
        """One row per respondent."""
        return self.by_level[None]

    def of(self, level: Level | None, cluster: str | None) -> tuple[pd.DataFrame, Rows | None]:
        """Give a table and its rows, all alike; they are not told where it lacks the column."""
        return self.by_level[level], self.rows.get((level, cluster))

    def of_model(self, model: Model) -> tuple[pd.DataFrame, Rows | None]:
        """Give the table of a model and its rows, with weights if it asks for them.

        How the sample was drawn is told to errors of the design alone: all others take no notice of
        it. Communities count alike; with weights they are summarised from weighted respondents.
        """
        table, rows = self.of(model.level, model.cluster)
        if model.weights == NO_WEIGHTS or self.sample is None:
            return table, rows
        if model.level is not None:
            weighted = self.weighted_communities
            return (table if weighted is None else weighted), rows
        if rows is None or model.covariance != "design":
            return self.of_population(model.cluster)
        return table, replace(self.sample.at(table.index), cluster=rows.cluster)

    def of_population(self, cluster: str | None) -> tuple[pd.DataFrame, Rows | None]:
        """Give the table of respondents and its rows, with weights if the study has them."""
        table, rows = self.of(None, cluster)
        if self.sample is None or rows is None:
            return table, rows
        return table, replace(rows, weight=self.sample.at(table.index).weight)


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

    def check_weights(self, model: Model) -> None:
        """Refuse a model that asks for weights which the study does not have."""
        if model.weights == STUDY_WEIGHTS and self.usual.sample is None:
            raise Refusal("model_without_weights", model=model.id)

    def of(self, model: Model) -> tuple[pd.DataFrame, Rows | None]:
        """Give the table of a model and its rows.

        In an imputed table whose outcome was not known has none either, for an imputed outcome adds
        nothing but noise (von Hippel 2007, *Sociological Methodology* 37, 83–117).
        """
        tables = self.by_rule[self.plan.flagged_rows_of(model)]
        table, rows = tables.of_model(model)
        if self.completed is None or model.id not in self.imputed or model.outcome not in table:
            return table, rows
        known = table[model.outcome].notna()
        table, rows = self.completed.of_model(model)
        return table.assign(**{model.outcome: table[model.outcome].where(known)}), rows


def all_tables(
    scores: pd.DataFrame,
    plan: Plan,
    sheets: pd.DataFrame | None,
    scales: Mapping[str, Scale] | None = None,
    sample: Rows | None = None,
) -> AllTables:
    """Make the tables of the plan, and those of models with a rule of their own on who counts.

    Parameters
    ----------
    scores
        One row per analysed respondent.
    plan, sheets, scales, sample
        As in `tables_of`.
    """
    planned = (*plan.models, *plan.grid_models)
    rules = dict.fromkeys([plan.flagged_rows, *map(plan.flagged_rows_of, planned)])
    return AllTables(
        plan,
        {
            rule: tables_of(scores[counted(scores, rule)], plan, sheets, scales, sample)
            for rule in rules
        },
    )


def tables_of(
    scores: pd.DataFrame,
    plan: Plan,
    sheets: pd.DataFrame | None,
    scales: Mapping[str, Scale] | None = None,
    sample: Rows | None = None,
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
    sample
        Weights of everybody who was analysed, and how they were drawn; None where the study tells
        nothing of it.
    """
    table = derive(join_sheets(scores, sheets, plan.communities), plan.variables)
    tables: dict[Level | None, pd.DataFrame] = {None: table}
    if plan.communities is not None:
        tables[COMMUNITIES] = community_table(table, plan.communities)
    drawn = None if sample is None else sample.at(table.index)
    weighted = None
    if plan.communities is not None and drawn is not None:
        weighted = community_table(table, plan.communities, drawn.weight)
    clustered = {(model.level, model.cluster) for model in plan.models}
    clustered |= {(None, each.cluster) for each in plan.paths}
    clustered |= {(None, each.cluster) for each in plan.mediations}
    clustered |= {(None, each.cluster) for each in plan.descriptions if each.level is None}
    rows = {
        (level, cluster): rows_of(tables[level], cluster)
        for level, cluster in clustered
        if cluster is None or cluster in tables[level]
    }
    scales = scales or {}
    origins = plan.origins({name: scale.items for name, scale in scales.items()})
    known = {name: frozenset(items) for name, items in origins.items()}
    return Tables(tables, rows, Scales(scales, known), drawn, weighted)
