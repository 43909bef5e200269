"""How many dimensions a set of items has."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.measurement.exploratory.parallel_analysis import (
    ParallelAnalysis,
    correlation_matrix,
    parallel_analysis,
)
from coproduction.measurement.fit.measures import Test
from coproduction.notes import Note
from coproduction.options import check_option
from coproduction.plan.options import Correlation

COLUMNS = (
    "correlation",
    "check",
    "item",
    "number",
    "estimate",
    "random",
    "df",
    "p_value",
    "n",
    "warning",
)
MINIMUM_ADEQUACY = 0.60


def sampling_adequacy(correlations: np.ndarray) -> tuple[float, np.ndarray]:
    """Compute the Kaiser–Meyer–Olkin measure of all items and of each.

    Returns
    -------
    tuple
        Squared correlations over squared correlations and squared partial correlations given all
        other items (Kaiser and Rice 1974, *Educational and Psychological Measurement* 34, 111–117);
        NaN where the correlations are not positive definite.
    """
    if not _positive_definite(correlations):
        return float("nan"), np.full(len(correlations), np.nan)
    inverse = np.linalg.inv(correlations)
    scale = np.sqrt(np.diag(inverse))
    off = 1 - np.eye(len(correlations))
    squares = (correlations * off) ** 2
    partial = (inverse / np.outer(scale, scale) * off) ** 2
    each = squares.sum(axis=0) / (squares + partial).sum(axis=0)
    return float(squares.sum() / (squares + partial).sum()), each


def sphericity(correlations: np.ndarray, n: int) -> Test:
    """Test that p items of n respondents are uncorrelated (Bartlett 1951, *Biometrika* 38).

    −(n − 1 − (2p + 5)/6) log det R with p(p − 1)/2 degrees of freedom; NaN where the correlations
    are not positive definite.
    """
    p = len(correlations)
    df = p * (p - 1) // 2
    if not _positive_definite(correlations):
        return Test(float("nan"), df)
    return Test(float(-(n - 1 - (2 * p + 5) / 6) * np.linalg.slogdet(correlations)[1]), df)


def average_partials(correlations: np.ndarray) -> np.ndarray:
    """Compute Velicer's average squared partial correlations.

    Returns
    -------
    numpy.ndarray
        p − 1 values: after taking out 0, 1 … p − 2 principal components; the smallest tells their
        number (Velicer 1976, *Psychometrika* 41, 321–327). NaN from where nothing is left over.
    """
    p = len(correlations)
    values, vectors = np.linalg.eigh(correlations)
    components = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1]
    averages = np.full(p - 1, np.nan)
    for taken in range(p - 1):
        rest = correlations - components[:, :taken] @ components[:, :taken].T
        variances = np.diag(rest)
        if (variances < 1e-10).any():
            break
        partial = rest**2 / np.outer(variances, variances)
        averages[taken] = (partial.sum() - p) / (p * (p - 1))
    return averages


def dimensionality(
    items: pd.DataFrame,
    replicates: int,
    rng: np.random.Generator,
    correlation: Correlation = "pearson",
    continuous: Collection[str] = (),
) -> pd.DataFrame:
    """Gather what speaks for a number of dimensions.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing; correlations are over pairwise complete rows.
    replicates, rng
        Random data sets of the parallel analysis.
    correlation
        Kind of correlation of every check.
    continuous
        Items whose answers are no ordered categories.

    Returns
    -------
    pandas.DataFrame
        `check` is `kmo` and `kmo_item`; `bartlett` (statistic, `df`, `p_value`); `component` and
        `factor`, the eigenvalues by `number` with the 95 % quantile of `random` data; `map`,
        Velicer's averages by number of components; and the suggestions `n_components`, `n_factors`
        (parallel analysis) and `n_map`. `n` is the smallest number who answered two items. One row
        `failed` with a warning where the correlations cannot be computed.
    """
    check_option("correlation", correlation, Correlation)
    if items.shape[1] < 3:
        return _failed(correlation, len(items), Note("too_few_for_dimensions"))
    n = smallest_pair(items)
    try:
        matrix = correlation_matrix(items, correlation, continuous)
        parallel = parallel_analysis(items, replicates, rng, correlation, continuous)
    except Refusal as error:
        return _failed(correlation, n, Note("not_explored", {"reason": error.note}))
    except np.linalg.LinAlgError:
        return _failed(correlation, n, Note("not_explored", {"reason": Note("matrix_singular")}))
    rows = [
        *_adequacy(matrix, list(items.columns)),
        _bartlett(matrix, n),
        *_parallel(parallel),
        *_averages(matrix),
    ]
    table = pd.DataFrame(rows).assign(correlation=correlation, n=n).reindex(columns=list(COLUMNS))
    return table.fillna({"item": "", "warning": ""})


def smallest_pair(items: pd.DataFrame) -> int:
    """Count those who answered both items of the pair that fewest answered."""
    answered = items.notna().to_numpy("int64")
    return int((answered.T @ answered).min())


def _positive_definite(matrix: np.ndarray) -> bool:
    return bool(np.linalg.eigvalsh(matrix)[0] > 1e-10)


def _adequacy(matrix: np.ndarray, names: list[str]) -> list[dict]:
    total, each = sampling_adequacy(matrix)
    warning = ""
    if np.isnan(total):
        warning = str(Note("items_determine_others"))
    elif total < MINIMUM_ADEQUACY:
        warning = str(Note("too_little_in_common"))
    first = {"check": "kmo", "estimate": total, "warning": warning}
    return [first] + [
        {"check": "kmo_item", "item": name, "estimate": value}
        for name, value in zip(names, each, strict=True)
    ]


def _bartlett(matrix: np.ndarray, n: int) -> dict:
    test = sphericity(matrix, n)
    row = {"check": "bartlett", "estimate": test.chisq, "df": test.df}
    return row | {"p_value": test.p_value if np.isfinite(test.chisq) else float("nan")}


def _parallel(parallel: ParallelAnalysis) -> list[dict]:
    rows = []
    for check, observed, random in (
        ("component", parallel.components, parallel.random_components),
        ("factor", parallel.factors, parallel.random_factors),
    ):
        for number, pair in enumerate(zip(observed, random, strict=True), start=1):
            rows.append({"check": check, "number": number, "estimate": pair[0], "random": pair[1]})
    rows.append({"check": "n_components", "estimate": parallel.n_components})
    rows.append({"check": "n_factors", "estimate": parallel.n_factors})
    return rows


def _averages(matrix: np.ndarray) -> list[dict]:
    averages = average_partials(matrix)
    rows = [
        {"check": "map", "number": number, "estimate": value}
        for number, value in enumerate(averages)
    ]
    return [*rows, {"check": "n_map", "estimate": int(np.nanargmin(averages))}]


def _failed(correlation: Correlation, n: int, warning: Note) -> pd.DataFrame:
    row = {"correlation": correlation, "check": "failed", "item": "", "n": n}
    row["warning"] = str(warning)
    return pd.DataFrame([row], columns=list(COLUMNS))
