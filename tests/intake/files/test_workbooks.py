"""Workbooks: formulas in any spelling, further sheets, merged cells."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from coproduction.errors import StudyError
from coproduction.intake.files.workbook import sheet_rows
from coproduction.intake.readers import read_export

USUAL = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def book(*sheets: tuple[str, list[list]], prepare: Callable = lambda book: None) -> bytes:
    file = Workbook()
    file.remove(file.active)
    for name, rows in sheets:
        page = file.create_sheet(name)
        for row in rows:
            page.append(row)
    prepare(file)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return buffer.getvalue()


def prefixed(name: str, content: bytes) -> bytes:
    if not name.startswith("xl/worksheets/"):
        return content
    content = content.replace(b'xmlns="' + USUAL, b'xmlns:x="' + USUAL)
    return re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", content)


def strict(name: str, content: bytes) -> bytes:
    content = content.replace(USUAL, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    return content.replace(RELATED, b"http://purl.oclc.org/ooxml/officeDocument/relationships")


KINDS = {
    "usual": lambda name, content: content,
    "with a prefix": prefixed,
    "strict": strict,
    "strict with a prefix": lambda name, content: strict(name, prefixed(name, content)),
}
ROWS = [["id", "age"], ["1", 30], ["2", 41]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_formula_without_a_result_is_found_in_every_kind_of_workbook(kind) -> None:
    data = rewritten(book(("s", [*ROWS[:2], ["2", "=1+1"]])), KINDS[kind])
    with pytest.raises(StudyError, match=r"f\.xlsx, sheet `s`, line 3, column 2: a formula"):
        sheet_rows(data, "f.xlsx")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_workbook_is_read(kind) -> None:
    rows = sheet_rows(rewritten(book(("s", ROWS)), KINDS[kind]), "f.xlsx")
    assert rows == [["id", "age"], ["1", "30"], ["2", "41"]]


def test_every_further_sheet_is_reported_with_the_rows_under_its_heading(demo) -> None:
    main = [["consent", "age"], ["1", 43]]
    children = [["child", "_parent_index"], ["5", "1"], ["7", "1"]]

    def hide(file: Workbook) -> None:
        file["notes"].sheet_state = "hidden"

    data = book(
        ("notes", [["by", "Li"]]),
        ("main", main),
        ("children", children),
        ("empty", []),
        prepare=hide,
    )
    absent = [item.id for item in demo.questions if item.id not in ("consent", "age")]
    intake = read_export(data, demo, "k.xlsx", absent_items=absent)
    assert intake.responses["age"].tolist() == [43]
    told = intake.findings[["code", "severity", "found", "action"]].to_numpy().tolist()
    assert told == [
        ["sheet_not_read", "warning", "children: 2", "not_read"],
        ["sheet_not_read", "warning", "notes: 0", "not_read"],
    ]


def test_cells_merged_over_several_lines_are_refused_and_a_merged_title_is_not() -> None:
    title = [["Answers", None], *ROWS]
    merged = {"A1:B1": None, "A3:A4": "the cells A3:A4 are merged over several lines"}
    for cells, told in merged.items():
        data = book(("s", title), prepare=lambda file, cells=cells: file["s"].merge_cells(cells))
        if told is None:
            assert sheet_rows(data, "f.xlsx")[2] == ["1", "30"]
        else:
            with pytest.raises(StudyError, match=told):
                sheet_rows(data, "f.xlsx")
