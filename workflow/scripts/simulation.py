"""Make the synthetic exports of the study from its truth file and seed."""

from pathlib import Path

from common import load_instrument, load_truth, logged
from coproduction.simulation.simulate import export, simulate

with logged(snakemake.log[0]):
    residents, communities = (load_instrument(path) for path in snakemake.input[:2])
    truth = load_truth(snakemake.input.truth)
    simulated = simulate(residents, communities, truth, snakemake.params.seed)
    files = export(simulated, residents)
    for name, content in files.items():
        Path(snakemake.output[name]).write_bytes(content)
