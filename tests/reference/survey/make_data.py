"""Make the samples on which survey estimators are compared with R's package survey.

Run in this folder: python make_data.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd

RNG = np.random.default_rng(20261130)


def population() -> pd.DataFrame:
    """Persons in dwellings in places in regions."""
    rows = []
    for region, places in enumerate((14, 9, 11, 8)):
        for place in range(places):
            level = RNG.normal(scale=0.5)
            for dwelling in range(RNG.integers(6, 15)):
                home = RNG.normal(scale=0.4)
                for _ in range(RNG.integers(1, 4)):
                    rows.append((region, place, dwelling, level + home + 0.3 * region))
    table = pd.DataFrame(rows, columns=["region", "place", "dwelling", "level"])
    n = len(table)
    table["x"] = np.exp(0.4 * table["level"] + RNG.normal(scale=0.3, size=n)).round(3)
    table["y"] = (5 + 2 * table["level"] + 1.5 * table["x"] + RNG.normal(size=n)).round(3)
    table["sex"] = RNG.integers(1, 3, n)
    table["age"] = np.digitize(RNG.normal(size=n) + 0.3 * table["level"], [-0.5, 0.6]) + 1
    table["work"] = np.digitize(RNG.normal(size=n) + 0.5 * table["sex"] + table["level"], [0, 1])
    table["answer"] = RNG.poisson(1 + 0.3 * table["sex"])
    return table


def sample(people: pd.DataFrame, drawn: tuple[int, ...]) -> pd.DataFrame:
    """Draw places in regions, dwellings in places, and everybody of a dwelling."""
    parts = []
    for region, count in zip(range(4), drawn, strict=True):
        here = people[people["region"] == region]
        places = here["place"].unique()
        for place in RNG.choice(places, count, replace=False):
            there = here[here["place"] == place]
            dwellings = there["dwelling"].unique()
            some = RNG.choice(dwellings, int(RNG.integers(3, 6)), replace=False)
            part = there[there["dwelling"].isin(some)].copy()
            part["places"], part["dwellings"] = len(places), len(dwellings)
            part["side"] = part["dwelling"] % 2
            shares = count / len(places) * len(some) / len(dwellings)
            part["weight"] = 1 / shares
            parts.append(part)
    table = pd.concat(parts, ignore_index=True).drop(columns="level")
    table["domain"] = np.where(table["region"] == 3, 0, RNG.integers(0, 3, len(table)))
    sides = table.groupby(["region", "place", "side"])["dwelling"].transform("nunique")
    table["side_dwellings"] = sides + 3
    return table


if __name__ == "__main__":
    people = population()
    people.drop(columns="level").to_csv("population.csv", index=False)
    sample(people, (5, 3, 4, 2)).to_csv("places.csv", index=False)
    sample(people, (4, 3, 3, 1)).to_csv("lonely.csv", index=False)
    sample(people, (2, 2, 2, 2)).to_csv("pairs.csv", index=False)
