"""What the plan says of measurement, as the sections of that room ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coproduction.report.material import Material


def planned(material: Material) -> Mapping[str, Any]:
    """Block of the plan on measurement; an empty one without it."""
    return material.plan.get("measurement", {})


def clustered(material: Material) -> list[str]:
    """Name the part of a note that speaks of clusters, where the plan of measurement names any."""
    return ["clustered"] if "cluster" in planned(material) else []
