"""Which models rest on imputed answers, how these were imputed, and whether that settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.plan.data.missing import MissingAnswers
from coproduction.report.blocks import Figure, Table
from coproduction.report.figures.chains import chain_panels
from coproduction.report.material import Material
from coproduction.report.numbers import count
from coproduction.report.sections.tables import shown
from coproduction.report.sentences import described

FILE, MODELS = "inference/imputation.csv", "inference/models.csv"
VERDICTS = "inference/verdicts.csv"
COLUMNS = ("variable", "method", "n", "n_missing", "share", "rhat")
CHAINS = "inference/imputation_chains.csv"
MOST = 8
"""So many chains are drawn at most: those that agree least."""
Fitted = Mapping[str, Any]


def is_imputed(model: Fitted) -> bool:
    """Tell whether a row is about a model that was fitted to imputed tables."""
    return bool(pd.notna(model.get("n_imputations")))


def by_answers(models: Iterable[Fitted]) -> dict[str, list[Fitted]]:
    """Sort models into `imputed` and `complete`, as far as there are any of the kind."""
    found: dict[str, list[Fitted]] = {}
    for model in models:
        found.setdefault("imputed" if is_imputed(model) else "complete", []).append(model)
    return found


def named(models: Sequence[Fitted], every: Mapping[str, Any], material: Material) -> str:
    """Name models in brackets where models with answers of another kind stand beside them."""
    if len(every) < 2:
        return ""
    listed = _listed([each["model"] for each in models], material)
    return material.text["methods"]["of_models"].format(models=listed)


def answers(models: Iterable[Fitted], material: Material) -> str:
    """Say which answers models rest on: complete cases, imputed ones, or each of some models."""
    found = by_answers(models)
    kind = "both" if len(found) > 1 else next(iter(found), "complete")
    m = max((row["n_imputations"] for row in found.get("imputed", ())), default=0)
    owners = {each: named(rows, found, material) for each, rows in found.items()}
    return str(material.text["answers"][kind].format(m=count(m), **owners))


def imputing(material: Material) -> Iterable[str]:
    """Say how missing answers are imputed, and of which models."""
    overview, planned = material.table(MODELS), material.plan.missing
    fitted = overview[overview["status"] == "fitted"].to_dict("records")
    found = by_answers(fitted)
    if planned is None or "imputed" not in found:
        return
    models = found["imputed"]
    values = {"n": count(len(models)), "m": count(models[0]["n_imputations"])}
    yield _sentence(material, "pooled", **values)
    yield _sentence(material, "equations", iterations=count(planned.iterations))
    yield _methods(planned, material)
    yield from _options(planned, material)
    if complete := found.get("complete"):
        yield _sentence(material, "complete", n=count(len(complete)))
    yield from _asked(material)


def imputed_items(material: Material) -> list[Table]:
    """Show what was imputed and whether the imputations settled."""
    table = material.table(FILE)
    share = table["n_missing"] / (table["n"] + table["n_missing"])
    headings = {"share": "share_imputed"}
    rows = table.assign(share=share)
    return shown(material, FILE, COLUMNS, rows=rows, headings=headings, further=True)


def chains(material: Material) -> list[Figure]:
    """Draw the chains of the items that agree least."""
    table, text = material.table(CHAINS), material.text
    rhat = material.table(FILE).set_index("variable")["rhat"].sort_values(ascending=False)
    names = [name for name in rhat.index if name in set(table["variable"])][:MOST]
    if not names:
        return []
    axes = (material.labels.heading("iteration"), material.labels.heading("mean"))
    parts = [(material.labels.name(name), table[table["variable"] == name]) for name in names]
    drawing = chain_panels(parts, axes, material.stamp)
    words = described([f"{title}: R̂" for title, _ in parts], rhat[names], text["list_separator"])
    caption, notes = text["captions"]["imputation_chains"], [text["notes"]["imputation_chains"]]
    return [Figure("chains", caption, drawing, words, notes, CHAINS, further=True)]


def _methods(planned: MissingAnswers, material: Material) -> str:
    """Name the methods, each with the number of items imputed by it."""
    methods = material.table(FILE)["method"].value_counts(sort=False)
    told = [
        material.text["imputing"]["method"].format(
            method=material.labels.word("imputation_methods", method), n=count(n)
        )
        for method, n in methods.items()
    ]
    donors = _sentence(material, "donors", donors=count(planned.donors))
    listed = material.text["enumeration"].join(told)
    return _sentence(material, "methods", list=listed, donors=donors if "pmm" in methods else "")


def _options(planned: MissingAnswers, material: Material) -> Iterable[str]:
    """Tell what the plan chose: who is left out, helping items, answers of their own, consent."""
    plan, instrument = material.plan, material.labels.instrument
    if plan.flagged_rows.leave_out != "none":
        yield _sentence(material, "flagged")
    if planned.auxiliary:
        listed = material.text["enumeration"].join(map(material.labels.name, planned.auxiliary))
        yield _sentence(material, "auxiliary", list=listed)
    own = [
        material.text["imputing"]["own_answer"].format(
            item=material.labels.name(each.item),
            kinds=material.text["enumeration"].join(
                material.wording(instrument.missing_codes[kind].label) for kind in each.own_answers
            ),
        )
        for each in planned.items
        if each.own_answers
    ]
    if own:
        yield _sentence(material, "own_answers", list=material.text["list_separator"].join(own))
    sensitive = any(item.sensitive for item in instrument.questions)
    if sensitive and instrument.with_role("consent_sensitive"):
        yield _sentence(material, f"without_consent_{planned.without_consent}")


def _asked(material: Material) -> Iterable[str]:
    """Name the hypotheses whose standard errors ask for more imputations than were made."""
    table = material.table(VERDICTS)
    few = table[table["imputations_asked"] > table["n_imputations"]]
    if len(few):
        yield _sentence(
            material,
            "asked",
            hypotheses=material.text["enumeration"].join(few["hypothesis"]),
            most=count(few["imputations_asked"].max()),
            m=count(few["n_imputations"].iloc[0]),
        )


def _listed(models: Iterable[str], material: Material) -> str:
    return material.text["enumeration"].join(map(material.labels.model, models))


def _sentence(material: Material, name: str, **values: str) -> str:
    return str(material.text["imputing"][name].format(**values))
