"""How well the scales measure: reliability, structure, validity, items."""

from __future__ import annotations

from coproduction.report.blocks import Block, Figure, Paragraphs, Section
from coproduction.report.figures import intervals
from coproduction.report.material import Material
from coproduction.report.numbers import number
from coproduction.report.sections.tables import shown
from coproduction.report.sentences import described, measurement_sentences

RELIABILITY, LOADINGS = "measurement/reliability.csv", "measurement/loadings.csv"
SCALES = (
    *("construct", "n_items", "n", "alpha", "alpha_interval"),
    *("omega_categorical", "omega_categorical_interval"),
    *("composite_reliability", "average_variance_extracted", "decision"),
)
FURTHER = (
    *("construct", "alpha_standardised", "alpha_ordinal", "omega_total", "omega_hierarchical"),
    *("split_half", "lambda_2", "lambda_4", "lambda_6"),
    *("mean_interitem_correlation", "largest_residual"),
)
STRUCTURE = {
    "fit": (
        *("model", "estimator", "n", "chisq", "df", "p_value", "cfi", "tli"),
        *("rmsea", "rmsea_interval", "srmr"),
    ),
    "validity": (
        *("construct_1", "construct_2", "observed_correlation"),
        *("latent_correlation", "latent_interval", "htmt2", "htmt2_interval", "decision"),
    ),
    "common_method": ("check", "construct_1", "construct_2", "estimate", "adjusted", "p_value"),
    "aggregation": (
        *("construct", "n", "n_clusters", "icc_1", "icc_1_interval", "icc_2"),
        *("rwg_mean", "rwg_share", "decision"),
    ),
}
ITEMS = (
    *("item", "n", "mean", "sd", "floor", "ceiling", "dont_know_rate", "missing_rate"),
    *("item_rest_correlation", "alpha_if_dropped"),
)


def measurement(material: Material) -> Section:
    """Compose the tables and figures of the measurement room."""
    blocks = [*_reliability(material), *shown(material, "measurement/items.csv", ITEMS)]
    for name, columns in STRUCTURE.items():
        blocks += shown(material, f"measurement/{name}.csv", columns)
        blocks += _loadings(material) if name == "fit" else []
    return Section("measurement", material.text["sections"]["measurement"], blocks)


def _reliability(material: Material) -> list[Block]:
    text, labels = material.text, material.labels
    table = material.table(RELIABILITY)
    if table.empty:
        return []
    minimum = material.plan.get("measurement", {}).get("minimum_reliability", 0.70)
    sentences = measurement_sentences(table, minimum, labels)
    limit = text["planned_minimum"].format(minimum=number(minimum, 2))
    blocks: list[Block] = [
        Paragraphs(sentences),
        *shown(material, RELIABILITY, SCALES, remarks=[limit]),
        *shown(material, RELIABILITY, FURTHER, name="further_reliability", warned=False),
    ]
    known = table.dropna(subset=["alpha"])
    if len(known):
        drawing = intervals(
            [labels.name(name) for name in known["construct"]],
            known["alpha"],
            known["alpha_conf_low"],
            known["alpha_conf_high"],
            stamp=material.stamp,
            line=minimum,
            axis_label=text["columns"]["alpha"],
        )
        caption, words = text["captions"]["reliability_figure"], " ".join(sentences)
        blocks.append(Figure("reliability", caption, drawing, words, [limit], RELIABILITY))
    return blocks


def _loadings(material: Material) -> list[Figure]:
    """Draw the loadings of the model that the plan checks validity with."""
    text, labels = material.text, material.labels
    model = material.plan.get("measurement", {}).get("validity", {}).get("model")
    table = material.table(LOADINGS)
    rows = table[(table["model"] == model) & (table["kind"] == "loading")] if len(table) else table
    if rows.empty:
        return []
    names = [f"{labels.name(each['lhs'])} · {each['rhs']}" for each in rows.to_dict("records")]
    drawing = intervals(
        names,
        rows["standardised"],
        rows["standardised_conf_low"],
        rows["standardised_conf_high"],
        stamp=material.stamp,
        line=0,
        axis_label=text["columns"]["standardised"],
    )
    caption = text["captions"]["loadings_figure"].format(model=labels.model(model))
    words = described(names, rows["standardised"], text["list_separator"])
    return [Figure("loadings", caption, drawing, words, file=LOADINGS)]
