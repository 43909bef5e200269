"""Fit the planned models, compute their effects and the verdict of every hypothesis."""

from dataclasses import fields, replace
from pathlib import Path

from common import load_numbers, step
from coproduction.inference.analysis import analyse
from coproduction.inference.hidden import hide_groups, hide_points
from coproduction.provenance import stamp
from coproduction.pseudonyms import neutral
from coproduction.tables import read_parquet, write_csv

with step(snakemake) as read:
    given, params = snakemake.input, snakemake.params
    scores = read_parquet(read(given.scores))
    file = given.get("sheets")
    sheets = read_parquet(read(file)) if file else None
    analysed = analyse(scores, params.plan, params.seed, sheets, params.constructs)
    analysed = replace(
        analysed,
        group_means=hide_groups(analysed.group_means, params.minimum, ["description"]),
        community_points=hide_points(analysed.community_points, params.minimum),
    )
    plan = stamp(read(params.files["plan"][0]))
    numbers = load_numbers(given.numbers, read)
    for table in fields(analysed):
        told = neutral(getattr(analysed, table.name), params.clusters, numbers)
        data = write_csv(told.assign(plan=plan))
        Path(snakemake.output[table.name]).write_bytes(data)
