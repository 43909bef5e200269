"""Compute the true values of the planned estimands from the study's truth file."""

from pathlib import Path

from common import step
from coproduction.plan.plan import read_plan
from coproduction.simulation.estimands.true_values import true_values
from coproduction.simulation.fieldwork import SIMULATOR
from coproduction.tables import write_csv
from truths import load_generator

with step(snakemake) as read:
    generator = load_generator(snakemake.params.files, read)
    table = true_values(generator, read_plan(snakemake.params.plan))
    Path(snakemake.output.table).write_bytes(write_csv(table.assign(submitted_by=SIMULATOR)))
