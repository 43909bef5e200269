"""Judge whether the items measure the constructs, and describe the sample."""

from dataclasses import fields, replace
from pathlib import Path

from common import load_instrument, load_tables, step
from coproduction.measurement.hidden import hide_in_items, hide_in_sample
from coproduction.measurement.tables import Measurement, measure
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
    (counts,) = load_tables([snakemake.input.frequencies], read).values()
    measured = replace(
        measured,
        item_statistics=hide_in_items(measured.item_statistics, counts),
        sample=hide_in_sample(measured.sample, counts, snakemake.params.minimum),
    )
    for table in fields(Measurement):
        Path(snakemake.output[table.name]).write_bytes(write_csv(getattr(measured, table.name)))
