"""What every step read and wrote, by content, so that no result outlives its data.

Dates tell nothing: an export may be replaced by an older file, and a copy is as old as its copying.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from coproduction.errors import StudyError


@dataclass(frozen=True)
class Receipt:
    """What a step did.

    Attributes
    ----------
    read
        SHA-256 of every file that the step read, by path, taken from the bytes that it used.
    written
        SHA-256 of every file that it wrote.
    """

    read: Mapping[str, str]
    written: Mapping[str, str]


class Reader:
    """Reads the files that a step was given, and refuses one that is another by now.

    Parameters
    ----------
    expected
        SHA-256 of every file that the step may read, by path.
    """

    def __init__(self, expected: Mapping[str, str]) -> None:
        self.expected = expected
        self.read: dict[str, str] = {}

    def __call__(self, path: str | Path) -> bytes:
        """Read a file.

        Raises
        ------
        StudyError
            If its content is not the expected one.
        """
        name, content = Path(path).as_posix(), Path(path).read_bytes()
        self.read[name] = digest(content)
        if self.read[name] != self.expected[name]:
            raise changed([name])
        return content


def digest(content: bytes) -> str:
    """Give the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def digests(paths: Iterable[str | Path]) -> dict[str, str]:
    """Give the SHA-256 of files, and of every file in folders, by path."""
    result = {}
    for path in _files(paths):
        with path.open("rb") as file:
            result[path.as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return result


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths):
        inside = path.rglob("*") if path.is_dir() else [path]
        # A folder that is a result holds a file by which Snakemake keeps the time.
        yield from (
            file for file in inside if file.is_file() and file.name != ".snakemake_timestamp"
        )


def write_receipt(receipt: Receipt) -> bytes:
    """Write a receipt as JSON."""
    return json.dumps(asdict(receipt), ensure_ascii=False, indent=1, sort_keys=True).encode()


def read_receipt(content: bytes) -> Receipt:
    """Read a receipt; one that was cut short tells nothing."""
    try:
        return Receipt(**json.loads(content))
    except (ValueError, TypeError):
        return Receipt({}, {})


def altered(expected: Mapping[str, str]) -> list[str]:
    """Name the files whose content is no longer the expected one; those that are gone are not."""
    return [path for path, found in digests(expected).items() if found != expected[path]]


def origins(receipts: Iterable[Receipt]) -> dict[str, str]:
    """Give the SHA-256 of the files that no step made: the data and definitions behind a report.

    Raises
    ------
    StudyError
        If two steps read different contents of one file, or a file is another by now.
    """
    receipts = list(receipts)
    made = {path for receipt in receipts for path in receipt.written}
    known: dict[str, str] = {}
    for receipt in receipts:
        for path, found in receipt.read.items():
            if known.setdefault(path, found) != found:
                raise changed([path])
    outside = {path: found for path, found in sorted(known.items()) if path not in made}
    if digests(outside) != outside:
        raise changed([path for path in outside if digests([path]) != {path: outside[path]}])
    return outside


def changed(paths: Iterable[str]) -> StudyError:
    """Build the error for files that changed under a run."""
    return StudyError(
        f"{', '.join(paths)} changed while the run was at work, so its results would not belong "
        "together; start the run again."
    )
