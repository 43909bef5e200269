"""Decide which rows are analysed, record every finding, and score the scales."""

from pathlib import Path

from common import load_instrument, logged
from coproduction.cleaning.clean import check_synthetic, clean
from coproduction.cleaning.communities import communities
from coproduction.cleaning.corrections import apply_corrections, read_corrections
from coproduction.cleaning.dispositions import read_contacts, reconcile
from coproduction.cleaning.findings import join
from coproduction.cleaning.response_rates import no_rates, response_rates
from coproduction.tables import read_parquet, write_csv, write_parquet

with logged(snakemake.log[0]):
    given, output, rules = snakemake.input, snakemake.output, snakemake.params.rules
    findings = []
    instrument = load_instrument(given.instrument)
    responses = read_parquet(Path(given.responses).read_bytes())
    if file := given.get("corrections"):
        corrections = read_corrections(Path(file).read_bytes(), file)
        responses, found = apply_corrections(responses, corrections, instrument, file)
        findings.append(found)
    cleaned = clean(responses, instrument, rules)
    findings.append(cleaned.findings)
    rates = no_rates()
    if file := given.get("contacts"):
        log = rules["contacts"]
        contacts = read_contacts(Path(file).read_bytes(), file, log["dispositions"])
        check_synthetic(contacts, snakemake.params.synthetic)
        contacts, found = reconcile(contacts, cleaned.responses)
        findings.append(found)
        rates = response_rates(contacts, log.get("open_frames", ()), log.get("eligibility"))
    if file := given.get("sheets"):
        sheets = read_parquet(Path(file).read_bytes())
        sheet = load_instrument(given.sheet)
        known = communities(sheets, sheet, cleaned.responses, instrument)
        findings.append(known.findings)
        Path(output.communities).write_bytes(write_parquet(known.table))
        Path(output.informants).write_bytes(write_csv(known.informants))
    for name in ("responses", "scores", "nonresponse"):
        Path(output[name]).write_bytes(write_parquet(getattr(cleaned, name)))
    for name in ("flow", "quality"):
        Path(output[name]).write_bytes(write_csv(getattr(cleaned, name)))
    Path(output.findings).write_bytes(write_csv(join(findings)))
    Path(output.response_rates).write_bytes(write_csv(rates))
