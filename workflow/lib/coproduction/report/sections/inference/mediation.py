"""Mediation: total, direct and indirect effects, and what could explain the indirect ones away."""

from __future__ import annotations

from coproduction.report.blocks import Block
from coproduction.report.material import Material
from coproduction.report.sections.tables import shown

EFFECTS = "inference/mediation.csv"
ROBUSTNESS, BY_RHO = "inference/mediation_robustness.csv", "inference/mediation_sensitivity.csv"
COLUMNS = (
    *("term", "exposure_low", "exposure_high", "estimand", "estimate", "std_error", "p_value"),
    *("interval", "bootstrap_low", "bootstrap_high"),
)
STRENGTHS = (
    *("mediation", "rho_zero", "interval", "rho_zero_limit", "partial_r2", "robustness_value"),
    "robustness_value_limit",
)
SIZES = ("rho", "estimand", "estimate", "interval", "p_value")


def mediation(material: Material) -> list[Block]:
    """Show the effects of every mediation, and how strong an unmeasured cause would have to be."""
    return [
        *shown(material, EFFECTS, COLUMNS, group="mediation"),
        *shown(material, ROBUSTNESS, STRENGTHS),
        *shown(material, BY_RHO, SIZES, group="mediation", further=True),
    ]
