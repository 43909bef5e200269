"""Read every raw export of the study into one canonical table per questionnaire."""

from pathlib import Path

import pandas as pd

from common import load_instrument, logged
from coproduction.cleaning.clean import check_synthetic
from coproduction.intake.canonical import combine
from coproduction.intake.readers import READERS
from coproduction.tables import write_csv, write_parquet

with logged(snakemake.log[0]):
    folder = Path(snakemake.params.folder)
    findings = []
    for path in snakemake.input[: -len(snakemake.input.raw)]:
        instrument = load_instrument(path)
        parts = []
        for source in snakemake.params.sources:
            if source["instrument"] != instrument.id:
                continue
            for file in source["files"]:
                raw = Path(snakemake.params.raw, file)
                part = READERS[source["platform"]](
                    raw.read_bytes(),
                    instrument,
                    str(raw),
                    mode=source.get("mode"),
                    ignore_columns=source.get("ignore_columns", ()),
                    absent_items=source.get("absent_items", ()),
                )
                parts.append(part)
        responses = combine([part.responses for part in parts])
        check_synthetic(responses, snakemake.params.synthetic)
        findings.extend(part.findings for part in parts)
        (folder / f"{instrument.id}.parquet").write_bytes(write_parquet(responses))
    Path(snakemake.output.findings).write_bytes(write_csv(pd.concat(findings)))
