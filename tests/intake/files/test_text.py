"""Delimited text: encodings, delimiters, line ends and quotation marks."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coproduction.errors import StudyError
from coproduction.intake.files.encoding import encoding_of
from coproduction.intake.files.regular import regular_table
from coproduction.intake.files.tabular import read_cells

CELLS = st.text("aé居👍 0,;\t\"'\n.-", max_size=6)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5)
)
PLAIN = [["a", "b"], ["路灯坏了", "1"], ["请修", "2"]]


def written(rows: list[list[str]], delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


@given(TABLES, st.sampled_from(",;\t"), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
@settings(max_examples=200)
def test_what_was_written_is_read(rows, delimiter, quoting) -> None:
    header = [f"column {number}" for number in range(len(rows[0]))]
    data = written([header, *rows], delimiter, quoting).encode()
    kept = [(n, row) for n, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not kept:
        with pytest.raises(StudyError):
            read_cells(data, "file")
        return
    cells = read_cells(data, "file")
    assert list(cells.columns) == header
    assert cells.index.tolist() == [number for number, _ in kept]
    assert cells.to_numpy().tolist() == [row for _, row in kept]


@given(st.text('a1,\n\r"é', max_size=30))
@example('"a"b,"c"\n')
@example('"a""b","c"\r1,2')
@example("a,1\n\na,1\n")
@settings(max_examples=400)
def test_the_fast_reader_reads_like_the_careful_one_or_leaves_it_the_file(rest) -> None:
    data = f"a,b\n{rest}".encode()
    fast = regular_table(data, ",", 2)
    if fast is None or fast.empty:
        return
    # A limit that is never reached sends the file to the careful reader.
    careful = read_cells(data, "file", limit=10**9)
    assert fast.to_numpy().tolist() == careful.to_numpy().tolist()
    assert fast.index.tolist() == careful.index.tolist()


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(encoding, found) -> None:
    data = written(PLAIN).encode(encoding)
    assert encoding_of(data, "file") == found
    assert read_cells(data, "file").to_numpy().tolist() == PLAIN[1:]


@given(st.text("路灯坏了请修谢谢物业ab,é👍", min_size=1).filter(lambda text: not text.isascii()))
def test_utf_8_is_never_taken_for_another_encoding(text) -> None:
    try:
        assert encoding_of(text.encode("utf-8"), "file") == "utf-8-sig"
    except StudyError as refusal:
        assert "GB18030" in str(refusal)


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_are_decoded_or_refused(data) -> None:
    try:
        data.decode(encoding_of(data, "file"))
    except StudyError as refusal:
        assert "file" in str(refusal)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_row(line_end) -> None:
    data = written(PLAIN).replace("\n", line_end).encode()
    assert read_cells(data, "file").to_numpy().tolist() == PLAIN[1:]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_within_quotation_marks_belong_to_the_answer(line_end) -> None:
    data = f'a,b{line_end}"one{line_end}two",2{line_end}'.encode()
    assert read_cells(data, "file").loc[1, "a"] == f"one{line_end}two"


def test_the_delimiter_is_the_one_that_splits_rows_like_the_header() -> None:
    data = b'a, or b;c, or d, or e\n1;2\n3;"4, 5"\n'
    cells = read_cells(data, "file")
    assert list(cells.columns) == ["a, or b", "c, or d, or e"]
    assert cells.to_numpy().tolist() == [["1", "2"], ["3", "4, 5"]]


def test_a_missing_mark_anywhere_is_seen_though_the_rows_fit() -> None:
    with pytest.raises(StudyError, match="perhaps in row 2, column `b`"):
        read_cells(b'"a","b"\n"1","2"\n"3",4"\n', "file")


def test_a_limit_reads_the_first_rows_only() -> None:
    data = b"a,b\n" + b"1,2\n" * 9
    pd.testing.assert_frame_equal(read_cells(data, "f", limit=3), read_cells(data, "f").head(3))


@pytest.mark.parametrize("read", [None, 10**9])
def test_rows_of_nothing_but_spaces_are_no_submissions_but_are_counted(read) -> None:
    data = b"a,b\n , \n1,2\n,\n3,4\n"
    cells = read_cells(data, "file", limit=read)
    assert cells.index.tolist() == [2, 4]
    assert cells.to_numpy().tolist() == [["1", "2"], ["3", "4"]]
