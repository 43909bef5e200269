"""What intervals of path models are worth where the truth is known.

python tests/benchmarks/paths/coverage.py [replicates] writes coverage.csv beside it. The answers
come from a generator of its own: 1,900 people in 60 communities, four constructs with five-point
items of moderate, easy and hard thresholds, reversed items, agreement with whatever is asked, and a
binary outcome by a logit with an intercept of each community. The true effects are those among the
constructs themselves in ten samples of 400,000.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from coproduction.inference.calibrated.residuals import residuals
from coproduction.measurement.structural import PathEffect, effect_table, measure, structure_after
from coproduction.numerics.student import quantile
from coproduction.rows import clustered

COMMUNITIES, PEOPLE = 60, 1_900
LOADINGS = {
    "mi": [0.67, 0.68, 0.65, 0.67, 0.62, -0.51],
    "cr": [0.70, 0.68, 0.66, 0.64, 0.66, -0.52],
    "vi": [0.74, 0.70, 0.76, -0.54],
    "pi": [0.78, 0.78, 0.74],
}
MODERATE, EASY, HARD = [-1.6, -0.8, 0.0, 1.0], [-2.0, -1.3, -0.5, 0.7], [-1.1, -0.3, 0.5, 1.4]
THRESHOLDS = {"mi": MODERATE, "cr": MODERATE, "vi": EASY, "pi": HARD}
SHARES = {"mi": 0.10, "cr": 0.05, "vi": 0.03, "pi": 0.05}
AGREEMENT = 0.25
NAMES = ("mi", "cr", "vi", "pi", "y")
PATHS = {"vi": ["mi", "cr"], "pi": ["vi", "mi", "cr"], "y": ["vi", "mi", "cr"]}
ASKED = [
    *(PathEffect("path", pair) for pair in [("mi", "vi"), ("cr", "vi"), ("vi", "pi")]),
    *(PathEffect("path", pair) for pair in [("mi", "pi"), ("vi", "y")]),
    *(PathEffect("indirect", (a, "vi", b)) for a in ("mi", "cr") for b in ("pi", "y")),
    PathEffect("total_effect", ("mi", "pi")),
    PathEffect("indirect_difference", ("cr", "vi", "pi"), ("mi", "vi", "pi")),
]


def constructs(rng: np.random.Generator, n: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Draw constructs and who lives where; constructs have variance one within communities."""
    place = rng.integers(0, COMMUNITIES, n)
    mi, noise = rng.normal(size=(2, n))
    cr = 0.32 * mi + np.sqrt(1 - 0.32**2) * noise
    vi = 0.10 * mi + 0.22 * cr + np.sqrt(0.92752) * rng.normal(size=n)
    pi = 0.13 * mi + 0.14 * cr + 0.45 * vi + np.sqrt(0.699) * rng.normal(size=n)
    between = rng.normal(size=(COMMUNITIES, 4)) * np.sqrt(list(SHARES.values()))
    drawn = {"mi": mi, "cr": cr, "vi": vi, "pi": pi}
    return {name: each + between[place, k] for k, (name, each) in enumerate(drawn.items())}, place


def outcome(
    rng: np.random.Generator, known: dict[str, np.ndarray], place: np.ndarray
) -> np.ndarray:
    """Draw who volunteers."""
    line = -0.9 + 0.45 * known["vi"] + 0.2 * known["mi"] + 0.24 * known["cr"]
    line = line + 0.42 * rng.normal(size=COMMUNITIES)[place]
    return (rng.random(len(place)) < 1 / (1 + np.exp(-line))).astype(float)


def answers(rng: np.random.Generator, known: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Draw five-point answers."""
    n = len(known["mi"])
    style, found = AGREEMENT * rng.normal(size=n), {}
    for name, loadings in LOADINGS.items():
        for number, loading in enumerate(loadings, 1):
            left = np.sqrt(1 - loading**2 - AGREEMENT**2) * rng.normal(size=n)
            cuts = THRESHOLDS[name] if loading > 0 else [-each for each in THRESHOLDS[name][::-1]]
            found[f"{name}{number}"] = np.digitize(loading * known[name] + style + left, cuts)
    return found


def truth() -> np.ndarray:
    """Find the effects among the constructs themselves."""
    found = []
    for number in range(10):
        rng = np.random.default_rng([99, number])
        known, place = constructs(rng, 400_000)
        table = np.column_stack([*known.values(), outcome(rng, known, place)])
        within = residuals(table, np.empty((len(table), 0)), clustered(pd.Series(place))).values
        moments = within.T @ within / len(within)
        paths = np.zeros((5, 5))
        for name, causes in PATHS.items():
            own, at = NAMES.index(name), [NAMES.index(each) for each in causes]
            paths[own, at] = np.linalg.solve(moments[np.ix_(at, at)], moments[at, own])
        spread = np.sqrt(np.diag(moments))
        found.append([each.of(NAMES, paths * spread / spread[:, None]) for each in ASKED])
    return np.mean(found, axis=0)


def main(replicates: int) -> None:
    """Draw, estimate and count."""
    wanted, asked = truth(), {each.term + each.kind: each for each in ASKED}
    factors = {
        name: [f"{name}{k}" for k in range(1, len(own) + 1)] for name, own in LOADINGS.items()
    }
    estimates, errors, drawn, start = [], [], [], None
    began = time.process_time()
    for number in range(replicates):
        rng = np.random.default_rng([7, number])
        known, place = constructs(rng, PEOPLE)
        table = pd.DataFrame(answers(rng, known) | {"y": outcome(rng, known, place)})
        rows = clustered(pd.Series(place))
        left = residuals(table.to_numpy(float), np.empty((PEOPLE, 0)), rows)
        measured = measure(
            left.values, list(table), factors, agreement=True, rows=rows, df=left.df, start=start
        )
        start = measured.theta if start is None else start
        derived = structure_after(measured, PATHS).derived
        told = effect_table(derived, asked, 0.95, number, 1_000)
        estimates.append(told["standardised"])
        errors.append(told["standardised_std_error"])
        drawn.append(told[["standardised_monte_carlo_low", "standardised_monte_carlo_high"]])
    seconds = (time.process_time() - began) / replicates
    value, error, ends = np.array(estimates), np.array(errors), np.array(drawn)
    covered = np.abs(value - wanted) <= quantile(0.975, COMMUNITIES - 1) * error
    between = (ends[:, :, 0] <= wanted) & (wanted <= ends[:, :, 1])
    pd.DataFrame(
        {
            "effect": [f"{each.kind} {each.term}" for each in ASKED],
            "truth": wanted.round(4),
            "bias": (value.mean(0) - wanted).round(4),
            "deviation": value.std(0, ddof=1).round(4),
            "std_error": error.mean(0).round(4),
            "coverage": covered.mean(0).round(3),
            "coverage_monte_carlo": between.mean(0).round(3),
            "monte_carlo_error": np.sqrt(
                covered.mean(0) * (1 - covered.mean(0)) / replicates
            ).round(3),
            "replicates": replicates,
        }
    ).to_csv(Path(__file__).with_name("coverage.csv"), index=False)
    print(f"{seconds:.3f} s of processor time a replicate")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
