"""Communities and the persons interviewed in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def population(truth: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Draw communities of each kind and, in each, persons of the address and the roster frame.

    Parameters
    ----------
    truth
        The `communities` block of the truth file.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row per person: `community` (number from 0), `community_code`, `kind`, `frame`, one 0/1
        column per kind of membership, `member`, and `<kind>_community`.
    """
    number = truth["number"]
    kinds = _kinds(truth["kinds"], number, rng)
    rows = []
    for community, kind in enumerate(kinds):
        for frame in ("address", "roster"):
            size = rng.normal(truth[frame]["mean"], truth[frame]["spread"])
            rows += [(community, kind, frame)] * max(truth[frame]["least"], round(size))
    persons = pd.DataFrame(rows, columns=["community", "kind", "frame"])
    persons["community_code"] = [truth["code"].format(c + 1) for c in persons["community"]]
    for kind, membership in truth["membership"].items():
        listed = (persons["kind"] == kind) & (persons["frame"] == "roster")
        persons[membership] = listed.astype(int)
        persons[f"{kind}_community"] = (persons["kind"] == kind).astype(int)
    persons["member"] = persons[list(truth["membership"].values())].max(axis=1)
    return persons


def _kinds(shares: Mapping[str, float], number: int, rng: np.random.Generator) -> list[str]:
    counts = {kind: round(share * number) for kind, share in shares.items()}
    listed = [kind for kind, n in counts.items() for _ in range(n)][:number]
    listed += [max(shares, key=shares.get)] * (number - len(listed))
    return [listed[position] for position in rng.permutation(number)]
