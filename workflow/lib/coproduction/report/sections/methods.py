"""What was done, in sentences made from the plan and the result tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coproduction.report.blocks import Paragraphs, Section
from coproduction.report.material import Material
from coproduction.report.numbers import count, number
from coproduction.report.sections.assumptions import assumptions
from coproduction.report.sections.comparison import compared, defined_splits


def methods(material: Material) -> Section:
    """Compose the methods: design, measures, models, rules of decision."""
    study = material.study
    design = [material.wording(study[key]) for key in ("design", "source") if key in study]
    sentences = [*design, *_measures(material), *_models(material), *_decisions(material)]
    blocks = [*([Paragraphs(sentences)] if sentences else []), *assumptions(material)]
    return Section("methods", material.text["sections"]["methods"], blocks)


def _measures(material: Material) -> Iterable[str]:
    scales = material.table("measurement/reliability.csv")
    if len(scales):
        items = count(len(material.table("measurement/items.csv")))
        yield _sentence(material, "scales", n=count(len(scales)), items=items)


def _models(material: Material) -> Iterable[str]:
    """Describe the models that stand side by side, and count the others."""
    overview, labels = material.table("inference/models.csv"), material.labels
    shown = compared(material)
    planned = {model["id"]: model for model in material.plan.get("models", ())}
    if shown:
        first, last = shown[0], planned[shown[-1]["model"]]
        yield _sentence(
            material,
            "models",
            outcome=labels.name(first["outcome"]),
            family=labels.word("families", first["family"]),
            predictors=_listed(last.get("predictors", ()), material),
        )
        yield _standard_errors(shown, planned, material)
    fitted = overview[overview["status"] == "fitted"] if len(overview) else overview
    if len(fitted):
        yield from defined_splits(material, set(fitted["model"]))
        roles = fitted["role"].value_counts()
        parts = [
            material.text["role_part"].format(n=count(roles[role]), role=words)
            for role, words in material.text["roles"].items()
            if role in roles
        ]
        listed = material.text["enumeration"].join(parts)
        yield _sentence(material, "all_models", n=count(len(fitted)), parts=listed)


def _standard_errors(
    shown: Sequence[Mapping[str, Any]], planned: Mapping[str, Any], material: Material
) -> str:
    labels = material.labels
    cluster = planned[shown[0]["model"]].get("cluster")
    dropped = [each["n_dropped"] for each in shown]
    return _sentence(
        material,
        "errors_clustered" if cluster else "errors",
        covariance=labels.word("covariance", shown[0]["covariance"]),
        cluster=labels.name(cluster) if cluster else "",
        low=count(min(dropped)),
        high=count(max(dropped)),
    )


def _listed(predictors: Iterable[Any], material: Material) -> str:
    names = [each if isinstance(each, str) else each["variable"] for each in predictors]
    return material.text["enumeration"].join(material.labels.name(name) for name in names)


def _decisions(material: Material) -> Iterable[str]:
    families = material.plan.get("families", ())
    verdicts = material.table("inference/verdicts.csv")
    for family in families:
        size = int((verdicts["family"] == family["id"]).sum()) if len(verdicts) else 0
        if size:
            yield _sentence(
                material,
                "family",
                family=material.wording(family["label"]),
                n=count(size),
                method=material.text["corrections"][family["method"]],
                level=number(family["level"], 2),
            )
    if len(verdicts):
        yield material.text["methods"]["verdict"]


def _sentence(material: Material, name: str, **values: str) -> str:
    return material.text["methods"][name].format(**values)
