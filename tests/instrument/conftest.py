"""The shipped questionnaire, and a small one to break."""

from __future__ import annotations

from pathlib import Path

import pytest

from coproduction.instrument.definition import Instrument

PEOPLE = Path(__file__).with_name("people.yaml").read_text("utf-8")


@pytest.fixture(scope="session")
def small(parse) -> Instrument:
    """A questionnaire with one of each kind of question."""
    return parse(PEOPLE)


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
