"""Whom the models are fitted to: how many each step takes, and how those left out differ."""

from __future__ import annotations

from collections.abc import Iterable

from coproduction.report.blocks import Table
from coproduction.report.material import Material
from coproduction.report.sections.tables import shown

FLOW, LEFT_OUT = "inference/model_flow.csv", "inference/left_out.csv"
STEPS = ("step", "variable", "unit", "n_removed", "n_remaining")
DIFFERENCES = (
    *("variable", "level", "n_kept", "n_left_out", "mean_kept", "mean_left_out"),
    "standardised_difference",
)


def flow_to_models(material: Material) -> list[Table]:
    """Show the flow to the model of the first hypothesis, and in an appendix to all others."""
    flow, tested = material.table(FLOW), _tested(material)
    first, others = flow["model"].isin(tested[:1]), flow["model"].isin(tested[1:])
    return [
        *shown(material, FLOW, STEPS, rows=flow[first], group="model"),
        *shown(material, FLOW, STEPS, rows=flow[others], group="model", further=True),
    ]


def those_left_out(material: Material) -> Iterable[Table]:
    """Compare those left out of the model of the first hypothesis, a table for each reason."""
    table = material.table(LEFT_OUT)
    own = table[table["model"].isin(_tested(material)[:1]) & table["n_kept"].notna()]
    for reason, rows in own.groupby("reason", sort=False):
        caption = material.text["captions"]["left_out"]
        words = material.labels.word("left_out", reason)
        yield from shown(
            material,
            LEFT_OUT,
            DIFFERENCES,
            rows=rows,
            caption=f"{caption}{material.text['joiner']}{words}",
            further=True,
        )


def _tested(material: Material) -> list[str]:
    """Name the models that hypotheses rest on, in the order of these."""
    return list(dict.fromkeys(each.model for each in material.plan.hypotheses))
