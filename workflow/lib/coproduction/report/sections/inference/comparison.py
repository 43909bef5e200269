"""Models of one outcome side by side, as journals print them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.numerics.families import FAMILIES
from coproduction.numerics.families.family import MEAN
from coproduction.plan.options import PER_SCORE
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.report.blocks import Table
from coproduction.report.material import Material
from coproduction.report.numbers import NONE, count, interval, number
from coproduction.report.sections.inference.imputation import answers
from coproduction.report.sections.inference.weighted import weighting
from coproduction.report.sections.tables import noted

COEFFICIENTS, EFFECTS = "inference/coefficients.csv", "inference/effects.csv"
MOST = 4
"""So many models stand side by side at most."""


def compared(material: Material) -> list[dict[str, Any]]:
    """Choose the models that stand side by side in the text.

    They are the first planned models with the outcome, kind and population of the model that the
    first hypothesis rests on; without hypotheses, of the first model.
    """
    overview = material.table("inference/models.csv")
    if overview.empty:
        return []
    fitted = overview[(overview["status"] == "fitted") & (overview["role"] == "confirmatory")]
    simple = [name for name, each in FAMILIES.items() if each.parts == (MEAN,) and not each.ordered]
    fitted = fitted[fitted["family"].isin(simple)]
    verdicts = material.table("inference/verdicts.csv")
    leading = fitted
    if len(verdicts):
        leading = fitted[fitted["model"] == verdicts["model"].iloc[0]]
    if leading.empty:
        return []
    subsets = {model.id: model.subset or "" for model in material.plan.models}
    chosen = leading.to_dict("records")[0]
    populations = fitted["model"].map(lambda name: subsets.get(name, ""))
    same = fitted["outcome"].eq(chosen["outcome"]) & fitted["family"].eq(chosen["family"])
    same &= populations.eq(subsets.get(chosen["model"], ""))
    return fitted[same].to_dict("records")[:MOST]


def side_by_side(material: Material) -> list[Table]:
    """Show coefficients, as ratios where they have them, and average marginal effects."""
    models = compared(material)
    if not models:
        return []
    text = material.text
    ratio = FAMILIES[models[0]["family"]].ratio
    names = ("exp_estimate", "exp_conf_low", "exp_conf_high")
    shown = names if ratio else ("estimate", "conf_low", "conf_high")
    caption = text["captions"][f"compared_{ratio or 'coefficients'}"]
    tables = [_table(material, models, COEFFICIENTS, shown, caption)]
    if len(material.table(EFFECTS)):
        tables.append(
            _table(
                material,
                models,
                EFFECTS,
                ("estimate", "conf_low", "conf_high"),
                text["captions"]["compared_effects"],
                noted(material, "effects", ("estimate",)),
            )
        )
    return tables


def adjusting(terms: pd.Series, model: str, material: Material) -> pd.Series:
    """Which terms of a model only adjust: those of covariates."""
    planned = material.plan.by_name.get(model)
    covariates = {term for each in planned.covariates for term in each.terms} if planned else set()
    return terms.str.replace(r"\[.*", "", regex=True).isin(covariates)


def defined_splits(material: Material, models: Collection[str]) -> list[str]:
    """Define, a sentence a kind of split and cluster, the parts of the variables of models.

    Where there are several kinds or clusters, each names the models that it belongs to.
    """
    found: dict[tuple[str, str], list[tuple[str, Predictor]]] = {}
    for model in material.plan.models:
        for entry in model.entries if model.id in models else ():
            if entry.split and model.cluster:
                found.setdefault((entry.split, model.cluster), []).append((model.id, entry))
    text, labels = material.text, material.labels
    join, words = text["enumeration"].join, text["methods"]
    told = []
    for (kind, cluster), uses in found.items():
        owners = join(labels.model(name) for name in dict.fromkeys(name for name, _ in uses))
        variables = dict.fromkeys(entry.name for _, entry in uses)
        sentence = words[f"split_{kind}"].format(
            cluster=labels.name(cluster),
            variables=join(map(labels.name, variables)),
            models=words["of_models"].format(models=owners) if len(found) > 1 else "",
        )
        unit = [words["split_unit"]] if any(each.standardise for _, each in uses) else []
        told.append(text["between"].join([sentence, *unit]))
    return told


def left_out(models: Iterable[Mapping[str, Any]], material: Material) -> dict[str, list[int]]:
    """Count the rows left out for missing values and as alone, of each model that tells it."""
    checks = material.table("inference/diagnostics.csv")
    lonely = checks[checks["check"] == "alone_in_cluster"] if len(checks) else checks
    found = lonely.groupby("model")["value"].sum() if len(lonely) else {}
    known = [each for each in models if pd.notna(each["n_dropped"])]
    pairs = [(int(each["n_dropped"]), int(found.get(each["model"], 0))) for each in known]
    if not pairs:
        return {}
    return {
        "missing": [dropped - alone for dropped, alone in pairs],
        "alone": [alone for _, alone in pairs],
    }


def in_own_units(effects: pd.DataFrame) -> pd.DataFrame:
    """Leave out what is told again per standard deviation of a construct's score."""
    return effects[effects["per"].ne(PER_SCORE)] if "per" in effects else effects


def standardised(models: Iterable[str], material: Material) -> list[str]:
    """Name the parts of a note on standardised predictors that apply to the models."""
    known = [material.plan.by_name[name] for name in models if name in material.plan.by_name]
    divided = [each for model in known for each in model.entries if each.standardise]
    parts = ["standardised_terms"] if divided else []
    return [*parts, *(["standardised_parts"] if any(each.split for each in divided) else [])]


def _table(
    material: Material,
    models: Sequence[Mapping[str, Any]],
    file: str,
    shown: Sequence[str],
    caption: str,
    remarks: Sequence[str] = (),
) -> Table:
    labels, table = material.labels, material.table(file)
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for model in models:
        rows = table[(table["model"] == model["model"]) & table["term"].ne("intercept")]
        rows = rows[~adjusting(rows["term"], model["model"], material)]
        rows = in_own_units(rows)
        rows = rows[rows["at"].eq("") & rows["estimate"].notna()] if "at" in rows else rows
        for row in rows.to_dict("records"):
            value, low, high = (row[name] for name in shown)
            written = f"{number(value)} {interval(low, high)}"
            contrast = row["term"], row["reference"]
            cells.setdefault(contrast, {})[model["model"]] = written
    names = [model["model"] for model in models]
    terms = [
        [labels.contrast(*contrast), *(found.get(name, NONE) for name in names)]
        for contrast, found in cells.items()
    ]
    sizes = [
        [labels.heading(key), *(count(model[key]) for model in models)]
        for key in ("n", "n_clusters", "n_dropped")
        if any(model[key] == model[key] for model in models)
    ]
    headings = [(labels.heading("term"), False), *((labels.model(name), True) for name in names)]
    notes = noted(
        material,
        "compared",
        ("all", *standardised([each["model"] for each in models], material)),
        answers=answers(models, material),
        weights=weighting(models, material),
        covariance=_errors(models, material),
        covariates=_covariates(models, material),
    )
    split = defined_splits(material, [model["model"] for model in models])
    outcome = labels.term(models[0]["outcome"])
    caption = caption.format(outcome=outcome)
    groups = ((0, ""), (len(terms), ""))
    return Table(caption, headings, [*terms, *sizes], [*remarks, *notes, *split], file, groups)


def errors(
    models: Iterable[Mapping[str, Any]], material: Material
) -> dict[tuple[str, str], list[str]]:
    """Sort fitted models by their kind of standard error.

    Returns
    -------
    dict
        Kind, with the variable of the clusters where it is robust to these -> models.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for model in models:
        kind, planned = model["covariance"], material.plan.by_name.get(model["model"])
        cluster = planned.cluster or "" if planned and kind.startswith("CR") else ""
        found.setdefault((kind, cluster), []).append(model["model"])
    return found


def _errors(models: Sequence[Mapping[str, Any]], material: Material) -> str:
    """Name the kinds of standard error; where there are several, each with its models."""
    text, labels = material.text, material.labels
    found: dict[str, list[str]] = {}
    for (kind, _), names in errors(models, material).items():
        found.setdefault(labels.word("covariance", kind), []).extend(map(labels.model, names))
    if len(found) == 1:
        return next(iter(found))
    join, of_models = text["enumeration"].join, text["methods"]["of_models"]
    parts = [kind + of_models.format(models=join(names)) for kind, names in found.items()]
    return text["list_separator"].join(parts)


def _covariates(models: Sequence[Mapping[str, Any]], material: Material) -> str:
    """Name the covariates of the models."""
    known = [material.plan.by_name.get(each["model"]) for each in models]
    found = [each.name for model in known if model for each in model.covariates]
    names = [material.labels.name(name) for name in dict.fromkeys(found)]
    return material.text["enumeration"].join(names) or material.text["no_covariates"]
