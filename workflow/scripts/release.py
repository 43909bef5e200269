"""Make the release file in four formats, its variables, and the disclosure report."""

from pathlib import Path

from common import load_instrument, step
from coproduction.errors import StudyError
from coproduction.release.deidentify import deidentify, secret_generator
from coproduction.release.files import write_dta, write_sav
from coproduction.release.variables import describe, variables
from coproduction.tables import read_parquet, write_csv, write_parquet

with step(snakemake) as read:
    given, params, folder = snakemake.input, snakemake.params, Path(snakemake.params.folder)
    if not params.rules:
        raise StudyError(
            "study.yaml has no `release` block; name there the items that together could tell who "
            "somebody is (`quasi_identifiers`)."
        )
    instrument = load_instrument(params.files["instrument"][0], read)
    responses, scores = (read_parquet(read(given[name])) for name in ("responses", "scores"))
    generator = secret_generator(params.seed, read(given.apart))
    released = deidentify(responses, scores, instrument, params.rules, generator, params.synthetic)
    described = variables(released.table, instrument)
    file = folder / instrument.id
    file.with_suffix(".parquet").write_bytes(write_parquet(released.table))
    file.with_suffix(".csv").write_bytes(write_csv(released.table))
    file.with_suffix(".sav").write_bytes(write_sav(released.table, described, instrument))
    file.with_suffix(".dta").write_bytes(write_dta(released.table, described, instrument))
    for name in ("changes", "anonymity", "small_cells"):
        (folder / f"{name}.csv").write_bytes(write_csv(getattr(released, name)))
    (folder / "variables.csv").write_bytes(write_csv(describe(described, instrument)))
    Path(snakemake.output.key).write_bytes(write_csv(released.key))
