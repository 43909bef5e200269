"""The whole workflow as a user runs it, on small studies in a folder of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

TRUTHS = {"neuroticism": 0.110777, "extraversion": 0.166816, "sex": -0.247152}


def snakemake(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "snakemake", *arguments]
    variables = {
        **os.environ,
        "PYTHONPATH": str(folder / "workflow" / "lib"),
        "SNAKEMAKE_PROFILE": str(folder / "workflow" / "profiles" / "default"),
        "PYTHONUTF8": "1",
        **environment,
    }
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)


@pytest.fixture(scope="session")
def checkout(root: Path, tmp_path_factory) -> Path:
    """A copy of the project without its environment and results."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("Snakefile", "workflow", "instruments", "data", "pyproject.toml"):
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


@pytest.fixture(scope="session")
def cowles(checkout: Path) -> Path:
    run = snakemake(checkout, "--config", "study=cowles", "--cores", "2")
    assert run.returncode == 0, run.stderr
    return checkout / "results" / "cowles"


def test_a_published_logit_is_reproduced_from_the_raw_file(cowles):
    table = pd.read_csv(cowles / "inference" / "coefficients.csv").set_index("term")
    for term, estimate in TRUTHS.items():
        assert table.loc[term, "estimate"] == pytest.approx(estimate, abs=1e-6)


def test_real_data_carry_no_synthetic_stamp(cowles):
    assert "synthetic" not in (cowles / "report" / "report_en.html").read_text("utf-8").lower()


def test_a_second_run_has_nothing_to_do(cowles, checkout):
    run = snakemake(checkout, "--config", "study=cowles", "--cores", "2")
    assert "Nothing to be done" in run.stderr
