"""SPSS (.sav) and Stata (.dta) files with their value labels and user-missing values."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.canonical import METADATA
from coproduction.intake.choices import NO, YES, labels, spellings
from coproduction.intake.columns import normal
from coproduction.intake.export import Export
from coproduction.intake.files.readstat import SPSS, Variables, is_stata, read_variables
from coproduction.intake.files.tabular import from_rows, without
from coproduction.intake.labels import (
    COLUMNS,
    Evidence,
    Settled,
    answer_behind,
    answer_in,
    findings_of,
    settled,
)
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import Reading, Recognised, named, recognise

FIELDS = {name: (name,) for name in METADATA if name != "source_row"} | {
    "submission": ("submission", "id")
}
OWN_COLUMNS = (*METADATA, "id")


def read_spss_stata(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read an SPSS or Stata file.

    A variable is known by its name or its label. Where the label of any value is another answer
    than its number, all values in use are read by their labels, those of questions with the
    same answers too, or the file is refused; else they are read by their numbers, and labels
    that the questionnaire does not know are reported. Columns of ticks follow the same law, in
    which answer they are of and in what is a tick. User-missing values (SPSS) and letters `.a`
    to `.z` (Stata) are read by their labels too; where neither number nor label is a missing
    answer of the questionnaire they are blank and reported.

    See `platform.Reader` for what it takes and returns.
    """
    variables = read_variables(data, source)
    cells = without(_cells(variables, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    recognised = _recognise(cells, variables, instrument, source)
    cells, recognised, recoded = _by_label(cells, variables, recognised, instrument, source)
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
    cells: pd.DataFrame, variables: Variables, instrument: Instrument, source: str
) -> Recognised:
    known = named(instrument)

    def readings(header: str) -> Iterator[Reading]:
        yield Reading(header)
        stem = header.rpartition("_")[0]
        item = known.get(normal(stem))
        if item is not None and item.type == "select_multiple":
            told = _column_evidence(header, variables, item, instrument)
            if answer := told.label or told.number:
                yield Reading(stem, answer)
        yield Reading(variables.wordings.get(header, ""))

    return recognise(cells.columns, instrument, readings, OWN_COLUMNS, source)


def _column_evidence(
    header: str, variables: Variables, item: Item, instrument: Instrument
) -> Evidence:
    """Answer of a column of ticks: by its label or that of its values, and by its name."""
    known = labels(item, instrument)
    wording = variables.wordings.get(header, "")
    label = answer_behind(wording, known)
    values = {answer_in(text, known) for text in variables.labels.get(header, {}).values()} - {None}
    if label is None and len(values) == 1:
        label = values.pop()
    ending = normal(header.rpartition("_")[2])
    return Evidence(label, spellings(item, instrument).get(ending), wording)


def _by_label(
    cells: pd.DataFrame,
    variables: Variables,
    recognised: Recognised,
    instrument: Instrument,
    source: str,
) -> tuple[pd.DataFrame, Recognised, pd.DataFrame]:
    """Give every labelled value the code that the questionnaire gives to its label.

    A missing answer in columns of ticks becomes a column of ticks itself, where nothing is ticked.
    """
    changed: dict[str, pd.Series] = {}
    split: dict[str, dict[str, Sequence[str]]] = {}
    told: list[Settled] = []
    for header, name in recognised.names.items():
        values = _values(header, cells[header], variables, instrument)
        wires = _wires(values, instrument.by_id[name], instrument, f"column `{header}`")
        changed[header] = _replaced(cells[header], wires)
        told.append(wires)
    for name, answers in recognised.split.items():
        item = instrument.by_id[name]
        columns = {header: wire for wire, headers in answers.items() for header in headers}
        evidence = {h: _column_evidence(h, variables, item, instrument) for h in columns}
        told.append(settled(evidence, item, "labels of columns", COLUMNS))
        missing = pd.Series(pd.NA, index=cells.index, dtype="string")
        for header, wire in columns.items():
            values = _values(header, cells[header], variables, instrument)
            ticks = _ticks(values, item, wire, instrument, f"column `{header}`")
            changed[header] = _replaced(cells[header], ticks)
            kinds = {value.text: value.missing for value in values if value.missing is not None}
            missing = missing.fillna(cells[header].map(kinds).astype("string"))
            told.append(ticks)
        ticked = pd.concat([changed[header] == "1" for header in columns], axis=1).any(axis=1)
        split[name] = dict(answers)
        for code in sorted(missing[~ticked].dropna().unique()):
            column = f"{name} ({code})"
            changed[column] = pd.Series("", cells.index).mask(
                (missing == code).fillna(False) & ~ticked, "1"
            )
            split[name][code] = [column]
    read = Recognised(recognised.names, split)
    return cells.assign(**changed), read, findings_of(told, source)


def _replaced(column: pd.Series, read: Settled) -> pd.Series:
    known = {text: answer for text, answer in read.answers.items() if answer is not None}
    return column.map(lambda cell: known.get(cell, cell))


class Value(NamedTuple):
    """A value in use: its label, the missing answer that label or number name, and if declared."""

    text: str
    label: str
    missing: str | None
    declared: bool

    def __str__(self) -> str:
        """Value and label as a reader knows them."""
        return f"{self.text} {self.label}".strip()


def _values(
    header: str, column: pd.Series, variables: Variables, instrument: Instrument
) -> list[Value]:
    """Values that occur; a label counts more than the number also for missing answers."""
    kinds = {
        normal(label): str(code.code)
        for code in instrument.missing_codes.values()
        for label in code.label.values()
    }
    numbers = {str(code) for code in instrument.missing_values}
    labelled, declared = variables.labels.get(header, {}), variables.missing.get(header, ())
    found = []
    for text in column.unique():
        if text.strip():
            label = labelled.get(text, "")
            code = answer_in(label, kinds) or (text if text in numbers else None)
            found.append(Value(text, label, code, text in declared))
    return found


def _wires(values: Sequence[Value], item: Item, instrument: Instrument, place: str) -> Settled:
    """Answer on the wire of every value that is not read as it stands, and what is to be told.

    Missing answers have labels of their own; among the others labels decide all or none.
    """
    own = spellings(item, instrument)
    options = item.response_set.options if item.response_set is not None else ()
    answers = {option.wire for option in options}
    wires: dict[str, str] = {}
    evidence: dict[str, Evidence] = {}
    rows: list[tuple] = []
    for value in values:
        label, number = answer_in(value.label, own), own.get(normal(value.text))
        if value.missing is not None and number not in answers and label not in answers:
            wires[value.text] = value.missing
        elif value.declared:
            wires[value.text] = ""
            rows.append(_not_known(item, str(value)))
        elif value.label or options:
            evidence[value.text] = Evidence(label or value.missing, number, value.label)
    read = settled(evidence, item, place)
    if shared := _shared(read.answers, answers):
        rows.append(("values_share_label", "warning", item.id, shared, "a label each", "joined"))
    return replace(read, answers={**wires, **read.answers}, findings=[*read.findings, *rows])


def _ticks(
    values: Sequence[Value], item: Item, wire: str, instrument: Instrument, place: str
) -> Settled:
    """Whether each value of a column of ticks is a tick, by its label or else by its number."""
    known = labels(item, instrument)
    ticks: dict[str, str] = {}
    evidence: dict[str, Evidence] = {}
    rows: list[tuple] = []
    for value in values:
        if value.missing is not None or value.declared:
            ticks[value.text] = ""
            rows += [_not_known(item, str(value))] if value.missing is None else []
            continue
        said = answer_in(value.label, known)
        label = _tick(value.label) if said is None else _mark(said == wire)
        evidence[value.text] = Evidence(label, _tick(value.text), value.label)
    read = settled(evidence, item, place, "ticks")
    return replace(read, answers={**ticks, **read.answers}, findings=[*read.findings, *rows])


def _tick(word: str) -> str | None:
    folded = normal(word)
    if not folded or folded not in YES | NO:
        return None
    return _mark(folded in YES)


def _mark(ticked: bool) -> str:
    return "1" if ticked else "0"


def _not_known(item: Item, found: str) -> tuple:
    expected = "a kind of missing answer of the questionnaire"
    return "unknown_missing_value", "warning", item.id, found, expected, "set_missing"


def _shared(read: Mapping[str, str | None], answers: Container[str]) -> str:
    """Values that their labels make one answer, which had been told apart."""
    values: dict[str, list[str]] = {}
    for value, wire in read.items():
        if wire in answers:
            values.setdefault(str(wire), []).append(value)
    return "; ".join(
        f"{', '.join(found)} → {wire}" for wire, found in values.items() if len(found) > 1
    )


def _owns(data: bytes, source: str) -> bool:
    return data.startswith(SPSS) or is_stata(data)


PLATFORM = Platform(
    name="spss_stata",
    title="SPSS and Stata",
    endings=("sav", "zsav", "dta"),
    reads="labels of values and of ticks decide all or none, user-missing values",
    read=read_spss_stata,
    owns=_owns,
)
