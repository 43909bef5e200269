"""What interactions of constructs are worth where the truth is known, by several methods.

python tests/benchmarks/latent_interactions/interactions.py [replicates] writes interactions.csv
beside it. The answers come from a generator of its own: 1,900 people in 60 communities, three
constructs with five-point items, reversed items and agreement with whatever is asked; thresholds
are even (answers spread over both sides) or skewed (most agree with two of the scales and disagree
with the third), and constructs normal or skewed themselves. True values are those among the
constructs in ten samples of 400,000.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from coproduction.inference.calibrated.contents import Contents
from coproduction.inference.calibrated.factors import estimate
from coproduction.inference.calibrated.residuals import Residuals, residuals
from coproduction.inference.calibrated.scores import loading_and_error, score_weights
from coproduction.instrument.item_scales import Scale
from coproduction.measurement.ordinal import normal_scores
from coproduction.measurement.structural import PathEffect, effect_table, measure, structure_after
from coproduction.numerics.student import quantile
from coproduction.rows import Rows, clustered

COMMUNITIES, PEOPLE, SHARE = 60, 1_900, 0.05
LOADINGS = {
    "mi": [0.67, 0.68, 0.65, 0.67, 0.62, -0.51],
    "ec": [0.72, 0.70, 0.68, -0.60],
    "ct": [0.74, 0.70, 0.72, -0.60],
}
AGREEMENT = 0.25
EVEN, EASY = [-1.5, -0.6, 0.4, 1.3], [-2.1, -1.5, -0.7, 0.6]
HARD = [-each for each in EASY[::-1]]
THRESHOLDS = {
    "even": {"mi": EVEN, "ec": EVEN, "ct": EVEN},
    "skewed": {"mi": EASY, "ec": EASY, "ct": HARD},
}
SLOPES = {"mi": 0.25, "ec": -0.20}
INTERACTIONS = (0.0, -0.08, 0.15)
CASES = [*product(("even", "skewed"), ("normal",), INTERACTIONS), ("skewed", "skewed", 0.0)]
FACTORS = {name: [f"{name}{k + 1}" for k in range(len(own))] for name, own in LOADINGS.items()}
CONTENTS = Contents(
    "interaction",
    {
        name: Scale(tuple(own), reversed=(own[-1],), spans=(4.0,) * len(own))
        for name, own in FACTORS.items()
    },
    held=2,
    asked=3,
)
ITEMS = [item for own in FACTORS.values() for item in own]
PRODUCT, GUARD = ["mi:ec"], ["mi:ec", "mi:mi", "ec:ec"]
ASKED = {"interaction": PathEffect("path", ("mi:ec", "ct"))}
Draw = Callable[[int], np.ndarray]
Found = dict[str, tuple[float, float]]


def drawing(rng: np.random.Generator, shape: str) -> Draw:
    """Give what draws standard normal numbers, or skewed ones (skewness 1.15) of variance one."""
    if shape == "normal":
        return rng.standard_normal
    return lambda n: (rng.gamma(3.0, size=n) - 3) / np.sqrt(3)


def constructs(
    rng: np.random.Generator, n: int, shape: str, slope: float
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Draw constructs, which have about variance one within communities, and who lives where."""
    place, draw = rng.integers(0, COMMUNITIES, n), drawing(rng, shape)
    between = rng.normal(size=(COMMUNITIES, 3))[place] * np.sqrt(SHARE)
    mi = draw(n)
    ec = 0.32 * mi + np.sqrt(1 - 0.32**2) * draw(n)
    mi, ec = mi + between[:, 0], ec + between[:, 1]
    line = SLOPES["mi"] * mi + SLOPES["ec"] * ec + slope * mi * ec
    ct = line + 0.94 * rng.normal(size=n) + between[:, 2]
    return {"mi": mi, "ec": ec, "ct": ct}, place


def answers(rng: np.random.Generator, known: dict[str, np.ndarray], form: str) -> pd.DataFrame:
    """Draw five-point answers."""
    n = len(known["mi"])
    style, found = AGREEMENT * rng.normal(size=n), {}
    for name, loadings in LOADINGS.items():
        for item, loading in zip(FACTORS[name], loadings, strict=True):
            cuts = THRESHOLDS[form][name]
            cuts = cuts if loading > 0 else [-each for each in cuts[::-1]]
            left = np.sqrt(1 - loading**2 - AGREEMENT**2) * rng.normal(size=n)
            found[item] = np.digitize(loading * known[name] + style + left, cuts)
    return pd.DataFrame(found).astype(float)


def left_of(columns: np.ndarray, rows: Rows) -> np.ndarray:
    """Take the communities' means out."""
    return residuals(columns, np.empty((len(columns), 0)), rows).values


def slope_of(x: np.ndarray, y: np.ndarray, rows: Rows) -> tuple[float, float]:
    """Give the slope on the third column and its error under dependence within communities."""
    slopes = np.linalg.lstsq(x, y, rcond=None)[0]
    bread = np.linalg.inv(x.T @ x)
    sums = rows.cluster.sums(x * (y - x @ slopes)[:, None])
    spread = bread @ sums.T @ sums @ bread * COMMUNITIES / (COMMUNITIES - 1)
    return slopes[2], np.sqrt(spread[2, 2])


def regressed(one: np.ndarray, other: np.ndarray, y: np.ndarray, rows: Rows) -> tuple[float, float]:
    """Least squares within communities: the interaction per standard deviations and its error."""
    x = left_of(np.column_stack([one, other, one * other]), rows)
    value, error = slope_of(x, y, rows)
    unit = one.std() * other.std() / y.std()
    return value * unit, error * unit


def truth(shape: str, slope: float) -> float:
    """Find the interaction among the constructs themselves."""
    found = []
    for number in range(10):
        known, place = constructs(np.random.default_rng([99, number]), 400_000, shape, slope)
        rows = clustered(pd.Series(place))
        one, other, y = left_of(np.column_stack(list(known.values())), rows).T
        found.append(regressed(one, other, y, rows)[0])
    return float(np.mean(found))


def of_means(table: pd.DataFrame, rows: Rows) -> tuple[float, float]:
    """Take products of mean scores as if they had no error."""
    scores = [
        np.mean([table[i] * np.sign(w) for i, w in zip(FACTORS[name], own, strict=True)], axis=0)
        for name, own in LOADINGS.items()
    ]
    one, other, y = left_of(np.column_stack(scores), rows).T
    return regressed(one, other, y, rows)


def of_calibrated_scores(left: Residuals, rows: Rows) -> tuple[float, float]:
    """Take products of expected constructs given the answers; the error is that of the regression.

    The outcome is the mean of its items, beside which agreement is held.
    """
    factors = estimate(left.covariance, CONTENTS, agreement=True).factors
    one, other, style = (left.values @ score_weights(factors, CONTENTS)).T
    weights = CONTENTS.composite(2, np.ones(len(ITEMS)))
    loading, _ = loading_and_error(factors, weights)
    spread = np.sqrt(np.diag(factors.covariances))
    x = left_of(np.column_stack([one, other, one * other, style]), rows)
    value, error = slope_of(x, left.values @ weights, rows)
    unit = spread[0] * spread[1] / spread[2] / loading
    return value * unit, error * unit


def after_measurement(
    values: np.ndarray, df: int, rows: Rows, products: list[str], start: np.ndarray | None
) -> tuple[tuple[float, float], np.ndarray]:
    """Take products of Bartlett scores, freed of error by their moments."""
    measured = measure(
        values,
        ITEMS,
        FACTORS,
        agreement=True,
        rows=rows,
        df=df,
        start=start,
        products=products,
        leave=lambda columns: left_of(columns, rows),
    )
    derived = structure_after(measured, {"ct": ["mi", "ec", *products]}).derived
    row = effect_table(derived, ASKED, 0.95, 0, 0).iloc[0]
    return (row["standardised"], row["standardised_std_error"]), measured.theta


def estimates(
    rng: np.random.Generator, case: tuple[str, str, float], starts: dict[str, np.ndarray]
) -> Found:
    """Draw a sample and take the interaction by each method; searches start where others ended."""
    form, shape, slope = case
    known, place = constructs(rng, PEOPLE, shape, slope)
    table, rows = answers(rng, known, form), clustered(pd.Series(place))
    left = residuals(table[ITEMS].to_numpy(), np.empty((PEOPLE, 0)), rows)
    found = {}
    one, other, y = left_of(np.column_stack(list(known.values())), rows).T
    found["constructs"] = regressed(one, other, y, rows)
    found["mean scores"] = of_means(table, rows)
    found["calibrated scores"] = of_calibrated_scores(left, rows)
    scores = left_of(normal_scores(table[ITEMS].to_numpy()), rows)
    for method, values, products in (
        ("moments", left.values, PRODUCT),
        ("moments, squares", left.values, GUARD),
        ("moments, normal scores", scores, PRODUCT),
    ):
        start = starts.get(method)
        found[method], theta = after_measurement(values, left.df, rows, products, start)
        starts.setdefault(method, theta)
    return found


def main(replicates: int) -> None:
    """Draw, estimate and count."""
    table, began = [], time.process_time()
    for place, case in enumerate(CASES):
        form, shape, slope = case
        wanted, every = truth(shape, slope), []
        starts: dict[str, np.ndarray] = {}
        for number in range(replicates):
            rng = np.random.default_rng([17, place, number])
            every.append(estimates(rng, case, starts))
        for method in every[0]:
            value, error = np.array([each[method] for each in every]).T
            margin = quantile(0.975, COMMUNITIES - 1) * error
            covered = np.abs(value - wanted) <= margin
            detected = np.abs(value) > margin
            table.append(
                {
                    "thresholds": form,
                    "constructs": shape,
                    "method": method,
                    "truth": round(wanted, 4),
                    "bias": (value.mean() - wanted).round(4),
                    "bias_error": (value.std(ddof=1) / np.sqrt(replicates)).round(4),
                    "deviation": value.std(ddof=1).round(4),
                    "std_error": error.mean().round(4),
                    "coverage": covered.mean().round(3),
                    "coverage_error": np.sqrt(covered.var() / replicates).round(3),
                    "detected": detected.mean().round(3),
                    "replicates": replicates,
                }
            )
        print(pd.DataFrame(table[-len(every[0]) :]).to_string(), flush=True)
    seconds = (time.process_time() - began) / replicates / len(CASES)
    pd.DataFrame(table).to_csv(Path(__file__).with_name("interactions.csv"), index=False)
    print(f"{seconds:.3f} s of processor time a replicate")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
