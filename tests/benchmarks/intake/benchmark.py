"""Time the reading of a KoboToolbox CSV of 100 columns into the canonical table.

Run from the root of the checkout: `python tests/benchmarks/intake/benchmark.py`. Each size runs in
a process of its own, so that its peak of memory is its own. It writes `speed.csv` beside itself.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "workflow" / "lib"))

from coproduction.instrument.definition import Instrument, read_instrument  # noqa: E402
from coproduction.intake.readers import read_export  # noqa: E402
from coproduction.yamlfile import read_yaml  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000)
STATEMENTS = 83
BATCH = 10_000


def questionnaire() -> Instrument:
    """Statements on a five-point scale, and one question of each other kind."""
    missing = {
        "dont_know": {"code": -88, "wire": "DK", "label": {"en": "Don't know"}},
        "refused": {"code": -99, "wire": "RF", "label": {"en": "Prefer not to say"}},
        "not_asked": {"code": -77, "label": {"en": "Not asked"}},
        "not_reached": {"code": -66, "label": {"en": "Not reached"}},
    }
    scale = [{"value": value, "label": {"en": f"Level {value}"}} for value in range(1, 6)]
    items = [
        {"id": "age", "type": "integer", "range": [0, 120], "text": {"en": "Age?"}},
        {"id": "comment", "type": "text", "text": {"en": "Comment?"}},
        *(
            {"id": f"q{number}", "response_set": "agree", "text": {"en": f"Statement {number}"}}
            for number in range(1, STATEMENTS + 1)
        ),
    ]
    content = {
        "instrument": {
            "id": "long",
            "version": "1",
            "unit": "respondent",
            "languages": ["en"],
            "title": {"en": "Long"},
            "licence": "CC0-1.0",
        },
        "missing_codes": missing,
        "response_sets": {
            "agree": {"level": "ordinal", "options": scale, "offer_missing": ["dont_know"]}
        },
        "sections": [{"id": "one", "label": {"en": "One"}, "items": items}],
    }
    schema = json.loads((ROOT / "workflow/schemas/instrument.schema.json").read_text("utf-8"))
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    return read_instrument(read_yaml(text, "long.yaml", schema))


def write(path: Path, rows: int) -> None:
    """Write the file in batches, every cell quoted, as KoboToolbox does."""
    draw = np.random.default_rng(1)
    own = ("_id", "_uuid", "_submission_time", "_validation_status", "_status", "_submitted_by")
    header = ["start", "end", "today", "deviceid", "age", "comment"]
    header += [f"q{number}" for number in range(1, STATEMENTS + 1)]
    header += [*own, "__version__", "meta/rootUuid", "_notes", "_tags", "_index"]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(";".join(f'"{name}"' for name in header) + "\n")
        for first in range(0, rows, BATCH):
            size = min(BATCH, rows - first)
            answers = draw.integers(1, 6, (size, STATEMENTS)).astype("<U2")
            answers[draw.random(answers.shape) < 0.02] = "DK"
            start = np.datetime64("2026-03-01T08:00:00") + draw.integers(0, 5_000_000, size)
            end = start + draw.integers(200, 2000, size)
            ages = draw.integers(18, 90, size)
            for row in range(size):
                number = first + row
                cells = [
                    f"{start[row]}.000+08:00",
                    f"{end[row]}.000+08:00",
                    str(start[row])[:10],
                    f"collect:{number % 500}",
                    str(ages[row]),
                    f"路灯坏了，请修 {number}" if number % 5 == 0 else "",
                    *answers[row],
                    str(number + 1),
                    f"{number:08x}-0000-4000-8000-000000000001",
                    str(end[row]),
                    "",
                    "submitted_via_web",
                    f"enum{number % 40}",
                    "v1",
                    f"uuid:{number:08x}",
                    "",
                    "",
                    str(number + 1),
                ]
                file.write(";".join(f'"{cell}"' for cell in cells) + "\n")


def measure(path: Path) -> dict[str, float]:
    """Read one file; the platform is found from the file too."""
    instrument = questionnaire()
    data = path.read_bytes()
    begun = time.perf_counter()
    responses = read_export(data, instrument, path.name).responses
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    columns = data[: data.index(b"\n")].count(b";") + 1
    return {
        "rows": len(responses),
        "columns": columns,
        "file_megabytes": round(len(data) / 1e6),
        "cores": os.cpu_count(),
        "seconds": round(seconds, 2),
        "peak_memory_gigabytes": round(peak, 2),
    }


def main() -> None:
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in SIZES:
            path = Path(folder, f"{rows}.csv")
            write(path, rows)
            command = [sys.executable, __file__, str(path)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            results.append(json.loads(told))
            path.unlink()
    table = pd.DataFrame(results)
    table.to_csv(HERE / "speed.csv", index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
    else:
        main()
