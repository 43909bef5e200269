"""What it means that constructs stand in models in the place of their scores."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from coproduction.plan.models.model import Model
from coproduction.plan.options import AGREEMENT_FACTOR, AGREEMENT_SCORE
from coproduction.report.material import Material


def measured(material: Material, models: Collection[str]) -> Iterator[str]:
    """Say of the fitted models what stands for constructs, in what unit, and what it cannot see."""
    known = [each for each in material.plan.models if each.id in models]
    freed = [each for each in known if each.constructs]
    words = material.text["methods"]
    if freed:
        yield words["constructs"].format(
            models=_named(freed, material),
            constructs=material.text["enumeration"].join(
                map(
                    material.labels.name,
                    dict.fromkeys(n for each in freed for n in each.constructs),
                )
            ),
        )
    for mode, name in (
        (AGREEMENT_FACTOR, "agreement_factor"),
        (AGREEMENT_SCORE, "agreement_beside_scores"),
    ):
        adjusted = [each for each in known if each.agreement_mode == mode]
        if adjusted:
            yield words[name].format(models=_named(adjusted, material))
    if freed:
        yield words["constructs_limits"]


def _named(models: Collection[Model], material: Material) -> str:
    return material.text["enumeration"].join(material.labels.model(each.id) for each in models)
