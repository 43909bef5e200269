"""Uniform differential item functioning where a group is too small for a model of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from coproduction.errors import Refusal
from coproduction.measurement.factor.admissibility import cluster_warnings
from coproduction.measurement.factor.confirmatory import fit_continuous
from coproduction.measurement.factor.incomplete_normal import Sample, sample
from coproduction.measurement.factor.layout import factor_model
from coproduction.measurement.factor.specification import Specification, specification
from coproduction.notes import Note, written
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.multiplicity import adjusted
from coproduction.rows import Rows, rows_across

COLUMNS = (
    "item",
    "estimate",
    "std_error",
    "statistic",
    "p_value",
    "p_adjusted",
    "conf_low",
    "conf_high",
    "standardised",
    "n",
    "n_group",
    "n_clusters",
    "decision",
    "warning",
)
COVARIATE = "group"
ANCHORS = 2


def direct_effects(
    items: pd.DataFrame,
    model: Mapping[str, Any] | Specification,
    member: pd.Series,
    confidence: float = CONFIDENCE,
    rows: Rows | None = None,
) -> pd.DataFrame:
    """Estimate how differently members of a group answer an item, given the factors.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing; every answer is used (FIML).
    model
        First-order factors and their items.
    member
        Whether a respondent is in the group, on the index of `items`.
    confidence
        Confidence level of the intervals; an item is flagged below one minus this.
    rows
        What the respondents stand for; each for itself where it is not told. Standard errors hold
        under any dependence within their clusters, which may reach across the group's border.

    Returns
    -------
    pandas.DataFrame
        One row per item: the direct effect of the group on it in the units of its answers,
        `standardised` by the item's standard deviation (n − 1), with a robust standard error
        (MLR), Wald test, the p-value after Holm over the items, `n` and of these `n_group`,
        `n_clusters` that the standard error allows for. `decision` is `differs` or
        `no_difference`, or `failed` with a warning that tells why; another warning tells that one
        of the groups lives in few clusters.

    Raises
    ------
    Refusal
        Where a cluster is unknown, or one of the two groups lies within one cluster.

    Notes
    -----
    A MIMIC model: every factor depends on the group, and one item at a time besides (Muthén 1989,
    *Psychometrika* 54, 557–585; for groups too small for a model of their own Woods 2009,
    *Multivariate Behavioral Research* 44, 1–27). The other items anchor the factors; as an item
    that differs is a bad anchor, the one with the smallest adjusted p-value keeps its effect while
    the others are tested again, until none is added or two anchors of a factor are left. Answers
    are taken as continuous, which serves five categories or more.
    """
    spec = model if isinstance(model, Specification) else specification(model)
    whole = items[list(spec.items)].dropna(how="all")
    parts = [whole[~member[whole.index]], whole[member[whole.index]]]
    joined = rows_across(rows, parts, ("reference", "compared"), "cluster")
    answered = pd.concat(parts)
    indicator = member[answered.index].to_numpy(float)
    data = sample(np.column_stack([answered.to_numpy(float), indicator - indicator.mean()]), joined)
    inside = [joined.at(part.index).n_clusters for part in parts]
    doubt = written(cluster_warnings([count for count in inside if count is not None]))
    differing: list[str] = []
    while True:
        table = _stage(spec, data, differing)
        worst = _worst(table, spec, differing, 1 - confidence)
        if worst is None:
            break
        differing.append(worst)
    margin = stats.norm.ppf((1 + confidence) / 2) * table["std_error"]
    decision = np.where(table["item"].isin(differing), "differs", "no_difference")
    return table.assign(
        conf_low=table["estimate"] - margin,
        conf_high=table["estimate"] + margin,
        standardised=table["estimate"] / answered.std().to_numpy(),
        n=len(answered),
        n_group=int(indicator.sum()),
        n_clusters=pd.array([joined.n_clusters] * len(table), "Int64"),
        decision=np.where(table["warning"] == "", decision, "failed"),
        warning=table["warning"].where(table["warning"] != "", doubt),
    )[list(COLUMNS)]


def _stage(spec: Specification, data: Sample, differing: Sequence[str]) -> pd.DataFrame:
    """Test every item beside the effects that are kept."""
    rows = []
    for item in spec.items:
        row = {"item": item, "estimate": np.nan, "std_error": np.nan, "warning": ""}
        try:
            estimate, error = _direct_effect(spec, item, data, differing)
            row |= {"estimate": estimate, "std_error": error}
        except Refusal as error:
            row |= {"warning": str(error.note)}
        except np.linalg.LinAlgError:
            row |= {"warning": str(Note("functioning_singular", {"name": item}))}
        rows.append(row)
    table = pd.DataFrame(rows)
    statistic = table["estimate"] / table["std_error"]
    p_value = 2 * stats.norm.sf(statistic.abs())
    return table.assign(statistic=statistic, p_value=p_value, p_adjusted=adjusted(p_value, "holm"))


def _direct_effect(
    spec: Specification, item: str, data: Sample, differing: Sequence[str]
) -> tuple[float, float]:
    targets = dict.fromkeys((*spec.latent, *differing, item))
    model = factor_model(
        replace(spec, covariates={COVARIATE: tuple(targets)}),
        identification="standardised",
        means=True,
        covariate_covariance=np.atleast_2d(data.data[:, -1].var()),
    )
    table = fit_continuous(model, (data,), "MLR").parameters.set_index("term")
    row = table.loc[f"{item} ~ {COVARIATE}"]
    return float(row["estimate"]), float(row["std_error"])


def _worst(
    table: pd.DataFrame, spec: Specification, differing: Sequence[str], level: float
) -> str | None:
    """Find the item that differs most clearly among those that need not stay anchors."""
    left = {
        item: len(set(below) - {*differing, item})
        for below in spec.factors.values()
        for item in below
    }
    open_ = ~table["item"].isin(differing) & (table["item"].map(left) >= ANCHORS)
    found = table[open_ & (table["p_adjusted"] < level)]
    return None if found.empty else str(found.loc[found["p_value"].idxmin(), "item"])
