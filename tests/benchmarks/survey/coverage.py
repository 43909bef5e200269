"""How often intervals hold the truth where selection is unequal and tells of the answers.

Run in this folder: PYTHONPATH=../../../workflow/lib python coverage.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from coproduction.numerics.survey.estimates import means, ratios
from coproduction.numerics.survey.quantiles import population_quantile
from coproduction.rows import Calibration, Rows
from coproduction.rows.sampling import Sampling, sampled
from coproduction.weighting.calibration import Margin, fit_to_margins

PLACES, REPLICATES = 400, 1000
SAMPLING = Sampling("weight", ("place",))
WHAT = ("mean", "mean_unweighted", "mean_of_members", "ratio", "median")


def population(seed: int) -> pd.DataFrame:
    """Persons of 400 places; members serve more, and are more where much is served."""
    rng = np.random.default_rng(seed)
    size = rng.integers(60, 260, PLACES)
    level = rng.normal(scale=0.4, size=PLACES)
    place = np.repeat(np.arange(PLACES), size)
    n = len(place)
    sex = (rng.uniform(size=n) < 0.5).astype(int)
    age = rng.integers(0, 3, n)
    member = rng.uniform(size=n) < 1 / (1 + np.exp(2.2 - level[place] - 0.4 * sex))
    hours = np.exp(0.5 * level[place] + 0.9 * member + 0.2 * age + rng.normal(scale=0.6, size=n))
    table = pd.DataFrame({"place": place, "size": size[place], "sex": sex, "age": age})
    return table.assign(member=member, hours=hours, trust=level[place] + rng.normal(size=n) + 5)


def draw(people: pd.DataFrame, places: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw places with chances by their numbers of members, then members at a higher rate."""
    members = people.groupby("place")["member"].sum().to_numpy() + 5
    chance = places * members / members.sum()
    order = rng.permutation(PLACES)
    points = rng.uniform() + np.arange(places)
    chosen = order[np.searchsorted(np.cumsum(chance[order]), points)]
    some = people[people["place"].isin(chosen)]
    rate = np.where(some["member"], 0.6, 0.12)
    hit = rng.uniform(size=len(some)) < rate
    # Who is young answers less often, which only margins can mend.
    responds = rng.uniform(size=len(some)) < np.array([0.5, 0.7, 0.8])[some["age"]]
    found = some.assign(weight=1 / (chance[some["place"]] * rate))
    return found[hit & responds].reset_index(drop=True)


def weighted(sample: pd.DataFrame, people: pd.DataFrame) -> Rows:
    """Fit the weights to sex and age of the population."""
    margins = [
        Margin(name, tuple(map(str, counts.index)), counts.to_numpy(), sample[name].to_numpy())
        for name in ("sex", "age")
        for counts in [people[name].value_counts().sort_index()]
    ]
    before = sample["weight"].to_numpy()
    fitted = fit_to_margins(before, margins, float(len(people))).weight
    rows = sampled(sample, SAMPLING)
    matrix = pd.get_dummies(sample[["sex", "age"]].astype(str)).to_numpy(float)
    told = Calibration(matrix, before, fitted)
    return replace(
        rows, weight=fitted, design=replace(rows.design, weight=fitted, calibrations=(told,))
    )


def truth(people: pd.DataFrame) -> dict[str, float]:
    """What is true of the population."""
    hours, member = people["hours"], people["member"]
    return {
        "mean": hours.mean(),
        "mean_unweighted": hours.mean(),
        "mean_of_members": hours[member].mean(),
        "ratio": hours.sum() / people["trust"].sum(),
        "median": float(np.quantile(hours, 0.5, method="inverted_cdf")),
    }


def intervals(sample: pd.DataFrame, people: pd.DataFrame) -> Iterator[tuple[str, float, float]]:
    """Give name and ends of the interval of each estimate."""
    rows = weighted(sample, people)
    hours, member = sample["hours"].to_numpy(), sample["member"].to_numpy()
    plain = sampled(sample.assign(weight=1.0), SAMPLING)
    for name, found in (
        ("mean", means(hours, rows)),
        ("mean_unweighted", means(hours, plain)),
        ("mean_of_members", means(hours[member], rows[member])),
        ("ratio", ratios(hours, sample["trust"], rows)),
    ):
        low, high = found.intervals()
        yield name, float(low[0]), float(high[0])
    quantile = population_quantile(hours, 0.5, rows)
    yield "median", quantile.conf_low, quantile.conf_high


def coverage(places: int, replicates: int, seed: int = 1) -> pd.DataFrame:
    """Share of replicates whose interval holds the truth, and its Monte-Carlo error.

    Returns
    -------
    pandas.DataFrame
        `places, estimate, replicates, coverage, mc_error, synthetic`.
    """
    people = population(seed)
    true, rng = truth(people), np.random.default_rng([seed, places])
    hits = {name: 0 for name in WHAT}
    for _ in range(replicates):
        for name, low, high in intervals(draw(people, places, rng), people):
            hits[name] += low <= true[name] <= high
    table = pd.DataFrame({"places": places, "estimate": list(hits), "replicates": replicates})
    table["coverage"] = [hits[name] / replicates for name in hits]
    table["mc_error"] = np.sqrt(table["coverage"] * (1 - table["coverage"]) / replicates)
    return table.assign(synthetic=True)


if __name__ == "__main__":
    parts = [coverage(places, REPLICATES) for places in (12, 20, 60)]
    pd.concat(parts).to_csv("coverage.csv", index=False, float_format="%.4f")
