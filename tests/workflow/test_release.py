"""A study with open answers, run to its release: nobody's words are in the results."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

STUDY = """
study: {id: open, title: {zh-CN: "开放", en: "Open"}, synthetic: false, seed: 1, languages: [en]}
instruments: [instrument.yaml]
data:
  - {instrument: survey, platform: plain, files: [survey.csv]}
release: {quasi_identifiers: [sex, place], k: 3}
"""
PLAN = """
plan: {version: "1"}
models: []
families: []
hypotheses: []
"""
CORRECTIONS = """submission,item,old,new,reason,who,when
s1,weight,60,61,typing error,Li,2025-05-01
s2,remark,SECRET remark,SECRET device,moved,Li,2025-05-01
"""
SECRETS = ("SECRET remark", "SECRET illness", "SECRET device", "SECRET account")
N = 40


def write(folder: Path, root: Path) -> None:
    (folder / "instruments/open").mkdir()
    shutil.copy(root / "tests/cleaning/survey.yaml", folder / "instruments/open/instrument.yaml")
    (folder / "instruments/open/study.yaml").write_text(STUDY, "utf-8")
    (folder / "instruments/open/plan.yaml").write_text(PLAN, "utf-8")
    (folder / "instruments/open/corrections.csv").write_text(CORRECTIONS, "utf-8")
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "submission": [f"s{n}" for n in range(N)],
            "device": "SECRET device",
            "submitted_by": "SECRET account",
            "consent": 1,
            "adult": 1,
            "place": rng.choice(["C01", "C02"], N),
            "served": 2,
            "hours": "",
            "tasks": "",
            "when": "",
            **{
                name: rng.integers(1, 6, N)
                for name in ("t1", "t2", "t3", "check", "m1", "y1", "y2")
            },
            "sex": rng.choice([1, 2], N),
            "weight": 60,
            "sensitiveok": rng.choice([0, 1], N),
            "income": 3,
            "illness": "SECRET illness",
            "remark": "SECRET remark",
            "recontact": 0,
        }
    )
    raw = folder / "data/raw/open"
    raw.mkdir()
    table.to_csv(raw / "survey.csv", index=False)


@pytest.fixture(scope="module")
def results(checkout, run, root) -> Path:
    write(checkout, root)
    done = run(checkout, "release", "--config", "study=open", "--cores", "2")
    assert done.returncode == 0, done.stderr
    return checkout / "results" / "open"


def told(path: Path) -> str:
    """All that a file says, compressed tables read first."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    return path.read_bytes().decode("utf-8", errors="replace")


def test_no_open_answer_device_or_account_is_in_any_result(results, checkout):
    files = [path for path in results.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".parquet", ".csv", ".sav", ".dta", ".log"}
    for path in files:
        assert not any(secret in told(path) for secret in SECRETS), path
    apart = told(checkout / "data/confidential/open/survey.parquet")
    assert all(secret in apart for secret in SECRETS)


def test_corrections_by_hand_are_made_and_on_record(results):
    scores = pd.read_parquet(results / "cleaning" / "scores.parquet").set_index("submission")
    assert scores.loc[["s0", "s1"], "weight"].tolist() == [60, 61]
    findings = pd.read_csv(results / "cleaning" / "findings.csv", keep_default_na=False)
    made = findings[findings["code"] == "corrected_by_hand"].set_index("submission")
    assert made.loc["s1", ["found", "expected"]].tolist() == [
        "60",
        "61.0 (Li on 2025-05-01: typing error)",
    ]
    assert made.loc["s2", ["found", "expected"]].tolist() == ["", "(Li on 2025-05-01: moved)"]


def test_the_release_holds_everybody_in_groups_of_the_declared_size(results):
    table = pd.read_csv(results / "release" / "survey.csv")
    assert len(table) == N
    assert table.groupby(["sex", "place"]).size().min() >= 3
    report = pd.read_csv(results / "release" / "anonymity.csv").set_index("stage")
    assert report.loc["released", "smallest_class"] >= 3


def test_the_key_stays_with_the_confidential_data(results, checkout):
    assert (checkout / "data/confidential/open/release_key.csv").is_file()
    assert not list(results.rglob("*key*"))


def test_a_study_that_declares_no_release_makes_none(cowles):
    assert not (cowles / "release").exists()


def test_a_correction_that_does_not_fit_the_data_stops_the_run(results, checkout, run):
    file = checkout / "instruments/open/corrections.csv"
    file.write_text(CORRECTIONS.replace("s1,weight,60", "s1,weight,59"), "utf-8")
    done = run(checkout, "release", "--config", "study=open", "--cores", "1")
    file.write_text(CORRECTIONS, "utf-8")
    assert done.returncode != 0
    assert "row 1: the old value is `59`, but in the data stands `60" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_release_that_the_study_does_not_declare_is_refused(cowles, checkout, run):
    done = run(checkout, "release", "--config", "study=cowles", "--cores", "1")
    assert done.returncode != 0
    assert "study.yaml has no `release` block" in done.stderr
