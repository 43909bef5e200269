"""Path models: direct, indirect and total effects, and how orders compare."""

from __future__ import annotations

from coproduction.report.blocks import Block
from coproduction.report.material import Material
from coproduction.report.sections.tables import shown

EFFECTS, MODELS = "inference/paths.csv", "inference/path_models.csv"
COLUMNS = (
    *("term", "estimand", "estimate", "std_error", "p_value", "interval"),
    *("monte_carlo_low", "monte_carlo_high", "bootstrap_low", "bootstrap_high", "r_squared"),
)
OVERVIEW = (
    *("path", "estimator", "n", "n_clusters", "n_imputations", "chisq", "df", "p_value", "aic"),
    *("rival_of", "aic_difference", "status"),
)


def paths(material: Material) -> list[Block]:
    """Show the effects of every path model, and the models beside each other."""
    return [
        *shown(material, EFFECTS, COLUMNS, group="path"),
        *shown(material, MODELS, OVERVIEW, headings={"status": "fitted"}),
    ]
