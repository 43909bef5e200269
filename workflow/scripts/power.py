"""Put the surveys of all planned designs together, and tell the power of their verdicts."""

from pathlib import Path

from common import load_instrument, step, write_tables
from coproduction.dictionary import read_table
from coproduction.plan.plan import read_plan
from coproduction.planning.settings import read_planning
from coproduction.planning.summary import EXPECTED, cheapest, power_of_verdicts
from coproduction.report.power import compose_planning
from coproduction.report.renderers.html import html
from coproduction.scenarios.joining import joined
from coproduction.scenarios.summary import HELD

with step(snakemake) as read:
    given, params, study = snakemake.input, snakemake.params, snakemake.params.study
    plan, planning = read_plan(params.plan), read_planning(params.planning)
    designs = read_table("planning/designs.csv", read(given.designs))
    formula = read_table("planning/formula.csv", read(given.formula))
    replicates = joined("planning/replicates.csv", map(read, given.replicates))
    power = power_of_verdicts(replicates, planning)
    write_tables(
        snakemake.output.tables, {"replicates": replicates, "power": power}, synthetic=True
    )
    expected = power[power["quantity"] == EXPECTED]
    chosen = cheapest(designs, expected.assign(reached=expected["judgement"] == HELD))
    instrument = load_instrument(params.files["instrument"][0], read)
    for language, page in zip(study["languages"], snakemake.output.pages, strict=True):
        document = compose_planning(
            *(language, designs, formula, planning, instrument, study, plan, chosen),
            power=power,
            imputations=params.imputations,
        )
        Path(page).write_text(html(document), encoding="utf-8", newline="\n")
