"""The raw files that ship with the project are what the generator makes from the seed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from coproduction.simulation.simulate import export, simulate


@pytest.fixture(scope="module")
def made(root: Path, residents, sheet, shipped_truth):
    study = yaml.safe_load((root / "instruments/coproduction/study.yaml").read_text("utf-8"))
    seed = study["study"]["seed"]
    return export(simulate(residents, sheet, shipped_truth, seed), residents)


@pytest.mark.parametrize("name", ["residents", "communities", "contacts", "retest", "retest_links"])
def test_the_shipped_bytes_are_what_the_generator_makes(root: Path, made, name):
    shipped = (root / f"data/raw/coproduction/{name}.csv").read_bytes()
    assert hashlib.sha256(shipped).hexdigest() == hashlib.sha256(made[name]).hexdigest()


@pytest.mark.parametrize("name", ["residents", "communities", "contacts", "retest", "retest_links"])
def test_every_row_says_that_a_simulator_wrote_it(made, name):
    header, *rows = made[name].decode("utf-8").splitlines()
    assert "submitted_by" in header
    assert rows
    assert all("simulator" in row for row in rows)


def test_another_seed_gives_other_answers(residents, sheet, truth, made):
    truth["communities"]["number"] = 60
    other = export(simulate(residents, sheet, truth, seed=1), residents)
    assert other["residents"] != made["residents"]
