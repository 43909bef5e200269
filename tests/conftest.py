"""What tests of several rooms share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from coproduction.instrument.definition import Instrument
from coproduction.instrument.reading import read_instrument
from coproduction.schemas import schema
from coproduction.yamlfiles.yamlfile import read_yaml

ROOT = Path(__file__).resolve().parents[1]

# A change passes or fails the same way twice; `--hypothesis-profile search` looks for new cases.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def schemas() -> dict:
    """JSON Schemas by name."""
    return {name: schema(name) for name in ("instrument", "study", "plan", "truth", "scenario")}


@pytest.fixture(scope="session")
def parse(schemas) -> Callable[..., Instrument]:
    """Read a questionnaire from YAML text; each pair of words replaces the first by the second."""

    def read(text: str, *replacements: tuple[str, str]) -> Instrument:
        for old, new in replacements:
            assert text.count(old) == 1, f"{old!r} must stand once in the text"
            text = text.replace(old, new)
        return read_instrument(read_yaml(text, "instrument.yaml", schemas["instrument"]))

    return read
