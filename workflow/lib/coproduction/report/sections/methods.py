"""What was done, in sentences made from the plan and the result tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from coproduction.report.blocks import Paragraphs, Section
from coproduction.report.material import Material
from coproduction.report.numbers import count, number


def methods(material: Material) -> Section:
    """Compose the methods: measures, models, rules of decision."""
    sentences = [*_measures(material), *_models(material), *_decisions(material)]
    blocks = [Paragraphs(sentences)] if sentences else []
    return Section("methods", material.text["sections"]["methods"], blocks)


def _measures(material: Material) -> Iterable[str]:
    scales = material.table("measurement/reliability.csv")
    if len(scales):
        items = count(len(material.table("measurement/items.csv")))
        yield _sentence(material, "scales", n=count(len(scales)), items=items)


def _models(material: Material) -> Iterable[str]:
    fitted = material.table("inference/models.csv")
    planned = {model["id"]: model for model in material.plan.get("models", ())}
    for row in fitted.to_dict("records"):
        model = planned.get(row["model"])
        if model and row["status"] == "fitted":
            yield _model(row, model, material)


def _model(row: Mapping[str, Any], model: Mapping[str, Any], material: Material) -> str:
    labels = material.labels
    cluster = model.get("cluster")
    return _sentence(
        material,
        "model_clustered" if cluster else "model",
        model=labels.model(row["model"]),
        family=labels.word("families", row["family"]),
        outcome=labels.name(row["outcome"]),
        predictors=_listed(model.get("predictors", ()), material),
        covariates=count(len(model.get("covariates", ()))),
        interactions=count(len(model.get("interactions", ()))),
        covariance=labels.word("covariance", row["covariance"]),
        cluster=labels.name(cluster) if cluster else "",
        n=count(row["n"]),
        dropped=count(row["n_dropped"]),
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
