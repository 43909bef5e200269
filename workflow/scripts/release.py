"""Make the release file in four formats, its variables, and the disclosure report."""

from pathlib import Path

from common import load_instrument, load_key, load_numbers, step, write_tables
from coproduction.dictionary import read_tables
from coproduction.privacy.private import write_private
from coproduction.privacy.pseudonyms import secret_generator
from coproduction.privacy.small_cells import hidden_cells
from coproduction.release.deidentify import deidentify
from coproduction.release.files import write_release
from coproduction.release.variables import describe, variables
from coproduction.tables import read_parquet, write_csv

with step(snakemake) as read:
    given, output, params = snakemake.input, snakemake.output, snakemake.params
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
    files = write_release(released.table, described, instrument)
    for path in map(Path, output.files):
        path.write_bytes(files[path.suffix.removeprefix(".")])
    write_tables(
        output.tables,
        {**vars(released), "variables": describe(described, instrument)},
        params.synthetic,
    )
    write_private(output.released_key, write_csv(released.key))
