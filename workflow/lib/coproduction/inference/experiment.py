"""A randomised experiment within a questionnaire: arms, balance, randomisation inference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.differences import compared
from coproduction.numerics.student import quantile, two_sided
from coproduction.plan.experiments import Experiment

ARM_COLUMNS = ("experiment", "arm", "n", "mean", "sd", "conf_low", "conf_high")
BALANCE_COLUMNS = (
    *("experiment", "factor", "variable", "level", "n_0", "n_1"),
    *("mean_0", "mean_1", "standardised_difference", "p_value"),
)
EFFECT_COLUMNS = (
    *("experiment", "outcome", "term", "estimate", "std_error", "statistic", "df", "p_value"),
    *("conf_low", "conf_high", "standardised", "randomisation_p_value", "draws", "n"),
    *("covariance", "reason"),
)
NEYMAN = "Neyman"
AT_ONCE = 500


def assigned(table: pd.DataFrame, experiment: Experiment) -> pd.DataFrame:
    """Keep the rows with known arms and a known outcome, all as numbers.

    Raises
    ------
    Refusal
        If a factor is not 0/1 or an arm holds fewer than two respondents.
    """
    names = [*experiment.factors, experiment.outcome]
    rows = table[names].astype("float64").dropna()
    for factor in experiment.factors:
        if not set(rows[factor].unique()) <= {0.0, 1.0}:
            raise Refusal("factor_not_binary", experiment=experiment.id, name=factor)
    sizes = rows.groupby(list(experiment.factors)).size()
    if len(sizes) < 2 ** len(experiment.factors) or sizes.min() < 2:
        raise Refusal("arm_too_small", experiment=experiment.id)
    return rows


def arms(table: pd.DataFrame, experiment: Experiment) -> pd.DataFrame:
    """Tabulate size, mean, standard deviation (N − 1) and 95 % interval (t) of every arm."""
    rows = assigned(table, experiment)
    grouped = rows.groupby(list(experiment.factors))[experiment.outcome]
    found = grouped.agg(n="size", mean="mean", sd="std").reset_index()
    quantiles = np.array([quantile(0.975, n - 1) for n in found["n"]])
    half = quantiles * found["sd"] / np.sqrt(found["n"])
    codes = found[list(experiment.factors)].astype(int).to_dict("records")
    arm = [", ".join(f"{name} = {value}" for name, value in code.items()) for code in codes]
    found = found.assign(experiment=experiment.id, arm=arm)
    found = found.assign(conf_low=found["mean"] - half, conf_high=found["mean"] + half)
    return found[list(ARM_COLUMNS)]


def balance(table: pd.DataFrame, experiment: Experiment) -> pd.DataFrame:
    """Compare respondents' characteristics between the two sides of every factor.

    How is said in `differences`; with randomised arms a share α of the p values falls below α.
    """
    rows = assigned(table, experiment)
    found: list[dict[str, Any]] = []
    for factor in experiment.factors:
        for variable in experiment.balance:
            known = table.loc[rows.index, variable].astype("float64").dropna()
            treated = rows.loc[known.index, factor] == 1
            shared = {"experiment": experiment.id, "factor": factor, "variable": variable}
            found.extend({**shared, **each} for each in compared(known, treated))
    return pd.DataFrame(found, columns=list(BALANCE_COLUMNS))


def contrasts(rows: pd.DataFrame, factors: Sequence[str]) -> dict[str, np.ndarray]:
    """Weights of the rows whose sum with the outcome gives each effect.

    A factor's effect is the difference of means, averaged over the sides of the other factor; the
    interaction `a:b` the difference of differences.
    """
    codes = [rows[factor].to_numpy() for factor in factors]
    cells, members, sizes = np.unique(
        np.column_stack(codes), axis=0, return_inverse=True, return_counts=True
    )
    share = 1 / sizes[members.ravel()]
    found = {
        factor: np.where(code == 1, share, -share) * 2 / len(cells)
        for factor, code in zip(factors, codes, strict=True)
    }
    if len(factors) == 2:
        found[":".join(factors)] = np.where(codes[0] == codes[1], share, -share)
    return found


def experiment_effects(
    table: pd.DataFrame, experiment: Experiment, rng: np.random.Generator
) -> pd.DataFrame:
    """Estimate every effect of an experiment and test it by repeating its randomisation.

    The standard error is Neyman's, from the variances of the arms; degrees of freedom are Welch's.
    `standardised` divides the estimate by the outcome's standard deviation (N − 1). Under the sharp
    null that nobody's answer depends on a factor, the factor is shuffled within the sides of the
    other. Main effects may exist under the null of no interaction, so that residuals of the
    additive model are shuffled there (Freedman and Lane 1983, *JBES* 1, 292–298), which is exact
    only asymptotically. p = (1 + number at least as extreme) / (1 + draws).

    Returns
    -------
    pandas.DataFrame
        `experiment, outcome, term, estimate, std_error, statistic, df, p_value, conf_low,
        conf_high, standardised, randomisation_p_value, draws, n, covariance, reason`.
    """
    rows, factors = assigned(table, experiment), list(experiment.factors)
    outcome = rows[experiment.outcome].to_numpy()
    draws = experiment.permutations
    strata = {
        factor: rows[other].to_numpy() if len(factors) > 1 else np.zeros(len(rows))
        for factor, other in zip(factors, reversed(factors), strict=True)
    }
    found = []
    for term, weights in contrasts(rows, factors).items():
        if term in strata:
            drawn = shuffled(outcome, strata[term], weights, draws, rng)
        else:
            drawn = shuffled(_residuals(rows, factors, outcome), None, weights, draws, rng)
        estimated = _neyman(rows, factors, outcome, weights)
        extreme = int((np.abs(drawn) >= abs(estimated["estimate"]) - 1e-12).sum())
        found.append(
            {"term": term, **estimated, "randomisation_p_value": (1 + extreme) / (1 + draws)}
        )
    shared = {"experiment": experiment.id, "outcome": experiment.outcome, "reason": ""}
    table = pd.DataFrame(found).assign(draws=draws, n=len(rows), covariance=NEYMAN, **shared)
    return table[list(EFFECT_COLUMNS)]


def shuffled(
    values: np.ndarray,
    strata: np.ndarray | None,
    weights: np.ndarray,
    draws: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw weighted sums (draws,) with the values shuffled, within strata if there are any."""
    total = np.zeros(draws)
    for level in [None] if strata is None else np.unique(strata):
        inside = np.ones(len(values), bool) if strata is None else strata == level
        for start in range(0, draws, AT_ONCE):
            size = min(AT_ONCE, draws - start)
            drawn = rng.permuted(np.tile(values[inside], (size, 1)), axis=1)
            total[start : start + size] += drawn @ weights[inside]
    return total


def _residuals(rows: pd.DataFrame, factors: list[str], outcome: np.ndarray) -> np.ndarray:
    additive = np.column_stack([np.ones(len(rows)), rows[factors].to_numpy()])
    return outcome - additive @ np.linalg.lstsq(additive, outcome, rcond=None)[0]


def _neyman(
    rows: pd.DataFrame, factors: list[str], outcome: np.ndarray, weights: np.ndarray
) -> dict[str, float]:
    """Complete an effect with the standard error from the arms' variances."""
    arms = pd.DataFrame({"y": outcome, "w": weights}).groupby([rows[f].to_numpy() for f in factors])
    sizes, variances = arms.size().to_numpy(), arms["y"].var(ddof=1).to_numpy()
    parts = variances * arms["w"].first().to_numpy() ** 2 * sizes
    value, error = float(outcome @ weights), float(np.sqrt(parts.sum()))
    df = float(parts.sum() ** 2 / (parts**2 / (sizes - 1)).sum()) if error else np.nan
    half = quantile(0.975, df) * error
    return {
        "estimate": value,
        "std_error": error,
        "statistic": value / error if error else np.nan,
        "df": df,
        "p_value": two_sided(value / error, df) if error else np.nan,
        "conf_low": value - half,
        "conf_high": value + half,
        "standardised": value / outcome.std(ddof=1) if error else np.nan,
    }


def experiments(
    table: pd.DataFrame, planned: Sequence[Experiment], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Tabulate every experiment: arms, balance, effects; one that cannot be has its reason."""
    found: dict[str, list[pd.DataFrame]] = {"arms": [], "balance": [], "effects": []}
    for experiment in planned:
        try:
            effects = experiment_effects(table, experiment, np.random.default_rng(seed))
        except Refusal as error:
            known = {"experiment": experiment.id, "outcome": experiment.outcome}
            found["effects"].append(pd.DataFrame([{**known, "reason": str(error.note)}]))
            continue
        found["effects"].append(effects)
        found["arms"].append(arms(table, experiment))
        found["balance"].append(balance(table, experiment))
    return (
        _joined(found["arms"], ARM_COLUMNS),
        _joined(found["balance"], BALANCE_COLUMNS),
        _joined(found["effects"], EFFECT_COLUMNS),
    )


def _joined(tables: list[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    joined = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return joined.reindex(columns=list(columns))
