"""The randomised experiments: arms, effects, balance."""

from __future__ import annotations

from coproduction.report.blocks import Block, Section
from coproduction.report.material import Material
from coproduction.report.sections.tables import shown

ARMS = ("arm", "n", "mean", "sd", "interval")
TESTS = (
    *("outcome", "term", "estimate", "interval", "p_value"),
    *("randomisation_p_value", "standardised", "n"),
)
BALANCE = ("variable", "level", "mean_0", "mean_1", "standardised_difference", "p_value")
HEADINGS = {"standardised": "standardised_effect"}


def experiment(material: Material) -> Section:
    """Compose the tables of the randomised experiments."""
    blocks: list[Block] = [
        *shown(material, "inference/arms.csv", ARMS, group="experiment"),
        *shown(
            material,
            "inference/experiment.csv",
            TESTS,
            group="experiment",
            headings=HEADINGS,
            parts=_scenario(material),
        ),
        *shown(material, "inference/balance.csv", BALANCE, group="factor", further=True),
    ]
    return Section("experiment", material.text["sections"]["experiment"], blocks)


def _scenario(material: Material) -> list[str]:
    """Name the part of the note on scenarios if every outcome is the answer to one."""
    outcomes = material.table("inference/experiment.csv").get("outcome", ())
    items = [material.labels.items.get(each) for each in set(outcomes)]
    return ["scenario"] if items and all(each and each.scenario for each in items) else []
