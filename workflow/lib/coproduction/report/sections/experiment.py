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
        *shown(material, "inference/experiment.csv", TESTS, group="experiment", headings=HEADINGS),
        *shown(material, "inference/balance.csv", BALANCE, group="factor", further=True),
    ]
    return Section("experiment", material.text["sections"]["experiment"], blocks)
