"""A study that has no data yet can be simulated, and then analysed."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

INSTRUMENT = "instruments/cowles/instrument.yaml"


@pytest.fixture(scope="module")
def planned(checkout):
    """A study with an instrument and a plan, and nothing else."""
    folder = checkout / "instruments" / "planned"
    shutil.copytree(checkout / "instruments" / "cowles", folder)
    text = (folder / "study.yaml").read_text("utf-8")
    text = text.replace("id: cowles", "id: planned").replace("synthetic: false", "synthetic: true")
    (folder / "study.yaml").write_text(text.replace("cowles.csv", "'people {1}.csv'"), "utf-8")
    return folder


def test_without_its_data_a_study_is_not_analysed(checkout, run, planned):
    done = run(checkout, "--config", "study=planned", "--cores", "1")
    assert done.returncode != 0
    assert "data/raw/planned/people {1}.csv is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_can_be_simulated_and_then_runs(checkout, run, planned):
    done = run(checkout, "simulation", "--config", "study=planned", "--cores", "1")
    assert done.returncode == 0, done.stderr
    made = checkout / "results/planned/simulation"
    table = pd.read_csv(made / "raw" / "people {1}.csv")
    assert len(table) == 40 * 24 and (table["submitted_by"] == "simulator").all()
    assert (made / "population/frames.csv").is_file()
    raw = checkout / "data/raw/planned"
    raw.mkdir()
    shutil.copy(made / "raw" / "people {1}.csv", raw)
    done = run(
        checkout, "results/planned/cleaning/flow.csv", "--config", "study=planned", "--cores", "1"
    )
    assert done.returncode == 0, done.stderr


def test_a_truth_file_that_fits_nothing_is_told_with_its_lines(checkout, run, planned):
    file = planned / "truth.yaml"
    file.write_text("equations:\n  sexx: {causes: {nobody: 1}}\nscales: {lodaing: 1}\n", "utf-8")
    done = run(checkout, "simulation", "--config", "study=planned", "--cores", "1")
    file.unlink()
    assert done.returncode != 0 and "truth.yaml, line 3" in done.stderr
    assert "did you mean `loading`?" in done.stderr and "Traceback" not in done.stderr
