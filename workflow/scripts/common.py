"""What every script does around its one call: read, log, explain a failure, leave a receipt."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

# Snakemake lets linear algebra use all threads of a job, but only one thread adds up in one order.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"

import pandas as pd

import coproduction
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.instrument.reading import read_instrument
from coproduction.privacy.pseudonyms import key_of_seed, read_key
from coproduction.steps.locks import take
from coproduction.steps.receipts import Reader, Receipt, digests, read_receipt, write_receipt
from coproduction.tables import read_parquet, write_table
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.yamlfile import read_yaml

# A path from the working directory, so that a step is the same wherever the project lies.
SCHEMAS = os.path.relpath(Path(coproduction.__file__).with_name("schemas"))


@contextlib.contextmanager
def step(job: Any) -> Iterator[Reader]:
    """Give a step its files to read, and leave a receipt of what it read and wrote.

    Everything that it prints goes to its log; if it fails, the researcher sees one sentence.
    """
    terminal, log, receipt = os.dup(2), job.log[0], job.output.receipt
    try:
        with open(f"{receipt}.lock", "w") as lock, open(log, "w", encoding="utf-8") as file:
            if not take(lock):
                os.write(terminal, "· Waiting for an earlier start of this step to end\n".encode())
                take(lock, wait=True)
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            read = Reader(_expected(job))
            yield read
            written = digests(path for path in job.output if path != receipt)
            Path(receipt).write_bytes(write_receipt(Receipt(read.read, written)))
            sys.stdout.flush()
            sys.stderr.flush()
    except Exception as error:
        with contextlib.suppress(OSError):
            traceback.print_exc()
            sys.stderr.flush()
        os.write(terminal, f"✗ {_sentence(error, log)}\n".encode())
        os._exit(1)


def _expected(job: Any) -> dict[str, str]:
    """Content of every file that a step may read: as the run found it, or as a step wrote it."""
    expected = dict(job.params.contents)
    for file in job.input.get("receipts", ()):
        expected |= read_receipt(Path(file).read_bytes()).written
    return expected


def _sentence(error: Exception, log: str) -> str:
    if isinstance(error, StudyError):
        return str(error)
    if isinstance(error, MemoryError | BrokenProcessPool):
        return "This step was ended for want of memory; close other programs or use fewer --cores."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full; free some space and start the run again."
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename} can be neither read nor written: {error.strerror.lower()}."
    return (
        f"This step failed for a reason nobody foresaw ({type(error).__name__}); the details stand "
        f"in {log}, please report them."
    )


def load_instrument(path: str, read: Reader) -> Instrument:
    """Read a questionnaire definition."""
    return read_instrument(load_document(path, "instrument", read))


def load_document(path: str, schema: str, read: Reader) -> Document:
    """Read a file of a study, checked against its schema."""
    rules = json.loads(read(f"{SCHEMAS}/{schema}.schema.json"))
    return read_yaml(read(path).decode("utf-8-sig"), str(path), rules)


def load_key(path: str | None, seed: int) -> bytes:
    """Read a study's key; without a file, as with synthetic data, its seed makes it."""
    return read_key(Path(path).read_text("utf-8"), path) if path else key_of_seed(seed)


def load_numbers(path: str, read: Reader) -> dict[str, int]:
    """Read the neutral numbers of communities."""
    table = read_parquet(read(path))
    return dict(zip(table["code"], map(int, table["number"]), strict=True))


def write_tables(paths: Iterable[str], tables: Mapping[str, pd.DataFrame], synthetic: bool) -> None:
    """Write result tables, each to the file of its name."""
    for path in map(Path, paths):
        path.write_bytes(write_table(tables[path.stem], synthetic))
