"""Make the release file in four formats, its variables, and the disclosure report."""

from pathlib import Path

from common import load_instrument, load_key, load_numbers, step, write_tables
from coproduction.dictionary import read_tables
from coproduction.errors import StudyError
from coproduction.private import write_private
from coproduction.pseudonyms import secret_generator
from coproduction.release.deidentify import deidentify
from coproduction.release.files import write_dta, write_sav
from coproduction.release.variables import describe, variables
from coproduction.small_cells import hidden_cells
from coproduction.tables import read_parquet, write_csv, write_parquet

with step(snakemake) as read:
    given, params = snakemake.input, snakemake.params
    folder = Path(snakemake.output.files[0]).parent
    if not params.rules:
        raise StudyError(
            "study.yaml has no `release` block; name there the items that together could tell who "
            "somebody is (`quasi_identifiers`)."
        )
    instrument = load_instrument(params.files["instrument"][0], read)
    responses, scores = (read_parquet(read(given[name])) for name in ("responses", "scores"))
    (counts,) = read_tables([given.frequencies], read).values()
    released = deidentify(
        responses,
        scores,
        instrument,
        params.rules,
        secret_generator(load_key(params.key, params.seed), "release"),
        load_numbers(given.numbers, read),
        hidden_cells(counts),
        params.minimum,
        params.synthetic,
    )
    described = variables(released.table, instrument)
    file = folder / instrument.id
    file.with_suffix(".parquet").write_bytes(write_parquet(released.table))
    file.with_suffix(".csv").write_bytes(write_csv(released.table))
    file.with_suffix(".sav").write_bytes(write_sav(released.table, described, instrument))
    file.with_suffix(".dta").write_bytes(write_dta(released.table, described, instrument))
    results = {**vars(released), "variables": describe(described, instrument)}
    write_tables(snakemake.output.tables, results)
    write_private(snakemake.output.released_key, write_csv(released.key))
