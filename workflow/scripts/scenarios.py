"""Put the replicates of all scenarios together and summarise them."""

from common import step, write_tables
from coproduction.errors import StudyError
from coproduction.plan.plan import read_plan
from coproduction.scenarios.joining import joined
from coproduction.scenarios.summary import summary
from scenario_files import load_scenarios

with step(snakemake) as read:
    given, params = snakemake.input, snakemake.params
    if not params.files["scenarios"]:
        raise StudyError(
            f"{params.folder}/ holds no scenario: put a file NAME.yaml there for each known truth; "
            "its keys stand in the manual."
        )
    plan = read_plan(params.plan)
    scenarios = load_scenarios(params.files, plan, read)
    replicates = joined("scenarios/replicates.csv", map(read, given.replicates))
    truths = joined("scenarios/true_values.csv", map(read, given.true_values))
    tables = {
        "replicates": replicates,
        "true_values": truths,
        "summary": summary(replicates, truths, scenarios, plan),
    }
    write_tables(snakemake.output.tables, tables)
