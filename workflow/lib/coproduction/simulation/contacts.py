"""The contact log: every sampled address or person with its final disposition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds

INTERVIEW = "1.10"


def contact_log(
    persons: pd.DataFrame,
    intended: pd.DataFrame,
    metadata: pd.DataFrame,
    instrument: Instrument,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Log the interviews and, for each community and frame, the contacts that led to none.

    Dispositions are final codes of the AAPOR *Standard Definitions* (1.10 interview, 2.11 refusal,
    2.20 non-contact, …). A form whose answers say at the door that it is no interview gets the code
    of its condition in `seen`. Where respondents answer less often, more contacts failed for each
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
    reached = _at_the_door(intended, instrument, truth.get("seen", {}))
    rows = []
    for position, times in enumerate(failed):
        person = persons.iloc[position]
        place = (person["community_code"], person["frame"], "face_to_face")
        submission = metadata["_uuid"].iloc[position]
        rows.append((*place, rng.integers(1, 5), reached[position], submission))
        for code in rng.choice(codes, size=times, p=chances / chances.sum()):
            rows.append((*place, rng.integers(1, 7), code, ""))
    columns = ["community", "frame", "mode", "attempts", "disposition", "submission"]
    log = pd.DataFrame(rows, columns=columns)
    log.insert(0, "contact", [f"K{number:05d}" for number in range(1, len(log) + 1)])
    return log.assign(submitted_by="simulator")


def _at_the_door(
    intended: pd.DataFrame, instrument: Instrument, conditions: Mapping[str, str]
) -> np.ndarray:
    codes = np.full(len(intended), INTERVIEW, dtype=object)
    for code, condition in conditions.items():
        codes[holds(condition, intended, instrument.missing_values).to_numpy(bool)] = code
    return codes
