"""What a change makes anew: all that depends on it, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SENTENCES = {
    "instrument": "Makes the forms",
    "intake": "Reads the raw exports",
    "cleaning": "Decides who is kept",
    "measurement": "Judges whether the items",
    "inference": "Fits the planned models",
    "report": "Writes the report",
}


def planned(run, checkout: Path) -> set[str]:
    """Rules that a run would start now."""
    dry = run(checkout, "--config", "study=cowles", "--cores", "2", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    return {rule for rule, words in SENTENCES.items() if words in dry.stderr + dry.stdout}


@pytest.mark.parametrize(
    ("file", "rules"),
    [
        ("workflow/lib/coproduction/report/figures/estimates.py", {"report"}),
        ("workflow/lib/coproduction/words/en/report.yaml", {"report"}),
        ("workflow/lib/coproduction/words/zh-CN/checklists.yaml", {"report"}),
        ("workflow/lib/coproduction/words/en/lint.yaml", {"instrument"}),
        ("workflow/lib/coproduction/words/en/notes.yaml", set(SENTENCES)),
        ("workflow/lib/coproduction/report/checklists.yaml", {"report"}),
        (
            "workflow/lib/coproduction/dictionary/tables.yaml",
            {"measurement", "inference", "report"},
        ),
        ("workflow/lib/coproduction/inference/verdicts.py", {"inference", "report"}),
        ("workflow/lib/coproduction/instrument/lint.py", {"instrument"}),
        ("workflow/scripts/measurement.py", {"measurement", "report"}),
    ],
)
def test_editing_a_file_reruns_the_steps_that_use_it(file, rules, cowles, checkout, run):
    path = checkout / file
    before, times = path.read_bytes(), path.stat()
    path.write_bytes(before + b"\n# edited\n")
    try:
        assert planned(run, checkout) == rules
    finally:
        path.write_bytes(before)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert planned(run, checkout) == set()


def test_changing_how_the_study_is_described_reruns_only_the_report(cowles, checkout, run):
    path = checkout / "instruments/cowles/study.yaml"
    before = path.read_text("utf-8")
    changed = before.replace("Who volunteers", "Which people volunteer")
    assert changed != before
    path.write_text(changed, "utf-8")
    try:
        assert planned(run, checkout) == {"report"}
    finally:
        path.write_text(before, "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        # Every step is handed the whole plan, and the report's tables name the file by its stamp.
        ("Volunteering on", "Helping by", {"measurement", "inference", "report"}),
        ("models:", "# A remark.\nmodels:", {"inference", "report"}),
    ],
)
def test_changing_the_plan_reruns_what_reads_it(old, new, rules, cowles, checkout, run):
    path = checkout / "instruments/cowles/plan.yaml"
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), "utf-8")
    try:
        assert planned(run, checkout) == rules
    finally:
        path.write_text(before, "utf-8")
