"""What intervals and tests of path models are worth where the truth is known.

python tests/benchmarks/paths/coverage.py [replicates] writes coverage.csv beside it. The answers
come from a generator of its own: 1,900 people in 60 communities, four constructs with five-point
items of moderate, easy and hard thresholds, reversed items, agreement with whatever is asked, and a
binary outcome by a logit with an intercept of each community. The true effects are those among the
constructs themselves in ten samples of 400,000; in the setting `none` nothing comes of `vi` or `mi`
after it. The same people answer in codes, in normal scores of these, and before anything is cut.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from coproduction.inference.calibrated.residuals import residuals
from coproduction.measurement.ordinal import normal_scores
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
SETTINGS = {"effects": 1.0, "none": 0.0}
NAMES = ("mi", "cr", "vi", "pi", "y")
PATHS = {"vi": ["mi", "cr"], "pi": ["vi", "mi", "cr"], "y": ["vi", "mi", "cr"]}
ASKED = [
    *(PathEffect("path", pair) for pair in [("mi", "vi"), ("cr", "vi"), ("vi", "pi")]),
    *(PathEffect("path", pair) for pair in [("mi", "pi"), ("vi", "y")]),
    *(PathEffect("indirect", (a, "vi", b)) for a in ("mi", "cr") for b in ("pi", "y")),
    PathEffect("total_effect", ("mi", "pi")),
    PathEffect("indirect_difference", ("cr", "vi", "pi"), ("mi", "vi", "pi")),
]


def constructs(
    rng: np.random.Generator, n: int, share: float
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Draw constructs and who lives where; constructs have variance one within communities.

    The paths to `pi` from `vi` and `mi` are multiplied by `share`.
    """
    place = rng.integers(0, COMMUNITIES, n)
    mi, noise = rng.normal(size=(2, n))
    cr = 0.32 * mi + np.sqrt(1 - 0.32**2) * noise
    vi = 0.10 * mi + 0.22 * cr + np.sqrt(0.92752) * rng.normal(size=n)
    pi = share * (0.13 * mi + 0.45 * vi) + 0.14 * cr + np.sqrt(0.699) * rng.normal(size=n)
    between = rng.normal(size=(COMMUNITIES, 4)) * np.sqrt(list(SHARES.values()))
    drawn = {"mi": mi, "cr": cr, "vi": vi, "pi": pi}
    return {name: each + between[place, k] for k, (name, each) in enumerate(drawn.items())}, place


def outcome(
    rng: np.random.Generator, known: dict[str, np.ndarray], place: np.ndarray, share: float
) -> np.ndarray:
    """Draw who volunteers."""
    line = -0.9 + share * (0.45 * known["vi"] + 0.2 * known["mi"]) + 0.24 * known["cr"]
    line = line + 0.42 * rng.normal(size=COMMUNITIES)[place]
    return (rng.random(len(place)) < 1 / (1 + np.exp(-line))).astype(float)


def responses(rng: np.random.Generator, known: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Draw what stands behind the answers."""
    n = len(known["mi"])
    style, found = AGREEMENT * rng.normal(size=n), {}
    for name, loadings in LOADINGS.items():
        for number, loading in enumerate(loadings, 1):
            left = np.sqrt(1 - loading**2 - AGREEMENT**2) * rng.normal(size=n)
            found[f"{name}{number}"] = loading * known[name] + style + left
    return found


def coded(behind: dict[str, np.ndarray]) -> np.ndarray:
    """Cut them into five points."""
    found = []
    for name, loadings in LOADINGS.items():
        for number, loading in enumerate(loadings, 1):
            cuts = THRESHOLDS[name] if loading > 0 else [-each for each in THRESHOLDS[name][::-1]]
            found.append(np.digitize(behind[f"{name}{number}"], cuts))
    return np.column_stack(found).astype(float)


ANSWERS: dict[str, Callable[[dict[str, np.ndarray]], np.ndarray]] = {
    "codes": coded,
    "normal scores": lambda behind: normal_scores(coded(behind)),
    "not cut": lambda behind: np.column_stack(list(behind.values())),
}


def truth(share: float) -> np.ndarray:
    """Find the effects among the constructs themselves."""
    found = []
    for number in range(10):
        rng = np.random.default_rng([99, number])
        known, place = constructs(rng, 400_000, share)
        table = np.column_stack([*known.values(), outcome(rng, known, place, share)])
        within = residuals(table, np.empty((len(table), 0)), clustered(pd.Series(place))).values
        moments = within.T @ within / len(within)
        paths = np.zeros((5, 5))
        for name, causes in PATHS.items():
            own, at = NAMES.index(name), [NAMES.index(each) for each in causes]
            paths[own, at] = np.linalg.solve(moments[np.ix_(at, at)], moments[at, own])
        spread = np.sqrt(np.diag(moments))
        found.append([each.of(NAMES, paths * spread / spread[:, None]) for each in ASKED])
    return np.mean(found, axis=0)


def measured(share: float, replicates: int) -> dict[str, list[pd.DataFrame]]:
    """Draw and estimate."""
    asked = {each.term + each.kind: each for each in ASKED}
    factors = {
        name: [f"{name}{k}" for k in range(1, len(own) + 1)] for name, own in LOADINGS.items()
    }
    found: dict[str, list[pd.DataFrame]] = {form: [] for form in ANSWERS}
    starts: dict[str, np.ndarray | None] = dict.fromkeys(ANSWERS)
    for number in range(replicates):
        rng = np.random.default_rng([7, number])
        known, place = constructs(rng, PEOPLE, share)
        behind, y = responses(rng, known), outcome(rng, known, place, share)
        rows = clustered(pd.Series(place))
        for form, answers in ANSWERS.items():
            table = np.column_stack([answers(behind), y])
            left = residuals(table, np.empty((PEOPLE, 0)), rows)
            step = measure(
                left.values,
                [*behind, "y"],
                factors,
                agreement=True,
                rows=rows,
                df=left.df,
                start=starts[form],
            )
            starts[form] = step.theta if starts[form] is None else starts[form]
            derived = structure_after(step, PATHS).derived
            found[form].append(effect_table(derived, asked, 0.95, number, 1_000))
    return found


def counted(found: list[pd.DataFrame], wanted: np.ndarray) -> pd.DataFrame:
    """Count how often intervals hold the truth, and how often they leave zero out."""
    replicates, name = len(found), "standardised"
    value, error, low, high = (
        np.array([each[f"{name}{part}"] for each in found])
        for part in ("", "_std_error", "_monte_carlo_low", "_monte_carlo_high")
    )
    half = quantile(0.975, COMMUNITIES - 1) * error
    covered = (np.abs(value - wanted) <= half).mean(0)
    return pd.DataFrame(
        {
            "effect": [f"{each.kind} {each.term}" for each in ASKED],
            "truth": wanted.round(4),
            "bias": (value.mean(0) - wanted).round(4),
            "deviation": value.std(0, ddof=1).round(4),
            "std_error": error.mean(0).round(4),
            "coverage": covered.round(3),
            "coverage_monte_carlo": ((low <= wanted) & (wanted <= high)).mean(0).round(3),
            "monte_carlo_error": np.sqrt(covered * (1 - covered) / replicates).round(3),
            "detected": (np.abs(value) > half).mean(0).round(3),
            "detected_monte_carlo": ((low > 0) | (high < 0)).mean(0).round(3),
            "replicates": replicates,
        }
    )


def main(replicates: int) -> None:
    """Draw, estimate and count."""
    began, tables = time.process_time(), []
    for setting, share in SETTINGS.items():
        wanted = truth(share)
        for form, found in measured(share, replicates).items():
            told = counted(found, wanted)
            told.insert(0, "setting", setting)
            told.insert(1, "answers", form)
            tables.append(told)
            print(told.to_string(), flush=True)
    pd.concat(tables).to_csv(Path(__file__).with_name("coverage.csv"), index=False)
    print(f"{(time.process_time() - began) / replicates:.3f} s of processor time a replicate")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
