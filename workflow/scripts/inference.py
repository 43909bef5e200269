"""Fit the planned models, compute their effects and the verdict of every hypothesis."""

from dataclasses import fields
from pathlib import Path

from common import logged
from coproduction.inference.analysis import analyse
from coproduction.provenance import stamp
from coproduction.tables import read_parquet, write_csv

with logged(snakemake.log[0]):
    given, params = snakemake.input, snakemake.params
    scores = read_parquet(Path(given.scores).read_bytes())
    file = given.get("sheets")
    sheets = read_parquet(Path(file).read_bytes()) if file else None
    analysed = analyse(scores, params.plan, params.seed, sheets, params.constructs)
    plan = stamp(Path(given.plan).read_bytes())
    for table in fields(analysed):
        data = write_csv(getattr(analysed, table.name).assign(plan=plan))
        Path(snakemake.output[table.name]).write_bytes(data)
