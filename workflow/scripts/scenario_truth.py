"""Compute the true values of the planned estimands in a scenario."""

from pathlib import Path

from common import step
from coproduction.intake.synthetic import SIMULATOR
from coproduction.plan.plan import read_plan
from coproduction.simulation.estimands.true_values import true_values
from coproduction.tables import write_table
from scenario_files import load_scenario

with step(snakemake) as read:
    params, name = snakemake.params, snakemake.wildcards.scenario
    plan = read_plan(params.plan)
    _, generator = load_scenario(name, params.files, plan, read)
    table = true_values(generator, plan, params.persons).assign(submitted_by=SIMULATOR)
    table.insert(0, "scenario", name)
    Path(snakemake.output.table).write_bytes(write_table(table, synthetic=True))
