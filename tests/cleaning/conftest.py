"""A small survey, and a way to write down its answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import METADATA, canonical

Answers = Callable[..., pd.DataFrame]

#: A sound and complete interview.
SOUND = {
    "submitted_at": "2025-04-01T08:00:00Z",
    "duration_seconds": 600.0,
    "consent": 1,
    "adult": 1,
    "place": "C01",
    "served": 1,
    "hours": 10,
    "tasks": "1 2",
    "when": "2025-03-01",
    "t1": 4,
    "t2": 5,
    "t3": 2,
    "check": 4,
    "m1": 2,
    "y1": 3,
    "y2": 4,
    "sex": 1,
    "weight": 60.5,
    "sensitiveok": 1,
    "income": 3,
    "illness": "none",
    "remark": "thank you",
    "recontact": 0,
}


@pytest.fixture(scope="session")
def survey(parse) -> Instrument:
    """The small survey."""
    return parse(Path(__file__).with_name("survey.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def answers(survey) -> Answers:
    """Make a canonical table: a sound interview per row, but for what is said about it."""

    def make(*rows: dict[str, Any], instrument: Instrument = survey) -> pd.DataFrame:
        table = pd.DataFrame(
            [
                {"submission": f"s{number}", "source_file": "raw.csv", "source_row": number}
                | {key: value for key, value in SOUND.items() if instrument is survey}
                | row
                for number, row in enumerate(rows, start=1)
            ],
            dtype=object,
        )
        metadata = table[[name for name in table if name in METADATA]]
        return canonical(table.drop(columns=metadata.columns), metadata, instrument)

    return make


@pytest.fixture(scope="session")
def codes() -> Callable[[pd.DataFrame], list[str]]:
    """What is wrong where: `code submission item` of every finding."""

    def told(findings: pd.DataFrame) -> list[str]:
        columns = findings[["code", "submission", "item"]].fillna("")
        return [" ".join(row).strip() for row in columns.itertuples(index=False)]

    return told
