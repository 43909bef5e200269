"""Draw some replicates of a scenario and analyse them from raw export to verdict."""

from pathlib import Path

from common import step
from coproduction.plan.plan import read_plan
from coproduction.scenarios.batch import Analysed, batch
from coproduction.tables import write_table
from scenario_files import load_scenario

with step(snakemake) as read:
    params, wildcards = snakemake.params, snakemake.wildcards
    plan = read_plan(params.plan)
    instruments, generator = load_scenario(wildcards.scenario, params.files, plan, read)
    study = Analysed(params.settings, plan, instruments, params.imputations)
    numbers = range(int(wildcards.first), int(wildcards.last) + 1)
    table = batch(study, generator, params.seed, numbers)
    table.insert(0, "scenario", wildcards.scenario)
    Path(snakemake.output.table).write_bytes(write_table(table, synthetic=True))
