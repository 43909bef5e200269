"""From somebody's file to a report: two commands, no Python, no edit."""

from __future__ import annotations

import pytest

ROWS = [
    f"{place},{1 + place % 5},{('east', 'west')[place % 2]},said {place}" for place in range(40)
]
FILE = "\n".join(["id,Q_1,area,why", *ROWS, ""])


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("elsewhere") / "our survey.csv"
    path.write_text(FILE, "utf-8")
    return path


def test_a_file_becomes_a_study_that_runs_to_its_report(broken, run, file):
    done = run(broken, "start", "--config", "study=ours", f"from={file}", "--cores", "1")
    assert done.returncode == 0, done.stderr
    assert "instruments/ours/study.yaml:4: the title of the report" in done.stderr
    assert (broken / "data/raw/ours/our survey.csv").read_bytes() == file.read_bytes()
    done = run(broken, "--config", "study=ours", "--cores", "2")
    assert done.returncode == 0, done.stderr
    codebook = (broken / "results/ours/cleaning/frequencies.csv").read_text("utf-8")
    assert "area" in codebook
    assert "said 3" not in (broken / "results/ours/report/report_en.html").read_text("utf-8")
    again = run(broken, "start", "--config", "study=ours", f"from={file}", "--cores", "1")
    assert again.returncode != 0
    assert "✗ instruments/ours is there already" in again.stderr


@pytest.mark.parametrize("value", ["123", "True", "1e5"])
def test_a_name_that_is_read_as_no_text_is_refused_with_the_quotes_to_write(
    value, broken, run, file
):
    done = run(broken, "start", "--config", f"study={value}", f"from={file}", "--cores", "1")
    assert done.returncode != 0
    assert "✗ --config study: Snakemake reads" in done.stderr
    assert """--config 'study="…"'""" in done.stderr


def test_a_file_that_cannot_be_read_leaves_no_study(broken, run, tmp_path):
    path = tmp_path / "bad.sav"
    path.write_bytes(b"$FL2" + bytes(100))
    for _ in range(2):
        done = run(broken, "start", "--config", "study=bad", f"from={path}", "--cores", "1")
        assert done.returncode != 0
        assert "✗ bad.sav is damaged" in done.stderr
    assert not list((broken / "instruments/bad").glob("*"))
