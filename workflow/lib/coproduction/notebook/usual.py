"""What a plan takes where it says nothing, as its schema states it: notebooks have no plan."""

from __future__ import annotations

from typing import Any

from coproduction.plan.options import Comparison, Correlation, Extraction, Rotation
from coproduction.schemas import schema
from coproduction.yamlfiles.defaults import with_defaults

_PLAN = with_defaults(
    {
        "measurement": {"dimensionality": [{}], "invariance": [{}]},
        "hypotheses": [{}],
    },
    schema("plan"),
)
_MEASUREMENT: dict[str, Any] = _PLAN["measurement"]
_DIMENSIONS: dict[str, Any] = _MEASUREMENT["dimensionality"][0]
_RULE: dict[str, float] = _MEASUREMENT["invariance"][0]["rule"]

MINIMUM_RELIABILITY: float = _MEASUREMENT["minimum_reliability"]
BOOTSTRAP: int = _MEASUREMENT["bootstrap"]
CORRELATION: Correlation = _DIMENSIONS["correlation"]
EXTRACTION: Extraction = _DIMENSIONS["method"]
ROTATION: Rotation = _DIMENSIONS["rotation"]
RANDOM_TABLES: int = _DIMENSIONS["replicates"]
CFI_DROP: float = _RULE["cfi_drop"]
RMSEA_RISE: float = _RULE["rmsea_rise"]
COMPARISON: Comparison = _PLAN["hypotheses"][0]["comparison"]
