"""How often the intervals of test-retest reliability cover the truth.

Run from the root of the checkout:
`python3 workflow/boot.py python tests/benchmarks/measurement/retest_truth.py`. It writes
`retest_truth.csv` beside itself. `--samples 50` makes a short trial that only prints.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coproduction.measurement.reliability.retest import resampled_intervals, retest_reliability
from coproduction.rows import clustered

HERE = Path(__file__).resolve().parent
SAMPLES = 2000
REPLICATES = 500  # as many bootstrap samples as a plan that names no number gets


@dataclass(frozen=True)
class Design:
    """A retest: respondents in communities, on two occasions.

    Attributes
    ----------
    communities, size
        Number of communities, and respondents in each.
    reliability
        Share of the variance of a score that is the persons' own.
    nested
        Share of the persons' variance that lies between communities.
    shared
        Share of the error variance that respondents of a community have in common, as where an
        interviewer or an event moves a whole community between the occasions.
    shift
        Shift of everyone at the second occasion, in standard deviations of the persons' values.
    """

    communities: int
    size: int
    reliability: float
    nested: float = 0.0
    shared: float = 0.0
    shift: float = 0.0


DESIGNS = {
    "independent": Design(120, 1, 0.8),
    "independent, few": Design(30, 1, 0.8),
    "independent, unreliable": Design(120, 1, 0.5),
    "shifted": Design(120, 1, 0.8, shift=0.3),
    "nested in 60": Design(60, 2, 0.8, nested=0.1),
    "nested in 20": Design(20, 6, 0.8, nested=0.1),
    "errors shared, 60": Design(60, 2, 0.8, nested=0.1, shared=0.3),
    "errors shared, 20": Design(20, 6, 0.8, nested=0.1, shared=0.3),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=SAMPLES)
    samples = parser.parse_args().samples
    rows = [row for name, design in DESIGNS.items() for row in coverage(name, design, samples)]
    table = pd.DataFrame(rows)
    print(table.to_string(index=False))
    if samples >= SAMPLES:
        table.to_csv(HERE / "retest_truth.csv", index=False)


def coverage(name: str, design: Design, samples: int) -> list[dict]:
    """Count, for both correlations and both intervals, how often the truth is within."""
    rng = np.random.default_rng([17, *name.encode("utf-8")])
    rows = clustered(pd.Series(np.repeat(np.arange(design.communities), design.size)))
    hits: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for _ in range(samples):
        occasions = drawn(design, rng)
        found = vars(retest_reliability(occasions))
        found |= resampled_intervals(occasions, rows, REPLICATES, rng)
        for kind in ("agreement", "consistency"):
            for interval, ends in (
                ("McGraw and Wong", "conf"),
                ("clusters resampled", "bootstrap"),
            ):
                values = [found[f"{kind}_{ends}_{end}"] for end in ("low", "high")]
                hits.setdefault((kind, interval), []).append((found[f"icc_{kind}"], *values))
    return [
        {"design": name, "n": len(rows), "communities": design.communities}
        | summary(np.array(values), truth(design)[kind], kind, interval)
        for (kind, interval), values in hits.items()
    ]


def drawn(design: Design, rng: np.random.Generator) -> pd.DataFrame:
    """Draw normal scores of everyone on both occasions."""
    n = design.communities * design.size
    community = np.repeat(np.arange(design.communities), design.size)

    def mixed(share: float) -> np.ndarray:
        common = rng.standard_normal(design.communities)[community]
        return np.sqrt(share) * common + np.sqrt(1 - share) * rng.standard_normal(n)

    spread = np.sqrt((1 - design.reliability) / design.reliability)
    person = mixed(design.nested)
    return pd.DataFrame(
        {place: person + place * design.shift + spread * mixed(design.shared) for place in range(2)}
    )


def truth(design: Design) -> dict[str, float]:
    """Correlations of the population; the persons' variance is one."""
    error = (1 - design.reliability) / design.reliability
    return {
        "agreement": 1 / (1 + design.shift**2 / 2 + error),
        "consistency": design.reliability,
    }


def summary(values: np.ndarray, true: float, kind: str, interval: str) -> dict:
    estimates, low, high = values.T
    known = np.isfinite(low) & np.isfinite(high)
    covered = ((low <= true) & (true <= high))[known]
    share = covered.mean()
    return {
        "correlation": kind,
        "interval": interval,
        "truth": true,
        "samples": len(values),
        "bias": estimates.mean() - true,
        "share": share,
        "monte_carlo_error": np.sqrt(share * (1 - share) / known.sum()),
        "below_truth": (high < true)[known].mean(),
        "above_truth": (low > true)[known].mean(),
        "mean_length": (high - low)[known].mean(),
        "without_interval": int((~known).sum()),
    }


if __name__ == "__main__":
    main()
