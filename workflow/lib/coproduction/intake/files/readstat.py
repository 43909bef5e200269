"""SPSS and Stata files, read by a C library in a process of its own.

Damaged bytes can end or stall the library, or make it ask for more memory than there is. That ends
a process that lives for one file only, and costs the researcher one sentence.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coproduction.errors import StudyError
from coproduction.intake.files.encoding import encoding_of
from coproduction.intake.files.workbook import cell_text

if TYPE_CHECKING:
    from pyreadstat import metadata_container

SPSS = (b"$FL2", b"$FL3")
# Stata's releases 14 to 19, in which all texts are UTF-8.
UNICODE_STATA = tuple(
    b"<stata_dta><header><release>%d</release>" % release for release in range(118, 122)
)
BYTE_BY_BYTE, WESTERN = "iso-8859-1", "cp1252"
SECONDS, SECONDS_PER_BYTE = 60, 1e-5
MEMORY, MEMORY_PER_BYTE = 4_000_000_000, 200


@dataclass(frozen=True)
class Variables:
    """Content of a file of a statistics program.

    Attributes
    ----------
    cells
        Text of every cell by variable: whole numbers without decimals, moments in ISO 8601, Stata's
        further missing values as letters, empty text where nothing stands.
    labels
        Labels of values, by the text of the value, by variable.
    wordings
        Label of each variable, empty if it has none.
    missing
        Values found that the file declares missing (SPSS) or that are letters (Stata), by variable.
    """

    cells: Mapping[str, Sequence[str]]
    labels: Mapping[str, Mapping[str, str]]
    wordings: Mapping[str, str]
    missing: Mapping[str, Sequence[str]]


def is_stata(data: bytes) -> bool:
    """Whether the bytes begin like a Stata file of any release since 8."""
    return data.startswith(b"<stata_dta>") or (
        len(data) > 4 and data[0] in range(113, 116) and data[1] in (1, 2) and data[2] == 1
    )


def read_variables(data: bytes, source: str) -> Variables:
    """Read a file in a process of its own.

    Parameters
    ----------
    data, source
        Content and name of the file.

    Raises
    ------
    StudyError
        If the file is damaged: the library refuses it, breaks down, or comes to no end.
    """
    program = [sys.executable, "-P", "-m", __name__]
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    limit = SECONDS + len(data) * SECONDS_PER_BYTE
    try:
        reading = subprocess.run(
            program, input=data, capture_output=True, env=surroundings, timeout=limit
        )
    except subprocess.TimeoutExpired as error:
        raise _damaged(source, f"reading it takes more than {limit:.0f} seconds") from error
    if reading.returncode < 0:
        raise _damaged(source, "reading it ends in a crash")
    if reading.returncode > 0:
        told = reading.stderr.decode(errors="replace").split()
        raise _damaged(source, told[-1] if told else "no reason given")
    return Variables(**json.loads(reading.stdout))


def _damaged(source: str, reason: str) -> StudyError:
    return StudyError(f"{source} is damaged or no SPSS or Stata file ({reason}): save it again.")


def _variables(data: bytes) -> Variables:
    # Asked for lists, the library keeps what is missing apart; data frames read 0 for it in Stata's
    # columns of whole numbers.
    import pyreadstat

    read = pyreadstat.read_sav if data.startswith(SPSS) else pyreadstat.read_dta
    old = is_stata(data) and not data.startswith(UNICODE_STATA)
    encoding = BYTE_BY_BYTE if old else None
    columns, meta = read(
        io.BytesIO(data), user_missing=True, output_format="dict", encoding=encoding
    )
    variables = _gathered(columns, meta)
    return _decoded(variables) if old else variables


def _decoded(variables: Variables) -> Variables:
    """Decode texts of Stata before release 14, which does not say in which encoding they are."""
    texts = {text for column in variables.cells.values() for text in column}
    texts |= {label for labels in variables.labels.values() for label in labels.values()}
    texts |= set(variables.wordings.values())
    try:
        encoding = encoding_of("\n".join(sorted(texts)).encode(BYTE_BY_BYTE), "texts")
    except StudyError:
        encoding = WESTERN

    def decode(text: str) -> str:
        return text.encode(BYTE_BY_BYTE).decode(encoding, errors="replace")

    return Variables(
        cells={name: [decode(text) for text in column] for name, column in variables.cells.items()},
        labels={
            name: {value: decode(label) for value, label in labels.items()}
            for name, labels in variables.labels.items()
        },
        wordings={name: decode(wording) for name, wording in variables.wordings.items()},
        missing=variables.missing,
    )


def _gathered(columns: Mapping[str, Sequence[object]], meta: metadata_container) -> Variables:
    return Variables(
        cells={name: [_text(value) for value in column] for name, column in columns.items()},
        labels={
            name: {_text(value): str(label) for value, label in labels.items()}
            for name, labels in meta.variable_value_labels.items()
        },
        wordings={name: label or "" for name, label in meta.column_names_to_labels.items()},
        missing={
            name: sorted({_text(value) for value in column if _is_missing(value, name, meta)})
            for name, column in columns.items()
        },
    )


def _is_missing(value: object, name: str, meta: metadata_container) -> bool:
    if isinstance(value, str) and meta.readstat_variable_types.get(name) != "string":
        return True
    limits = [each for each in meta.missing_ranges.get(name, ()) if isinstance(each, dict)]
    return any(_within(value, each["lo"], each["hi"]) for each in limits)


def _within(value: Any, low: Any, high: Any) -> bool:
    """Tell whether a value lies between two of its own type."""
    return isinstance(value, type(low)) and low <= value <= high


def _text(value: object) -> str:
    return "" if value != value else cell_text(value)


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:
        return
    most = MEMORY + MEMORY_PER_BYTE * size
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _main() -> None:
    data = sys.stdin.buffer.read()
    _limit_memory(len(data))
    try:
        print(json.dumps(vars(_variables(data))))
    except Exception as error:
        sys.exit(type(error).__name__)


if __name__ == "__main__":
    _main()
