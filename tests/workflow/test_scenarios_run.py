"""Scenarios are run by one command, batch by batch, and go on where they were stopped."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pandas as pd
import pytest
from town_scenarios import SCENARIOS, files

CONFIG = ("study=town", "scenarios=base,nothing", "replicates=4", "batch=2", "persons=8000")


@pytest.fixture(scope="module")
def town(checkout) -> Path:
    """A study with scenarios of its own, without data."""
    folder = checkout / "instruments" / "town"
    (folder / "scenarios").mkdir(parents=True)
    for name, text in files().items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def results(checkout, run, town) -> Path:
    done = run(checkout, "scenarios", "--config", *CONFIG, "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert "Analyses replicates 2 to 3 of scenario nothing" in done.stderr
    return checkout / "results/town/scenarios"


def contents(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*.csv")
    }


def test_another_study_brings_its_own_scenarios(results):
    replicates = pd.read_csv(results / "replicates.csv")
    assert len(replicates) == 2 * 4 * 2 and set(replicates["scenario"]) == {"base", "nothing"}
    summary = pd.read_csv(results / "summary.csv")
    assert {"supported", "bias", "coverage", "must", "must_not"} <= set(summary["quantity"])
    for file in results.rglob("*.csv"):
        assert (pd.read_csv(file)["submitted_by"] == "simulator").all(), file
    page = (results / "known_truths_en.html").read_text("utf-8")
    assert "SYNTHETIC DATA" in page and "Trust makes people serve, duty does not." in page


def test_finished_batches_stand_and_what_was_lost_is_made_again(checkout, run, results):
    """As after a kill: a batch, and what is made of all, are not there."""
    before = contents(results)
    kept = results / "batches/base/0-1.csv"
    stood = kept.stat().st_mtime_ns
    for name in ("batches/base/2-3.csv", "replicates.csv", "summary.csv"):
        (results / name).unlink()
    time.sleep(0.01)
    done = run(checkout, "scenarios", "--config", *CONFIG, "--cores", "1")
    assert done.returncode == 0, done.stderr
    assert "replicates 2 to 3 of scenario base" in done.stderr
    assert "replicates 0 to 1" not in done.stderr and "scenario nothing" not in done.stderr
    assert contents(results) == before and kept.stat().st_mtime_ns == stood


def test_a_change_of_one_scenario_makes_only_that_one_again(checkout, run, results, town):
    file = town / "scenarios/nothing.yaml"
    file.write_text(SCENARIOS["nothing"].replace("~", "0.1"), "utf-8")
    plan = run(checkout, "scenarios", "--config", *CONFIG, "--cores", "1", "--dry-run")
    file.write_text(SCENARIOS["nothing"], "utf-8")
    assert plan.returncode == 0, plan.stderr
    assert "scenario nothing" in plan.stderr and "scenario base" not in plan.stderr


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("scenarios=bsae", "there is no scenario `bsae`; did you mean `base`?"),
        ("replicates=none", "replicates=none: write a whole number from 1 on"),
    ],
)
def test_what_is_no_choice_is_refused_in_a_sentence(checkout, run, town, config, told):
    done = run(checkout, "scenarios", "--config", "study=town", config, "--cores", "1")
    assert done.returncode != 0 and told in done.stderr and "Traceback" not in done.stderr


def test_a_study_without_scenarios_says_where_they_belong(checkout, run):
    done = run(checkout, "scenarios", "--config", "study=cowles", "--cores", "1")
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "instruments/cowles/scenarios/" in done.stderr


def test_a_scenario_that_does_not_fit_is_told_before_anything_is_drawn(checkout, run, town):
    file = town / "scenarios/wrong.yaml"
    file.write_text(SCENARIOS["base"].replace("H2", "H9"), "utf-8")
    done = run(checkout, "scenarios", "--config", "study=town", "--cores", "1")
    file.unlink()
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "scenarios/wrong.yaml, line 6, verdicts.H9: the plan has no hypothesis" in done.stderr
