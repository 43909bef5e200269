"""What the plan says of measurement, as the sections of that room ask for it."""

from __future__ import annotations

from coproduction.report.material import Material


def clustered(material: Material) -> list[str]:
    """Name the part of a note that speaks of clusters, where the plan of measurement names any."""
    return [] if material.plan.measurement.cluster is None else ["clustered"]
