"""What came in as tables in memory and as the files of survey platforms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.canonical import canonical, dtype
from coproduction.simulation.fieldwork import SIMULATOR, Forms
from coproduction.simulation.response.routing import Answers
from coproduction.simulation.truth.content import Fieldwork

FIRST_ID = 100001
BEFORE = ("start", "end", "today", "deviceid")


def canonical_table(
    made: Forms, answers: Answers, instrument: Instrument, rule: Fieldwork, wave: str | None = None
) -> pd.DataFrame:
    """Put forms into the canonical table, as intake would read them from a file.

    Parameters
    ----------
    made, answers
        Forms, and the answers in them.
    instrument
        The questionnaire.
    rule
        Of which fieldwork they are.
    wave
        Name of the wave, if it is not the first.
    """
    moments = {
        "started_at": made.started,
        "ended_at": made.ended,
        "submitted_at": made.uploaded,
    }
    metadata = pd.DataFrame(
        {
            "submission": made.submission,
            "instrument": instrument.id,
            "platform": SIMULATOR,
            "source_row": np.arange(1, len(made.submission) + 1),
            "form_version": rule.version,
            "submitted_by": SIMULATOR,
            "device": made.device,
            "duration_seconds": (made.ended - made.started).astype(float),
            **{name: _moment(each, "Z") for name, each in moments.items()},
        }
    )
    if wave is not None:
        metadata["wave"] = wave
    columns = {
        item.id: _column(answers[item.id], item)
        for item in instrument.questions
        if item.id in answers
    }
    return canonical(pd.DataFrame(columns, copy=False), metadata, instrument)


def _moment(moments: np.ndarray, zone: str) -> np.ndarray:
    return np.char.add(np.datetime_as_string(moments, unit="s"), zone)


def _column(values: np.ndarray, item: Item) -> pd.Series | pd.api.extensions.ExtensionArray:
    if dtype(item) == "string":
        return pd.array(values, dtype="string")
    missing = np.isnan(values)
    if dtype(item) == "Int64":
        numbers = np.where(missing, 0, values).astype(np.int64)
        return pd.arrays.IntegerArray(numbers, missing)
    return pd.arrays.FloatingArray(np.where(missing, 0.0, values), missing)


def kobo_csv(made: Forms, answers: Answers, instrument: Instrument, rule: Fieldwork) -> bytes:
    """Write forms as a KoboToolbox CSV: values, group prefixes, choices joined and split.

    Parameters
    ----------
    made, answers
        Forms, and the answers in them.
    instrument
        The questionnaire.
    rule
        Of which fieldwork they are.
    """
    n, columns = len(made.submission), _kobo_metadata(made, rule)
    cells = {name: columns.pop(name) for name in BEFORE}
    for item in instrument.questions:
        header = f"sec{item.section}/{item.id}"
        if item.id not in answers:
            cells[header] = [""] * n
            continue
        cells[header] = texts = [
            _wires(text, item, instrument) for text in _texts(answers[item.id])
        ]
        if item.type == "select_multiple":
            for option in item.options:
                cells[f"{header}/{option.wire}"] = [
                    "" if not text else str(int(option.wire in text.split())) for text in texts
                ]
    cells.update(columns)
    return written(cells, delimiter=";", quoted=True)


def _kobo_metadata(made: Forms, rule: Fieldwork) -> dict[str, list[str]]:
    n = len(made.submission)
    ahead = np.timedelta64(round(3600 * rule.hours_ahead), "s")
    hours, minutes = divmod(round(60 * abs(rule.hours_ahead)), 60)
    zone = f".000{'-' if rule.hours_ahead < 0 else '+'}{hours:02d}:{minutes:02d}"
    return {
        "start": list(_moment(made.started + ahead, zone)),
        "end": list(_moment(made.ended + ahead, zone)),
        "today": list(np.datetime_as_string((made.started + ahead).astype("datetime64[D]"))),
        "deviceid": list(made.device),
        "_id": [str(FIRST_ID + place) for place in range(n)],
        "_uuid": list(made.submission),
        "_submission_time": list(np.datetime_as_string(made.uploaded, unit="s")),
        "_validation_status": [""] * n,
        "_status": ["submitted_via_web"] * n,
        "_submitted_by": [SIMULATOR] * n,
        "__version__": [rule.version] * n,
        "meta/rootUuid": [f"uuid:{each}" for each in made.submission],
        "_index": [str(place + 1) for place in range(n)],
    }


def plain_csv(table: pd.DataFrame) -> bytes:
    """Write a table as plain CSV, blanks as nothing, whole numbers without a point."""
    return written({name: _texts(table[name].to_numpy(object)) for name in table})


def plain_forms(made: Forms, answers: Answers, instrument: Instrument, rule: Fieldwork) -> bytes:
    """Write forms as plain CSV with the names of the canonical table."""
    table = canonical_table(made, answers, instrument, rule)
    known = [name for name in table if table[name].notna().any() or name in answers]
    left_out = ("instrument", "platform", "source_row")
    return plain_csv(table[[name for name in known if name not in left_out]])


def _texts(values: np.ndarray) -> list[str]:
    return [_text(value) for value in values.tolist()]


def _text(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def _wires(text: str, item: Item, instrument: Instrument) -> str:
    """Write codes as the platform does."""
    if not text or not item.options:
        return text
    missing = {str(code.code): code.wire for code in instrument.missing_codes.values() if code.wire}
    wires = {str(option.value): option.wire for option in item.options} | missing
    return " ".join(wires.get(part, part) for part in text.split())


def written(
    columns: Mapping[str, Iterable[str]], delimiter: str = ",", quoted: bool = False
) -> bytes:
    """Write columns of texts as CSV in UTF-8."""
    buffer = io.StringIO(newline="")
    quoting: Literal[1, 0] = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(list(columns))
    writer.writerows(zip(*columns.values(), strict=True))
    return buffer.getvalue().encode("utf-8")
