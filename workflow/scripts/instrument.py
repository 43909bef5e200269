"""Make the forms, the codebooks and the findings of each questionnaire of the study."""

from pathlib import Path

import pandas as pd

from common import load_instrument, step
from coproduction.instrument.codebook import codebook_html
from coproduction.instrument.forms import FORMS
from coproduction.instrument.lint import lint
from coproduction.tables import write_csv

with step(snakemake) as read:
    instruments = [load_instrument(path, read) for path in snakemake.params.files["instruments"]]
    folder = Path(snakemake.output.table).parent
    for instrument in instruments:
        for form in FORMS.values():
            (folder / form.file.format(id=instrument.id)).write_bytes(form.write(instrument))
        for language in instrument.languages:
            page = folder / f"codebook_{instrument.id}_{language}.html"
            page.write_text(codebook_html(instrument, language), encoding="utf-8")
    tables = {instrument.id: instrument.to_frame() for instrument in instruments}
    findings = {instrument.id: lint(instrument) for instrument in instruments}
    for parts, path in ((tables, snakemake.output.table), (findings, snakemake.output.findings)):
        table = pd.concat(parts, names=["instrument"]).reset_index("instrument")
        Path(path).write_bytes(write_csv(table))
