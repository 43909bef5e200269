"""A study with open answers, run to its release: nobody's words are in the results."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from coproduction.privacy.pseudonyms import key_of_seed, read_key, secret_generator

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
s6,weight,98.7,97.6,typing error,Li,2025-05-01
"""
SECRETS = (
    *("SECRET remark", "SECRET illness", "SECRET device", "SECRET account"),
    # A place that is no code, and answers of somebody who refused consent.
    *("SECRET place", "98.7", "97.6"),
)
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
    table = table.astype(object)
    table.loc[5, "place"] = "SECRET place"
    table.loc[6, ["consent", "weight", "hours", "served"]] = [0, 98.7, 398, 1]
    raw = folder / "data/raw/open"
    raw.mkdir()
    table.to_csv(raw / "survey.csv", index=False)


@pytest.fixture(scope="module")
def results(checkout, run, root) -> Path:
    write(checkout, root)
    done = run(checkout, "--config", "study=open", "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert not any(secret in done.stderr + done.stdout for secret in SECRETS)
    return checkout / "results" / "open"


def told(path: Path) -> str:
    """All that a file says, compressed files unpacked first."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    if path.suffix in (".docx", ".xlsx"):
        with ZipFile(path) as parts:
            return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return path.read_bytes().decode("utf-8", errors="replace")


def test_no_open_answer_device_or_account_is_in_any_result(results, checkout):
    files = [path for path in results.rglob("*") if path.is_file()]
    kinds = {".parquet", ".csv", ".sav", ".dta", ".log", ".html", ".docx"}
    assert {path.suffix for path in files} >= kinds
    for path in files:
        assert not any(secret in told(path) for secret in SECRETS), path
    apart = told(checkout / "data/confidential/open/survey.parquet")
    assert all(secret in apart for secret in SECRETS if secret != "97.6")


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
    assert N - 4 < len(table) < N
    assert table.groupby(["sex", "place"]).size().min() >= 3
    report = pd.read_csv(results / "release" / "anonymity.csv").set_index("stage")
    assert report.loc["released", "smallest_class"] >= 3


def test_the_key_stays_with_the_confidential_data(results, checkout):
    assert (checkout / "data/confidential/open/release_key.csv").is_file()
    assert not list(results.rglob("*key*"))


def test_what_is_confidential_is_for_its_owner_alone(results, checkout):
    folder = checkout / "data" / "confidential"
    found = [folder, *folder.rglob("*")]
    assert len(found) > 4
    assert all(path.stat().st_mode & 0o077 == 0 for path in found)


def test_communities_are_named_by_numbers_in_what_is_passed_on(results):
    codes = re.compile(r"\bC0[12]\b")
    passed_on = [path for path in results.rglob("*") if path.suffix in (".csv", ".html", ".json")]
    assert len(passed_on) > 20
    assert not [path for path in passed_on if codes.search(told(path))]


def relinked(results: Path, checkout: Path, key: bytes) -> float:
    """Share of the released rows that the order made with a key gives back their submission."""
    truth = pd.read_csv(checkout / "data/confidential/open/release_key.csv")
    truth = truth[truth["variable"] == "submission"].set_index("original")["released"]
    analysed = pd.read_parquet(results / "cleaning" / "scores.parquet")["submission"]
    analysed = analysed[analysed.isin(truth.index)]
    order = secret_generator(key, "release").permutation(len(analysed))
    guessed = pd.Series(np.argsort(order) + 1, index=analysed)
    return float((guessed == truth.reindex(guessed.index)).mean())


def test_released_rows_are_linked_to_submissions_by_the_key_alone(results, checkout):
    file = checkout / "data/confidential/open/key.txt"
    assert relinked(results, checkout, read_key(file.read_text(), "key.txt")) == 1
    for public in (key_of_seed(1), bytes(32), b""):
        assert relinked(results, checkout, public) < 0.3


def test_a_key_is_never_renewed(results, checkout, run):
    file = checkout / "data/confidential/open/key.txt"
    before, table = file.read_bytes(), (results / "release" / "survey.csv").read_bytes()
    done = run(checkout, "release", "--config", "study=open", "--cores", "2", "--forceall")
    assert done.returncode == 0, done.stderr
    assert file.read_bytes() == before
    assert (results / "release" / "survey.csv").read_bytes() == table


def test_without_the_key_that_made_a_release_no_other_is_drawn(results, checkout, run):
    file = checkout / "data/confidential/open/key.txt"
    key = file.read_bytes()
    file.unlink()
    done = run(checkout, "--config", "study=open", "--cores", "1")
    missing = not file.exists()
    file.write_bytes(key)
    assert done.returncode != 0
    assert missing
    assert "key.txt is missing, but" in done.stderr
    assert "put back the file that was there" in done.stderr
    assert "Traceback" not in done.stderr


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
