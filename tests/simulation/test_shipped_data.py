"""The raw files that ship with the project are what the generator makes from the seed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml
from towns import residents_ready

from coproduction.simulation.exports import export
from coproduction.simulation.replicate import replicate
from coproduction.study import named_files

FILES = ["residents.csv", "retest.csv", "communities.csv", "contacts.csv", "retest_links.csv"]


@pytest.fixture(scope="module")
def settings(root: Path) -> dict:
    return yaml.safe_load((root / "instruments/coproduction/study.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def made(settings):
    generator = residents_ready()
    return export(generator, replicate(generator, settings["study"]["seed"]), settings)


def test_every_file_that_the_study_names_is_made(made, settings):
    assert set(made) == {file.name for file in named_files(settings)} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_the_shipped_bytes_are_what_the_generator_makes(root: Path, made, name):
    shipped = (root / f"data/raw/coproduction/{name}").read_bytes()
    assert hashlib.sha256(shipped).hexdigest() == hashlib.sha256(made[name]).hexdigest()


@pytest.mark.parametrize("name", FILES)
def test_every_row_says_that_a_simulator_wrote_it(made, name):
    header, *rows = made[name].decode("utf-8").splitlines()
    assert "submitted_by" in header
    assert rows
    assert all("simulator" in row for row in rows)
