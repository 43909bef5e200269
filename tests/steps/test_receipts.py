from __future__ import annotations

import os
import subprocess
import sys

import pytest

from coproduction.errors import StudyError
from coproduction.steps.locks import take
from coproduction.steps.receipts import (
    Reader,
    Receipt,
    altered,
    digest,
    digests,
    origins,
    read_receipt,
    write_receipt,
)


@pytest.fixture
def raw(tmp_path):
    file = tmp_path / "raw.csv"
    file.write_bytes(b"a,b\n1,2\n")
    return file.as_posix()


def test_a_reader_gives_the_content_and_keeps_its_digest(raw):
    read = Reader(digests([raw]))
    assert read(raw) == b"a,b\n1,2\n"
    assert read.read == {raw: digest(b"a,b\n1,2\n")}


def test_a_file_that_is_another_than_the_run_found_is_refused_by_name(raw):
    with pytest.raises(StudyError, match=r"raw\.csv changed while the run was at work"):
        Reader({raw: digest(b"before")})(raw)


def test_a_folder_stands_for_the_files_in_it(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "figure.svg").write_bytes(b"<svg>")
    assert digests([tmp_path]) == {f"{tmp_path.as_posix()}/en/figure.svg": digest(b"<svg>")}


def test_a_file_that_is_gone_is_not_altered_one_that_holds_something_else_is(raw, tmp_path):
    gone = (tmp_path / "gone.csv").as_posix()
    assert altered({gone: digest(b"x"), **digests([raw])}) == []
    assert altered({raw: digest(b"x")}) == [raw]


def test_a_receipt_is_read_as_it_was_written_and_half_of_one_tells_nothing(raw):
    receipt = Receipt(digests([raw]), {"result.csv": digest(b"x")})
    assert read_receipt(write_receipt(receipt)) == receipt
    assert read_receipt(write_receipt(receipt)[:-9]) == Receipt({}, {})


def test_the_origins_of_a_report_are_the_files_that_no_step_made(raw):
    made = {"middle.csv": digest(b"x")}
    steps = [Receipt(digests([raw]), made), Receipt(made, {"end.csv": digest(b"y")})]
    assert origins(steps) == digests([raw])


@pytest.mark.parametrize("later", [b"other", None])
def test_a_report_is_refused_where_a_file_is_another_or_gone_by_now(raw, later, tmp_path):
    receipt = Receipt(digests([raw]), {})
    (tmp_path / "raw.csv").unlink()
    if later is not None:
        (tmp_path / "raw.csv").write_bytes(later)
    with pytest.raises(StudyError, match=r"raw\.csv changed"):
        origins([receipt])


def test_a_report_is_refused_where_two_steps_read_different_contents(raw):
    steps = [Receipt(digests([raw]), {}), Receipt({raw: digest(b"before")}, {})]
    with pytest.raises(StudyError, match=r"raw\.csv changed"):
        origins(steps)


TAKE = """
import sys
from coproduction.steps.locks import take
file = open(sys.argv[1], "w")
print(take(file), flush=True)
sys.stdin.read()
"""


def test_a_lock_is_held_by_one_process_and_ends_with_it_however_it_ends(tmp_path):
    path = tmp_path / "lock"
    command = [sys.executable, "-c", TAKE, str(path)]
    found = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    other = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=found)
    assert other.stdout.readline() == "True\n"
    with path.open("w") as file:
        assert not take(file)
        other.kill()
        other.wait()
        assert take(file)
