"""Multiple imputation: as many chains as imputations, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.missing.chain import Imputation, run_chain
from coproduction.missing.convergence import SETTLED, potential_reduction, unsettled
from coproduction.missing.layout import layout, varies
from coproduction.missing.problem import Problem, Target
from coproduction.notes import Note, written
from coproduction.numerics.processes import run
from coproduction.options import check_between

COLUMNS = ("variable", "method", "n", "n_missing", "rhat", "note")
CHAIN_COLUMNS = ("variable", "imputation", "iteration", "mean", "deviation")
MOST = 10_000


@dataclass(frozen=True)
class Imputed:
    """Imputations of a problem; none of its tables holds the value of a person.

    Attributes
    ----------
    completed
        For each imputation and target, the values of its missing cells.
    summary
        `variable, method, n, n_missing, rhat, note`: one row per target that misses something.
    chains
        `variable, imputation, iteration, mean, deviation` of the imputed values.
    """

    completed: tuple[dict[str, np.ndarray], ...]
    summary: pd.DataFrame
    chains: pd.DataFrame


def impute(
    problem: Problem, imputations: int, iterations: int, seed: int, cores: int = 1
) -> Imputed:
    """Impute every missing cell several times.

    Imputation k is the same however many others there are, and on any number of cores.

    Parameters
    ----------
    problem
        What is imputed from what.
    imputations, iterations
        How many chains, and how long each is.
    seed
        Seed of the study.
    cores
        Number of processes.

    Raises
    ------
    StudyError
        If there are no imputations or iterations.
    """
    check_between("imputations", imputations, 0, MOST)
    check_between("iterations", iterations, 0, MOST)
    made = layout(problem)
    tasks = {
        str(number): (run_chain, (problem, made, iterations, seed, number))
        for number in range(imputations)
    }
    chains: list[Imputation] = list(run(tasks, cores).values())
    return Imputed(
        tuple(each.values for each in chains),
        pd.DataFrame(_summaries(problem, chains), columns=list(COLUMNS)),
        _traced(problem, chains),
    )


def _summaries(problem: Problem, chains: list[Imputation]) -> Iterator[dict[str, object]]:
    means = np.stack([each.means for each in chains], axis=1)
    deviations = np.stack([each.deviations for each in chains], axis=1)
    exact = frozenset().union(*(each.exact for each in chains))
    for place, target in enumerate(problem.targets):
        if not target.missing.any():
            continue
        traces = [each[:, :, place] for each in (means, deviations)]
        if target.name in exact:
            # Chains that stand still have nothing to settle: more iterations change nothing.
            traces = [each for each in traces if np.isfinite(potential_reduction(each))]
        known = varies(target) and bool(traces)
        rhat = (
            float(np.fmax.reduce([potential_reduction(each) for each in traces]))
            if known
            else np.nan
        )
        apart = known and any(map(unsettled, traces))
        yield {
            "variable": target.name,
            "method": target.method,
            "n": int(target.observed.sum()),
            "n_missing": int(target.missing.sum()),
            "rhat": rhat,
            "note": written(_notes(target, rhat if apart else None, exact=target.name in exact)),
        }


def _notes(target: Target, unsettled_at: float | None, *, exact: bool) -> Iterator[Note]:
    if not target.observed.any():
        yield Note("imputation_of_nothing", {"name": target.name})
    if exact:
        yield Note("imputation_exact", {"name": target.name})
    if unsettled_at is not None:
        values = {"name": target.name, "value": unsettled_at, "most": SETTLED}
        yield Note("imputation_unsettled", values)


def _traced(problem: Problem, chains: list[Imputation]) -> pd.DataFrame:
    """Means and deviations of every chain, for the targets that miss something and vary."""
    columns: dict[str, list[np.ndarray]] = {name: [] for name in CHAIN_COLUMNS}
    for place, target in enumerate(problem.targets):
        if not target.missing.any() or not varies(target):
            continue
        for number, chain in enumerate(chains, 1):
            n = len(chain.means)
            columns["variable"].append(np.full(n, target.name, object))
            columns["imputation"].append(np.full(n, number))
            columns["iteration"].append(np.arange(1, n + 1))
            columns["mean"].append(chain.means[:, place])
            columns["deviation"].append(chain.deviations[:, place])
    if not columns["variable"]:
        return pd.DataFrame(columns=list(CHAIN_COLUMNS))
    return pd.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()})
