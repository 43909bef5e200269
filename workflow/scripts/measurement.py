"""Judge whether the items measure the constructs, and describe the sample."""

from dataclasses import replace

from common import load_instrument, step, write_tables
from coproduction.dictionary import read_tables
from coproduction.measurement.hidden import hide_in_items, hide_in_sample
from coproduction.measurement.tables import measure
from coproduction.plan.plan import read_plan
from coproduction.tables import read_parquet
from coproduction.weighting.rules import sample_rows, weight_rules

with step(snakemake) as read:
    file, plan = snakemake.input.get("again"), read_plan(snakemake.params.plan)
    scores = read_parquet(read(snakemake.input.scores))
    instrument = load_instrument(snakemake.params.files["instrument"][0], read)
    measured = measure(
        scores,
        read_parquet(read(snakemake.input.nonresponse)),
        instrument,
        plan.measurement,
        snakemake.params.seed,
        snakemake.threads,
        read_parquet(read(file)) if file else None,
        plan.flagged_rows,
        sample_rows(scores, weight_rules(snakemake.params.weights, instrument.by_id)),
    )
    (counts,) = read_tables([snakemake.input.frequencies], read).values()
    measured = replace(
        measured,
        items=hide_in_items(measured.items, counts),
        sample=hide_in_sample(measured.sample, counts, snakemake.params.minimum),
    )
    write_tables(snakemake.output.tables, vars(measured), snakemake.params.synthetic)
