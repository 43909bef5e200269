"""What every script does around its one call: log, explain a failure in a sentence, read."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

# Snakemake lets linear algebra use all threads of a job, but only one thread adds up in one order.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"

import pandas as pd
import yaml

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, read_instrument
from coproduction.tables import read_csv
from coproduction.yamlfile import Document, read_yaml

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


@contextlib.contextmanager
def logged(log: str) -> Iterator[None]:
    """Send everything a step prints to its log; show the researcher one sentence if it fails."""
    terminal = os.dup(2)
    with open(log, "w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield
        except Exception as error:
            traceback.print_exc()
            sentence = (
                str(error)
                if isinstance(error, StudyError)
                else f"This step failed for a reason nobody foresaw ({type(error).__name__}); "
                f"the details stand in {log}, please report them."
            )
            os.write(terminal, f"✗ {sentence}\n".encode())
            sys.stderr.flush()
            os._exit(1)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()


def load_instrument(path: str) -> Instrument:
    """Read a questionnaire definition."""
    return read_instrument(_document(path, "instrument"))


def load_truth(path: str) -> dict:
    """Read the simulator's parameters."""
    return _document(path, "truth").data


def _document(path: str, schema: str) -> Document:
    rules = json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    return read_yaml(Path(path).read_text(encoding="utf-8-sig"), str(path), rules)


def load_columns() -> dict[str, dict[str, list[str]]]:
    """Read the type and meaning of every column of every result table."""
    return yaml.safe_load((SCHEMAS / "tables.yaml").read_text(encoding="utf-8"))


def load_tables(paths: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Read result tables by room and name, such as `cleaning/flow.csv`, as their columns say."""
    columns = load_columns()
    names = {"/".join(Path(path).parts[-2:]): path for path in paths}
    return {name: read_csv(Path(path).read_bytes(), columns[name]) for name, path in names.items()}
