"""Indices of careless answering: their names, and which side of its limit is suspicious."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

SUSPICIOUS: Final[Mapping[str, Literal["below", "above", "from"]]] = {
    "seconds_per_item": "below",
    "relative_speed": "from",
    "long_string": "from",
    "individual_variability": "below",
    "mahalanobis_p": "below",
    "even_odd_consistency": "below",
    "synonym_consistency": "below",
    "person_total_correlation": "below",
    "reversal_conflict": "above",
    "attention_misses": "from",
    "marker_agreement": "above",
    "item_nonresponse": "above",
}
FLAGS: Final = "flags"
"""Column that counts the flags of a row."""


def flag_column(name: str) -> str:
    """Name the column that tells whether a row has a flag: of an index, or of a contradiction."""
    return f"flag_{name}"
