"""Read thousands of damaged files and count what reading them came to.

Run from the root of the checkout: `python tests/benchmarks/intake/mutations.py`. It writes
`results.csv` beside itself: one row per kind of damage, one column per outcome.
"""

from __future__ import annotations

import random
import signal
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT / "workflow" / "lib"), str(ROOT / "tests" / "intake")]

from judged import OUTCOMES, answered_by_chance, outcome  # noqa: E402
from mutate import MUTATIONS, Case  # noqa: E402

from coproduction.instrument.definition import Instrument  # noqa: E402
from coproduction.instrument.reading import read_instrument  # noqa: E402
from coproduction.schemas import schema  # noqa: E402
from coproduction.yamlfiles.yamlfile import read_yaml  # noqa: E402

FILES_EACH = 200
ROWS = 6
LONGEST_SECONDS = 120
WORKERS = 4


def stop(signal_number: int, frame: object) -> None:
    raise TimeoutError


def questionnaire() -> Instrument:
    text = (ROOT / "tests/intake/exports/demo.yaml").read_text("utf-8")
    return read_instrument(read_yaml(text, "demo.yaml", schema("instrument")))


def count(name: str) -> dict[str, object]:
    """Outcomes of one kind of damage."""
    instrument = questionnaire()
    signal.signal(signal.SIGALRM, stop)
    counts: Counter[str] = Counter()
    for seed in range(FILES_EACH):
        draw = random.Random(f"{name} {seed}")
        people = answered_by_chance(instrument, ROWS, draw)
        data = MUTATIONS[name](Case(instrument, people, draw))
        signal.alarm(LONGEST_SECONDS)
        result, told = outcome(data, instrument, people)
        signal.alarm(0)
        hung = told.startswith("TimeoutError") or "reading it takes more than" in told
        counts["hang" if hung else result] += 1
        if hung or result in ("wrong_value", "lost_row", "traceback"):
            print(name, seed, told, file=sys.stderr, flush=True)
    return {"mutation": name, "files": FILES_EACH, **counts}


def main() -> None:
    rows = []
    with ProcessPoolExecutor(WORKERS) as pool:
        for row in pool.map(count, MUTATIONS):
            print(row, flush=True)
            rows.append(row)
    table = pd.DataFrame(rows, columns=["mutation", "files", *OUTCOMES, "hang"]).fillna(0)
    numbers = [name for name in table if name != "mutation"]
    total = {"mutation": "all", **table[numbers].sum()}
    table = pd.concat([table, pd.DataFrame([total])]).astype(dict.fromkeys(numbers, int))
    table.to_csv(HERE / "results.csv", index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
