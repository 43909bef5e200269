"""Write the manual of a study's files from their schemas."""

import json
from pathlib import Path

from common import logged
from coproduction.report.html import html
from coproduction.report.manual import manual

with logged(snakemake.log[0]):
    schemas = {
        Path(file).name.replace(".schema.json", ".yaml"): json.loads(Path(file).read_text("utf-8"))
        for file in snakemake.input
    }
    Path(snakemake.output[0]).write_text(html(manual(schemas)), encoding="utf-8", newline="\n")
