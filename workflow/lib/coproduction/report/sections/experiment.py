"""The randomised experiments: arms, effects, balance."""

from __future__ import annotations

from coproduction.report.blocks import Block, Section
from coproduction.report.material import Material
from coproduction.report.sections.tables import shown

ARMS = ("experiment", "arm", "n", "mean", "sd", "interval")
TESTS = (
    *("experiment", "outcome", "term", "estimate", "interval", "p_value"),
    *("randomisation_p_value", "standardised", "n"),
)
BALANCE = ("factor", "variable", "level", "mean_0", "mean_1", "standardised_difference", "p_value")


def experiment(material: Material) -> Section:
    """Compose the tables of the randomised experiments."""
    blocks: list[Block] = [
        *shown(material, "inference/arms.csv", ARMS),
        *shown(material, "inference/experiment.csv", TESTS),
        *shown(material, "inference/balance.csv", BALANCE),
    ]
    return Section("experiment", material.text["sections"]["experiment"], blocks)
