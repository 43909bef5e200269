"""Whether the scales mean the same in the groups that the plan compares."""

from __future__ import annotations

import pandas as pd

from coproduction.report.blocks import Block, Table
from coproduction.report.material import Material
from coproduction.report.numbers import count
from coproduction.report.sections.measurement.fit import caution_on_steps
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

LOGISTIC = (
    *("item", "n", "statistic", "df", "p_adjusted", "nonuniform_p_value", "r_squared_change"),
    *("difference", "level", "decision"),
)


def groups(material: Material) -> list[Block]:
    """Compose the tables of planned comparisons: each ladder, what differs, who was compared."""
    per = "comparison"
    headings = {"standardised": "standardised_difference"}
    effects = "measurement/functioning.csv"
    sizes = "measurement/invariance_groups.csv"
    steps = "measurement/invariance.csv"
    return [
        *shown(
            material,
            steps,
            STEPS,
            parts=_ordinal(material.table(steps)),
            remarks=[*caution_on_steps(material), *_clustered(material, steps)],
            group=per,
        ),
        *shown(material, "measurement/noninvariance.csv", RELEASES, further=True, group=per),
        *shown(
            material,
            effects,
            EFFECTS,
            headings=headings,
            remarks=_clustered(material, effects),
            further=True,
            group=per,
        ),
        *_logistic(material),
        *shown(material, sizes, ("level", "n", "role"), further=True, group=per),
    ]


def _ordinal(table: pd.DataFrame) -> list[str]:
    """Name the part of the note on ordinal items if a ladder has a step for thresholds."""
    return ["ordinal"] if "thresholds" in set(table["step"]) else []


def _logistic(material: Material) -> list[Table]:
    file, words = "measurement/logistic_functioning.csv", material.text["logistic_tests"]
    clusters = _clusters(material, file)
    return shown(
        material,
        file,
        LOGISTIC,
        headings={"statistic": "group_statistic", "difference": "expected_difference"},
        remarks=[words["clusters"].format(n=clusters) if clusters else words["independent"]],
        group="comparison",
        further=True,
    )


def _clustered(material: Material, file: str) -> list[str]:
    """Say how many clusters the tests of a table allow for."""
    clusters = _clusters(material, file)
    return [material.text["clustered_groups"].format(n=clusters)] if clusters else []


def _clusters(material: Material, file: str) -> str:
    """Write how many clusters there are, from the fewest to the most; empty without any."""
    counts = material.table(file)["n_clusters"].dropna()
    ends = [counts.min(), counts.max()] if len(counts) else []
    return "–".join(dict.fromkeys(map(count, ends)))
