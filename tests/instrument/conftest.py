"""The shipped questionnaire, and a small one to break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coproduction.instrument.definition import Instrument, read_instrument
from coproduction.yamlfile import read_yaml

PEOPLE = Path(__file__).with_name("people.yaml").read_text("utf-8")


@pytest.fixture(scope="session")
def parse(schemas) -> Callable[..., Instrument]:
    """Read a questionnaire from YAML text; each pair of words replaces the first by the second."""

    def read(text: str = PEOPLE, *replacements: tuple[str, str]) -> Instrument:
        for old, new in replacements:
            assert text.count(old) == 1, f"{old!r} must stand once in the text"
            text = text.replace(old, new)
        return read_instrument(read_yaml(text, "instrument.yaml", schemas["instrument"]))

    return read


@pytest.fixture(scope="session")
def small(parse) -> Instrument:
    """A questionnaire with one of each kind of question."""
    return parse()


@pytest.fixture(scope="session")
def residents(root: Path, parse) -> Instrument:
    """The shipped questionnaire."""
    return parse((root / "instruments/coproduction/instrument.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def shipped(root: Path, parse) -> list[Instrument]:
    """Every questionnaire in the project."""
    paths = sorted(root.glob("instruments/*/*.yaml"))
    others = ("study.yaml", "plan.yaml", "truth.yaml")
    return [parse(path.read_text("utf-8")) for path in paths if path.name not in others]
