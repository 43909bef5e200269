"""Read every raw export of the study into one canonical table per questionnaire.

What may name a person is written to the confidential folder, never to the results.
"""

from pathlib import Path

import pandas as pd

from common import load_instrument, step
from coproduction.cleaning.clean import check_synthetic
from coproduction.intake.confidential import redact, split
from coproduction.intake.readers import join, read_export
from coproduction.private import write_private
from coproduction.tables import write_csv, write_parquet

with step(snakemake) as read:
    folder = Path(snakemake.output.findings).parent
    confidential = Path(snakemake.output.confidential[0]).parent
    findings = []
    for path in snakemake.params.files["instruments"]:
        instrument = load_instrument(path, read)
        parts = []
        for source in snakemake.params.sources:
            if source["instrument"] != instrument.id:
                continue
            options = {k: v for k, v in source.items() if k not in ("instrument", "files")}
            for file in source["files"]:
                raw = Path(snakemake.params.raw, file)
                parts.append(read_export(read(raw), instrument, str(raw), **options))
        intake = join(parts)
        check_synthetic(intake.responses, snakemake.params.synthetic)
        findings.append(redact(intake.findings, instrument, intake.responses))
        responses, apart = split(intake.responses, instrument)
        (folder / f"{instrument.id}.parquet").write_bytes(write_parquet(responses))
        write_private(confidential / f"{instrument.id}.parquet", write_parquet(apart))
    Path(snakemake.output.findings).write_bytes(write_csv(pd.concat(findings)))
