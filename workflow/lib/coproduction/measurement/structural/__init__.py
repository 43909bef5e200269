"""Structural models: regressions among factors and observed variables, and what follows from them.

Named here is what other rooms take of them.
"""

from coproduction.measurement.structural.after_measurement import (
    AGREEMENT,
    Measured,
    Structure,
    measure,
    structure_after,
)
from coproduction.measurement.structural.effects import (
    Derived,
    PathEffect,
    disturbance_correlations,
    effect_table,
)
from coproduction.measurement.structural.fitting import StructuralFit, structural
from coproduction.measurement.structural.modifications import path_modifications
from coproduction.measurement.structural.products import spreads_of

__all__ = [
    "AGREEMENT",
    "Derived",
    "Measured",
    "PathEffect",
    "StructuralFit",
    "Structure",
    "disturbance_correlations",
    "effect_table",
    "measure",
    "path_modifications",
    "spreads_of",
    "structural",
    "structure_after",
]
