"""The workflow at work where it does not lie: in another folder, and inside another workflow."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

MODULE = """
module survey:
    snakefile: "{checkout}/Snakefile"
    config: {{"study": "cowles"}}

use rule * from survey as survey_*

rule counted:
    default_target: True
    input: "results/cowles/cleaning/flow.csv"
    output: "counted.txt"
    shell: "wc -l < {{input}} > {{output}}"
"""


@pytest.fixture
def own_folder(checkout: Path, tmp_path: Path) -> Path:
    """A folder with a study and its data, and nothing of the workflow."""
    for name in ("instruments/cowles", "data/raw/cowles"):
        shutil.copytree(checkout / name, tmp_path / name)
    return tmp_path


def tables(results: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (results / "cleaning").glob("*.csv")}


def test_a_study_in_another_folder_gives_the_same_results(own_folder, cowles, checkout, run):
    study = ("--config", "study=cowles", "--cores", "2")
    done = run(checkout, "--directory", str(own_folder), *study, "cleaning")
    assert done.returncode == 0, done.stderr
    assert tables(own_folder / "results/cowles") == tables(cowles) != {}


def test_another_workflow_uses_the_rules_as_a_module(own_folder, cowles, checkout, run):
    """It is started without anything that says where the library is."""
    (own_folder / "Snakefile").write_text(MODULE.format(checkout=checkout), "utf-8")
    bare = {"SNAKEMAKE_PROFILE": "none", "PYTHONPATH": ""}
    done = run(own_folder, "--cores", "2", **bare)
    assert done.returncode == 0, done.stderr
    assert int((own_folder / "counted.txt").read_text()) > 1
    assert tables(own_folder / "results/cowles") == tables(cowles) != {}
    again = run(own_folder, "--cores", "2", **bare)
    assert "Nothing to be done" in again.stderr


def test_where_no_studies_are_the_folder_is_named(checkout, tmp_path, run):
    done = run(checkout, "--directory", str(tmp_path), "-n")
    assert f"✗ There is no folder instruments/ in {tmp_path}" in done.stderr
    assert "Traceback" not in done.stderr


def test_lint_speaks_and_has_one_wish_that_is_not_met(checkout, run):
    """Packages are pinned for all rules together, in workflow/envs/requirements.lock."""
    done = run(checkout, "--lint", "--config", "study=cowles")
    wishes = {line.strip() for line in done.stderr.splitlines() if line.startswith("    * ")}
    assert wishes == {"* Specify a conda environment or container for each rule.:"}
