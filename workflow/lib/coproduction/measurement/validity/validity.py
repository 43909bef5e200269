"""Convergent and discriminant validity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from coproduction.notes import Note, written
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.resampling import (
    bootstrap_counts,
    bootstrap_sums,
    percentile_interval,
)
from coproduction.rows import Rows, rows_at

COLUMNS = (
    "construct_1",
    "construct_2",
    "observed_correlation",
    "n",
    "latent_correlation",
    "latent_conf_low",
    "latent_conf_high",
    "htmt",
    "htmt_conf_low",
    "htmt_conf_high",
    "htmt2",
    "htmt2_conf_low",
    "htmt2_conf_high",
    "fornell_larcker",
    "decision",
    "warning",
)
LIMIT = 0.85
CHUNK = 2_000_000


def convergent_validity(
    construct: str, items: Sequence[str], loadings: np.ndarray
) -> tuple[dict[str, float], list[Note]]:
    """Compute composite reliability and average variance extracted where the model bears them.

    Parameters
    ----------
    construct, items
        Names of the factor and of its items.
    loadings
        Their standardised loadings, NaN where there is no solution.

    Returns
    -------
    tuple
        `composite_reliability` and `average_variance_extracted`, which a loading beyond one
        excludes; and what contradicts them.
    """
    if not np.isfinite(loadings).all():
        return {}, []
    about = {"name": construct}
    if beyond := _where(items, np.abs(loadings) > 1):
        return {}, [Note("loadings_beyond_one", about | {"names": beyond})]
    opposite = _where(items, loadings * (1 if loadings.sum() >= 0 else -1) < 0)
    notes = [Note("loadings_of_both_signs", about | {"names": opposite})] if opposite else []
    return {
        "composite_reliability": composite_reliability(loadings),
        "average_variance_extracted": average_variance_extracted(loadings),
    }, notes


def _where(items: Sequence[str], chosen: np.ndarray) -> list[str]:
    return [item for item, taken in zip(items, chosen, strict=True) if taken]


def composite_reliability(loadings: np.ndarray) -> float:
    """Compute composite reliability from standardised loadings of items without cross-loadings.

    (Σ λ)² / ((Σ λ)² + Σ (1 − λ²)) (Jöreskog 1971, *Psychometrika* 36, 109–133; Fornell and Larcker
    1981, equation 10). From an ordinal model it is the reliability of the responses behind the
    answers, not of the sum score.
    """
    explained = float(loadings.sum() ** 2)
    return explained / (explained + float((1 - loadings**2).sum()))


def average_variance_extracted(loadings: np.ndarray) -> float:
    """Compute the mean squared standardised loading (Fornell and Larcker 1981, equation 12)."""
    return float((loadings**2).mean())


def heterotrait_monotrait(
    correlations: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Compute HTMT and HTMT2 of two constructs.

    Parameters
    ----------
    correlations
        … × items × items.
    first, second
        Positions of the items of either construct, at least two each.

    Returns
    -------
    tuple of numpy.ndarray
        HTMT: arithmetic means (Henseler, Ringle and Sarstedt 2015, *Journal of the Academy of
        Marketing Science* 43, 115–135); HTMT2: geometric means (Roemer, Schuberth and Henseler
        2021, *Industrial Management & Data Systems* 121, 2637–2650). Both of absolute correlations,
        as in semTools::htmt; but HTMT2 is NaN where two items of one construct do not correlate
        positively, for which the size is no measure of what they share.
    """
    size = np.abs(correlations)
    across = size[..., first[:, None], second[None, :]].reshape(*size.shape[:-2], -1)
    within = [
        size[..., items[rows], items[columns]]
        for items in (first, second)
        for rows, columns in [np.triu_indices(len(items), 1)]
    ]
    with np.errstate(divide="ignore"):
        logarithm = np.log(across).mean(-1) - sum(np.log(part).mean(-1) for part in within) / 2
    positive = [
        (correlations[..., items[rows], items[columns]] > 0).all(-1)
        for items in (first, second)
        for rows, columns in [np.triu_indices(len(items), 1)]
    ]
    geometric = np.where(positive[0] & positive[1], np.exp(logarithm), np.nan)
    arithmetic = across.mean(-1) / np.sqrt(within[0].mean(-1) * within[1].mean(-1))
    return arithmetic, geometric


def correlations(items: pd.DataFrame) -> np.ndarray:
    """Compute Pearson correlations, each over the rows complete on its two items."""
    return items.corr(min_periods=3).to_numpy("float64")


def bootstrap_correlations(
    items: pd.DataFrame,
    replicates: int,
    rng: np.random.Generator,
    rows: Rows | None = None,
) -> np.ndarray:
    """Resample pairwise-complete Pearson correlations by rows or clusters.

    Returns
    -------
    numpy.ndarray
        Replicates × items × items.
    """
    units = rows_at(items.index, rows, "cluster").sampling_units
    counts = bootstrap_counts(units, replicates, rng)
    present = items.notna().to_numpy("float64")
    # Correlations do not move with the origin; a mean near zero keeps the sums exact.
    values = np.nan_to_num((items - items.mean()).to_numpy("float64"))
    k = items.shape[1]
    result = np.tile(np.eye(k), (replicates, 1, 1))
    pairs = list(combinations(range(k), 2))
    width = max(1, CHUNK // (6 * len(items)))
    for start in range(0, len(pairs), width):
        one, two = np.array(pairs[start : start + width]).T
        x, y, m, o = values[:, one], values[:, two], present[:, one], present[:, two]
        stacked = np.hstack([m * o, x * o, y * m, x * x * o, y * y * m, x * y])
        n, sx, sy, sxx, syy, sxy = np.split(bootstrap_sums(stacked, units, counts), 6, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.sqrt((sxx - sx * sx / n) * (syy - sy * sy / n))
            result[:, one, two] = result[:, two, one] = (sxy - sx * sy / n) / spread
    return result


def validity(
    scales: Mapping[str, pd.DataFrame],
    scores: pd.DataFrame,
    latent: pd.DataFrame,
    extracted: Mapping[str, float],
    replicates: int,
    rng: np.random.Generator,
    rows: Rows | None = None,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Compare every two constructs.

    Parameters
    ----------
    scales
        Keyed items of each construct.
    scores
        Rows × construct scores, named as the scales.
    latent
        Factor correlations: `construct_1, construct_2, estimate, conf_low, conf_high`; may be
        empty.
    extracted
        Average variance extracted of each construct, where known.
    replicates, rng
        Bootstrap of HTMT.
    rows
        What the rows stand for; each for itself where it is not told. Whole clusters are drawn.
    confidence
        Confidence level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per pair. `fornell_larcker` is true where both average variances extracted exceed
        the squared factor correlation (missing where unknown). `decision` is `distinct` where the
        interval of HTMT2 ends below 0.85, `not_distinct` where it lies above, `uncertain` where it
        holds 0.85; that of HTMT decides where HTMT2 has none, and it is empty where neither is
        known. A ratio that its own bootstrap interval leaves out has none: sizes of correlations
        about zero are larger in resamples than in the sample.
    """
    together = pd.concat(scales.values(), axis=1)
    sample = correlations(together)
    resampled = bootstrap_correlations(together, replicates, rng, rows) if replicates else None
    places = {name: together.columns.get_indexer(items.columns) for name, items in scales.items()}
    known = {frozenset(row[:2]): row[2:] for row in _ordered(latent)}
    found = []
    for one, two in combinations(scales, 2):
        factor = known.get(frozenset((one, two)), (np.nan,) * 3)
        both = scores[[one, two]].dropna()
        ratios, notes = _ratios(sample, resampled, (one, two), places, confidence)
        larcker = _fornell_larcker(factor[0], extracted.get(one), extracted.get(two))
        observed = np.corrcoef(both.to_numpy("float64").T)[0, 1] if _varies(both) else np.nan
        verdict = _decision(*ratios[4:6]) or _decision(*ratios[1:3])
        told = written([*notes, *_notes(one, two, factor[0], verdict)])
        found.append((one, two, observed, len(both), *factor, *ratios, larcker, verdict, told))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _ordered(latent: pd.DataFrame) -> Iterator[tuple]:
    columns = ["construct_1", "construct_2", "estimate", "conf_low", "conf_high"]
    return latent.reindex(columns=columns).itertuples(index=False, name=None)


def _varies(both: pd.DataFrame) -> bool:
    return len(both) > 2 and bool((both.nunique() > 1).all())


def _ratios(
    sample: np.ndarray,
    resampled: np.ndarray | None,
    names: tuple[str, str],
    places: Mapping[str, np.ndarray],
    confidence: float,
) -> tuple[list[float], list[Note]]:
    """Both ratios, each with its interval, and what is amiss with them."""
    one, two = (places[name] for name in names)
    if min(len(one), len(two)) < 2:
        return [float("nan")] * 6, []
    row, notes, about = [], [], {"one": names[0], "other": names[1]}
    resamples = (np.array([]),) * 2
    if resampled is not None:
        resamples = heterotrait_monotrait(resampled, one, two)
    found = heterotrait_monotrait(sample, one, two)
    if np.isnan(found[1]) and np.isfinite(found[0]):
        notes.append(Note("no_htmt2", about))
    for ratio, value, values in zip(("HTMT", "HTMT2"), found, resamples, strict=True):
        low, high = percentile_interval(values, confidence)
        if value < low or value > high:
            notes.append(Note("ratio_outside_interval", about | {"ratio": ratio}))
            low = high = float("nan")
        row += [float(value), low, high]
    return row, notes


def _fornell_larcker(correlation: float, first: float | None, second: float | None) -> bool | None:
    if first is None or second is None or np.isnan([correlation, first, second]).any():
        return None
    return bool(min(first, second) > correlation**2)


def _decision(low: float, high: float) -> str:
    if np.isnan(low):
        return ""
    if high < LIMIT:
        return "distinct"
    return "not_distinct" if low > LIMIT else "uncertain"


def _notes(one: str, two: str, correlation: float, decision: str) -> list[Note]:
    about = {"one": one, "other": two}
    if abs(correlation) > 1:
        return [Note("latent_beyond_one", about)]
    return [Note("constructs_not_distinct", about)] if decision == "not_distinct" else []
