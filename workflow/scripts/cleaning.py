"""Decide which rows are analysed, record every finding, and score the scales."""

from pathlib import Path

import pandas as pd

from common import load_instrument, load_key, step, write_tables
from coproduction.cleaning.clean import check_synthetic, clean
from coproduction.cleaning.communities import communities
from coproduction.cleaning.corrections import apply_corrections, read_corrections
from coproduction.cleaning.dispositions import read_contacts, reconcile
from coproduction.cleaning.exclusions import ANALYSED
from coproduction.cleaning.findings import join
from coproduction.cleaning.frequencies import frequencies
from coproduction.cleaning.links import read_links
from coproduction.cleaning.response_rates import no_rates, response_rates
from coproduction.instrument.codebook import codebook_html
from coproduction.intake.confidential import hold_apart, redact, rejoin, split
from coproduction.private import write_private
from coproduction.pseudonyms import codes_of, neutral_findings, number_table, pseudonyms
from coproduction.receipts import Reader
from coproduction.small_cells import hide_flagged
from coproduction.tables import read_parquet, write_parquet


def whole(table: str, apart: str, read: Reader) -> pd.DataFrame:
    """Read a response table together with what is held apart from it."""
    return rejoin(*(read_parquet(read(file)) for file in (table, apart)))


with step(snakemake) as read:
    files = {name: paths[0] for name, paths in snakemake.params.files.items()}
    given, output, rules = snakemake.input, snakemake.output, snakemake.params.rules
    findings = []
    instrument = load_instrument(files["instrument"], read)
    responses = whole(given.responses, given.apart, read)
    if file := files.get("corrections"):
        corrections = read_corrections(read(file), file)
        responses, found = apply_corrections(responses, corrections, instrument, file)
        findings.append(redact(found, instrument, responses))
    links = None
    if file := files.get("links"):
        links = read_links(read(file), file)
        check_synthetic(links, snakemake.params.synthetic)
    cleaned = clean(responses, instrument, rules, links)
    findings.append(redact(cleaned.findings, instrument, responses))
    clusters = set(snakemake.params.clusters)
    codes = codes_of(cleaned.responses, clusters, instrument.missing_values)
    results = {"flow": cleaned.flow, "response_rates": no_rates()}
    if file := files.get("contacts"):
        log = rules["contacts"]
        contacts = read_contacts(read(file), file, log["dispositions"])
        check_synthetic(contacts, snakemake.params.synthetic)
        contacts, found = reconcile(contacts, cleaned.responses)
        findings.append(found)
        results["response_rates"] = response_rates(
            contacts, log.get("open_frames", ()), log.get("eligibility")
        )
    if file := given.get("sheets"):
        sheet = load_instrument(files["sheet"], read)
        sheets = whole(file, given.sheets_apart, read)
        known = communities(sheets, sheet, cleaned.responses, instrument)
        findings.append(redact(redact(known.findings, sheet), instrument, responses))
        clusters |= {item.id for item in sheet.with_role("cluster")}
        codes += [code for item in sheet.with_role("cluster") for code in known.table[item.id]]
        Path(output.communities).write_bytes(write_parquet(known.table))
        results["informants"] = known.informants
    tables = {
        "responses": split(cleaned.responses, instrument)[0],
        "scores": hold_apart(cleaned.scores, instrument),
        "nonresponse": cleaned.nonresponse,
    }
    if "retest" in rules:
        tables["retest"] = cleaned.retest
    for name, table in tables.items():
        Path(output[name]).write_bytes(write_parquet(table))
    analysed = cleaned.responses[cleaned.responses["status"] == ANALYSED]
    counts = frequencies(analysed, cleaned.nonresponse, instrument, snakemake.params.minimum)
    for language, page in zip(instrument.languages, output.codebooks, strict=True):
        text = codebook_html(instrument, language, counts, snakemake.params.synthetic)
        Path(page).write_text(text, encoding="utf-8", newline="\n")
    numbers = pseudonyms(codes, load_key(snakemake.params.key, snakemake.params.seed))
    write_private(output.numbers, write_parquet(number_table(numbers)))
    results |= {
        "frequencies": counts,
        "quality": hide_flagged(cleaned.quality, snakemake.params.minimum),
        "findings": neutral_findings(join(findings), clusters, numbers),
    }
    write_tables(output.tables, results)
