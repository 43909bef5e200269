"""Draw some surveys of a planned design and analyse them from raw export to verdict."""

import json
from pathlib import Path

from common import SCHEMAS, step
from coproduction.plan.plan import read_plan
from coproduction.planning.designs import scenario_of
from coproduction.planning.settings import read_planning
from coproduction.planning.summary import planned
from coproduction.scenarios.batch import Analysed, batch
from coproduction.scenarios.truths import scenario_truth
from coproduction.simulation.generator import prepare
from coproduction.tables import write_table
from scenario_files import load_scenarios
from truths import load_questionnaires, load_truth

with step(snakemake) as read:
    params, wildcards = snakemake.params, snakemake.wildcards
    plan, planning = read_plan(params.plan), read_planning(params.settings["planning"])
    main, sheet = load_questionnaires(params.files, read)
    truth, rules = load_truth(params.files, read), f"{SCHEMAS}/truth.schema.json"
    scenarios = load_scenarios(params.files, plan, read)
    base = scenarios[planning.scenario] if planning.scenario else None
    (design,) = (each for each in planning.designs if each.id == wildcards.design)
    scenario = scenario_of(design, base, truth.data)
    known = scenario_truth(scenario, truth, json.loads(read(rules)), main, sheet)
    instruments = (main, *filter(None, [sheet]))
    study = Analysed(params.settings, planned(plan, planning), instruments, params.imputations)
    numbers = range(int(wildcards.first), int(wildcards.last) + 1)
    table = batch(study, prepare(known, main, sheet), params.seed, numbers)
    table.insert(0, "design", design.id)
    Path(snakemake.output.table).write_bytes(write_table(table, synthetic=True))
