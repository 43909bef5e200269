"""A small questionnaire with one of each kind of question, and answers to it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from answered import FULL, Submission

from coproduction.instrument.definition import Instrument

EXPORTS = Path(__file__).with_name("exports")


@pytest.fixture(scope="session")
def demo_text() -> str:
    """Text of the questionnaire that the platforms' own exporters were fed with."""
    return (EXPORTS / "demo.yaml").read_text("utf-8")


@pytest.fixture(scope="session")
def demo(parse, demo_text) -> Instrument:
    """The questionnaire that the platforms' own exporters were fed with."""
    return parse(demo_text)


@pytest.fixture(scope="session")
def people() -> list[Submission]:
    """Three people: one answered all, one only the first question, one skipped and refused."""
    full = FULL | {"comment": '路灯坏了,\n请"修"; 谢谢👍'}
    sparse = {"consent": 1, "communityid": "GZ007", "age": 80, "tenure": 1, "activity": (9,)}
    sparse |= {"att1": -99, "att2": 1, "comment": "007"}
    answers = [full, {"consent": 0, "communityid": "GZ001"}, sparse]
    return [
        Submission(
            id=f"6f1c3c4e-0000-4000-8000-00000000000{number}",
            started=datetime(2026, 11, 20, 15 + number, 55, 1, tzinfo=UTC),
            ended=datetime(2026, 11, 20, 16 + number, 2, 42, tzinfo=UTC),
            answers=answer,
        )
        for number, answer in enumerate(answers, 1)
    ]
