"""Files as accidents leave them."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from answered import Submission
from files import delimited, excel
from layouts import Sheet, kobotoolbox, limesurvey, odk_central, surveycto
from panels import paper, plain, qualtrics, redcap, wenjuanxing
from written import LAYOUTS

from coproduction.instrument.definition import Instrument

# Text layouts: how to write the sheet, the delimiter, and how many header rows stand above answers.
SHEETS: dict[str, tuple[Callable[..., Sheet], str, int]] = {
    "kobotoolbox": (kobotoolbox, ";", 0),
    "kobotoolbox in Chinese": (lambda i, s: kobotoolbox(i, s, words="zh-CN"), ";", 0),
    "odk_central": (lambda i, s: odk_central(i, s, split=True), ",", 0),
    "surveycto": (surveycto, ",", 0),
    "limesurvey": (limesurvey, ";", 0),
    "qualtrics": (qualtrics, ",", 2),
    "redcap": (redcap, ",", 0),
    "wenjuanxing": (wenjuanxing, ",", 0),
    "wenjuanxing in numbers": (lambda i, s: wenjuanxing(i, s, numbers=True), ",", 0),
    "plain": (plain, ",", 0),
}
BOOKS = {
    "kobotoolbox": (kobotoolbox, "Sheet1"),
    "wenjuanxing": (wenjuanxing, "Sheet1"),
    "plain": (plain, "Sheet1"),
    "paper": (paper, "录入"),
}
FILES = (
    "kobo values",
    "kobo Excel",
    "central",
    "limesurvey codes",
    "qualtrics values",
    "redcap raw",
    "wenjuanxing text",
    "wenjuanxing numbers in Excel",
    "surveyjs",
    "spss",
    "stata",
    "paper",
    "plain Parquet",
)


@dataclass(frozen=True)
class Case:
    """What a mutation starts from: the questionnaire, the people, and a source of chance."""

    instrument: Instrument
    people: Sequence[Submission]
    draw: random.Random

    def sheet(self) -> tuple[Sheet, str, int]:
        """A sheet of any platform, its delimiter, and its further header rows."""
        write, delimiter, above = SHEETS[self.draw.choice(list(SHEETS))]
        return write(self.instrument, self.people), delimiter, above

    def text(self, sheet: Sheet, delimiter: str) -> bytes:
        return delimited(sheet, delimiter, quote=self.draw.random() < 0.5)

    def any_text(self) -> bytes:
        sheet, delimiter, _ = self.sheet()
        return self.text(sheet, delimiter)

    def file(self) -> bytes:
        """A file of any kind."""
        return LAYOUTS[self.draw.choice(FILES)].write(self.instrument, self.people)


Mutation = Callable[[Case], bytes]


def _columns(sheet: Sheet, places: Sequence[int]) -> Sheet:
    """The columns at these places."""
    rows = [[row[place] for place in places] for row in sheet.rows]
    return Sheet([sheet.header[place] for place in places], rows)


def _put(sheet: Sheet, row: int, column: int, text: str) -> Sheet:
    """The same sheet with another text in one cell."""
    rows = [list(cells) for cells in sheet.rows]
    rows[row][column] = text
    return Sheet(sheet.header, rows)


def truncated(case: Case) -> bytes:
    data = case.file()
    return data[: case.draw.randrange(len(data))]


def truncated_text(case: Case) -> bytes:
    data = case.any_text()
    return data[: case.draw.randrange(len(data))]


def re_encoded(case: Case) -> bytes:
    text = case.any_text().decode()
    kinds = ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "twice", "marks"]
    kind = case.draw.choice([*kinds, "big5", "latin"])
    if kind == "twice":
        return text.encode().decode("latin-1").encode()
    if kind == "marks":
        return text.encode("utf-8-sig").decode().encode("utf-8-sig")
    if kind == "big5":
        return re.sub(r"[^\x00-\x7f]", "燈", text).encode("big5")
    if kind == "latin":
        return re.sub(r"[^\x00-\x7f]", "é", text).encode("latin-1")
    return text.encode(kind)


def shuffled_columns(case: Case) -> bytes:
    sheet, delimiter, _ = case.sheet()
    order = case.draw.sample(range(len(sheet.header)), len(sheet.header))
    if "record_id" in sheet.header:
        # REDCap's first column is the record's id, whatever it is called.
        order.remove(0)
        order.insert(0, 0)
    return case.text(_columns(sheet, order), delimiter)


def wrong_delimiter(case: Case) -> bytes:
    sheet, _, _ = case.sheet()
    return case.text(sheet, case.draw.choice(",;\t|: ^"))


def repeated_header_row(case: Case) -> bytes:
    sheet, delimiter, above = case.sheet()
    place = case.draw.randint(above, len(sheet.rows))
    rows = [*sheet.rows[:place], sheet.header, *sheet.rows[place:]]
    return case.text(Sheet(sheet.header, rows), delimiter)


def repeated_column(case: Case) -> bytes:
    sheet, delimiter, _ = case.sheet()
    places = list(range(len(sheet.header)))
    places.insert(case.draw.choice(places), case.draw.choice(places))
    return case.text(_columns(sheet, places), delimiter)


def nul_bytes(case: Case) -> bytes:
    data = case.any_text()
    place = case.draw.randrange(len(data))
    return data[:place] + b"\x00" * case.draw.choice([1, 1, 500]) + data[place:]


def huge_cell(case: Case) -> bytes:
    sheet, delimiter, above = case.sheet()
    row = case.draw.randrange(above, len(sheet.rows))
    column = case.draw.randrange(len(sheet.header))
    return case.text(_put(sheet, row, column, "9" * 10_000_001), delimiter)


def formulas(case: Case) -> bytes:
    from openpyxl import load_workbook

    write, name = BOOKS[case.draw.choice(list(BOOKS))]
    book = load_workbook(io.BytesIO(excel(write(case.instrument, case.people), name)))
    page = book.active
    row = case.draw.randint(page.max_row - len(case.people) + 1, page.max_row)
    cell = page.cell(row, case.draw.randint(1, page.max_column))
    cell.value = case.draw.choice(["=1+1", "=HYPERLINK(A1)", "=SUM(A:A)", "#REF!"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def mixed_line_ends(case: Case) -> bytes:
    sheet, delimiter, _ = case.sheet()
    quote = case.draw.random() < 0.5
    lines = []
    for row in [sheet.header, *sheet.rows]:
        line = delimited(Sheet(row, []), delimiter, quote=quote)
        lines.append(line.removesuffix(b"\n") + case.draw.choice([b"\n", b"\r\n", b"\r"]))
    return b"".join(lines)


def zip_bomb(case: Case) -> bytes:
    write, name = BOOKS[case.draw.choice(list(BOOKS))]
    honest = excel(write(case.instrument, case.people), name)
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(honest)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                filling = b" " * case.draw.choice([30_000_000, 60_000_000])
                content = content.replace(b"</worksheet>", filling + b"</worksheet>")
            new.writestr(entry.filename, content)
    return buffer.getvalue()


def future_dates(case: Case) -> bytes:
    later = timedelta(days=365 * case.draw.choice([1, 100, 5000]))
    return _moved(case, lambda s: replace(s, started=s.started + later))


def negative_times(case: Case) -> bytes:
    before = timedelta(seconds=case.draw.choice([1, 3600, 10**9]))
    return _moved(case, lambda s: replace(s, ended=s.started - before))


def _moved(case: Case, move: Callable[[Submission], Submission]) -> bytes:
    """Files of platforms that record when an interview began and ended."""
    name = case.draw.choice(["kobo values", "central", "qualtrics values", "plain", "surveyjs"])
    one = case.draw.randrange(len(case.people))
    people_ = [move(s) if n == one else s for n, s in enumerate(case.people)]
    return LAYOUTS[name].write(case.instrument, people_)


def cell_too_many(case: Case) -> bytes:
    sheet, delimiter, above = case.sheet()
    rows = [list(row) for row in sheet.rows]
    row = rows[case.draw.randrange(above, len(rows))]
    if case.draw.random() < 0.5:
        row.insert(case.draw.randrange(len(row)), "1")
    else:
        del row[case.draw.randrange(len(row))]
    return case.text(Sheet(sheet.header, rows), delimiter)


def lost_quotation_mark(case: Case) -> bytes:
    sheet, delimiter, _ = case.sheet()
    data = delimited(sheet, delimiter, quote=True)
    marks = [place for place, byte in enumerate(data) if byte == ord('"')]
    place = case.draw.choice(marks)
    return data[:place] + data[place + 1 :]


def unknown_code(case: Case) -> bytes:
    sheet, delimiter, above = case.sheet()
    choices = [n for n, name in enumerate(sheet.header) if "tenure" in name or "住房" in name]
    text = case.draw.choice(["6", "-5", "x", "1;2", "2 1", "否", "1.5", "=2", "２2"])
    row = case.draw.randrange(above, len(sheet.rows))
    return case.text(_put(sheet, row, choices[0], text), delimiter)


def unknown_column(case: Case) -> bytes:
    sheet, delimiter, _ = case.sheet()
    name = case.draw.choice(["ages", "tenure2", "备注", "Unnamed: 3", "", " ", "x" * 5000])
    rows = [[*row, "1"] for row in sheet.rows]
    return case.text(Sheet([*sheet.header, name], rows), delimiter)


def dropped_column(case: Case) -> bytes:
    sheet, delimiter, _ = case.sheet()
    places = list(range(len(sheet.header)))
    places.remove(case.draw.choice(places))
    return case.text(_columns(sheet, places), delimiter)


def repeated_row(case: Case) -> bytes:
    sheet, delimiter, above = case.sheet()
    row = case.draw.choice(sheet.rows[above:])
    return case.text(Sheet(sheet.header, [*sheet.rows, row]), delimiter)


def blank_lines(case: Case) -> bytes:
    sheet, delimiter, above = case.sheet()
    rows = list(sheet.rows)
    for _ in range(case.draw.randint(1, 5)):
        empty = case.draw.choice([[], [""] * len(sheet.header), [" "] * len(sheet.header)])
        rows.insert(case.draw.randint(above, len(rows)), empty)
    return case.text(Sheet(sheet.header, rows), delimiter) + case.draw.choice([b"", b"\n\n"])


def headers_in_other_case(case: Case) -> bytes:
    sheet, delimiter, _ = case.sheet()
    known = {item.id for item in case.instrument.questions}
    change = case.draw.choice([str.upper, str.title, lambda name: f"  {name} "])
    header = [change(name) if name.rsplit("/", 1)[-1] in known else name for name in sheet.header]
    return case.text(Sheet(header, sheet.rows), delimiter)


def shuffled_rows(case: Case) -> bytes:
    sheet, delimiter, above = case.sheet()
    rest = case.draw.sample(sheet.rows[above:], len(sheet.rows) - above)
    return case.text(Sheet(sheet.header, [*sheet.rows[:above], *rest]), delimiter)


def damaged_archive(case: Case) -> bytes:
    data = bytearray(
        LAYOUTS[case.draw.choice(["kobo Excel", "paper"])].write(case.instrument, case.people)
    )
    for _ in range(case.draw.randint(1, 20)):
        data[case.draw.randrange(len(data))] = case.draw.randrange(256)
    return bytes(data)


def damaged_dictionary(case: Case) -> bytes:
    """Bytes changed where SPSS and Stata files describe their variables, before the answers."""
    kind = case.draw.choice(["spss", "stata"])
    data = bytearray(LAYOUTS[kind].write(case.instrument, case.people))
    answers = data.index(b"<data>" if kind == "stata" else b"\xe7\x03\x00\x00\x00\x00\x00\x00")
    for _ in range(case.draw.randint(1, 20)):
        data[case.draw.randrange(answers)] = case.draw.randrange(256)
    return bytes(data)


def noise(case: Case) -> bytes:
    start = case.draw.choice(
        [
            b"",
            b"[",
            b"{",
            b"PK\x03\x04",
            b"$FL2",
            b"<stata_dta>",
            b"PAR1",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
        ]
    )
    return start + case.draw.randbytes(case.draw.choice([0, 1, 50, 5000]))


MUTATIONS: dict[str, Mutation] = {
    function.__name__: function
    for function in (
        truncated,
        truncated_text,
        re_encoded,
        shuffled_columns,
        wrong_delimiter,
        repeated_header_row,
        repeated_column,
        nul_bytes,
        huge_cell,
        formulas,
        mixed_line_ends,
        zip_bomb,
        future_dates,
        negative_times,
        cell_too_many,
        lost_quotation_mark,
        unknown_code,
        unknown_column,
        dropped_column,
        repeated_row,
        blank_lines,
        headers_in_other_case,
        shuffled_rows,
        damaged_archive,
        damaged_dictionary,
        noise,
    )
}
