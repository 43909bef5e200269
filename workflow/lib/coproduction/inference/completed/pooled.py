"""Results of imputed tables made one, and put beside those of complete cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np
import pandas as pd

from coproduction.inference.completed.components import back, on_their_scales
from coproduction.inference.effects.predictions import bounded
from coproduction.inference.results import Results
from coproduction.missing.tidy import ADDED, pool_tables
from coproduction.notes import Note, read
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.families import family_of
from coproduction.numerics.student import quantile
from coproduction.plan.plan import Plan

KEYS = {
    "coefficients": ["model", "part", "term"],
    "effects": ["model", "estimand", "term", "per", "at", "category"],
    "variance_components": ["model", "component", "term"],
    "estimates": ["hypothesis"],
    "associations": ["hypothesis"],
    "curves": ["model", "term", "by", "cell", "category"],
    "surface": ["model", "term", "by", "category"],
    "moderation": ["moderation", "model", "term", "by", "kind", "cell"],
}
CODES = {"curves": "by_value", "moderation": "level"}
"""Column that is a code, and so a key, where the cell is a category; else a value that moves."""
SHOWN = ("models", "coefficients", "effects", "moderation")
"""Tables that show how much is missing of what they tell."""
ORDER = {"moderation": ["moderation"]}


def pool_results(parts: Sequence[Results], plan: Plan) -> Results:
    """Pool the results of every imputed table.

    A model that could not be fitted to one of them is not pooled over the others. The bootstrap's p
    value is the median of those of the imputations (Eekhout, van de Wiel and Heymans 2017, *BMC
    Medical Research Methodology* 17, 129). Checks are those of the first table.

    Parameters
    ----------
    parts
        Results of each imputation.
    plan
        The plan.
    """
    failures = _failures(parts)
    tables = {
        name: _pooled(name, [getattr(part, name) for part in parts], keys, failures)
        for name, keys in KEYS.items()
        if name != "estimates"
    }
    tables["coefficients"] = _with_ratios(tables["coefficients"])
    for name in ("curves", "surface"):
        tables[name] = _bounded(tables[name], plan)
    tables["estimates"] = pool_estimates([part.estimates for part in parts], failures)
    models = _models(parts, failures)
    return Results(models=models, diagnostics=parts[0].diagnostics, **tables)


def pool_estimates(parts: Sequence[pd.DataFrame], failures: Mapping[str, str]) -> pd.DataFrame:
    """Pool estimates of hypotheses; one that some table gives no estimate of has none.

    Parameters
    ----------
    parts
        Estimates in each imputed table, as in `Results.estimates`.
    failures
        Reasons of models that could not be fitted to every table.
    """
    every = pd.concat(parts, ignore_index=True)
    refused = every[every["reason"] != ""].drop_duplicates("hypothesis")
    refused = refused.assign(reason=refused["model"].map(failures).fillna(refused["reason"]))
    lost = list(refused["hypothesis"])
    kept = [each[~each["hypothesis"].isin(lost)] for each in parts]
    if not any(map(len, kept)):
        return refused
    found = pool_tables(kept, KEYS["estimates"], CONFIDENCE, counts_of_first=True)
    if "bootstrap_p_value" in every:
        median = every.groupby("hypothesis")["bootstrap_p_value"].median()
        found["bootstrap_p_value"] = found["hypothesis"].map(median)
    return pd.concat([found, refused], ignore_index=True) if lost else found


def joined(complete: Results, pooled: Results, plan: Plan) -> Results:
    """Put results of complete cases and of imputed tables together, in the plan's order."""
    hypotheses = [each.id for each in plan.hypotheses]
    orders = {
        "model": [each.id for each in plan.models],
        "hypothesis": [each.id for each in plan.questions],
        "moderation": [*hypotheses, *(each.id for each in plan.moderation)],
    }
    found = {}
    for part in fields(Results):
        one, other = getattr(complete, part.name), getattr(pooled, part.name)
        both = pd.concat([each for each in (one, other) if len(each)] or [one], ignore_index=True)
        columns = list(dict.fromkeys([*one.columns, *other.columns]))
        usual = "hypothesis" if part.name in ("estimates", "associations") else "model"
        for name in reversed(ORDER.get(part.name, [usual])):
            places = {each: place for place, each in enumerate(orders[name])}
            both = both.sort_values(name, key=lambda values: values.map(places), kind="stable")
        found[part.name] = both.reindex(columns=columns).reset_index(drop=True)
    return Results(**found)


def _failures(parts: Sequence[Results]) -> dict[str, str]:
    """Say of each model that failed for some tables for how many, and why."""
    rows = pd.concat([part.models for part in parts])
    failed = rows[rows["status"] == "failed"]
    found = {}
    for name, reasons in failed.groupby("model", sort=False)["reason"]:
        (reason, *_) = read(reasons.iloc[0])
        values = {"n": len(reasons), "m": len(parts), "reason": reason}
        found[str(name)] = str(Note("failed_in_imputations", values))
    return found


def _pooled(
    name: str, tables: Sequence[pd.DataFrame], keys: list[str], failures: Mapping[str, str]
) -> pd.DataFrame:
    columns = [*tables[0].columns, *(ADDED if name in SHOWN else [])]
    kept = []
    for table in tables:
        table = table[~table["model"].isin(list(failures))].copy() if len(table) else table.copy()
        within = list(keys)
        if code := CODES.get(name):
            table["code"] = table[code].where(table["cell"] == "category", "")
            within = [*keys, "code"]
        table["place"] = table.groupby(within, dropna=False, sort=False).cumcount()
        kept.append(table)
    extra = [*(["code"] if name in CODES else []), "place"]
    if name == "variance_components":
        kept = on_their_scales(kept)
    found = pool_tables(kept, [*keys, *extra], CONFIDENCE, counts_of_first=True)
    if name == "variance_components":
        # Neither likelihood nor its ratio has a pooled value.
        found = back(found).assign(statistic=np.nan, p_value=np.nan, log_likelihood=np.nan)
    return found.reindex(columns=list(dict.fromkeys(columns)))


def _with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    ratio = table["exp_estimate"].notna()
    with np.errstate(over="ignore"):
        ratios = {
            f"exp_{name}": np.exp(table[name].astype(float).where(ratio))
            for name in ("estimate", "conf_low", "conf_high")
        }
    return table.assign(**ratios)


def _bounded(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Keep the intervals of pooled predictions where outcomes can be."""
    if table.empty:
        return table
    table = table.copy()
    quantiles = [quantile((1 + CONFIDENCE) / 2, df) for df in table["df"]]
    half = table["std_error"].astype(float) * quantiles
    for model, rows in table.groupby("model", sort=False):
        family = family_of(plan.by_name[str(model)].family)
        ends = bounded(rows["estimate"].astype(float), half[rows.index], family)
        table.loc[rows.index, "conf_low"], table.loc[rows.index, "conf_high"] = ends
    return table


def _models(parts: Sequence[Results], failures: Mapping[str, str]) -> pd.DataFrame:
    """Describe models by the first table that they were fitted to, and the mean likelihood."""
    rows = pd.concat([part.models for part in parts], ignore_index=True)
    first = rows.drop_duplicates("model").set_index("model")
    first["log_likelihood"] = rows.groupby("model", sort=False)["log_likelihood"].mean()
    first["n_imputations"] = len(parts)
    numbers = ["n", "n_clusters", "n_dropped", "log_likelihood", "n_imputations"]
    numbers += ["sum_of_weights", "effective_n", "design_effect"]
    for name, reason in failures.items():
        first.loc[name, ["status", "reason"]] = ["failed", reason]
        first.loc[name, numbers] = np.nan
    return first.reset_index()
