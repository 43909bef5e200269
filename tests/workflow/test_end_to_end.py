"""The whole workflow as a user runs it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from coproduction.dictionary import dictionary

# Published with the data (see their SOURCE.md); four decimals suffice to tell them from any other.
PUBLISHED = {"neuroticism": 0.110777, "extraversion": 0.166816, "sex": -0.247152}
N_COMMUNITIES = 14


def hashes(results: Path) -> dict[str, str]:
    """Fingerprint of every result but the logs, which tell of times and places."""
    files = [p for p in results.rglob("*") if p.is_file() and "logs" not in p.parts]
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.name != ".snakemake_timestamp"
    }


@pytest.fixture(scope="session")
def small(checkout, run) -> Path:
    """The default study on a small simulated survey, with few imputed tables."""
    folder = checkout / "instruments" / "small"
    shutil.copytree(checkout / "instruments" / "coproduction", folder)
    truth = yaml.safe_load((folder / "truth.yaml").read_text("utf-8"))
    truth["communities"]["number"] = N_COMMUNITIES
    (folder / "truth.yaml").write_text(yaml.safe_dump(truth, allow_unicode=True), "utf-8")
    study = (folder / "study.yaml").read_text("utf-8")
    (folder / "study.yaml").write_text(study.replace("id: coproduction", "id: small", 1), "utf-8")
    plan = (folder / "plan.yaml").read_text("utf-8")
    few = plan.replace("\n  imputations: 10\n", "\n  imputations: 3\n")
    few = few.replace("\n    imputations: 5\n", "\n    imputations: 3\n")
    (folder / "plan.yaml").write_text(few, "utf-8")
    raw = checkout / "data" / "raw" / "small"
    shutil.copytree(checkout / "data" / "raw" / "coproduction", raw)
    results = checkout / "results" / "small"
    made = run(checkout, "simulation", "--config", "study=small", "--cores", "2")
    assert made.returncode == 0, made.stderr
    for file in (results / "simulation" / "raw").glob("*.csv"):
        shutil.copy(file, raw / file.name)
    done = run(checkout, "--config", "study=small", "--cores", "4", LANG="C", TZ="UTC")
    assert done.returncode == 0, done.stderr
    return results


def test_a_published_logit_is_reproduced_from_the_raw_file(cowles):
    table = pd.read_csv(cowles / "inference" / "coefficients.csv").set_index("term")
    for term, estimate in PUBLISHED.items():
        assert table.loc[term, "estimate"] == pytest.approx(estimate, abs=1e-6)


def columns_of(results: Path) -> dict[str, list[str]]:
    """Columns of every result table of a default run, in which forms and release are none."""
    rooms = ("intake", "cleaning", "measurement", "inference", "release")
    files = [file for room in rooms for file in results.glob(f"{room}/*.csv")]
    return {
        "/".join(file.parts[-2:]): list(pd.read_csv(file, nrows=0))
        for file in files
        if file.name != "residents.csv"
    }


def test_every_result_table_has_the_columns_that_are_declared(small, cowles):
    declared = {
        table: [*columns, "synthetic"]
        for table, columns in dictionary().tables.items()
        if not table.startswith(("scenarios/", "planning/"))
    }
    assert columns_of(small) == declared
    found = columns_of(cowles)
    assert found == {table: declared[table] for table in found}


def test_every_row_of_a_result_table_says_whether_its_data_are_synthetic(small, cowles):
    for results, synthetic in ((small, True), (cowles, False)):
        told = {
            value
            for table in columns_of(results)
            for value in pd.read_csv(results / table)["synthetic"]
        }
        assert told == {synthetic}


def test_every_result_of_inference_carries_the_stamp_of_its_plan(cowles):
    known = json.loads((cowles / "report" / "provenance.json").read_text("utf-8"))["plan_sha256"]
    tables = [pd.read_csv(file) for file in (cowles / "inference").glob("*.csv")]
    assert all("plan" in table for table in tables)
    stamps = pd.concat([table["plan"] for table in tables if len(table)]).unique()
    assert list(stamps) == [known[:12]]


def test_published_scales_have_the_alphas_that_psych_gives(checkout, run, root):
    done = run(checkout, "--config", "study=bfi", "--cores", "2")
    assert done.returncode == 0, done.stderr
    reference = json.loads((root / "tests/reference/reliability/reference.json").read_text())
    table = pd.read_csv(checkout / "results/bfi/measurement/reliability.csv")
    assert len(table) == 5
    for row in table.to_dict("records"):
        expected = reference[row["construct"][0].upper()]
        assert row["n"] == expected["n"]
        assert row["alpha"] == pytest.approx(expected["alpha"], abs=1e-10)


def test_real_data_carry_no_synthetic_stamp(cowles):
    assert "synthetic" not in (cowles / "report" / "report_en.html").read_text("utf-8").lower()


def test_every_raw_row_is_accounted_for(small, checkout):
    folder = checkout / "data/raw/small"
    files = [folder / "residents.csv", folder / "retest.csv"]
    raw = pd.concat([pd.read_csv(file, sep=";") for file in files])
    flow = pd.read_csv(small / "cleaning" / "flow.csv", keep_default_na=False)
    assert flow["n_remaining"].iloc[0] == len(raw)
    assert flow["n_remaining"].iloc[-1] + flow["n_removed"].sum() == len(raw)
    kept = pd.read_parquet(small / "cleaning" / "responses.parquet")
    assert len(kept) == len(raw)


def test_second_answers_reach_the_report_and_nothing_else(small, checkout):
    again = pd.read_csv(checkout / "data/raw/small/retest.csv", sep=";")
    table = pd.read_csv(small / "measurement" / "retest.csv", keep_default_na=False)
    scales = table[table["item"] == ""]
    assert len(scales) == 11 and (scales["n"].astype(int) <= len(again) - 2).all()
    assert scales["days_median"].astype(float).between(10, 14.1).all()
    assert "ICC(A,1)" in (small / "report" / "report_en.html").read_text("utf-8")
    for name in ("scores", "nonresponse"):
        known = pd.read_parquet(small / "cleaning" / f"{name}.parquet")
        kept = pd.read_parquet(small / "cleaning" / "responses.parquet")
        assert len(known) == (kept["status"] == "analysed").sum()
    released = pd.read_csv(small / "release" / "residents.csv")
    assert len(released) <= len(known)


def test_the_report_is_stamped_with_every_raw_file(small, checkout):
    stamped = json.loads((small / "report" / "provenance.json").read_text("utf-8"))["inputs"]
    raw = (checkout / "data" / "raw" / "small").glob("*.csv")
    names = {Path(each).name for each in stamped}
    assert {path.name for path in raw} <= names


def test_every_planned_hypothesis_has_a_verdict(small, checkout):
    plan = yaml.safe_load((checkout / "instruments/small/plan.yaml").read_text("utf-8"))
    verdicts = pd.read_csv(small / "inference" / "verdicts.csv")
    planned = [*plan["hypotheses"], *plan["path_hypotheses"]]
    assert list(verdicts["hypothesis"]) == [each["id"] for each in planned]
    assert verdicts["verdict"].notna().all()


def test_grids_hold_the_planned_choices_and_no_other(small, checkout):
    plan = yaml.safe_load((checkout / "instruments/small/plan.yaml").read_text("utf-8"))
    (grid,) = plan["grids"]
    found = pd.read_csv(small / "inference" / "grid.csv")
    for dimension, alternatives in grid["dimensions"].items():
        assert set(found[dimension]) == {"primary", *(each["id"] for each in alternatives)}
    assert set(found["hypothesis"]) == set(grid["hypotheses"])


def test_the_report_comes_in_both_languages_and_three_formats_with_the_stamp(small):
    for language, stamp in (("zh-CN", "模拟数据"), ("en", "SYNTHETIC DATA")):
        report = small / "report" / f"report_{language}.html"
        assert stamp in report.read_text("utf-8")
        assert report.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
        assert report.with_suffix(".docx").stat().st_size > 10_000


def test_cores_locale_and_time_zone_change_no_byte(small, checkout, run):
    before = hashes(small)
    environment = {"LANG": "zh_CN.UTF-8", "LC_ALL": "", "TZ": "Asia/Kathmandu"}
    again = run(checkout, "--config", "study=small", "--cores", "1", "--forceall", **environment)
    assert again.returncode == 0, again.stderr
    assert hashes(small) == before


def test_a_second_run_has_nothing_to_do(cowles, checkout, run):
    again = run(checkout, "--config", "study=cowles", "--cores", "2")
    assert "Nothing to be done" in again.stderr
