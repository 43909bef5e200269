"""A survey to release, and its cleaned answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.cleaning.clean import clean
from coproduction.instrument.definition import Instrument
from coproduction.instrument.reading import read_instrument
from coproduction.intake.canonical import METADATA, canonical
from coproduction.yamlfiles.yamlfile import read_yaml

SURVEY = Path(__file__).parents[1] / "cleaning" / "survey.yaml"
N = 60


@pytest.fixture(scope="session")
def survey(schemas) -> Instrument:
    """The small survey that cleaning is tested on."""
    return read_instrument(
        read_yaml(SURVEY.read_text("utf-8"), "survey.yaml", schemas["instrument"])
    )


@pytest.fixture(scope="session")
def cleaned(survey):
    """Sixty interviews in six communities, with every kind of missing answer, cleaned."""
    rng = np.random.default_rng(7)
    agree = [1, 2, 3, 4, 5, -88, None]
    rows = pd.DataFrame(
        {
            "submission": [f"s{n:02}" for n in range(N)],
            "source_row": range(N),
            "mode": "visit",
            "language": "zh-CN",
            "consent": [0, *[1] * (N - 1)],
            "adult": 1,
            "place": rng.choice([f"C0{n}" for n in range(1, 7)], N),
            "served": rng.choice([1, 2], N),
            "hours": rng.integers(0, 400, N),
            "tasks": rng.choice(["1", "1 2", "99"], N),
            "when": "2025-03-01",
            **{name: rng.choice(np.array(agree, dtype=object), N) for name in ("t1", "t2", "t3")},
            "y1": 3,
            "y2": -99,
            "sex": rng.choice([1, 2], N),
            "weight": rng.uniform(40, 90, N).round(1),
            "sensitiveok": 1,
            "income": 3,
            "illness": "SECRET illness",
            "remark": "SECRET remark",
        },
    ).astype(object)
    metadata = rows[[name for name in rows if name in METADATA]]
    raw = canonical(rows.drop(columns=metadata.columns), metadata, survey)
    return clean(raw, survey, {})
