"""Judge whether the items measure the constructs, and describe the sample."""

from dataclasses import fields
from pathlib import Path

from common import load_instrument, step
from coproduction.measurement.scales import Measurement, measure
from coproduction.tables import read_parquet, write_csv

with step(snakemake) as read:
    file = snakemake.input.get("again")
    measured = measure(
        read_parquet(read(snakemake.input.scores)),
        read_parquet(read(snakemake.input.nonresponse)),
        load_instrument(snakemake.params.files["instrument"][0], read),
        snakemake.params.plan,
        snakemake.params.seed,
        snakemake.threads,
        read_parquet(read(file)) if file else None,
    )
    for table in fields(Measurement):
        Path(snakemake.output[table.name]).write_bytes(write_csv(getattr(measured, table.name)))
