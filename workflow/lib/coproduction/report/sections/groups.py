"""Whether the scales mean the same in the groups that the plan compares."""

from __future__ import annotations

from coproduction.report.blocks import Block
from coproduction.report.material import Material
from coproduction.report.sections.tables import shown

STEPS = (
    *("step", "released", "chisq_scaled", "df", "cfi", "rmsea", "srmr"),
    *("difference_chisq", "difference_p_value"),
    *("cfi_change", "rmsea_change", "decision"),
)
RELEASES = ("step", "item", "term", "level", "estimate", "interval")
EFFECTS = (
    *("item", "level", "reference_level", "estimate", "interval"),
    *("standardised", "p_adjusted", "n_group", "decision"),
)


def groups(material: Material) -> list[Block]:
    """Compose the tables of planned comparisons: each ladder, what differs, who was compared."""
    per = {"group": "comparison"}
    headings = {"standardised": "standardised_difference"}
    effects = "measurement/functioning.csv"
    sizes = "measurement/invariance_groups.csv"
    return [
        *shown(material, "measurement/invariance.csv", STEPS, **per),
        *shown(material, "measurement/noninvariance.csv", RELEASES, further=True, **per),
        *shown(material, effects, EFFECTS, headings=headings, further=True, **per),
        *shown(material, sizes, ("level", "n", "role"), further=True, **per),
    ]
