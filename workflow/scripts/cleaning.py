"""Decide which rows are analysed, record every finding, and score the scales."""

from pathlib import Path

from common import load_instrument, load_key, step, write_tables
from coproduction.cleaning.corrections import read_corrections
from coproduction.cleaning.dispositions import read_contacts
from coproduction.cleaning.links import read_links
from coproduction.cleaning.study import Beside, clean_study
from coproduction.instrument.codebook import codebook_html
from coproduction.intake.confidential import rejoin
from coproduction.privacy.private import write_private
from coproduction.tables import read_parquet, write_parquet
from coproduction.weighting.margins import read_margins
from coproduction.weighting.rules import weight_rules

TABLES = ("responses", "scores", "nonresponse", "retest", "communities")

with step(snakemake) as read:
    given, output, params = snakemake.input, snakemake.output, snakemake.params
    files = {name: paths[0] for name, paths in params.files.items()}
    instrument = load_instrument(files["instrument"], read)
    weights = weight_rules(params.weights, instrument.by_id)
    beside = {"weights": weights}
    if file := files.get("corrections"):
        beside["corrections"] = read_corrections(read(file), file)
    if file := files.get("links"):
        beside["links"] = read_links(read(file), file)
    if file := files.get("contacts"):
        codes = params.rules["contacts"]["dispositions"]
        further = () if weights is None else weights.of_log
        beside["contacts"] = read_contacts(read(file), file, codes, further)
    if file := files.get("margins"):
        beside["margins"] = read_margins(read(file), file)
    if file := files.get("sheet"):
        beside["sheet"] = load_instrument(file, read)
        sheets = (read_parquet(read(given[name])) for name in ("sheets", "sheets_apart"))
        beside["sheets"] = rejoin(*sheets)
    cleaned = clean_study(
        rejoin(*(read_parquet(read(given[name])) for name in ("responses", "apart"))),
        instrument,
        params.rules,
        Beside(**beside),
        params.clusters,
        load_key(params.key, params.seed),
        params.minimum,
        params.synthetic,
    )
    for name in TABLES:
        if path := output.get(name):
            Path(path).write_bytes(write_parquet(getattr(cleaned, name)))
    for language, page in zip(instrument.languages, output.codebooks, strict=True):
        text = codebook_html(instrument, language, cleaned.frequencies, params.synthetic)
        Path(page).write_text(text, encoding="utf-8", newline="\n")
    write_private(output.numbers, write_parquet(cleaned.numbers))
    write_tables(output.tables, vars(cleaned), params.synthetic)
