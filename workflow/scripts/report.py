"""Render the report in every language of the study, from result tables only."""

import json
from pathlib import Path

import pandas as pd

from common import load_instrument, logged
from coproduction.provenance import provenance
from coproduction.report.page import render
from coproduction.tables import read_csv

TABLES = "flow quality reliability item_statistics sample models coefficients effects verdicts"

with logged(snakemake.log[0]):
    study = snakemake.params.study
    files = [*snakemake.input.definitions, snakemake.input.instrument, *snakemake.input.raw]
    origin = provenance({path: Path(path).read_bytes() for path in files}, study)
    tables = {name: read_csv(Path(snakemake.input[name]).read_bytes()) for name in TABLES.split()}
    findings = [read_csv(Path(path).read_bytes()) for path in snakemake.input.findings]
    tables["findings"] = pd.concat(findings, ignore_index=True)
    instrument = load_instrument(snakemake.input.instrument)
    for language, path in zip(study["languages"], snakemake.output.pages, strict=True):
        page = render(language, tables, instrument, study, snakemake.params.plan, origin)
        Path(path).write_text(page, encoding="utf-8", newline="\n")
    text = json.dumps(origin, ensure_ascii=False, indent=2) + "\n"
    Path(snakemake.output.provenance).write_text(text, encoding="utf-8", newline="\n")
