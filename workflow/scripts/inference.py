"""Fit the planned models, compute their effects and the verdict of every hypothesis."""

from pathlib import Path

from common import logged
from coproduction.inference.analysis import analyse
from coproduction.tables import read_parquet, write_csv

with logged(snakemake.log[0]):
    scores = read_parquet(Path(snakemake.input.scores).read_bytes())
    analysed = analyse(scores, snakemake.params.plan)
    for name in ("models", "coefficients", "effects", "verdicts"):
        Path(snakemake.output[name]).write_bytes(write_csv(getattr(analysed, name)))
