"""Tell by formula what the planned designs cost and can detect."""

from pathlib import Path

from common import load_instrument, step, write_tables
from coproduction.errors import StudyError
from coproduction.plan.plan import read_plan
from coproduction.planning.formula import by_formula, costs
from coproduction.planning.settings import read_planning
from coproduction.planning.summary import cheapest
from coproduction.report.power import compose_planning
from coproduction.report.renderers.html import html

with step(snakemake) as read:
    params, study = snakemake.params, snakemake.params.study
    if params.planning is None:
        raise StudyError(
            f"{params.folder}/study.yaml plans no survey: name the designs in a block `planning`; "
            "its keys stand in the manual."
        )
    plan, planning = read_plan(params.plan), read_planning(params.planning)
    designs = costs(planning)
    formula = by_formula(planning, {each.id: each.smallest_effect for each in plan.hypotheses})
    tables = {"designs": designs, "formula": formula}
    write_tables(snakemake.output.tables, tables, synthetic=True)
    reached = formula.assign(reached=formula["power_at_smallest_effect"] >= planning.power)
    chosen = cheapest(designs, reached)
    instrument = load_instrument(params.files["instrument"][0], read)
    for language, page in zip(study["languages"], snakemake.output.pages, strict=True):
        document = compose_planning(
            *(language, designs, formula, planning, instrument, study, plan, chosen)
        )
        Path(page).write_text(html(document), encoding="utf-8", newline="\n")
