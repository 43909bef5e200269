"""How often intervals cover the truth, and how often a true model is rejected.

Run from the root of the checkout:
`python3 workflow/boot.py python tests/benchmarks/measurement/truth.py`. It writes `truth.csv`
beside itself. `--samples 20` makes a short trial that only prints.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from populations import LARGE, SMALL, Population
from scipy.special import ndtr
from scipy.stats import norm

from coproduction.measurement.factor.confirmatory import confirmatory
from coproduction.measurement.ordinal.normal import bivariate_normal_cdf
from coproduction.measurement.reliability.alpha import alpha_of
from coproduction.measurement.reliability.omega import omega_categorical, omega_total
from coproduction.measurement.reliability.table import reliability
from coproduction.rows import clustered

HERE = Path(__file__).resolve().parent
SAMPLES = 500
REPLICATES = 500  # as many bootstrap samples as a plan that names no number gets
TARGETS = {"covered": (0.93, 0.97), "rejected": (0.04, 0.07)}
INTERVALS = {
    "alpha_conf": "Feldt",
    "alpha_bootstrap": "bootstrap",
    "alpha_standardised_conf": "bootstrap",
    "alpha_ordinal_conf": "delta",
    "omega_total_conf": "bootstrap",
    "omega_categorical_conf": "delta",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=SAMPLES)
    samples = parser.parse_args().samples
    parts: list[pd.DataFrame] = []
    for part in (
        lambda: fits("ordinal 3 × 4", SMALL, 500, 2 * samples, 11),
        lambda: scales("ordinal", 500, samples, 13),
        lambda: fits("ordinal 3 × 4", SMALL, 1000, 2 * samples, 11),
        lambda: scales("continuous", 500, samples, 14),
        lambda: fits("ordinal 5 × 8", LARGE, 1000, samples, 12),
        lambda: scales("ordinal", 1000, samples, 13),
        lambda: scales("nested", 900, samples, 15),
    ):
        parts.append(part())
        if samples >= SAMPLES:
            pd.concat(parts).to_csv(HERE / "truth.csv", index=False)
        print(parts[-1].to_string(index=False), flush=True)


def fits(design: str, population: Population, n: int, samples: int, seed: int) -> pd.DataFrame:
    """Fit the true model to samples by WLSMV."""
    truth = parameters(population)
    tables, rejected = [], []
    for number in range(samples):
        items = population.ordinal(n, np.random.default_rng([seed, n, number]))
        fit = confirmatory(items, population.model, "WLSMV")
        tables.append(fit.parameters.set_index("term"))
        rejected.append(fit.fit["p_value_scaled"] < 0.05)
    rows = [{"quantity": "scaled-and-shifted test at 5 %", **rate(np.array(rejected), "rejected")}]
    kinds = {"loading": [], "standardised loading": [], "factor correlation": []}
    half = norm.ppf(0.975)
    for term, kind, raw, standard in truth:
        found = pd.DataFrame([table.loc[term] for table in tables])
        for name, true, centre, error in (
            (kind, raw, "estimate", "std_error"),
            (f"standardised {kind}", standard, "standardised", "standardised_std_error"),
        ):
            if true is None:
                continue
            centre, margin = found[centre].astype(float), half * found[error].astype(float)
            outcome = outcomes(centre - margin, centre + margin, true)
            name = {"standardised covariance": "factor correlation"}.get(name, name)
            kinds[name].append(outcome)
            rows.append({"quantity": f"{name} {term}", "truth": true, **coverage(outcome)})
    for name, each in kinds.items():
        rows.append({"quantity": f"{name}, all", **coverage(np.column_stack(each))})
    return labelled(rows, design, n, samples)


def parameters(population: Population) -> Iterator[tuple[str, str, float | None, float | None]]:
    """Term, kind, value and standardised value of loadings and factor covariances."""
    for factor, names in enumerate(population.items):
        loadings = population.loadings[factor]
        for place, (name, loading) in enumerate(zip(names, loadings, strict=True)):
            raw = loading / loadings[0] if place else None
            yield f"f{factor + 1} =~ {name}", "loading", raw, loading
        for other in range(factor):
            yield f"f{other + 1} ~~ f{factor + 1}", "covariance", None, population.correlation


def scales(kind: str, n: int, samples: int, seed: int) -> pd.DataFrame:
    """Compute the reliability of a scale of each length in samples.

    `nested` are ordinal items of respondents in communities of 15.
    """
    rows = []
    communities = np.arange(n) // 15 if kind == "nested" else None
    rows = None if communities is None else clustered(pd.Series(communities))
    for each in (4, 8):
        population = Population(np.linspace(0.5, 0.8, each)[None], 1.0)
        truth = coefficients(population, kind)
        tables = []
        for number in range(samples):
            rng = np.random.default_rng([seed, n, each, number])
            draw = population.continuous if kind == "continuous" else population.ordinal
            table = reliability(
                {"f": draw(n, rng, communities)},
                replicates=REPLICATES,
                seed=number,
                rows=rows,
                minimum=0,
            )
            tables.append(table.iloc[0])
        found = pd.DataFrame(tables)
        for interval, method in INTERVALS.items():
            name = interval.removesuffix("_conf").removesuffix("_bootstrap")
            if name not in truth:
                continue
            low, high = (found[f"{interval}_{side}"].astype(float) for side in ("low", "high"))
            outcome = outcomes(low, high, truth[name])
            rows.append(
                {
                    "quantity": f"{name} of {each} items, {method}",
                    "truth": truth[name],
                    **coverage(outcome),
                }
            )
    return labelled(rows, f"{kind} scale", n, samples)


def coefficients(population: Population, kind: str) -> dict[str, float]:
    """Compute the coefficients of a one-factor population."""
    latent = np.outer(population.loadings, population.loadings)
    np.fill_diagonal(latent, 1.0)
    if kind == "continuous":
        return dict.fromkeys(("alpha", "alpha_standardised"), float(alpha_of(latent))) | {
            "omega_total": float(omega_total(latent))
        }
    thresholds = [np.array(cuts) for cuts in population.thresholds]
    covariance = category_covariances(thresholds, latent)
    sd = np.sqrt(np.diag(covariance))
    pairs = latent.shape[0] * (latent.shape[0] - 1) // 2
    return {
        "alpha": float(alpha_of(covariance)),
        "alpha_standardised": float(alpha_of(covariance / np.outer(sd, sd))),
        "alpha_ordinal": float(alpha_of(latent)),
        "omega_total": float(omega_total(covariance)),
        "omega_categorical": omega_categorical(thresholds, latent, np.ones(pairs)),
    }


def category_covariances(thresholds: list[np.ndarray], latent: np.ndarray) -> np.ndarray:
    """Covariances of category numbers: sums of P(X > h, Y > k) − P(X > h) P(Y > k)."""
    covariance = np.empty_like(latent)
    for i, h in enumerate(thresholds):
        for j, k in enumerate(thresholds):
            h_, k_ = h[:, None], k[None]
            joint = (
                ndtr(np.minimum(h_, k_)) if i == j else bivariate_normal_cdf(h_, k_, latent[i, j])
            )
            covariance[i, j] = (joint - ndtr(h_) * ndtr(k_)).sum()
    return covariance


def outcomes(low: pd.Series, high: pd.Series, true: float) -> np.ndarray:
    """Per sample −1 where the interval lies below the truth, 1 above it, 0 around it, NaN none."""
    position = np.where(high < true, -1.0, np.where(low > true, 1.0, 0.0))
    return np.where(np.isfinite(low) & np.isfinite(high), position, np.nan)


def coverage(outcome: np.ndarray) -> dict[str, float | str]:
    """Summarise outcomes of samples, or of samples × quantities."""
    return {
        **rate(np.where(np.isnan(outcome), np.nan, outcome == 0), "covered"),
        "below_truth": np.nanmean(outcome == -1),
        "above_truth": np.nanmean(outcome == 1),
        "without_interval": int(np.isnan(outcome).sum()),
    }


def rate(happened: np.ndarray, event: str) -> dict[str, float | str | bool]:
    """Share of an event; its Monte-Carlo error takes samples, not quantities, as independent."""
    low, high = TARGETS[event]
    each = happened.astype(float).reshape(len(happened), -1)
    each = np.nanmean(each, axis=1)
    share = each.mean()
    return {
        "event": event,
        "share": share,
        "monte_carlo_error": each.std(ddof=1) / np.sqrt(len(each)),
        "within_target": bool(low <= share <= high),
    }


def labelled(rows: list[dict], design: str, n: int, samples: int) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    for place, (name, value) in enumerate((("design", design), ("n", n), ("samples", samples))):
        table.insert(place, name, value)
    return table


if __name__ == "__main__":
    main()
