"""Whatever ends a run is told in one sentence, and the next run starts by itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

STUDY = ("--config", "study=cowles", "--cores", "1")


@pytest.fixture
def fresh(broken: Path, tmp_path: Path) -> Path:
    """A checkout without results."""
    folder = tmp_path / "checkout"
    shutil.copytree(
        broken, folder, ignore=shutil.ignore_patterns("results", ".snakemake", "confidential")
    )
    return folder


def sentences(done) -> list[str]:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr + done.stdout
    return re.findall("✗ (.+)", done.stderr)


def start(folder: Path, *arguments: str) -> subprocess.Popen:
    """Start a run that can be killed; it writes what it says to a file."""
    variables = {
        **os.environ,
        "PYTHONPATH": str(folder / "workflow" / "lib"),
        "SNAKEMAKE_PROFILE": str(folder / "workflow" / "profiles" / "default"),
    }
    command = [sys.executable, "-m", "snakemake", *arguments]
    with (folder / "said").open("w") as said:
        return subprocess.Popen(command, cwd=folder, env=variables, stdout=said, stderr=said)


def wait_until(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not happened() and time.monotonic() < until:
        time.sleep(0.02)
    assert happened()


def first_do(folder: Path, step: str, action: str) -> None:
    """Let a step do something before its work."""
    script = folder / "workflow" / "scripts" / f"{step}.py"
    text = script.read_text("utf-8")
    begun = "with step(snakemake) as read:\n"
    assert begun in text
    script.write_text(text.replace(begun, f"{begun}    import os, time; {action}\n"), "utf-8")


STAND_STILL = (
    "open('begun', 'w'); [time.sleep(0.05) for _ in iter(lambda: os.path.exists('go'), 1)]"
)


def test_after_a_kill_the_next_run_starts_by_itself_and_waits_for_the_step_that_is_left(fresh):
    first_do(fresh, "cleaning", STAND_STILL)
    killed = start(fresh, *STUDY)
    wait_until((fresh / "begun").exists)
    killed.kill()
    killed.wait()
    again = start(fresh, *STUDY, "--until", "cleaning")
    wait_until(lambda: "Waiting for an earlier start of this step" in (fresh / "said").read_text())
    (fresh / "go").touch()
    assert again.wait() == 0, (fresh / "said").read_text()
    assert (fresh / "results/cowles/cleaning/flow.csv").exists()


def test_a_second_run_of_a_study_is_refused_while_one_is_at_work_another_study_runs(fresh, run):
    first_do(fresh, "intake", f"{STAND_STILL} if 'cowles' in snakemake.log[0] else None")
    first = start(fresh, *STUDY)
    try:
        wait_until((fresh / "begun").exists)
        other = run(fresh, "--config", "study=bfi", "--cores", "1", "--until", "intake")
        assert other.returncode == 0, other.stderr
        assert run(fresh, *STUDY, "--dry-run").returncode == 0
        [sentence] = sentences(run(fresh, *STUDY))
        assert "Another run is at work on results/cowles" in sentence
    finally:
        (fresh / "go").touch()
        assert first.wait() == 0


def test_a_step_that_was_killed_is_told_and_leaves_no_result(fresh, run):
    first_do(fresh, "cleaning", "os.kill(os.getpid(), 9)")
    [sentence] = sentences(run(fresh, *STUDY))
    assert "ended from outside" in sentence
    assert not list((fresh / "results/cowles/cleaning").glob("*.csv"))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("OSError(28, 'No space left on device', 'x')", "The disk is full"),
        ("PermissionError(13, 'Permission denied', 'x.csv')", "x.csv can be neither read nor"),
        ("MemoryError()", "for want of memory"),
        ("KeyError('x')", "nobody foresaw"),
    ],
)
def test_what_ends_a_step_is_a_sentence(error, expected, fresh, run):
    first_do(fresh, "intake", f"raise {error}")
    [sentence] = sentences(run(fresh, *STUDY))
    assert expected in sentence


@pytest.mark.parametrize("file", ["results", "results/cowles", "data/confidential/cowles"])
def test_a_file_where_a_folder_must_be_is_a_sentence(file, fresh, run):
    (fresh / file).parent.mkdir(parents=True, exist_ok=True)
    (fresh / file).write_text("")
    [sentence] = sentences(run(fresh, *STUDY))
    assert re.match(f"{file} cannot be used: (not a directory|file exists)", sentence)


def test_a_negative_seed_is_refused_with_its_line(fresh, run):
    study = fresh / "instruments/cowles/study.yaml"
    study.write_text(study.read_text("utf-8").replace("seed: 1", "seed: -1"), "utf-8")
    [sentence] = sentences(run(fresh, *STUDY))
    assert re.search(r"study\.yaml, line \d+, study\.seed: found -1", sentence)


@pytest.mark.parametrize("name", ["wave{1}.csv", "{}.csv", "it's *.csv"])
def test_a_raw_file_may_have_any_name(name, fresh, run):
    (fresh / "data/raw/cowles/cowles.csv").rename(fresh / "data/raw/cowles" / name)
    study = fresh / "instruments/cowles/study.yaml"
    text = study.read_text("utf-8").replace("[cowles.csv]", f'["{name}"]')
    study.write_text(text, "utf-8")
    done = run(fresh, *STUDY, "--until", "intake")
    assert done.returncode == 0, done.stderr
