"""The last step every reader shares: recognised columns become the canonical table."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import Intake, canonical
from coproduction.intake.choices import join_ticks
from coproduction.intake.columns import Matched, match
from coproduction.intake.recognition import Recognised
from coproduction.intake.values import decode_answers


def assemble(
    cells: pd.DataFrame,
    metadata: pd.DataFrame,
    instrument: Instrument,
    source: str,
    *,
    platform: str,
    recognised: Recognised,
    own_columns: Iterable[str] = (),
    mode: str | None = None,
    absent_items: Iterable[str] = (),
    findings: pd.DataFrame,
) -> Intake:
    """Decode the answers and put them beside the metadata.

    Parameters
    ----------
    cells
        Text cells of the export.
    metadata
        Metadata of the same rows.
    instrument, source
        The questionnaire, and the name of the file for messages.
    platform
        Name of the platform, kept with every row.
    recognised
        The columns that hold answers. Several columns of one item, as after a renaming, are joined;
        a multiple choice that is both joined and split is read from its ticks.
    own_columns
        Headers that the platform adds.
    mode
        Mode of interview, where a row does not say its own.
    absent_items
        Items that the file does not hold.
    findings
        What the reader saw so far.
    """
    surplus = [header for header in own_columns if header in cells and header not in recognised]
    gathered, headers = _gathered(cells, recognised, source)
    rest = [header for header in cells if header not in recognised and header not in surplus]
    table = gathered.join(cells[rest])
    matched = match(list(table.columns), instrument, source, absent=absent_items)
    # Messages name the columns as the export does.
    items = {name: headers.get(column, column) for name, column in matched.items.items()}
    matched = Matched(items, matched.options)
    answers = decode_answers(table.rename(columns=headers), matched, instrument, source)
    metadata = metadata.assign(
        instrument=instrument.id,
        platform=platform,
        source_file=source,
        mode=metadata["mode"].fillna(mode) if mode else metadata["mode"],
    )
    return Intake(canonical(answers, metadata, instrument), findings)


def _gathered(
    cells: pd.DataFrame, recognised: Recognised, source: str
) -> tuple[pd.DataFrame, dict[str, str]]:
    """One column of text per item, and the header each comes from."""
    whole: dict[str, list[str]] = {}
    for header, item in recognised.names.items():
        whole.setdefault(item, []).append(header)
    columns = {item: _merged(cells, headers, item, source) for item, headers in whole.items()}
    for item, answers in recognised.split.items():
        ticks = join_ticks(cells, answers, source)
        # Labels joined by spaces cannot be told apart, so ticks count before the joined text.
        columns[item] = ticks.mask(ticks == "", columns[item]) if item in columns else ticks
    return pd.DataFrame(columns, index=cells.index), {item: h[0] for item, h in whole.items()}


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
