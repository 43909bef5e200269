"""Write the verdicts with what is said against them, once models are fitted and scales judged."""

from common import step, write_tables
from coproduction.dictionary import read_tables
from coproduction.inference.objections.objections import objections, with_objections
from coproduction.plan.plan import read_plan
from coproduction.steps.provenance import stamp
from coproduction.tables import read_parquet

with step(snakemake) as read:
    given, params = snakemake.input, snakemake.params
    decided = read_parquet(read(given.decisions))
    tables = read_tables(given.tables, read)
    found = objections(decided, tables, read_plan(params.plan))
    plan = stamp(read(params.files["plan"][0]))
    told = {"verdicts": with_objections(decided, found), "objections": found.assign(plan=plan)}
    write_tables(snakemake.output.tables, told, snakemake.params.synthetic)
