"""Make synthetic raw data of the study from its truth file and seed."""

from pathlib import Path

from common import step
from coproduction.simulation.exports import export
from coproduction.simulation.files import plain_csv
from coproduction.simulation.replicate import replicate
from truths import load_generator

with step(snakemake) as read:
    params = snakemake.params
    generator = load_generator(params.files, read)
    made = replicate(generator, params.seed)
    for name, content in export(generator, made, params.settings).items():
        file = Path(snakemake.output.raw) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    Path(snakemake.output.frames).write_bytes(plain_csv(made.frames))
    Path(snakemake.output.margins).write_bytes(plain_csv(made.margins))
