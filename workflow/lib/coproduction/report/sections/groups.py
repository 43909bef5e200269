"""Whether the scales mean the same in the groups that the plan compares."""

from __future__ import annotations

import pandas as pd

from coproduction.report.blocks import Block
from coproduction.report.material import Material
from coproduction.report.numbers import count
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
    steps = "measurement/invariance.csv"
    return [
        *shown(material, steps, STEPS, remarks=_clustered(material, steps), **per),
        *shown(material, "measurement/noninvariance.csv", RELEASES, further=True, **per),
        *shown(
            material,
            effects,
            EFFECTS,
            headings=headings,
            remarks=_clustered(material, effects),
            further=True,
            **per,
        ),
        *shown(material, sizes, ("level", "n", "role"), further=True, **per),
    ]


def _clustered(material: Material, file: str) -> list[str]:
    """Say how many clusters the tests of a table allow for."""
    counts = material.table(file).get("n_clusters", pd.Series(dtype=float)).dropna()
    if counts.empty:
        return []
    shown_counts = "–".join(dict.fromkeys(map(count, (counts.min(), counts.max()))))
    return [material.text["clustered_groups"].format(n=shown_counts)]
