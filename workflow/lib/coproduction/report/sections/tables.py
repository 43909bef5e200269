"""Tables of result files as sections show them: under a caption and notes of their own name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from coproduction.dictionary import dictionary
from coproduction.report.blocks import Table
from coproduction.report.columns import cell, tabulate
from coproduction.report.material import Material


def shown(
    material: Material,
    file: str,
    columns: Sequence[str],
    *,
    name: str | None = None,
    caption: str | None = None,
    rows: pd.DataFrame | None = None,
    headings: Mapping[str, str] | None = None,
    remarks: Sequence[str] = (),
    parts: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
    warned: bool = True,
    group: str | Callable[[Mapping[str, Any]], str] | None = None,
    further: bool = False,
) -> list[Table]:
    """Show a result file as one table, or as none where it has no rows.

    Parameters
    ----------
    material
        What the report is made from.
    file
        Result file.
    columns, headings
        As in `columns.tabulate`; columns that are empty throughout are left out.
    name, caption
        Key of the words' `captions` and `notes`, the file's own name if not given; a caption that
        stands in place of the words'. Without either the caption is the name.
    rows
        The rows shown; all rows of the file if not given.
    remarks
        Further sentences under the table, before the warnings of its rows.
    parts
        Parts of the note that apply beside those of the columns shown; see `noted`.
    values
        What the note names.
    warned
        Whether the warnings and reasons of the rows stand under the table.
    group
        Column whose values head groups of rows, or a function that writes such a heading.
    further
        Whether the table belongs in an appendix.
    """
    table = material.table(file) if rows is None else rows
    if table.empty:
        return []
    name = name or file.partition("/")[2].removesuffix(".csv")
    kept = [column for column in columns if _known(table, column)]
    notes = [*noted(material, name, (*kept, *parts), **(values or {})), *remarks]
    notes += _warnings(table, material, file) if warned else []
    caption = caption or material.text["captions"].get(name) or name.replace("_", " ")
    heading = (
        group if callable(group) or group is None else partial(_heading, group, file, material)
    )
    return [
        tabulate(table, kept, material.labels, caption, notes, file, headings, heading, further)
    ]


def noted(material: Material, name: str, parts: Iterable[str] = (), **values: str) -> list[str]:
    """Take the sentences of a note that apply.

    A note is one sentence, or has parts: each is said if `parts` names it, as a column that is
    shown or as something that the study has.
    """
    note = material.text["notes"].get(name, "")
    if isinstance(note, str):
        return [note.format(**values)] if note else []
    return [told.format(**values) for part, told in note.items() if part in set(parts)]


def _heading(column: str, file: str, material: Material, record: Mapping[str, Any]) -> str:
    return cell(record, column, material.labels, file)


def _known(table: pd.DataFrame, column: str) -> bool:
    held = f"{column.removesuffix('interval')}conf_low" if column.endswith("interval") else column
    return bool((table[held].notna() & table[held].ne("")).any())


def _warnings(table: pd.DataFrame, material: Material, file: str) -> list[str]:
    """Take each warning and reason of the rows once, in order."""
    known = {name: dictionary().column(file, name) for name in table}
    messages = [name for name, column in known.items() if column and column.format == "message"]
    told = [text for name in messages for text in table[name]]
    return [material.labels.message(text) for text in dict.fromkeys(told) if text]
