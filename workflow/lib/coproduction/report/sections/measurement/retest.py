"""How well people's answers agree when they are asked again."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from coproduction.report.blocks import Block, Paragraphs, Table
from coproduction.report.columns import written
from coproduction.report.material import Material
from coproduction.report.numbers import count
from coproduction.report.sections.measurement.measured import clustered
from coproduction.report.sections.tables import shown

FILE = "measurement/retest.csv"
COLUMNS = (
    *("n", "n_occasions", "days_median", "icc_agreement", "agreement_interval", "icc_consistency"),
    *("error_of_measurement_agreement", "smallest_detectable_change"),
)


def retest(material: Material) -> list[Block]:
    """Compose the sentences and the table of the scales; none without a retest."""
    scales = _scales(material)
    if scales.empty:
        return []
    columns = ("construct", *_columns(scales))
    return [
        Paragraphs(_sentences(scales, material)),
        *shown(material, FILE, columns, rows=scales, parts=clustered(material)),
    ]


def retest_of_items(material: Material) -> list[Table]:
    """Compose the table of the items, for an appendix."""
    table = material.table(FILE)
    items = table[table["item"] != ""]
    return shown(
        material,
        FILE,
        ("item", *_columns(items)),
        name="retest_items",
        rows=items,
        group="construct",
        further=True,
    )


def retest_in_flow(material: Material) -> list[str]:
    """Say how many submissions are second answers; nothing where there are none."""
    n = _answered_again(material)
    return [material.text["retest_in_flow"].format(n=count(n))] if n else []


def retest_in_short(name: str) -> Callable[[Material], str]:
    """Sum the retest up in the checklist's words of this name; in none where there is no retest."""

    def answer(material: Material) -> str:
        scales = _scales(material)
        known = scales.dropna(subset=["icc_agreement"])
        if known.empty:
            return ""
        return material.text["checklist_answers"][name].format(**_values(known, material))

    return answer


def _scales(material: Material) -> pd.DataFrame:
    table = material.table(FILE)
    return table[table["item"] == ""]


def _columns(table: pd.DataFrame) -> tuple[str, ...]:
    """Leave the number of occasions out where it is two throughout."""
    several = (table["n_occasions"] > 2).any()
    return tuple(name for name in COLUMNS if several or name != "n_occasions")


def _answered_again(material: Material) -> float:
    flow = material.table("cleaning/flow.csv")
    return flow.loc[flow["reason"] == "retest", "n_removed"].sum()


def _sentences(scales: pd.DataFrame, material: Material) -> list[str]:
    words = material.text["retest_sentence"]
    known = scales.dropna(subset=["icc_agreement"])
    told = [words["answered"].format(**_values(scales, material))]
    if scales["days_median"].notna().any():
        told.append(words["days"].format(**_values(scales, material)))
    found = [words["icc"].format(**_values(known, material))] if len(known) else []
    return [material.text["between"].join(told), *found]


def _values(scales: pd.DataFrame, material: Material) -> dict[str, str]:
    labels = material.labels
    ordered = scales.sort_values("icc_agreement", kind="stable")
    least, most = ordered.iloc[0], ordered.iloc[-1]
    largest = scales.loc[scales["n"].idxmax()]
    error, change = "error_of_measurement_agreement", "smallest_detectable_change"
    numbers = {
        "n": (largest["n"], "n"),
        "days": (largest["days_median"], "days_median"),
        "days_low": (largest["days_low"], "days_low"),
        "days_high": (largest["days_high"], "days_high"),
        "low": (least["icc_agreement"], "icc_agreement"),
        "high": (most["icc_agreement"], "icc_agreement"),
        "error_low": (scales[error].min(), error),
        "error_high": (scales[error].max(), error),
        "change_low": (scales[change].min(), change),
        "change_high": (scales[change].max(), change),
    }
    return {
        "answered": count(_answered_again(material)),
        "least": labels.name(least["construct"]),
        "most": labels.name(most["construct"]),
        **{key: written(*each, FILE) for key, each in numbers.items()},
    }
