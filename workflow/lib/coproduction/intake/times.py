"""Times of submissions, whatever zone the platform wrote them in."""

from __future__ import annotations

import pandas as pd


def to_utc(text: pd.Series) -> pd.Series:
    """Turn ISO 8601 times into UTC text ending in `Z`; a time without a zone is taken as UTC.

    What is no time becomes null.
    """
    moments = pd.to_datetime(text, utc=True, errors="coerce", format="ISO8601")
    return moments.dt.strftime("%Y-%m-%dT%H:%M:%SZ").astype("string")


def seconds_between(start: pd.Series, end: pd.Series) -> pd.Series:
    """Seconds from one UTC text to another; null where either is."""
    moments = [
        pd.to_datetime(text, utc=True, errors="coerce", format="ISO8601") for text in (start, end)
    ]
    return (moments[1] - moments[0]).dt.total_seconds().astype("Float64")
