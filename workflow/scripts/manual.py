"""Write the manual of a study's files from their schemas."""

import json
from pathlib import Path

from common import step
from coproduction.report.manual import manual
from coproduction.report.renderers.html import html
from coproduction.schemas import with_families

with step(snakemake) as read:
    schemas = {
        Path(file).name.replace(".schema.json", ".yaml"): with_families(json.loads(read(file)))
        for file in snakemake.params.contents
    }
    Path(snakemake.output.page).write_text(html(manual(schemas)), encoding="utf-8", newline="\n")
