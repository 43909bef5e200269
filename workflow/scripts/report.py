"""Render the report in every language and format of the study, from result tables only."""

import json
from pathlib import Path

from common import load_columns, load_instrument, load_tables, logged
from coproduction.provenance import provenance
from coproduction.report.document import compose
from coproduction.report.html import html
from coproduction.tables import dictionary, write_csv

with logged(snakemake.log[0]):
    study = snakemake.params.study
    files = [*snakemake.input.definitions, snakemake.input.instrument, *snakemake.input.raw]
    origin = provenance({path: Path(path).read_bytes() for path in files}, study)
    tables = load_tables(snakemake.input.tables)
    instrument = load_instrument(snakemake.input.instrument)
    for language, path in zip(study["languages"], snakemake.output.pages, strict=True):
        document = compose(language, tables, instrument, study, snakemake.params.plan, origin)
        Path(path).write_text(html(document), encoding="utf-8", newline="\n")
    text = json.dumps(origin, ensure_ascii=False, indent=2) + "\n"
    Path(snakemake.output.provenance).write_text(text, encoding="utf-8", newline="\n")
    Path(snakemake.output.dictionary).write_bytes(write_csv(dictionary(load_columns())))
