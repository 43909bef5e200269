"""Whether contrasts between communities are supported where they do not exist, with weights.

Run from the root of the checkout: `python tests/benchmarks/verdicts/contrasts.py --replicates 400`.
It draws replicates of the scenario `contract_only`, in which a company moves no voluntary service
but the one that its contracts require, from raw export to the estimates of H12b and of its
unweighted twin, and of no other hypothesis; `contrasts.csv` has a row per replicate and model. What
is there is not drawn again.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "workflow" / "lib")]

from coproduction.scenarios.batch import Analysed, judgements_of  # noqa: E402
from verdicts import analysed, generator, study  # noqa: E402

SCENARIO, HYPOTHESIS = "contract_only", "H12b"
MODELS = {"weighted": "company_rate", "unweighted": "company_rate_unweighted"}
KEPT = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high", "verdict"]
FILE = HERE / "contrasts.csv"


@cache
def alone() -> Analysed:
    """Give the plan of the one hypothesis and of its twin, that rests on the unweighted model."""
    whole = analysed()
    (asked,) = (each for each in whole.plan.hypotheses if each.id == HYPOTHESIS)
    (family,) = (each for each in whole.plan.families if each.id == asked.family)
    plan = replace(
        whole.plan,
        models=tuple(whole.plan.by_name[model] for model in MODELS.values()),
        # One family each, so that neither is corrected for the other.
        families=tuple(replace(family, id=name) for name in MODELS),
        hypotheses=tuple(
            replace(asked, id=name, family=name, model=model, checks=None)
            for name, model in MODELS.items()
        ),
        paths=(),
        path_hypotheses=(),
        composites=(),
        grids=(),
    )
    return replace(whole, plan=plan)


def drawn(number: int) -> pd.DataFrame:
    """Judge one replicate by either model."""
    seed = study().settings["study"]["seed"]
    found = judgements_of(alone(), generator(SCENARIO), seed, number)["verdicts"]
    return found[["hypothesis", *KEPT]].assign(replicate=number)


def main() -> None:
    """Draw what is not there yet, and say how often the contrast is supported."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--replicates", type=int, default=400)
    arguments.add_argument("--processes", type=int, default=2)
    told = arguments.parse_args()
    known = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame({"replicate": []}, dtype=int)
    lacking = sorted(set(range(told.replicates)) - set(known["replicate"]))
    with ProcessPoolExecutor(told.processes) as pool:
        for found in pool.map(drawn, lacking):
            known = pd.concat([known, found], ignore_index=True)
            known.to_csv(FILE, index=False)
    for name, rows in known.groupby("hypothesis"):
        supported = rows["verdict"].eq("supported").mean()
        covered = ((rows["conf_low"] <= 0) & (rows["conf_high"] >= 0)).mean()
        error = np.sqrt(supported * (1 - supported) / len(rows))
        print(
            f"{name}: {len(rows)} replicates, mean estimate {rows['estimate'].mean():.4f} ± "
            f"{rows['estimate'].sem():.4f}, supported {supported:.3f} ± {error:.3f}, "
            f"zero covered {covered:.3f}"
        )


if __name__ == "__main__":
    main()
