"""The contact log: every sampled address or person with its final disposition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds

COMPLETE = "1.10"


def contact_log(
    persons: pd.DataFrame,
    intended: pd.DataFrame,
    metadata: pd.DataFrame,
    instrument: Instrument,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Log the interviews and, for each community and frame, the contacts that led to none.

    Dispositions are final codes of the AAPOR *Standard Definitions* (1.10 interview, 2.10 refusal,
    2.20 non-contact, …). Where respondents answer less often, more contacts failed for each
    interview.

    Parameters
    ----------
    persons, intended, metadata
        Interviewed persons, their answers and their submissions.
    instrument
        The questionnaire.
    truth
        The `contacts` block of the truth file.
    rng
        Source of randomness.
    """
    reluctance = sum(
        holds(condition, intended, instrument.missing_values).astype(float)
        for condition in truth["lower_where"]
    )
    weight = 1 + 0.3 * (reluctance - reluctance.mean())
    failures_each = (1 / truth["response_rate"] - 1) * weight.clip(lower=0)
    failed = rng.poisson(failures_each)
    codes = list(truth["dispositions"])
    chances = np.array(list(truth["dispositions"].values()))
    rows = []
    for position, times in enumerate(failed):
        person = persons.iloc[position]
        place = (person["community_code"], person["frame"], "face_to_face")
        rows.append((*place, rng.integers(1, 5), COMPLETE, metadata["_uuid"].iloc[position]))
        for code in rng.choice(codes, size=times, p=chances / chances.sum()):
            rows.append((*place, rng.integers(1, 7), code, ""))
    columns = ["community", "frame", "mode", "attempts", "disposition", "submission"]
    log = pd.DataFrame(rows, columns=columns)
    log.insert(0, "contact", [f"K{number:05d}" for number in range(1, len(log) + 1)])
    return log.assign(submitted_by="simulator")
