"""A dry run says in a few words why a step would run."""

from __future__ import annotations

import pytest

from snakemake_logger_plugin_sentences.reasons import why

OLD, NEW = "0" * 64, "1" * 64
CHANGED = (
    "Params have changed since last execution: Union of exclusive params before and now across all "
    "output: before: {before} now: {now} "
)


def changed(before: object, now: object) -> str:
    return why(CHANGED.format(before=repr(before), now=repr(now)))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Missing output files: results/a.csv", "missing: results/a.csv"),
        (
            "Missing output files: .snakemake/r.json, results/b.csv, results/a.csv; Input files "
            "updated by another job: x.csv",
            "missing: results/a.csv and 2 more",
        ),
        ("Incomplete output files: a.csv", "broken off: a.csv"),
        ("Updated input files: a.csv", "changed: a.csv"),
        ("Input files updated by another job: a.csv, b.csv", "a step before it runs"),
        ("Code has changed since last execution", "the program changed"),
        ("Set of input files has changed since last execution", "other files go in"),
        ("Forced execution", "as asked"),
        ("", ""),
    ],
)
def test_a_reason_is_a_few_words(reason, expected):
    assert why(reason) == expected


def test_a_changed_program_is_told_from_changed_files_and_settings():
    assert changed("program ab", "program cd") == "the program changed"
    assert changed({"raw.csv": OLD, "same.csv": OLD}, {"raw.csv": NEW, "same.csv": OLD}) == (
        "changed: raw.csv"
    )
    assert changed({"raw.csv": OLD}, {"new.csv": OLD}) == "changed: new.csv and 1 more"
    assert changed({"minimum": 5}, {"minimum": 10}).startswith("study.yaml or plan.yaml")


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("data/raw/cowles/cowles.csv", "changed: data/raw/cowles/cowles.csv"),
        ("workflow/lib/coproduction/intake/readers.py", "the program changed"),
    ],
)
def test_a_dry_run_names_the_reason_of_every_step(file, reason, cowles, checkout, run):
    path = checkout / file
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    try:
        dry = run(checkout, "--config", "study=cowles", "--cores", "2", "--dry-run")
    finally:
        path.write_bytes(before)
    steps = [line for line in dry.stderr.splitlines() if line.startswith("· ")]
    assert f"· Reads the raw exports ({reason})" in steps
    assert "· Decides who is kept and computes the scale scores (a step before it runs)" in steps
    assert all(line.endswith(")") for line in steps)


def test_a_run_that_works_gives_no_reasons(cowles, checkout, run):
    done = run(
        checkout, "--config", "study=cowles", "--cores", "2", "--forcerun", "manual", "manual"
    )
    assert "· Writes the manual of a study's files\n" in done.stderr
