"""Fit the planned models, compute their effects and the verdict of every hypothesis."""

from dataclasses import replace
from pathlib import Path

from common import load_instrument, load_numbers, step, write_tables
from coproduction.dictionary import read_tables
from coproduction.inference.analysis import analyse
from coproduction.inference.completed import Answers
from coproduction.inference.hidden import (
    hide_chains,
    hide_compared,
    hide_groups,
    hide_imputed,
    hide_points,
    hide_shifted,
)
from coproduction.instrument.item_scales import read_scales
from coproduction.plan.plan import read_plan
from coproduction.privacy.pseudonyms import neutral
from coproduction.steps.provenance import stamp
from coproduction.tables import read_parquet, write_parquet
from coproduction.weighting.rules import sample_rows, weight_rules

with step(snakemake) as read:
    given, params = snakemake.input, snakemake.params
    scores = read_parquet(read(given.scores))
    file = given.get("sheets")
    sheets = read_parquet(read(file)) if file else None
    (flow,) = read_tables([given.flow], read).values()
    instrument = load_instrument(params.files["instrument"][0], read)
    analysed = analyse(
        scores,
        read_plan(params.plan),
        params.seed,
        sheets,
        read_scales(params.scales),
        int(flow["n_remaining"].iloc[0]),
        Answers(
            instrument,
            read_parquet(read(given.nonresponse)),
        ),
        snakemake.threads,
        sample_rows(scores, weight_rules(params.weights, instrument.by_id)),
    )
    analysed = replace(
        analysed,
        group_means=hide_groups(analysed.group_means, params.minimum, ["description"]),
        community_points=hide_points(analysed.community_points, params.minimum),
        left_out=hide_compared(analysed.left_out, params.minimum),
        imputation=hide_imputed(analysed.imputation, params.minimum),
        imputation_chains=hide_chains(
            analysed.imputation_chains, analysed.imputation, params.minimum
        ),
        shifted_answers=hide_shifted(analysed.shifted_answers, params.minimum),
        tipping_points=hide_shifted(analysed.tipping_points, params.minimum),
    )
    plan = stamp(read(params.files["plan"][0]))
    numbers = load_numbers(given.numbers, read)
    told = {
        name: neutral(table, params.clusters, numbers).assign(plan=plan)
        for name, table in vars(analysed).items()
    }
    write_tables(snakemake.output.tables, told, params.synthetic)
    Path(snakemake.output.decisions).write_bytes(write_parquet(told["verdicts"]))
