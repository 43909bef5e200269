"""Decide which rows are analysed, record every finding, and score the scales."""

from pathlib import Path

from common import load_instrument, logged
from coproduction.cleaning.clean import clean
from coproduction.tables import read_parquet, write_csv, write_parquet

with logged(snakemake.log[0]):
    responses = read_parquet(Path(snakemake.input.responses).read_bytes())
    cleaned = clean(responses, load_instrument(snakemake.input.instrument), snakemake.params.rules)
    for name in ("responses", "scores", "nonresponse"):
        Path(snakemake.output[name]).write_bytes(write_parquet(getattr(cleaned, name)))
    for name in ("findings", "flow", "quality"):
        Path(snakemake.output[name]).write_bytes(write_csv(getattr(cleaned, name)))
