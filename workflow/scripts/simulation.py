"""Make the synthetic exports of the study from its truth file and seed."""

from pathlib import Path

from common import load_instrument, load_truth, step
from coproduction.errors import StudyError
from coproduction.simulation.simulate import export, simulate

with step(snakemake) as read:
    files = snakemake.params.files
    if len(files["instruments"]) < 2:
        raise StudyError(
            "Only a study with a questionnaire of residents and one of communities is simulated."
        )
    residents, communities = (load_instrument(path, read) for path in files["instruments"][:2])
    truth = load_truth(files["truth"][0], read)
    simulated = simulate(residents, communities, truth, snakemake.params.seed)
    for name, content in export(simulated, residents).items():
        Path(snakemake.output[name]).write_bytes(content)
