"""Put the replicates of all scenarios together, summarise them, and draw what they say."""

from pathlib import Path

from common import load_instrument, step, write_tables
from coproduction.errors import StudyError
from coproduction.plan.plan import read_plan
from coproduction.report.known_truths import compose_known_truths
from coproduction.report.renderers.html import html
from coproduction.scenarios.joining import joined
from coproduction.scenarios.summary import summary
from coproduction.steps.provenance import stamp
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
    found = summary(replicates, truths, scenarios, plan)
    tables = {
        "replicates": replicates,
        "true_values": truths,
        "summary": found.assign(plan=stamp(read(params.files["plan"][0]))),
    }
    write_tables(snakemake.output.tables, tables, synthetic=True)
    instrument, study = load_instrument(params.files["instrument"][0], read), params.study
    named = {name: {"label": each.label, "why": each.why} for name, each in scenarios.items()}
    for language, page in zip(study["languages"], snakemake.output.pages, strict=True):
        document = compose_known_truths(
            *(language, found, named, instrument, study, plan),
            persons=params.persons,
            imputations=params.imputations,
        )
        Path(page).write_text(html(document), encoding="utf-8", newline="\n")
