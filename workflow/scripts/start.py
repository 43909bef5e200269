"""Make the folder of a study from a data file."""

from pathlib import Path

from common import step
from coproduction.start import start_study

with step(snakemake) as read:
    (path,) = snakemake.params.contents
    content = read(path)
    files = start_study(content, snakemake.params.file, snakemake.params.study)
    for output in snakemake.output.files:
        Path(output).write_text(files[Path(output).name], encoding="utf-8", newline="\n")
    if snakemake.output.raw:
        Path(snakemake.output.raw).write_bytes(content)
