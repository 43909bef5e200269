"""Judge whether the items measure the constructs, and describe the sample."""

from dataclasses import replace

from common import load_instrument, step, write_tables
from coproduction.dictionary import read_tables
from coproduction.measurement.hidden import hide_in_items, hide_in_sample
from coproduction.measurement.tables import measure
from coproduction.plan.plan import read_plan
from coproduction.tables import read_parquet

with step(snakemake) as read:
    file, plan = snakemake.input.get("again"), read_plan(snakemake.params.plan)
    measured = measure(
        read_parquet(read(snakemake.input.scores)),
        read_parquet(read(snakemake.input.nonresponse)),
        load_instrument(snakemake.params.files["instrument"][0], read),
        plan.measurement,
        snakemake.params.seed,
        snakemake.threads,
        read_parquet(read(file)) if file else None,
        plan.flagged_rows,
    )
    (counts,) = read_tables([snakemake.input.frequencies], read).values()
    measured = replace(
        measured,
        items=hide_in_items(measured.items, counts),
        sample=hide_in_sample(measured.sample, counts, snakemake.params.minimum),
    )
    write_tables(snakemake.output.tables, vars(measured), snakemake.params.synthetic)
