"""What was done, in sentences made from the plan and the result tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.plan.hypotheses.hypotheses import FamilyOfTests
from coproduction.plan.models.model import Model
from coproduction.report.blocks import Paragraphs, Section
from coproduction.report.material import Material
from coproduction.report.numbers import count, number, percent
from coproduction.report.sections.hypotheses import tests, untested
from coproduction.report.sections.inference.comparison import (
    compared,
    defined_splits,
    errors,
    left_out,
)
from coproduction.report.sections.inference.imputation import by_answers, imputing, named
from coproduction.report.sections.methods.assumptions import assumptions
from coproduction.report.sections.methods.constructs import measured


def methods(material: Material) -> Section:
    """Compose the methods: design, measures, models, rules of decision."""
    study = material.study
    design = [material.wording(study[key]) for key in ("design", "source") if key in study]
    told = [*design, *_measures(material), *_models(material), *_decisions(material)]
    sentences = [each for each in told if each]
    blocks = [*([Paragraphs(sentences)] if sentences else []), *assumptions(material)]
    return Section("methods", material.text["sections"]["methods"], blocks)


def _measures(material: Material) -> Iterable[str]:
    scales, items = (material.table(f"measurement/{name}.csv") for name in ("reliability", "items"))
    if scales.empty:
        return
    yield _sentence(material, "scales", n=count(len(scales)), items=count(len(items)))
    if reversed_items := int((items["reverse"] == 1).sum()) if len(items) else 0:
        yield _sentence(material, "reversed", n=count(reversed_items))
    constructs = material.labels.instrument.constructs
    shares = {constructs[each].minimum_valid for each in scales["construct"] if each in constructs}
    if len(shares) == 1:
        yield _sentence(material, "valid", share=percent(shares.pop(), 0))


def _models(material: Material) -> Iterable[str]:
    """Describe the planned models, those that stand side by side first, and count the others."""
    overview, shown = material.table("inference/models.csv"), compared(material)
    planned = material.plan.by_name
    if shown:
        models = [planned[each["model"]] for each in shown]
        yield _described(shown, models, material)
        yield from _standard_errors(shown, material)
        yield from _cases(shown, material)
    yield from _flagged(material)
    yield from imputing(material)
    fitted = overview[overview["status"] == "fitted"] if len(overview) else overview
    if len(fitted):
        known = {each["model"] for each in shown}
        further = fitted[(fitted["role"] == "confirmatory") & ~fitted["model"].isin(known)]
        yield from _further(further, bool(shown), material)
        yield from defined_splits(material, set(fitted["model"]))
        yield from measured(material, set(fitted["model"]))
        roles = fitted["role"].value_counts()
        parts = [
            material.text["role_part"].format(n=count(roles[role]), role=words)
            for role, words in material.text["roles"].items()
            if role in roles
        ]
        listed = material.text["enumeration"].join(parts)
        yield _sentence(material, "all_models", n=count(len(fitted)), parts=listed)


def _flagged(material: Material) -> Iterable[str]:
    """Say which quality flags leave a row out, and which models have a rule of their own."""
    plan, labels = material.plan, material.labels
    if not plan.models:
        return
    rule, join = plan.flagged_rows, material.text["enumeration"].join
    name = "among" if rule.among else rule.leave_out
    yield _sentence(material, f"flagged_{name}", flags=join(map(labels.index, rule.among)))
    own = [each.id for each in plan.models if plan.flagged_rows_of(each) != rule]
    if own:
        yield _sentence(material, "flagged_own", models=join(map(labels.model, own)))


def _described(
    shown: Sequence[Mapping[str, Any]], models: Sequence[Model], material: Material
) -> str:
    """Name outcome, kind, predictors and products; those of all models where they differ."""
    labels, predictors = material.labels, [_variables(each) for each in models]
    known = dict.fromkeys(name for each in predictors for name in each)
    differ = len({(frozenset(_variables(each)), _products(each)) for each in models})
    adjusted = any(each.covariates for each in models)
    if not known:
        return ""
    return _sentence(
        material,
        "models_differing" if differ > 1 else "models",
        n=count(len(shown)),
        outcome=labels.name(shown[0]["outcome"]),
        family=labels.word("families", shown[0]["family"]),
        predictors=material.text["enumeration"].join(map(labels.name, known)),
        products=_multiplied(models, material),
        adjusting=material.text["methods"]["adjusting"] if adjusted else "",
    )


def _further(rows: pd.DataFrame, beside: bool, material: Material) -> Iterable[str]:
    """Name the planned models that do not stand side by side, by outcome and kind."""
    text, labels, planned = material.text, material.labels, material.plan.by_name
    for (outcome, family), part in rows.groupby(["outcome", "family"], sort=False):
        yield _sentence(
            material,
            "further" if beside else "planned",
            outcome=labels.name(outcome),
            family=labels.word("families", family),
            models=text["enumeration"].join(map(labels.model, part["model"])),
            products=_multiplied([planned[n] for n in part["model"] if n in planned], material),
        )


def _products(model: Model) -> tuple[str, ...]:
    return tuple(":".join(pair) for pair in model.interactions)


def _multiplied(models: Iterable[Model], material: Material) -> str:
    """Name the products of terms that models hold."""
    found = dict.fromkeys(product for each in models for product in _products(each))
    listed = material.text["enumeration"].join(map(material.labels.term, found))
    return material.text["methods"]["products"].format(products=listed) if found else ""


def _standard_errors(shown: Sequence[Mapping[str, Any]], material: Material) -> Iterable[str]:
    """Name the kind of standard error; where there are several, a sentence each with its models."""
    labels, found = material.labels, errors(shown, material)
    for (kind, cluster), models in found.items():
        name = "errors_clustered" if cluster else "errors"
        yield _sentence(
            material,
            name if len(found) == 1 else f"{name}_of",
            covariance=labels.word("covariance", kind),
            cluster=labels.name(cluster),
            models=material.text["enumeration"].join(map(labels.model, models)),
        )


def _cases(shown: Sequence[Mapping[str, Any]], material: Material) -> Iterable[str]:
    """Say which cases the models rest on, how many they leave out, and why."""
    found, words = by_answers(shown), material.text["methods"]["left_out"]
    for answers, models in found.items():
        for reason, numbers in left_out(models, material).items():
            low, high = min(numbers), max(numbers)
            kind = "between" if low < high else "all" if high else "nobody"
            if reason == "alone" and kind == "nobody":
                continue
            values = {"low": count(low), "high": count(high), "n": count(len(models))}
            sentence = words[answers if reason == "missing" else reason][kind]
            yield sentence.format(models=named(models, found, material), **values)


def _variables(model: Model) -> list[str]:
    return [each.name for each in model.predictors]


def _decisions(material: Material) -> Iterable[str]:
    verdicts = material.table("inference/verdicts.csv")
    if verdicts.empty:
        return
    sizes, lost = tests(material), untested(material)
    for family in material.plan.families:
        size, without = sizes.get(family.id, 0), lost.get(family.id, [])
        if size:
            yield _family(family, size, material)
        if without:
            yield _lost(family, size, without, material)
    if rivals := sum(each.rival_of is not None for each in material.plan.hypotheses):
        yield _sentence(material, "rivals", n=count(rivals))
    yield material.text["methods"]["verdict"]
    page = f"known_truths_{material.labels.language}.html"
    if page in material.study.get("known_truths", ()):
        yield _sentence(material, "known_truths", page=page)


def _lost(family: FamilyOfTests, size: int, without: Sequence[str], material: Material) -> str:
    """Say that a family has fewer tests than planned, and for want of which."""
    return _sentence(
        material,
        "family_smaller" if size else "family_empty",
        family=material.wording(family.label),
        planned=count(size + len(without)),
        n=count(size),
        hypotheses=material.text["enumeration"].join(without),
    )


def _family(family: FamilyOfTests, size: int, material: Material) -> str:
    """Say how the tests of a family are corrected."""
    corrected = "family_uncorrected" if family.method == "none" else "family"
    return _sentence(
        material,
        "family_single" if size == 1 else corrected,
        family=material.wording(family.label),
        n=count(size),
        method=material.text["corrections"][family.method],
        level=number(family.level, 2),
    )


def _sentence(material: Material, name: str, **values: str) -> str:
    return material.text["methods"][name].format(**values)
