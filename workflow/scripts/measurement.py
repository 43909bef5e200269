"""Judge whether the items measure the constructs, and describe the sample."""

from dataclasses import fields
from pathlib import Path

from common import load_instrument, logged
from coproduction.measurement.scales import Measurement, measure
from coproduction.tables import read_parquet, write_csv

with logged(snakemake.log[0]):
    file = snakemake.input.get("again")
    measured = measure(
        read_parquet(Path(snakemake.input.scores).read_bytes()),
        read_parquet(Path(snakemake.input.nonresponse).read_bytes()),
        load_instrument(snakemake.input.instrument),
        snakemake.params.plan,
        snakemake.params.seed,
        snakemake.threads,
        read_parquet(Path(file).read_bytes()) if file else None,
    )
    for table in fields(Measurement):
        Path(snakemake.output[table.name]).write_bytes(write_csv(getattr(measured, table.name)))
