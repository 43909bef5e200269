"""How well the scales measure: reliability, structure, validity, groups, dimensions, items."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coproduction.notes import read, written
from coproduction.report.blocks import Block, Figure, Paragraphs, Section, Table
from coproduction.report.figures.estimates import intervals
from coproduction.report.material import Material
from coproduction.report.numbers import given, number, percent
from coproduction.report.sections.measurement.dimensions import dimensions
from coproduction.report.sections.measurement.factors import factors, planned_model
from coproduction.report.sections.measurement.fit import fit_of_planned
from coproduction.report.sections.measurement.groups import groups
from coproduction.report.sections.measurement.measured import clustered
from coproduction.report.sections.measurement.retest import retest, retest_of_items
from coproduction.report.sections.tables import shown
from coproduction.report.sentences import described, measurement_sentences

RELIABILITY = "measurement/reliability.csv"
SCALES = (
    *("construct", "n_items", "n", "alpha", "alpha_interval"),
    *("omega_categorical", "omega_categorical_interval"),
    *("omega_total", "omega_total_interval"),
    *("composite_reliability", "average_variance_extracted", "decision"),
)
INSTEAD = ("omega_total", "omega_total_interval")
FURTHER = (
    *("construct", "alpha_standardised", "alpha_ordinal", "omega_total", "omega_hierarchical"),
    *("split_half", "lambda_2", "lambda_4", "lambda_6"),
    *("mean_interitem_correlation", "largest_residual"),
)
STRUCTURE = {
    "fit": (
        *("model", "estimator", "n", "chisq", "df", "p_value", "cfi", "tli"),
        *("rmsea", "rmsea_interval", "cfi_robust", "rmsea_robust", "srmr"),
    ),
    "comparisons": (
        *("model", "rival", "relation", "statistic", "df", "p_value"),
        *("cfi_change", "rmsea_change", "srmr_change", "bic_change"),
    ),
    "residuals": ("item_1", "item_2", "observed", "implied", "residual"),
    "modification": ("lhs", "kind", "rhs", "statistic", "p_value", "standardised_change"),
    "validity": (
        *("construct_1", "construct_2", "observed_correlation"),
        *("latent_correlation", "latent_interval", "htmt", "htmt_interval"),
        *("htmt2", "htmt2_interval", "decision"),
    ),
    "common_method": ("construct_1", "construct_2", "estimate", "adjusted", "p_value"),
    "aggregation": (
        *("construct", "n", "n_clusters", "icc_1", "icc_1_interval", "icc_2"),
        *("rwg_mean", "rwg_share", "decision"),
    ),
}
WIDEST = 14
"""A matrix has at most so many columns."""
ITEMS = (
    *(
        "item",
        "n",
        "mean",
        "weighted_mean",
        "sd",
        "floor",
        "ceiling",
        "dont_know_rate",
        "missing_rate",
    ),
    *("item_rest_correlation", "alpha_if_dropped"),
)


def measurement(material: Material) -> Section:
    """Compose the tables and figures of the measurement room."""
    material = material.at_confidence(material.plan.measurement.confidence)
    method = material.table("measurement/common_method.csv")
    pairs = method["construct_1"].ne("") if len(method) else []
    blocks: list[Block] = [
        *_reliability(material),
        *retest(material),
        *fit_of_planned(material),
        *shown(material, "measurement/fit.csv", STRUCTURE["fit"], parts=_fitted(material)),
        *shown(material, "measurement/comparisons.csv", STRUCTURE["comparisons"]),
        *correlations(material),
        *_aggregation(material),
        *groups(material),
        *dimensions(material),
        *_single_checks(method, pairs, material),
        *shown(
            material, RELIABILITY, FURTHER, name="further_reliability", further=True, warned=False
        ),
        *_reliability_figure(material),
        *retest_of_items(material),
        *_items(material),
        *factors(material),
        *_misfit(material, "residuals"),
        *_misfit(material, "modification"),
        *shown(material, "measurement/validity.csv", STRUCTURE["validity"], further=True),
    ]
    if len(method):
        blocks += shown(
            material,
            "measurement/common_method.csv",
            STRUCTURE["common_method"],
            rows=method[pairs],
            warned=False,
            further=True,
        )
    return Section("measurement", material.text["sections"]["measurement"], blocks)


def _misfit(material: Material, name: str) -> list[Table]:
    """Show where the model misfits that the plan checks validity with."""
    file, model = f"measurement/{name}.csv", planned_model(material)
    table = material.table(file)
    rows = table[table["model"] == model] if len(table) else table
    caption = material.text["captions"][name].format(model=material.labels.model(model))
    return shown(
        material, file, STRUCTURE[name], caption=caption, rows=rows, warned=False, further=True
    )


def _single_checks(method: pd.DataFrame, pairs: Any, material: Material) -> list[Paragraphs]:
    """Say in sentences what the checks found that are no table."""
    if method.empty:
        return []
    words = material.text["method_sentence"]
    found = method[~pairs].set_index("check")["estimate"].dropna()
    sentences = [
        words[check].format(share=percent(value), value=number(value))
        for check, value in found.items()
    ]
    return [Paragraphs(sentences)] if sentences else []


def _fitted(material: Material) -> list[str]:
    """Name the parts of the note on fit that apply to the fits."""
    estimators = set(material.table("measurement/fit.csv").get("estimator", ()))
    return [*(["wlsmv"] if "WLSMV" in estimators else []), *clustered(material)]


def _aggregation(material: Material) -> list[Table]:
    """Show whether scales may be averaged over clusters, and how that fits with their means."""
    file = "measurement/aggregation.csv"
    table = material.table(file)
    averaged = table[table["decision"] == "aggregate"] if len(table) else table
    codes = {note.code for cell in averaged.get("warning", ()) for note in read(cell)}
    parts = ["unreliable"] if "unreliable_means" in codes else []
    return shown(material, file, STRUCTURE["aggregation"], parts=parts)


def _items(material: Material) -> list[Table]:
    table = material.table("measurement/items.csv")
    turned = len(table) and (table["reverse"] == 1).any()
    parts = ["reversed"] if turned else []
    return shown(
        material, "measurement/items.csv", ITEMS, group="construct", parts=parts, further=True
    )


def _minimum(material: Material) -> float:
    return material.plan.measurement.minimum_reliability


def _names_minimum(material: Material) -> bool:
    return material.plan.states("measurement", "minimum_reliability")


def _scales(material: Material) -> tuple[pd.DataFrame, list[str]]:
    """Take the scales with the interval of alpha that suits the sample, and say which it is.

    Where the plan names a cluster it is that of resampled clusters: Feldt's takes respondents as
    independent and is too short.
    """
    table, words = material.table(RELIABILITY), material.text["alpha_intervals"]
    nested = bool(clustered(material))
    ends = ["alpha_bootstrap_low", "alpha_bootstrap_high"]
    chosen = nested and table.reindex(columns=ends).notna().any(axis=None)
    if chosen:
        low, high = (table[end] for end in ends)
        table = table.assign(alpha_conf_low=low, alpha_conf_high=high)
    name = "planned_minimum" if _names_minimum(material) else "usual_minimum"
    limit = material.text[name].format(minimum=given(_minimum(material)))
    return table, [words["clusters" if chosen else "independent"], limit]


def _reliability(material: Material) -> list[Block]:
    (table, remarks), minimum = _scales(material), _minimum(material)
    if table.empty:
        return []
    named = _names_minimum(material)
    return [
        Paragraphs(measurement_sentences(table, minimum, named, material.labels)),
        *shown(
            material,
            RELIABILITY,
            _columns(table),
            rows=table.assign(warning=table["warning"].map(_apart_from_weakness)),
            parts=clustered(material),
            remarks=remarks,
        ),
    ]


def _columns(table: pd.DataFrame) -> tuple[str, ...]:
    """Show omega total where a scale has no categorical omega."""
    instead = table["omega_categorical"].isna() & table["omega_total"].notna()
    return SCALES if instead.any() else tuple(name for name in SCALES if name not in INSTEAD)


def _apart_from_weakness(cell: str) -> str:
    """Leave out what the sentence above the table says."""
    return written(note for note in read(cell) if note.code != "weak_scale")


def _reliability_figure(material: Material) -> list[Figure]:
    text, labels = material.text, material.labels
    table, remarks = _scales(material)
    known = table.dropna(subset=["alpha"]) if len(table) else table
    if known.empty:
        return []
    names = [labels.name(name) for name in known["construct"]]
    drawing = intervals(
        names,
        known["alpha"],
        known["alpha_conf_low"],
        known["alpha_conf_high"],
        stamp=material.stamp,
        line=_minimum(material),
        axis_label=labels.heading("alpha"),
    )
    caption, words = (
        text["captions"]["reliability_figure"],
        described(names, known["alpha"], text["list_separator"]),
    )
    return [Figure("reliability", caption, drawing, words, remarks, RELIABILITY, further=True)]


def correlations(material: Material) -> list[Table]:
    """Show how scales are related as a matrix: scores below the diagonal, HTMT2 above it.

    With more scales than a page is wide the pairs stand in the appendix only.
    """
    text, labels = material.text, material.labels
    table = material.table("measurement/validity.csv")
    names = (
        list(dict.fromkeys([*table["construct_1"], *table["construct_2"]])) if len(table) else []
    )
    if not 2 < len(names) <= WIDEST:
        return []
    below, above = {}, {}
    for row in table.to_dict("records"):
        pair = row["construct_1"], row["construct_2"]
        below[pair[::-1]], above[pair] = row["observed_correlation"], row["htmt2"]
    scale = material.table(RELIABILITY)
    alphas = dict(zip(scale["construct"], scale["alpha"], strict=True)) if len(scale) else {}
    rows = []
    for place, one in enumerate(names, 1):
        cells = [
            f"({number(alphas.get(one), 2)})"
            if one == other
            else number(below.get((one, other), above.get((one, other))), 2)
            for other in names
        ]
        rows.append([f"{place} {labels.name(one)}", *cells])
    headings = [(labels.heading("construct"), False)]
    headings += [(str(place), True) for place in range(1, len(names) + 1)]
    caption, note = text["captions"]["correlations"], text["notes"]["correlations"]
    return [Table(caption, headings, rows, [note], "measurement/validity.csv")]
