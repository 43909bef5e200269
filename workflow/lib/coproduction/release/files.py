"""Release tables as SPSS and Stata files, labelled in every language of the questionnaire."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.wording import Text
from coproduction.release.variables import Variable, missing_labels
from coproduction.tables import write_csv, write_parquet

SEPARATOR = " / "
# Longer labels are cut silently by SPSS's format (bytes) and refused by Stata's (characters).
SPSS_LABEL, SPSS_VALUE, STATA_LABEL, STATA_VALUE = 255, 119, 80, 320
SPSS_MOMENT = slice(92, 109)
#: So many values the writer looks at to tell what a column of both kinds is.
SAMPLED = 100
STATA_MOMENT = re.compile(rb"<timestamp>\x11.{17}</timestamp>", re.DOTALL)


def write_release(
    table: pd.DataFrame, described: Sequence[Variable], instrument: Instrument
) -> dict[str, bytes]:
    """Write a release table in every format; gives the files by their ending.

    Parameters
    ----------
    table
        The release table.
    described
        What its variables are.
    instrument
        The questionnaire.
    """
    return {
        "parquet": write_parquet(table),
        "csv": write_csv(table),
        "sav": write_sav(table, described, instrument),
        "dta": write_dta(table, described, instrument),
    }


def write_sav(table: pd.DataFrame, described: Sequence[Variable], instrument: Instrument) -> bytes:
    """Write a table as SPSS file: labels in all languages, codes of missing answers user-missing.

    The same table gives the same bytes: the header's moment is set to 1 January 1970.
    """
    import pyreadstat

    missing = missing_labels(instrument)
    span: list[Any] = [{"lo": min(missing), "hi": max(missing)}]
    values = {each.name: {**each.values, **missing} for each in described if each.missing}
    languages = instrument.languages
    data = _saved(
        ".sav",
        lambda path: pyreadstat.write_sav(
            _plain(table),
            path,
            column_labels=_labels(described, languages, SPSS_LABEL, _size),
            variable_value_labels={
                name: {
                    code: joined(label, languages, SPSS_VALUE, _size)
                    for code, label in labels.items()
                }
                for name, labels in values.items()
            },
            missing_ranges={each.name: span for each in described if each.missing},
            variable_measure={each.name: each.level for each in described},
            variable_format={
                each.name: "F8.0"
                for each in described
                if not each.text and str(table[each.name].dtype) == "Int64"
            },
        ),
    )
    return data[: SPSS_MOMENT.start] + b"01 Jan 7000:00:00" + data[SPSS_MOMENT.stop :]


def write_dta(table: pd.DataFrame, described: Sequence[Variable], instrument: Instrument) -> bytes:
    """Write a table as Stata file (release 118, Stata 14 and later).

    Codes of missing answers become Stata's `.a`, `.b`, … in the order of their codes from the
    highest, with their labels. They stay numbers with labels where they fill the beginning of a
    column, which the writer would take for text. The same table gives the same bytes.
    """
    import pyreadstat

    missing = missing_labels(instrument)
    letters = {code: chr(ord("a") + n) for n, code in enumerate(sorted(missing, reverse=True))}
    plain = _plain(table)
    # A column's labels stand by number or letter.
    values: dict[str, dict[Any, Text]] = {}
    for variable in described:
        if variable.missing:
            column = plain[variable.name].astype(object)
            lettered = column.mask(column.isin(list(letters)), column.map(letters))
            if _looks_like_text(lettered):
                values[variable.name] = {**variable.values, **missing}
                continue
            plain[variable.name] = lettered
            values[variable.name] = {
                **variable.values,
                **{letters[code]: label for code, label in missing.items()},
            }
    languages = instrument.languages
    data = _saved(
        ".dta",
        lambda path: pyreadstat.write_dta(
            plain,
            path,
            version=14,
            column_labels=_labels(described, languages, STATA_LABEL, len),
            variable_value_labels={
                name: {
                    code: joined(label, languages, STATA_VALUE, len)
                    for code, label in labels.items()
                }
                for name, labels in values.items()
            },
            missing_user_values={
                name: sorted(letters.values()) for name in values if plain[name].dtype == object
            },
        ),
    )
    return STATA_MOMENT.sub(b"<timestamp>\x1101 Jan 1970 00:00</timestamp>", data, count=1)


def _looks_like_text(column: pd.Series) -> bool:
    """Tell whether the writer would take a column of letters and numbers for text."""
    numbers = column.notna() & column.map(type).ne(str)
    return bool(numbers.any() and not numbers.head(SAMPLED).any())


def joined(label: Text, languages: Iterable[str], limit: int, size: Callable[[str], int]) -> str:
    """Join a label's languages, each cut to its part of the room where all of them are too long."""
    parts = list(dict.fromkeys(" ".join(label[language].split()) for language in languages))
    whole = SEPARATOR.join(parts)
    if size(whole) <= limit:
        return whole
    room = (limit - size(SEPARATOR) * (len(parts) - 1)) // len(parts)
    return SEPARATOR.join(_cut(part, room, size) for part in parts)


def _cut(text: str, room: int, size: Callable[[str], int]) -> str:
    if size(text) <= room:
        return text
    while size(f"{text}…") > room:
        text = text[:-1]
    return f"{text}…"


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _labels(
    described: Sequence[Variable], languages: Sequence[str], limit: int, size: Callable[[str], int]
) -> dict[str, str | None]:
    return {each.name: joined(each.label, languages, limit, size) for each in described}


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers as floats and texts as objects, which is what the writer takes."""
    columns = {}
    for name in table:
        column = table[name]
        columns[name] = (
            column.fillna("").astype(object)
            if pd.api.types.is_string_dtype(column.dtype)
            else column.to_numpy("float64", na_value=np.nan)
        )
    return pd.DataFrame(columns)


def _saved(suffix: str, write: Callable[[str], None]) -> bytes:
    """Take what a writer that only knows paths writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"table{suffix}")
        write(str(path))
        return path.read_bytes()
