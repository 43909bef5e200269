"""Time that a replicate of the shipped study takes from its truth to its verdicts, step by step.

Run from the root of the checkout: `python tests/benchmarks/scenarios/speed.py`. It writes
`speed.csv` beside itself: seconds of processor time of each step for one replicate, and of the
clock for batches in one process and in two at a time.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "workflow" / "lib"))

from coproduction.cleaning.clean import clean  # noqa: E402
from coproduction.inference.analysis import verdicts_of  # noqa: E402
from coproduction.instrument.item_scales import scales_of  # noqa: E402
from coproduction.scenarios.batch import Analysed, batch, cleaned  # noqa: E402
from coproduction.schemas import schema  # noqa: E402
from coproduction.simulation.exports import export  # noqa: E402
from coproduction.simulation.files import canonical_table  # noqa: E402
from coproduction.simulation.generator import Generator, prepare  # noqa: E402
from coproduction.simulation.replicate import replicate  # noqa: E402
from coproduction.simulation.truth.reading import read_truth  # noqa: E402
from coproduction.study import Study, read_study  # noqa: E402
from coproduction.yamlfiles.yamlfile import read_yaml  # noqa: E402

FOLDER = ROOT / "instruments" / "coproduction"


@cache
def study() -> Study:
    """Read the shipped study, once in a process."""
    texts = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.yaml")}
    return read_study(
        texts, str(FOLDER), {name: schema(name) for name in ("instrument", "study", "plan")}
    )


@cache
def generator() -> Generator:
    """Make the shipped truth ready, once in a process."""
    text = (FOLDER / "truth.yaml").read_text("utf-8")
    truth = read_truth(
        read_yaml(text, "truth.yaml", schema("truth")), *study().instruments.values()
    )
    return prepare(truth, *study().instruments.values())


def analysed() -> Analysed:
    """Give what replicates are analysed as."""
    return Analysed(study().settings, study().plan, list(study().instruments.values()))


def steps(number: int) -> Iterator[tuple[str, float]]:
    """Processor time of each step of one replicate."""
    began = time.process_time()

    def passed(name: str) -> tuple[str, float]:
        nonlocal began
        before, began = began, time.process_time()
        return name, began - before

    made = replicate(generator(), 1, number)
    first, rules = made.first, generator().truth.fieldwork
    table = canonical_table(first.forms, first.answers, study().main, rules)
    yield passed("generated in memory")
    clean(
        table,
        study().main,
        {k: v for k, v in study().settings["cleaning"].items() if k != "retest"},
    )
    yield passed("cleaned and scored in memory")
    files = export(generator(), made, study().settings)
    yield passed("written as raw files")
    scores, answers, sheets, sample = cleaned(analysed(), files, made.margins)
    yield passed("read, cleaned and scored from raw files")
    verdicts_of(scores, study().plan, 1, sheets, scales_of(study().main), answers, sample)
    yield passed("primary models and verdicts")


def whole(numbers: range) -> None:
    """Run a batch, from raw export to verdict."""
    batch(analysed(), generator(), 1, numbers)


def clock(replicates: int, processes: int) -> float:
    """Seconds of the clock for as many batches at a time as there are processes."""
    parts = [range(k, replicates, processes) for k in range(processes)]
    began = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(whole, parts))
    return time.perf_counter() - began


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--replicates", type=int, default=20)
    arguments.add_argument("--output", type=Path, default=HERE / "speed.csv")
    given = arguments.parse_args()
    generator()
    found = pd.DataFrame(
        [each for number in range(given.replicates) for each in steps(number)],
        columns=["step", "seconds"],
    )
    rows = found.groupby("step", sort=False)["seconds"].mean().reset_index()
    rows["measure"] = "processor time of one replicate"
    for processes in (1, 2):
        told = f"{given.replicates} replicates, batches at a time: {processes}"
        rows.loc[len(rows)] = (told, clock(given.replicates, processes), "clock")
    rows.to_csv(given.output, index=False)
