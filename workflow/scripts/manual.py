"""Write the manual of a study's files and results from schemas, platforms and dictionary."""

import json
from pathlib import Path

from common import step
from coproduction.dictionary import dictionary
from coproduction.intake.platforms import PLATFORMS
from coproduction.intake.schema import with_platforms
from coproduction.report.manual import manual
from coproduction.report.renderers.html import html
from coproduction.schemas import with_families

with step(snakemake) as read:
    schemas = {
        Path(file).name.replace(".schema.json", ".yaml"): with_families(json.loads(read(file)))
        for file in snakemake.params.contents
    }
    schemas["study.yaml"] = with_platforms(schemas["study.yaml"])
    page = html(manual(schemas, PLATFORMS.values(), dictionary()))
    Path(snakemake.output.page).write_text(page, encoding="utf-8", newline="\n")
