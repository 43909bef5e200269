"""Compute reliability and item statistics of every scale, and describe the sample."""

from pathlib import Path

from common import load_instrument, logged
from coproduction.measurement.scales import measure
from coproduction.tables import read_parquet, write_csv

with logged(snakemake.log[0]):
    measured = measure(
        read_parquet(Path(snakemake.input.scores).read_bytes()),
        read_parquet(Path(snakemake.input.nonresponse).read_bytes()),
        load_instrument(snakemake.input.instrument),
        snakemake.params.plan,
    )
    for name in ("reliability", "item_statistics", "sample"):
        Path(snakemake.output[name]).write_bytes(write_csv(getattr(measured, name)))
