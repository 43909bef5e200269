"""SPSS (.sav) and Stata (.dta) files with their value labels and user-missing values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.canonical import METADATA
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.choices import codes, spellings
from coproduction.intake.columns import normal
from coproduction.intake.export import Export
from coproduction.intake.metadata import read_metadata
from coproduction.intake.readstat import Variables, read_variables
from coproduction.intake.recognition import Recognised, recognise
from coproduction.intake.tabular import from_rows, without

FIELDS = {name: (name,) for name in METADATA if name != "source_row"} | {
    "submission": ("submission", "id")
}
OWN_COLUMNS = (*METADATA, "id")


def read_spss_stata(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str] = (),
    time_zone: str = "UTC",
) -> Export:
    """Read an SPSS or Stata file.

    A variable is known by its name or its label. A value whose label is an answer of the
    questionnaire is that answer, whatever its number; others are read as numbers. User-missing
    values (SPSS) and letters `.a` to `.z` (Stata) are read by their labels too; where neither
    number nor label is known to the questionnaire they are blank and reported.

    See `export.Reader` for what it takes and returns.
    """
    variables = read_variables(data, source)
    cells = without(_cells(variables, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    recognised = _recognise(cells, variables.wordings, instrument)
    cells, recoded = _by_label(cells, variables, recognised, instrument)
    return Export(
        cells,
        metadata,
        pd.concat([findings, recoded], ignore_index=True),
        recognised,
        OWN_COLUMNS,
    )


def _cells(variables: Variables, source: str) -> pd.DataFrame:
    rows = list(map(list, zip(*variables.cells.values(), strict=True)))
    if not rows:
        raise StudyError(f"{source} has variables but no rows: save it again with its answers.")
    return from_rows([list(variables.cells), *rows], source)


def _recognise(
    cells: pd.DataFrame, wordings: Mapping[str, str], instrument: Instrument
) -> Recognised:
    def readings(header: str) -> Iterator[tuple[str, str]]:
        yield header, ""
        stem, mark, answer = header.rpartition("_")
        if mark:
            yield stem, answer
        yield wordings.get(header, ""), ""

    return recognise(cells.columns, instrument, readings, OWN_COLUMNS)


def _by_label(
    cells: pd.DataFrame, variables: Variables, recognised: Recognised, instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every labelled value the code that the questionnaire gives to its label."""
    changed, rows = {}, []
    for header, name in recognised.names.items():
        item = instrument.by_id[name]
        if item.type == "select_multiple":
            continue
        labels = variables.labels.get(header, {})
        wires = _wires(labels, item, instrument)
        own = spellings(item, instrument)
        moved = {v: wire for v, wire in wires.items() if own.get(normal(v)) not in (None, wire)}
        if moved:
            found = "; ".join(f"{value} → {wire}" for value, wire in moved.items())
            rows.append(("recoded_by_label", "note", "", pd.NA, name, found, "", "recoded"))
        readable = codes(item, instrument)
        for value in variables.missing.get(header, ()):
            if value not in wires and normal(value) not in readable:
                wires[value] = ""
                found = f"{value} {labels.get(value, '')}".strip()
                told = "", pd.NA, name, found, "a kind of missing answer of the questionnaire"
                rows.append(("unknown_missing_value", "warning", *told, "set_missing"))
        changed[header] = cells[header].map(lambda cell, wires=wires: wires.get(cell, cell))
    for answers in recognised.split.values():
        for header in (header for headers in answers.values() for header in headers):
            changed[header] = cells[header].replace(list(variables.missing.get(header, ())), "")
    return cells.assign(**changed), make_findings(rows)


def _wires(labels: Mapping[str, str], item: Item, instrument: Instrument) -> dict[str, str]:
    """Answer on the wire of every value whose label the questionnaire knows.

    A label may hold its wording in several languages, as those of release files do.
    """
    known = {
        normal(label): str(code.code)
        for code in instrument.missing_codes.values()
        for label in code.label.values()
    } | spellings(item, instrument)
    wires = {}
    for value, label in labels.items():
        readings = (normal(part) for part in (label, *label.split(" / ")))
        wire = next((known[each] for each in readings if each in known), None)
        if wire is not None:
            wires[value] = wire
    return wires
