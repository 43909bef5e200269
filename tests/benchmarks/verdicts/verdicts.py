"""What the shipped plan decides on known truths, and what the objection of one source is worth.

Run from the root of the checkout: `python tests/benchmarks/verdicts/verdicts.py --replicates 60`.
It draws replicates of scenarios as `snakemake scenarios` does, from raw export to verdict, and
keeps beside each verdict what the further models of a hypothesis say. `replicates.csv.gz` has them;
a run with more replicates goes on where the last one stopped. `verdicts.csv` has bias, coverage and
verdicts, `objections.csv` how often rules on the further models hit true and false supports.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "workflow" / "lib"))

from coproduction.scenarios.batch import Analysed, judgements_of  # noqa: E402
from coproduction.scenarios.reading import Scenario, read_scenarios  # noqa: E402
from coproduction.scenarios.truths import scenario_truth  # noqa: E402
from coproduction.schemas import schema  # noqa: E402
from coproduction.simulation.estimands.true_values import true_values  # noqa: E402
from coproduction.simulation.generator import Generator, prepare  # noqa: E402
from coproduction.study import Study, read_study  # noqa: E402
from coproduction.yamlfiles.yamlfile import read_yaml  # noqa: E402

FOLDER = ROOT / "instruments" / "coproduction"
SCENARIOS = (
    *("base", "base_icc30", "modest", "modest_icc30", "null", "method_bias", "substitution"),
    *("selection_only", "contract_only", "careless_40", "desirability"),
)
HYPOTHESES = ("H1", "H2", "H3", "H12g", "H1hours", "H2hours")
KEPT = ["hypothesis", "estimate", "std_error", "p_value", "conf_low", "conf_high", "verdict"]
CHECKED = ["hypothesis", "check", "estimate", "p_value", "verdict"]
IMPUTATIONS = 5


@cache
def study() -> Study:
    """Read the shipped study, once in a process."""
    texts = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.yaml")}
    kinds = {name: schema(name) for name in ("instrument", "study", "plan")}
    return read_study(texts, str(FOLDER), kinds)


@cache
def scenarios() -> dict[str, Scenario]:
    """Read the shipped scenarios."""
    paths = sorted((FOLDER / "scenarios").glob("*.yaml"))
    documents = {
        path.stem: read_yaml(path.read_text("utf-8"), path.name, schema("scenario"))
        for path in paths
    }
    return read_scenarios(documents, study().plan)


@cache
def generator(name: str) -> Generator:
    """Make a scenario ready to draw from."""
    instruments = tuple(study().instruments.values())
    text = (FOLDER / "truth.yaml").read_text("utf-8")
    truth = read_yaml(text, "truth.yaml", schema("truth"))
    return prepare(
        scenario_truth(scenarios()[name], truth, schema("truth"), *instruments), *instruments
    )


def analysed() -> Analysed:
    """Give what replicates are analysed as."""
    instruments = tuple(study().instruments.values())
    return Analysed(study().settings, study().plan, instruments, IMPUTATIONS)


def drawn(name: str, number: int) -> pd.DataFrame:
    """Judge one replicate: a row per hypothesis, beside it what its further models say."""
    seed = study().settings["study"]["seed"]
    found = judgements_of(analysed(), generator(name), seed, number)
    rows = found["verdicts"][[*KEPT, "objections"]]
    wide = found["cross_checks"][CHECKED].pivot(index="hypothesis", columns="check")
    wide.columns = [f"{value}_{check}" for value, check in wide.columns]
    return (
        rows[rows["hypothesis"].isin(HYPOTHESES)]
        .merge(wide, left_on="hypothesis", right_index=True, how="left")
        .assign(scenario=name, replicate=number)
    )


def truths(name: str, persons: int) -> pd.DataFrame:
    """Compute the true values of a scenario in the unit of each estimand."""
    found = true_values(generator(name), study().plan, persons)
    hypotheses = {each.id: each for each in study().plan.hypotheses}
    asked = found["hypothesis"].map(lambda id: hypotheses[id].effect)
    per = found["hypothesis"].map(lambda id: hypotheses[id].estimand.per)
    unit = per.map({"construct": "latent_sd"}).fillna("score_sd")
    # Where nothing follows from the exposure both effects are the total one.
    found = found.assign(own=found["effect"] == asked)[found["per"] == unit]
    found = found[found["own"] | (found["effect"] == "total")]
    found = found.sort_values("own", ascending=False, kind="stable").drop_duplicates("hypothesis")
    return found[["hypothesis", "value"]].assign(scenario=name)


def summarised(replicates: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Bias, coverage and verdicts of each scenario and hypothesis, with Monte-Carlo errors."""
    rows = []
    joined = replicates.merge(truth, on=["scenario", "hypothesis"])
    for (name, id), each in joined.groupby(["scenario", "hypothesis"], sort=False):
        known = each[each["estimate"].notna()]
        error = known["estimate"] - known["value"]
        covered = (known["conf_low"] <= known["value"]) & (known["value"] <= known["conf_high"])
        supported = each["verdict"] == "supported"
        clean = supported & (each["objections"].fillna("") == "")
        row = {"scenario": name, "hypothesis": id, "n": len(each), "truth": each["value"].iloc[0]}
        row |= {"bias": error.mean(), "bias_mc_error": error.std() / np.sqrt(len(known))}
        row |= {"error_ratio": known["estimate"].std() / known["std_error"].mean()}
        shares = {"covered": covered, "supported": supported, "supported_clean": clean}
        shares["practically_null"] = each["verdict"] == "practically_null"
        for key, which in shares.items():
            row |= {key: which.mean(), f"{key}_mc_error": which.std(ddof=0) / np.sqrt(len(which))}
        rows.append(row)
    return pd.DataFrame(rows)


def rules(found: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Rules that object to a supported hypothesis."""
    sign, one_sided = found["estimate_others"] > 0, found["p_value_others"] / 2
    agreement = found["verdict_agreement"] != "supported"
    yield "agreement does not support", agreement
    for level in (0.05, 0.10, 0.20, 0.50):
        yield f"others not p < {level}", ~(sign & (one_sided < level))
        yield f"either, others p < {level}", agreement | ~(sign & (one_sided < level))
    yield "agreement's p >= .05", found["p_value_agreement"] >= 0.05


def objected(replicates: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Share of true and of false supports that each rule objects to."""
    joined = replicates.merge(truth, on=["scenario", "hypothesis"])
    joined = joined[joined["verdict"].eq("supported") & joined["estimate_others"].notna()]
    rows = []
    for (name, id), each in joined.groupby(["scenario", "hypothesis"], sort=False):
        for rule, hit in rules(each):
            shared = {"scenario": name, "hypothesis": id, "true": each["value"].iloc[0] > 0}
            rows.append(shared | {"rule": rule, "supports": len(each), "objected": int(hit.sum())})
    return pd.DataFrame(rows)


def main() -> None:
    """Draw what is not there yet, and write the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--replicates", type=int, default=60)
    arguments.add_argument("--persons", type=int, default=40_000)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--scenarios", nargs="*", default=SCENARIOS)
    given = arguments.parse_args()
    store = HERE / "replicates.csv.gz"
    known = pd.DataFrame(columns=["scenario", "replicate"])
    if store.exists():
        # A scenario is called `null`.
        known = pd.read_csv(store, keep_default_na=False, na_values=[""])
    done = set(zip(known["scenario"], known["replicate"], strict=True))
    asked = [
        (name, number)
        for number in range(given.replicates)
        for name in given.scenarios
        if (name, number) not in done
    ]
    with ProcessPoolExecutor(given.processes) as pool:
        for place, found in enumerate(pool.map(drawn, *zip(*asked, strict=True)) if asked else []):
            known = pd.concat([known, found], ignore_index=True)
            if place % 20 == 19 or place == len(asked) - 1:
                known.to_csv(
                    store,
                    index=False,
                    float_format="%.6g",
                    compression={"method": "gzip", "mtime": 0},
                )
                print(f"{place + 1} of {len(asked)}", flush=True)
        names = [name for name in SCENARIOS if name in set(known["scenario"])]
        tables = pool.map(truths, names, [given.persons] * len(names))
        truth = pd.concat(tables, ignore_index=True)
    known["scenario"] = pd.Categorical(known["scenario"], names, ordered=True)
    known = known.sort_values(["scenario", "replicate"], kind="stable").astype({"scenario": str})
    summarised(known, truth).round(5).to_csv(HERE / "verdicts.csv", index=False)
    objected(known, truth).to_csv(HERE / "objections.csv", index=False)


if __name__ == "__main__":
    main()
