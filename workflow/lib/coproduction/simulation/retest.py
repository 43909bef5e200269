"""Who is asked again, when, and which second interview belongs to which first one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument

HOUR = 3600


@dataclass(frozen=True)
class Retest:
    """What came in when some persons were asked again.

    Attributes
    ----------
    answers, metadata
        One row per submission, in the order in which they came in.
    links
        Which submission is of the same person as which first one: `submission, first`.
    """

    answers: pd.DataFrame
    metadata: pd.DataFrame
    links: pd.DataFrame


def asked_again(
    answers: pd.DataFrame,
    instrument: Instrument,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw the persons of a retest from those who agreed to be contacted again.

    Parameters
    ----------
    answers
        First answers, one row per person.
    instrument
        The questionnaire; without a question on contact everybody may be asked again.
    truth
        The `retest` block of the truth file; fewer are drawn where too few agreed.
    rng
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Places of their rows, in order.
    """
    agreed = np.ones(len(answers), dtype=bool)
    for item in instrument.with_role("consent_recontact"):
        agreed &= (answers[item.id] == item.response_set.values[0]).to_numpy(bool)
    willing = np.flatnonzero(agreed)
    size = min(truth["respondents"], len(willing))
    return np.sort(rng.choice(willing, size=size, replace=False))


def starts(first: pd.DataFrame, days: Mapping[str, int], rng: np.random.Generator) -> pd.Index:
    """Let each second interview start some whole days after the first, up to an hour later.

    Parameters
    ----------
    first
        KoboToolbox's metadata of the first interviews.
    days
        Fewest and most days, `least` and `most`.
    rng
        Source of randomness.
    """
    passed = rng.integers(days["least"], days["most"] + 1, len(first)) * 24 * HOUR
    later = pd.to_timedelta(passed + rng.integers(0, HOUR, len(first)), unit="s")
    return pd.DatetimeIndex(first["start"].str[:19]) + later


def linked(
    second: pd.DataFrame, first: pd.DataFrame, lost: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Write down which submission is of the same person as which first one, but for the lost."""
    links = pd.DataFrame(
        {"submission": second["_uuid"].to_numpy(), "first": first["_uuid"].to_numpy()}
    )
    kept = rng.choice(len(links), size=max(len(links) - lost, 0), replace=False)
    return links.iloc[np.sort(kept)].assign(submitted_by="simulator")
