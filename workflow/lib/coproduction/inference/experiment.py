"""A randomised experiment within a questionnaire: arms, balance, randomisation inference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import StudyError

ARM_COLUMNS = ("experiment", "arm", "n", "mean", "sd", "conf_low", "conf_high")
BALANCE_COLUMNS = (
    *("experiment", "factor", "variable", "level", "mean_0", "mean_1"),
    *("standardised_difference", "p_value"),
)
DRAWS = 1999
FEW_VALUES = 8


def assigned(table: pd.DataFrame, experiment: Mapping[str, Any]) -> pd.DataFrame:
    """Keep the rows with known arms and a known outcome, all as numbers.

    Raises
    ------
    StudyError
        If a factor is not 0/1 or an arm holds fewer than two respondents.
    """
    names = [*experiment["factors"], experiment["outcome"]]
    rows = table[names].astype("float64").dropna()
    for factor in experiment["factors"]:
        if not set(rows[factor].unique()) <= {0.0, 1.0}:
            raise StudyError(f"Experiment `{experiment['id']}`: `{factor}` must be 0 or 1.")
    sizes = rows.groupby(experiment["factors"]).size()
    if len(sizes) < 2 ** len(experiment["factors"]) or sizes.min() < 2:
        raise StudyError(f"Experiment `{experiment['id']}`: an arm has fewer than two respondents.")
    return rows


def arms(table: pd.DataFrame, experiment: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate size, mean, standard deviation (N − 1) and 95 % interval (t) of every arm."""
    from scipy.stats import t

    rows = assigned(table, experiment)
    grouped = rows.groupby(experiment["factors"])[experiment["outcome"]]
    found = grouped.agg(n="size", mean="mean", sd="std").reset_index()
    half = t.ppf(0.975, found["n"] - 1) * found["sd"] / np.sqrt(found["n"])
    codes = found[experiment["factors"]].astype(int).to_dict("records")
    arm = [", ".join(f"{name} = {value}" for name, value in code.items()) for code in codes]
    found = found.assign(experiment=experiment["id"], arm=arm)
    found = found.assign(conf_low=found["mean"] - half, conf_high=found["mean"] + half)
    return found[list(ARM_COLUMNS)]


def balance(table: pd.DataFrame, experiment: Mapping[str, Any]) -> pd.DataFrame:
    """Compare respondents' characteristics between the two sides of every factor.

    A variable with at most 8 values is compared by the share of each value, others by the mean. The
    standardised difference divides by the root of the mean of both variances (Austin 2009,
    *Statistics in Medicine* 28, 3083–3107). p values, one per variable, are Pearson's χ² for shares
    and Welch's t for means; with randomised arms a share α of them falls below α.
    """
    rows = assigned(table, experiment)
    found: list[dict[str, Any]] = []
    for factor in experiment["factors"]:
        for variable in experiment.get("balance", ()):
            known = table.loc[rows.index, variable].astype("float64").dropna()
            treated = rows.loc[known.index, factor] == 1
            shared = {"experiment": experiment["id"], "factor": factor, "variable": variable}
            found.extend({**shared, **each} for each in _compared(known, treated))
    return pd.DataFrame(found, columns=list(BALANCE_COLUMNS))


def _compared(values: pd.Series, treated: pd.Series) -> list[dict[str, Any]]:
    from scipy.stats import chi2_contingency, ttest_ind

    levels = np.unique(values)
    if len(levels) < 2:
        return []
    if len(levels) > FEW_VALUES:
        p = ttest_ind(values[treated], values[~treated], equal_var=False).pvalue
        return [{"level": "", **_difference(values, treated), "p_value": float(p)}]
    p = chi2_contingency(pd.crosstab(values, treated), correction=False).pvalue
    return [
        {
            "level": f"{level:g}",
            **_difference((values == level) * 1.0, treated),
            "p_value": float(p),
        }
        for level in levels
    ]


def _difference(values: pd.Series, treated: pd.Series) -> dict[str, float]:
    one, zero = values[treated], values[~treated]
    spread = np.sqrt((one.var(ddof=1) + zero.var(ddof=1)) / 2)
    difference = (one.mean() - zero.mean()) / spread if spread else np.nan
    return {
        "mean_0": zero.mean(),
        "mean_1": one.mean(),
        "standardised_difference": float(difference),
    }


def randomisation(
    table: pd.DataFrame, experiment: Mapping[str, Any], rng: np.random.Generator
) -> pd.DataFrame:
    """Test every effect of an experiment by repeating its randomisation.

    A factor's effect is the difference of means, averaged over the sides of the other factor; under
    the sharp null that nobody's answer depends on it, the factor is shuffled within the sides
    of the other. The interaction is the difference of differences; main effects may exist under
    its null, so residuals of the additive model are shuffled (Freedman and Lane 1983, *JBES* 1,
    292–298), which is exact only asymptotically. p = (1 + number at least as extreme) /
    (1 + draws).

    Returns
    -------
    pandas.DataFrame
        `term, estimate, p_value, draws, n`; the interaction is `a:b`.
    """
    rows, factors = assigned(table, experiment), list(experiment["factors"])
    draws = experiment.get("permutations", DRAWS)
    outcome = rows[experiment["outcome"]].to_numpy()
    codes = [rows[factor].to_numpy() for factor in factors]
    found = []
    for place, factor in enumerate(factors):
        strata = codes[1 - place] if len(factors) > 1 else np.zeros(len(rows))
        found.append((factor, *_main_effect(outcome, codes[place], strata, draws, rng)))
    if len(factors) > 1:
        found.append((":".join(factors), *_interaction(outcome, *codes, draws, rng)))
    return pd.DataFrame(
        [
            {
                "term": term,
                "estimate": own,
                "p_value": (1 + int((np.abs(drawn) >= abs(own) - 1e-12).sum())) / (1 + draws),
                "draws": draws,
                "n": len(rows),
            }
            for term, own, drawn in found
        ]
    )


def _main_effect(
    outcome: np.ndarray, factor: np.ndarray, strata: np.ndarray, draws: int, rng
) -> tuple[float, np.ndarray]:
    own, drawn, levels = 0.0, np.zeros(draws), np.unique(strata)
    for level in levels:
        values = outcome[strata == level]
        treated = factor[strata == level] == 1
        own += (values[treated].mean() - values[~treated].mean()) / len(levels)
        shuffled = rng.permuted(np.tile(values, (draws, 1)), axis=1)
        size = int(treated.sum())
        drawn += (shuffled[:, :size].mean(1) - shuffled[:, size:].mean(1)) / len(levels)
    return own, drawn


def _interaction(
    outcome: np.ndarray, one: np.ndarray, other: np.ndarray, draws: int, rng
) -> tuple[float, np.ndarray]:
    additive = np.column_stack([np.ones(len(outcome)), one, other])
    residuals = outcome - additive @ np.linalg.lstsq(additive, outcome, rcond=None)[0]
    signs = _cell_weights(one, other)
    shuffled = rng.permuted(np.tile(residuals, (draws, 1)), axis=1)
    return float(outcome @ signs), shuffled @ signs


def _cell_weights(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Weights whose sum with the outcome is the difference of differences of cell means."""
    weights = np.zeros(len(one))
    for a in (0, 1):
        for b in (0, 1):
            cell = (one == a) & (other == b)
            weights[cell] = (1 if a == b else -1) / cell.sum()
    return weights


def experiments(
    table: pd.DataFrame, plan: Sequence[Mapping[str, Any]], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, list[dict[str, Any]]]:
    """Tabulate every experiment: arms, balance, and rows of randomisation tests."""
    empty = pd.DataFrame(columns=list(ARM_COLUMNS)), pd.DataFrame(columns=list(BALANCE_COLUMNS))
    all_arms, all_balance, tests = [empty[0]], [empty[1]], []
    for experiment in plan:
        all_arms.append(arms(table, experiment))
        all_balance.append(balance(table, experiment))
        found = randomisation(table, experiment, np.random.default_rng(seed))
        tests.extend({"outcome": experiment["outcome"], **row} for row in found.to_dict("records"))
    return _joined(all_arms), _joined(all_balance), tests


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
