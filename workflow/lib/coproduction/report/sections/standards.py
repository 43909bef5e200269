"""Reporting checklists with what the results answer and what a person must still write."""

from __future__ import annotations

from coproduction.report.blocks import Section
from coproduction.report.columns import tabulate
from coproduction.report.material import Material
from coproduction.report.sections.checklists import answered


def standards(material: Material) -> Section:
    """Compose one table per checklist."""
    rows, text = answered(material), material.text
    tables = [
        tabulate(part, ["number", "asked", "answered"], material.labels, str(title))
        for title, part in rows.groupby("checklist", sort=False)
    ]
    return Section("standards", text["sections"]["standards"], tables, appendix=True)
