"""Read every raw export of the study into one canonical table per questionnaire.

What may name a person is written to the confidential folder, never to the results.
"""

from pathlib import Path

import pandas as pd

from common import load_instrument, step
from coproduction.intake.answers import read_answers
from coproduction.privacy.private import write_private
from coproduction.tables import write_parquet, write_table

with step(snakemake) as read:
    params, output = snakemake.params, snakemake.output
    findings = []
    written = zip(params.files["instruments"], output.tables, output.confidential, strict=True)
    for path, table, apart in written:
        instrument = load_instrument(path, read)
        sources = [each for each in params.sources if each["instrument"] == instrument.id]
        files = {file: read(file) for source in sources for file in source["files"]}
        answers = read_answers(instrument, sources, files, params.synthetic)
        Path(table).write_bytes(write_parquet(answers.responses))
        write_private(apart, write_parquet(answers.confidential))
        findings.append(answers.findings)
    Path(output.findings).write_bytes(write_table(pd.concat(findings), params.synthetic))
