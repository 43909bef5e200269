"""Render the report in every language of the study, from result tables only."""

import json
from pathlib import Path

import pandas as pd

from common import load_columns, load_instrument, load_tables, logged
from coproduction.provenance import provenance
from coproduction.report.page import render
from coproduction.tables import dictionary, write_csv

TABLES = "flow quality reliability item_statistics sample models coefficients effects verdicts"

with logged(snakemake.log[0]):
    study = snakemake.params.study
    files = [*snakemake.input.definitions, snakemake.input.instrument, *snakemake.input.raw]
    origin = provenance({path: Path(path).read_bytes() for path in files}, study)
    names = TABLES.split()
    loaded = load_tables(snakemake.input[name] for name in names)
    tables = dict(zip(names, loaded, strict=True))
    tables["findings"] = pd.concat(load_tables(snakemake.input.findings), ignore_index=True)
    instrument = load_instrument(snakemake.input.instrument)
    for language, path in zip(study["languages"], snakemake.output.pages, strict=True):
        page = render(language, tables, instrument, study, snakemake.params.plan, origin)
        Path(path).write_text(page, encoding="utf-8", newline="\n")
    text = json.dumps(origin, ensure_ascii=False, indent=2) + "\n"
    Path(snakemake.output.provenance).write_text(text, encoding="utf-8", newline="\n")
    Path(snakemake.output.dictionary).write_bytes(write_csv(dictionary(load_columns())))
