"""Render the report in every language and format of the study, from result tables only."""

import json
from pathlib import Path

from common import SCHEMAS, load_instrument, step
from coproduction.dictionary import dictionary, read_tables
from coproduction.numerics.processes import run
from coproduction.plan.plan import read_plan
from coproduction.report.rendering import rendered
from coproduction.steps.provenance import provenance
from coproduction.steps.receipts import Receipt, origins, read_receipt
from coproduction.tables import write_csv

with step(snakemake) as read:
    study, folder = snakemake.params.study, Path(snakemake.output.dictionary).parent
    files = snakemake.params.files
    instrument, *others = (load_instrument(path, read) for path in files["instruments"])
    for path in files["definitions"]:
        read(path)
    steps = [read_receipt(Path(file).read_bytes()) for file in snakemake.input.receipts]
    inputs = origins([Receipt(read.read, {}), *steps])
    origin = provenance({k: v for k, v in inputs.items() if not k.startswith(SCHEMAS)}, study)
    tables = read_tables(snakemake.input.tables, read)
    parts = (tables, instrument, study, read_plan(snakemake.params.plan), origin, others)
    tasks = {language: (rendered, (language, *parts)) for language in study["languages"]}
    for made in run(tasks, snakemake.threads).values():
        for name, content in made.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    text = json.dumps(origin, ensure_ascii=False, indent=2) + "\n"
    Path(snakemake.output.provenance).write_text(text, encoding="utf-8", newline="\n")
    Path(snakemake.output.dictionary).write_bytes(write_csv(dictionary().lines()))
