"""Render the report in every language and format of the study, from result tables only."""

import json
from pathlib import Path

from common import load_columns, load_instrument, load_tables, logged
from coproduction.measurement.pool import run
from coproduction.provenance import provenance
from coproduction.report.rendering import rendered
from coproduction.tables import dictionary, write_csv

with logged(snakemake.log[0]):
    study, folder = snakemake.params.study, Path(snakemake.params.folder)
    questionnaires = [snakemake.input.instrument, *snakemake.input.others]
    files = [*snakemake.input.definitions, *questionnaires, *snakemake.input.raw]
    origin = provenance({path: Path(path).read_bytes() for path in files}, study)
    tables = load_tables(snakemake.input.tables)
    instrument, *others = map(load_instrument, questionnaires)
    parts = (tables, instrument, study, snakemake.params.plan, origin, others)
    tasks = {language: (rendered, (language, *parts)) for language in study["languages"]}
    for made in run(tasks, snakemake.threads).values():
        for name, content in made.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    text = json.dumps(origin, ensure_ascii=False, indent=2) + "\n"
    Path(snakemake.output.provenance).write_text(text, encoding="utf-8", newline="\n")
    Path(snakemake.output.dictionary).write_bytes(write_csv(dictionary(load_columns())))
