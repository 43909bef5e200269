"""No result outlives its data: what counts is the content of files, never their dates."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from coproduction.steps.receipts import digests

STUDY = ("--config", "study=cowles", "--cores", "2")
OLD, FUTURE = 10**9, 2 * 10**9
STEPS = {
    "instrument": "Makes the forms",
    "intake": "Reads the raw exports",
    "cleaning": "Decides who is kept",
    "measurement": "Judges whether the items",
    "inference": "Fits the planned models",
    "report": "Writes the report",
}
AFTER_INTAKE = {"cleaning", "measurement", "inference", "report"}
RAW = "data/raw/cowles/cowles.csv"


@pytest.fixture
def made(cowles: Path, checkout: Path, tmp_path: Path) -> Path:
    """A copy of a checkout with results that are up to date."""
    folder = tmp_path / "checkout"
    shutil.copytree(checkout, folder, ignore=shutil.ignore_patterns("__pycache__", "small", "bfi"))
    return folder


def planned(run, folder: Path, *arguments: str) -> set[str]:
    dry = run(folder, *STUDY, "--dry-run", *arguments)
    assert dry.returncode == 0, dry.stderr
    return {step for step, words in STEPS.items() if words in dry.stderr}


def replace(file: Path, content: bytes, moment: int) -> None:
    file.write_bytes(content)
    os.utime(file, (moment, moment))


def test_an_export_replaced_by_an_older_file_is_read_and_stamped(made, run):
    raw = made / RAW
    replace(raw, raw.read_bytes().rsplit(b"\n", 2)[0] + b"\n", OLD)
    assert planned(run, made, "report") == {"intake", *AFTER_INTAKE}
    done = run(made, *STUDY)
    assert done.returncode == 0, done.stderr
    stamped = json.loads((made / "results/cowles/report/provenance.json").read_text("utf-8"))
    assert stamped["inputs"][RAW] == digests([raw])[raw.as_posix()]
    assert planned(run, made) == set()


def test_a_date_alone_makes_nothing_anew_not_even_one_in_the_future(made, run):
    for file in [made / RAW, *(made / "instruments/cowles").iterdir()]:
        os.utime(file, (FUTURE, FUTURE))
    assert planned(run, made) == set()
    (made / "results/cowles/intake/findings.csv").unlink()
    done = run(made, *STUDY)
    assert done.returncode == 0, done.stderr


def test_corrections_count_when_they_come_and_when_they_go(made, run):
    file = made / "instruments/cowles/corrections.csv"
    replace(file, b"submission,item,old,new,reason,who,when\n", OLD)
    assert planned(run, made) == AFTER_INTAKE
    assert run(made, *STUDY).returncode == 0
    file.unlink()
    assert planned(run, made) == AFTER_INTAKE


def test_a_result_that_was_edited_is_refused_by_name_until_it_is_deleted(made, run):
    file = made / "results/cowles/cleaning/flow.csv"
    moment = int(file.stat().st_mtime)
    replace(file, file.read_bytes() + b"edited\n", moment)
    refused = run(made, *STUDY)
    assert refused.returncode != 0
    assert "✗ results/cowles/cleaning/flow.csv: changed after the run" in refused.stderr
    file.unlink()
    assert planned(run, made) == AFTER_INTAKE


@pytest.mark.parametrize(
    ("file", "step"),
    [
        ("results/cowles/measurement/items.csv", "measurement"),
        ("results/cowles/intake/volunteers.parquet", "intake"),
        ("data/confidential/cowles/volunteers.parquet", "intake"),
        ("results/cowles/instrument/codebook.csv", "instrument"),
    ],
)
def test_a_result_that_was_deleted_is_made_again(file, step, made, run):
    (made / file).unlink()
    assert step in planned(run, made)


def test_results_whose_making_nobody_remembers_are_made_again(made, run):
    shutil.rmtree(made / ".snakemake")
    assert planned(run, made) == set(STEPS)


def test_a_result_that_the_study_no_longer_asks_for_goes_with_the_next_run(made, run):
    """Here the codebook in a language that was given up."""
    file = made / "instruments/cowles/instrument.yaml"
    english = file.read_text("utf-8")
    both = re.sub(r'\{en: (".*?")\}', r"{en: \1, de: \1}", english)
    file.write_text(both.replace("languages: [en]", "languages: [en, de]"), "utf-8")
    done = run(made, *STUDY, "instrument")
    assert done.returncode == 0, done.stderr
    pages = made / "results/cowles/instrument"
    assert len(list(pages.glob("codebook_*.html"))) == 2
    file.write_text(english, "utf-8")
    assert run(made, *STUDY, "instrument").returncode == 0
    assert [page.name for page in pages.glob("*.html")] == ["codebook_volunteers_en.html"]


def test_the_report_refuses_data_that_changed_after_they_were_read(made, run):
    """The last step finds another file than the first one read."""
    raw, script = made / RAW, made / "workflow/scripts/report.py"
    script.write_text(f"open({RAW!r}, 'a').write('9,9,1,1\\n')\n" + script.read_text("utf-8"))
    done = run(made, *STUDY)
    assert done.returncode != 0
    assert f"✗ {RAW} changed while the run was at work" in done.stderr
    assert "The report is in" not in done.stderr
    assert not (made / "results/cowles/report/report_en.html").exists()
    assert raw.read_bytes().endswith(b"9,9,1,1\n")


def test_a_report_is_announced_only_by_a_run_that_had_it_for_a_target(made, run):
    (made / "results/cowles/report/report_en.html").unlink()
    done = run(made, *STUDY, "measurement", "--forcerun", "measurement")
    assert done.returncode == 0, done.stderr
    assert "The report is in" not in done.stderr
    assert "The report is in" in run(made, *STUDY).stderr
