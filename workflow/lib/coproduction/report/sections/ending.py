"""What a reader must know before using the results, and where they come from."""

from __future__ import annotations

import pandas as pd

from coproduction.report.blocks import Block, Paragraphs, Section
from coproduction.report.columns import tabulate
from coproduction.report.material import Material

FILE = "report/provenance.json"


def limitations(material: Material) -> Section:
    """List the limits of the study."""
    points = [material.text["stamp_long"]] if material.study["synthetic"] else []
    points += [material.wording(each) for each in material.study.get("limitations", ())]
    blocks = [Paragraphs(points, points=True)] if points else []
    return Section("limitations", material.text["sections"]["limitations"], blocks)


def origin(material: Material) -> Section:
    """Name inputs with their hashes, versions, seed and plan."""
    text, known = material.text, material.provenance
    sentence = text["provenance_sentence"].format(plan=known["plan_sha256"], seed=known["seed"])
    inputs = pd.DataFrame(known["inputs"].items(), columns=["file", "fingerprint"])
    software = pd.DataFrame(known["software"].items(), columns=["software", "version"])
    blocks: list[Block] = [
        Paragraphs([sentence]),
        *(
            tabulate(table, list(table), material.labels, text["captions"][name], (), FILE)
            for name, table in (("inputs", inputs), ("software", software))
        ),
    ]
    return Section("provenance", text["sections"]["provenance"], blocks, appendix=True)
