"""SPSS (.sav) and Stata (.dta) files with their value labels and user-missing values."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.assemble import assemble
from coproduction.intake.canonical import METADATA, Intake
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.choices import spellings
from coproduction.intake.columns import normal
from coproduction.intake.metadata import read_metadata
from coproduction.intake.recognition import Recognised, recognise
from coproduction.intake.tabular import from_frame, without
from coproduction.intake.workbook import cell_text

SPSS = (b"$FL2", b"$FL3")
FIELDS = {name: (name,) for name in METADATA if name != "source_row"} | {
    "submission": ("submission", "id")
}
OWN_COLUMNS = (*METADATA, "id")


def read_spss_stata(
    data: bytes,
    instrument: Instrument,
    source: str,
    *,
    mode: str | None = None,
    ignore_columns: Iterable[str] = (),
    absent_items: Iterable[str] = (),
    time_zone: str = "UTC",
) -> Intake:
    """Read an SPSS or Stata file.

    A variable is known by its name or its label. A value whose label is an answer of the
    questionnaire is that answer, whatever its number; others are read as numbers. User-missing
    values (SPSS) and letters `.a` to `.z` (Stata) are read by their labels too.

    Parameters
    ----------
    data, source
        Content and name of the file.
    instrument
        The questionnaire.
    mode
        Mode of interview, where a row does not say its own.
    ignore_columns
        Variables that are no items.
    absent_items
        Items that the file does not hold.
    time_zone
        Zone of moments that name none.
    """
    table, labels, variables = _read(data, source)
    cells = without(from_frame(table, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    recognised = _recognise(cells, variables, instrument, source)
    cells, recoded = _by_label(cells, labels, recognised, instrument)
    return assemble(
        cells,
        metadata,
        instrument,
        source,
        platform="spss_stata",
        recognised=recognised,
        own_columns=OWN_COLUMNS,
        mode=mode,
        absent_items=absent_items,
        findings=pd.concat([findings, recoded], ignore_index=True),
    )


def is_stata(data: bytes) -> bool:
    """Whether the bytes begin like a Stata file of any release since 8."""
    return data.startswith(b"<stata_dta>") or (
        len(data) > 4 and data[0] in range(113, 116) and data[1] in (1, 2) and data[2] == 1
    )


def _read(
    data: bytes, source: str
) -> tuple[pd.DataFrame, Mapping[str, Mapping[object, str]], Mapping[str, str]]:
    """Table with letters for Stata's missing values, value labels and variable labels."""
    import pyreadstat

    try:
        if data.startswith(SPSS):
            table, meta = pyreadstat.read_sav(io.BytesIO(data), user_missing=True)
        else:
            table, meta = pyreadstat.read_dta(io.BytesIO(data))
            # With `user_missing` whole numbers read 0 where they are missing, so only the letters
            # are taken from there.
            lettered, _ = pyreadstat.read_dta(io.BytesIO(data), user_missing=True)
            table = _with_letters(table, lettered, meta)
    except Exception as error:
        raise StudyError(
            f"{source} is damaged or no SPSS or Stata file ({type(error).__name__}): save it again."
        ) from error
    if not len(table):
        raise StudyError(f"{source} has variables but no rows: save it again with its answers.")
    wordings = {name: label or "" for name, label in meta.column_names_to_labels.items()}
    return table, meta.variable_value_labels, wordings


def _with_letters(table: pd.DataFrame, lettered: pd.DataFrame, meta) -> pd.DataFrame:
    columns = {}
    for name in table.columns:
        column = table[name].astype(object)
        if meta.readstat_variable_types.get(name) != "string":
            letters = lettered[name].map(lambda cell: isinstance(cell, str) and len(cell) == 1)
            column = column.mask(letters & column.isna(), lettered[name])
        columns[name] = column
    return pd.DataFrame(columns, index=table.index)


def _recognise(
    cells: pd.DataFrame, variables: Mapping[str, str], instrument: Instrument, source: str
) -> Recognised:
    def readings(header: str) -> Iterator[tuple[str, str]]:
        yield header, ""
        stem, mark, answer = header.rpartition("_")
        if mark:
            yield stem, answer
        yield variables.get(header, ""), ""

    return recognise(cells.columns, instrument, readings, OWN_COLUMNS)


def _by_label(
    cells: pd.DataFrame,
    labels: Mapping[str, Mapping[object, str]],
    recognised: Recognised,
    instrument: Instrument,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every labelled value the code that the questionnaire gives to its label."""
    changed, rows = {}, []
    for header, name in recognised.names.items():
        item = instrument.by_id[name]
        known = spellings(item, instrument)
        missing = {
            normal(label): str(code.code)
            for code in instrument.missing_codes.values()
            for label in code.label.values()
        }
        wires = {}
        for value, label in labels.get(header, {}).items():
            wire = known.get(normal(str(label)), missing.get(normal(str(label))))
            if wire is not None:
                wires[cell_text(value)] = wire
        own = {value: known.get(normal(value)) for value in wires}
        moved = {v: w for v, w in wires.items() if own[v] not in (None, w)}
        if moved and item.type != "select_multiple":
            found = "; ".join(f"{value} → {wire}" for value, wire in moved.items())
            rows.append(("recoded_by_label", "note", "", pd.NA, name, found, "", "recoded"))
        if item.type != "select_multiple":
            changed[header] = cells[header].map(lambda cell, wires=wires: wires.get(cell, cell))
    return cells.assign(**changed), make_findings(rows)
