from __future__ import annotations

import copy
from pathlib import Path

import pytest

from coproduction.instrument.definition import read_instrument
from coproduction.simulation.simulate import simulate
from coproduction.yamlfile import read_yaml

FOLDER = "instruments/coproduction"


@pytest.fixture(scope="session")
def residents(root: Path, schemas):
    return _instrument(root / FOLDER / "instrument.yaml", schemas)


@pytest.fixture(scope="session")
def sheet(root: Path, schemas):
    return _instrument(root / FOLDER / "community.yaml", schemas)


def _instrument(path: Path, schemas):
    return read_instrument(read_yaml(path.read_text("utf-8"), path.name, schemas["instrument"]))


@pytest.fixture(scope="session")
def shipped_truth(root: Path, schemas):
    text = (root / FOLDER / "truth.yaml").read_text("utf-8")
    return read_yaml(text, "truth.yaml", schemas["truth"]).data


@pytest.fixture
def truth(shipped_truth):
    """The shipped parameters, free to be changed by a test."""
    return copy.deepcopy(shipped_truth)


@pytest.fixture(scope="session")
def large(residents, sheet, shipped_truth):
    """The shipped truth in four times as many communities, so that chance is small."""
    truth = copy.deepcopy(shipped_truth)
    truth["communities"]["number"] = 240
    return simulate(residents, sheet, truth, seed=7)
