"""A copy of the project in a folder of its own, and a way to run its workflow as a user does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess]


def copy(root: Path, folder: Path) -> Path:
    """Copy what a fresh clone holds and a run needs."""
    for name in ("Snakefile", "workflow", "instruments", "data", "pyproject.toml"):
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


@pytest.fixture(scope="session")
def run() -> Run:
    """Run Snakemake in a checkout; keywords are environment variables."""

    def snakemake(folder: Path, *arguments: str, **environment: str):
        command = [sys.executable, "-m", "snakemake", *arguments]
        variables = {
            **os.environ,
            "PYTHONPATH": str(folder / "workflow" / "lib"),
            "SNAKEMAKE_PROFILE": str(folder / "workflow" / "profiles" / "default"),
            "PYTHONUTF8": "1",
            **environment,
        }
        return subprocess.run(
            command, cwd=folder, env=variables, capture_output=True, encoding="utf-8"
        )

    return snakemake


@pytest.fixture(scope="session")
def checkout(root: Path, tmp_path_factory) -> Path:
    """A copy of the project without its environment and results."""
    return copy(root, tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def broken(root: Path, tmp_path_factory) -> Path:
    """A copy to break."""
    return copy(root, tmp_path_factory.mktemp("broken"))


@pytest.fixture(scope="session")
def cowles(checkout: Path, run: Run) -> Path:
    """Results of the smallest shipped study."""
    done = run(checkout, "--config", "study=cowles", "--cores", "2")
    assert done.returncode == 0, done.stderr
    return checkout / "results" / "cowles"
