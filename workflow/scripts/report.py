"""Render the report in every language and format of the study, from result tables only."""

import json
from pathlib import Path

from common import load_columns, load_instrument, load_tables, logged
from coproduction.provenance import provenance
from coproduction.report.document import compose
from coproduction.report.html import html
from coproduction.report.pdf import pdf
from coproduction.report.word import docx
from coproduction.tables import dictionary, write_csv

with logged(snakemake.log[0]):
    study, folder = snakemake.params.study, Path(snakemake.params.folder)
    questionnaires = [snakemake.input.instrument, *snakemake.input.others]
    files = [*snakemake.input.definitions, *questionnaires, *snakemake.input.raw]
    origin = provenance({path: Path(path).read_bytes() for path in files}, study)
    tables = load_tables(snakemake.input.tables)
    instrument, *others = map(load_instrument, questionnaires)
    for language in study["languages"]:
        document = compose(
            language, tables, instrument, study, snakemake.params.plan, origin, others
        )
        report = folder / f"report_{language}.html"
        report.write_text(html(document), encoding="utf-8", newline="\n")
        report.with_suffix(".pdf").write_bytes(pdf(document))
        report.with_suffix(".docx").write_bytes(docx(document))
        figures = folder / "figures" / language
        figures.mkdir(parents=True)
        for figure in document.figures:
            svg = figures / f"{figure.id}.svg"
            svg.write_text(figure.drawing.svg, encoding="utf-8", newline="\n")
            svg.with_suffix(".png").write_bytes(figure.drawing.png)
    text = json.dumps(origin, ensure_ascii=False, indent=2) + "\n"
    Path(snakemake.output.provenance).write_text(text, encoding="utf-8", newline="\n")
    Path(snakemake.output.dictionary).write_bytes(write_csv(dictionary(load_columns())))
