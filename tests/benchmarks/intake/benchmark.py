"""Time the way of a KoboToolbox CSV of 100 columns to the canonical, cleaned and scored table.

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

from coproduction.cleaning.clean import Cleaned, clean  # noqa: E402
from coproduction.instrument.definition import Instrument  # noqa: E402
from coproduction.instrument.reading import read_instrument  # noqa: E402
from coproduction.intake.readers import join, read_export  # noqa: E402
from coproduction.schemas import schema  # noqa: E402
from coproduction.yamlfiles.yamlfile import read_yaml  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000)
SCALES, LENGTH = 10, 8
BATCH = 10_000
INTERVIEWS_PER_DEVICE = 200
# Every rule of cleaning is on, as in a study that uses them all.
RULES = {
    "eligible": "age >= 18",
    "test_submissions": {"before": "2026-03-02"},
    "duplicates": {"same": ["device"], "minimum_match": 0.9},
    "complete": {"partial": 0.5, "complete": 0.8},
    "quality": {
        "seconds_per_item": 2,
        "relative_speed": 2,
        "long_string": 12,
        "individual_variability": 0.3,
        "mahalanobis_p": 0.001,
        "even_odd_consistency": 0.3,
        "synonym_consistency": 0.22,
        "person_total_correlation": 0,
        "reversal_conflict": 2,
        "attention_misses": 1,
        "marker_agreement": 4,
        "item_nonresponse": 0.2,
    },
    "consistency": [{"id": "old", "contradiction": "age > 80 and q1 == 5"}],
}


def questionnaire() -> Instrument:
    """Ten scales of eight statements, each fourth reversed, and a question of each other use."""
    missing = {
        "dont_know": {"code": -88, "wire": "DK", "label": {"en": "Don't know"}},
        "refused": {"code": -99, "wire": "RF", "label": {"en": "Prefer not to say"}},
        "not_asked": {"code": -77, "label": {"en": "Not asked"}},
        "not_reached": {"code": -66, "label": {"en": "Not reached"}},
    }
    levels = [{"value": value, "label": {"en": f"Level {value}"}} for value in range(1, 6)]
    yes_no = [{"value": value, "label": {"en": word}} for value, word in ((1, "Yes"), (0, "No"))]
    agree = {"response_set": "agree"}
    statements = [
        {
            "id": f"q{number}",
            **agree,
            "construct": f"scale{(number - 1) // LENGTH}",
            "reverse": number % 4 == 0,
            "text": {"en": f"Statement {number}"},
        }
        for number in range(1, SCALES * LENGTH + 1)
    ]
    items = [
        {
            "id": "consent",
            "response_set": "yes",
            "role": "consent",
            "terminate_if": "consent == 0",
            "text": {"en": "Do you agree to take part?"},
        },
        {"id": "age", "type": "integer", "range": [0, 110], "text": {"en": "Age?"}},
        {"id": "comment", "type": "text", "relevant": "age >= 18", "text": {"en": "Comment?"}},
        *statements,
        {
            "id": "check",
            **agree,
            "role": "attention_check",
            "expected": 2,
            "text": {"en": "Choose level 2"},
        },
        {"id": "marker", **agree, "role": "marker", "text": {"en": "I like blue"}},
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
            "agree": {"level": "ordinal", "options": levels, "offer_missing": ["dont_know"]},
            "yes": {"level": "nominal", "options": yes_no},
        },
        "constructs": {
            f"scale{number}": {"label": {"en": f"Scale {number}"}} for number in range(SCALES)
        },
        "sections": [{"id": "one", "label": {"en": "One"}, "items": items}],
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    return read_instrument(read_yaml(text, "long.yaml", schema("instrument")))


def write(path: Path, rows: int) -> None:
    """Write the file in batches, every cell quoted, as KoboToolbox does."""
    draw = np.random.default_rng(1)
    own = ("_id", "_uuid", "_submission_time", "_validation_status", "_status", "_submitted_by")
    header = ["start", "end", "today", "deviceid", "consent", "age", "comment"]
    header += [f"q{number}" for number in range(1, SCALES * LENGTH + 1)] + ["check", "marker"]
    header += [*own, "__version__", "meta/rootUuid", "_notes", "_tags", "_index"]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(";".join(f'"{name}"' for name in header) + "\n")
        for first in range(0, rows, BATCH):
            size = min(BATCH, rows - first)
            answers = _answers(draw, size)
            agreed = np.arange(size) % 50 != 0
            answers[~agreed] = ""
            start = np.datetime64("2026-03-01T08:00:00") + draw.integers(0, 5_000_000, size)
            end = start + draw.integers(120, 2000, size)
            ages = draw.integers(17, 90, size)
            for row in range(size):
                number = first + row
                cells = [
                    f"{start[row]}.000+08:00",
                    f"{end[row]}.000+08:00",
                    str(start[row])[:10],
                    f"collect:{number // INTERVIEWS_PER_DEVICE}",
                    str(int(agreed[row])),
                    str(ages[row]) if agreed[row] else "",
                    f"路灯坏了，请修 {number}" if agreed[row] and number % 5 == 0 else "",
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


def _answers(draw: np.random.Generator, size: int) -> np.ndarray:
    """Answers with one factor per scale, some not known, some rows answered twice or broken off."""
    factors = draw.normal(size=(size, SCALES)).repeat(LENGTH, axis=1)
    factors[:, 3::4] *= -1
    latent = 0.8 * factors + 0.6 * draw.normal(size=factors.shape)
    levels = np.digitize(latent, [-1.2, -0.4, 0.4, 1.2]) + 1
    check = np.where(draw.random(size) < 0.95, 2, draw.integers(1, 6, size))
    answers = np.column_stack([levels, check, draw.integers(1, 6, size)]).astype("<U2")
    answers[draw.random(answers.shape) < 0.02] = "DK"
    twice = np.arange(96, size, 97)
    answers[twice] = answers[twice - 1]
    for row in np.flatnonzero(draw.random(size) < 0.03):
        answers[row, draw.integers(1, SCALES * LENGTH) :] = ""
    return answers


def read(path: Path, instrument: Instrument) -> pd.DataFrame:
    """Read one file; the platform is found from the file too."""
    return join([read_export(path.read_bytes(), instrument, path.name)]).responses


def measure(path: Path) -> dict[str, float]:
    """Time the reading and the cleaning of one file."""
    instrument = questionnaire()
    with path.open(encoding="utf-8") as file:
        columns = file.readline().count(";") + 1
    begun, begun_work = time.perf_counter(), time.process_time()
    tables = [read(path, instrument)]
    read_at, read_work = time.perf_counter(), time.process_time()
    # Nobody but the cleaning holds the table, as when the next step of the workflow loads it.
    cleaned: Cleaned = clean(tables.pop(), instrument, RULES)
    cleaned_at, cleaned_work = time.perf_counter(), time.process_time()
    return {
        "rows": len(cleaned.responses),
        "columns": columns,
        "file_megabytes": round(path.stat().st_size / 1e6),
        "cores": os.cpu_count(),
        "analysed": len(cleaned.scores),
        "findings": len(cleaned.findings),
        "read_seconds": round(read_at - begun, 2),
        "clean_seconds": round(cleaned_at - read_at, 2),
        "seconds": round(cleaned_at - begun, 2),
        "read_work_seconds": round(read_work - begun_work, 2),
        "clean_work_seconds": round(cleaned_work - read_work, 2),
        "peak_memory_gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
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
