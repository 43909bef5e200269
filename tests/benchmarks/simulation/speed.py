"""Time that a replicate of the shipped study takes, in memory and as raw files.

Run from the root of the checkout: `python tests/benchmarks/simulation/speed.py`. It writes
`speed.csv` beside itself: seconds of processor time for each replicate on one core, and of the
clock for all of them in as many processes as given.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import pandas as pd
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "workflow" / "lib"))

from coproduction.instrument.reading import read_instrument  # noqa: E402
from coproduction.schemas import schema  # noqa: E402
from coproduction.simulation.exports import export  # noqa: E402
from coproduction.simulation.files import canonical_table  # noqa: E402
from coproduction.simulation.generator import Generator, prepare  # noqa: E402
from coproduction.simulation.replicate import Replicate, replicate  # noqa: E402
from coproduction.simulation.truth.reading import read_truth  # noqa: E402
from coproduction.yamlfiles.yamlfile import read_yaml  # noqa: E402

STUDY = ROOT / "instruments" / "coproduction"


def document(name: str, kind: str):
    """Read a file of the shipped study."""
    return read_yaml((STUDY / f"{name}.yaml").read_text("utf-8"), name, schema(kind))


@cache
def generator() -> Generator:
    """Make the shipped truth ready, once in a process."""
    main, sheet = (
        read_instrument(document(name, "instrument")) for name in ("instrument", "community")
    )
    return prepare(read_truth(document("truth", "truth"), main, sheet), main, sheet)


def in_memory(made: Replicate) -> None:
    """Put a replicate into the canonical table."""
    first, truth = made.first, generator().truth
    canonical_table(first.forms, first.answers, generator().main, truth.fieldwork)


def as_files(made: Replicate) -> None:
    """Write a replicate as raw files."""
    export(generator(), made, yaml.safe_load((STUDY / "study.yaml").read_text("utf-8")))


def cost(task: tuple[Callable[[Replicate], None], int]) -> float:
    """Processor time of one replicate."""
    use, number = task
    generator()
    began = time.process_time()
    use(replicate(generator(), 1, number))
    return time.process_time() - began


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--replicates", type=int, default=1000)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--output", type=Path, default=HERE / "speed.csv")
    given = arguments.parse_args()
    rows = []
    with ProcessPoolExecutor(given.processes) as pool:
        for use in (in_memory, as_files):
            began = time.perf_counter()
            tasks = [(use, number) for number in range(given.replicates)]
            costs = pd.Series(list(pool.map(cost, tasks, chunksize=25)))
            passed = time.perf_counter() - began
            rows.append((use.__name__, given.replicates, costs.mean(), given.processes, passed))
    columns = ["use", "replicates", "cpu_seconds_each", "processes", "clock_seconds_all"]
    pd.DataFrame(rows, columns=columns).to_csv(given.output, index=False)
