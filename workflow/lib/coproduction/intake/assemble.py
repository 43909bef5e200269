"""From the recognised columns of an export to the canonical table."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import Intake, canonical
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.choices import check_ticks, join_ticks
from coproduction.intake.columns import Matched, check_columns
from coproduction.intake.export import Export
from coproduction.intake.recognition import Recognised
from coproduction.intake.values import decode_answers


def assemble(
    export: Export,
    instrument: Instrument,
    source: str,
    platform: str,
    mode: str | None = None,
    absent_items: Iterable[str] = (),
) -> Intake:
    """Decode the answers and put them beside the metadata.

    Parameters
    ----------
    export
        What the platform's reader made of the file.
    instrument, source
        The questionnaire, and the name of the file for messages.
    platform
        Name of the platform, kept with every row.
    mode
        Mode of interview, where a row does not say its own.
    absent_items
        Items that the file does not hold.

    Raises
    ------
    StudyError
        If a column is no item, an item has no column, or an answer is none of the item's.
    """
    cells, recognised = export.cells, export.recognised
    own = {*export.own_columns, *export.beside}
    unknown = [name for name in cells if name not in own and name not in recognised]
    gathered, headers = _gathered(cells, recognised, instrument, source)
    check_columns(unknown, gathered, instrument, source, {*absent_items, *export.unanswered})
    # Messages name the columns as the export does.
    table = gathered.rename(columns=headers)
    matched = Matched({item: headers[item] for item in gathered}, recognised.split)
    answers = decode_answers(table, matched, instrument, source)
    metadata = export.metadata.assign(
        instrument=instrument.id,
        platform=platform,
        source_file=source,
        mode=filled(export.metadata["mode"], mode),
    )
    absent, beside = _absent_answers(recognised, instrument), _texts_beside(export)
    findings = pd.concat([export.findings, absent, beside], ignore_index=True)
    return Intake(canonical(answers, metadata, instrument), findings)


def filled(column: pd.Series, value: str | None) -> pd.Series:
    """Metadata of which the rows without their own take this value."""
    return column.fillna(value) if value else column


def _absent_answers(recognised: Recognised, instrument: Instrument) -> pd.DataFrame:
    """Report answers to split multiple choices that have no column: nobody can have ticked them."""
    rows = []
    whole = set(recognised.names.values())
    for item, answers in recognised.split.items():
        options = instrument.by_id[item].options
        for option in options if item not in whole else ():
            if option.wire not in answers:
                found = f"no column for the answer {option.wire}"
                expected = "a column for every answer"
                rows.append(("answer_without_column", "warning", "", pd.NA, item, found, expected))
    return make_findings([(*row, "kept") for row in rows])


def _texts_beside(export: Export) -> pd.DataFrame:
    """Count the comments and specified answers that are left out; the texts may name people."""
    rows = []
    for header, item in export.beside.items():
        filled = int((export.cells[header].str.strip() != "").sum())
        if filled:
            told = f"{filled} in column {header[:60]}", "an item with this column as alias"
            rows.append(("text_beside_answer", "warning", "", pd.NA, item, *told, "not_read"))
    return make_findings(rows)


def _gathered(
    cells: pd.DataFrame, recognised: Recognised, instrument: Instrument, source: str
) -> tuple[pd.DataFrame, dict[str, str]]:
    """One column of text per item, and the header each comes from."""
    whole: dict[str, list[str]] = {}
    for header, item in recognised.names.items():
        whole.setdefault(item, []).append(header)
    columns = {item: _merged(cells, headers, item, source) for item, headers in whole.items()}
    headers = {item: names[0] for item, names in whole.items()}
    for item, answers in recognised.split.items():
        ticks = join_ticks(cells, answers, source)
        headers.setdefault(item, next(name for names in answers.values() for name in names))
        if item in columns:
            # Labels joined by spaces cannot be told apart, so ticks count before the joined text.
            check_ticks(columns[item], ticks, instrument.by_id[item], instrument, source)
            ticks = ticks.mask(ticks == "", columns[item])
        columns[item] = ticks
    return pd.DataFrame(columns, index=cells.index, copy=False), headers


def _merged(cells: pd.DataFrame, headers: list[str], item: str, source: str) -> pd.Series:
    """Join the columns of an item that was renamed between versions of the form."""
    result = cells[headers[0]]
    for header in headers[1:]:
        other = cells[header]
        filled, also = result.str.strip() != "", other.str.strip() != ""
        clash = filled & also & (result.str.strip() != other.str.strip())
        if clash.any():
            raise StudyError(
                f"{source}, row {clash.idxmax()}: the columns `{headers[0]}` and `{header}` both "
                f"hold `{item}` and differ; remove one or name it under `ignore_columns` in "
                "study.yaml."
            )
        result = result.mask(~filled, other)
    return result
