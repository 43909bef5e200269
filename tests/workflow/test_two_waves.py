"""A study of one's own with a retest: two waves of a small questionnaire give the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from questionnaires import headed

from coproduction.measurement.reliability.retest import retest_reliability

INSTRUMENT = headed(
    "people",
    """
response_sets:
  agree3:
    level: ordinal
    options:
      - {value: 1, label: {en: "Disagree"}}
      - {value: 2, label: {en: "Neither"}}
      - {value: 3, label: {en: "Agree"}}
constructs:
  trust: {label: {en: "Trust"}}
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: code, type: text, text: {en: "Your code: first letters of your mother's name"}}
      - {id: t1, response_set: agree3, construct: trust, text: {en: "People can be trusted"}}
      - {id: t2, response_set: agree3, construct: trust, text: {en: "Neighbours can be trusted"}}
      - {id: t3, response_set: agree3, construct: trust, reverse: true, text: {en: "Beware"}}
""",
)
STUDY = """
study: {id: twice, title: {en: "Twice"}, synthetic: false, seed: 1, languages: [en]}
instruments: [instrument.yaml]
data:
  - {instrument: people, platform: plain, files: [first.csv], id_prefix: first-}
  - {instrument: people, platform: plain, files: [second.csv], id_prefix: second-, wave: again}
cleaning:
  retest: {waves: [again], person: [code]}
"""
FIRST, SECOND = 40, 25


def answers(people: range, rng: np.random.Generator) -> pd.DataFrame:
    trait = np.random.default_rng(1).normal(size=FIRST)[list(people)]
    table = pd.DataFrame({"code": [f"Code{person:02d}" for person in people]})
    for item, sign in (("t1", 1), ("t2", 1), ("t3", -1)):
        table[item] = np.clip(np.rint(2 + sign * trait + rng.normal(0, 0.5, len(people))), 1, 3)
    return table.astype({"t1": int, "t2": int, "t3": int})


@pytest.fixture(scope="module")
def results(checkout: Path, run) -> Path:
    folder, raw = checkout / "instruments/twice", checkout / "data/raw/twice"
    folder.mkdir()
    raw.mkdir()
    for name, text in (
        ("instrument", INSTRUMENT),
        ("study", STUDY),
        ("plan", 'plan: {version: "1"}'),
    ):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    rng = np.random.default_rng(2)
    answers(range(FIRST), rng).to_csv(raw / "first.csv", index=False)
    second = answers(range(SECOND), rng).assign(code=lambda table: table["code"].str.lower())
    second.loc[SECOND] = ["stranger", 1, 1, 1]
    second.to_csv(raw / "second.csv", index=False)
    target = "results/twice/measurement/retest.csv"
    done = run(checkout, target, "--config", "study=twice", "--cores", "2")
    assert done.returncode == 0, done.stderr
    return checkout / "results/twice"


def test_the_table_holds_the_reliability_of_the_raw_files(results, checkout):
    raw = checkout / "data/raw/twice"
    first, second = (pd.read_csv(raw / f"{name}.csv") for name in ("first", "second"))
    both = first.merge(second.assign(code=second["code"].str.title()), on="code")
    score = {
        wave: (both[f"t1_{wave}"] + both[f"t2_{wave}"] + 4 - both[f"t3_{wave}"]) / 3
        for wave in "xy"
    }
    table = pd.read_csv(results / "measurement/retest.csv", keep_default_na=False)
    assert table["item"].tolist() == ["", "t1", "t2", "t3"]
    assert (table["n"] == SECOND).all() and (table["n_occasions"] == 2).all()
    for row, occasions in (
        (0, pd.DataFrame(score)),
        (3, both[["t3_x", "t3_y"]]),
    ):
        expected = retest_reliability(occasions)
        for field in ("icc_agreement", "agreement_conf_low", "smallest_detectable_change"):
            assert float(table.loc[row, field]) == pytest.approx(getattr(expected, field), abs=1e-9)
    assert 0.5 < float(table.loc[0, "icc_agreement"]) < 1


def test_second_answers_are_no_respondents_and_strangers_are_reported(results):
    flow = pd.read_csv(results / "cleaning/flow.csv", keep_default_na=False).set_index("reason")
    assert flow.loc["retest", "n_removed"] == SECOND + 1
    assert len(pd.read_parquet(results / "cleaning/scores.parquet")) == FIRST
    findings = pd.read_csv(results / "cleaning/findings.csv", keep_default_na=False)
    strangers = findings[findings["code"] == "retest_without_first"]
    assert strangers["submission"].tolist() == [f"second-{SECOND + 1}"]


def test_the_codes_that_persons_are_matched_by_never_reach_the_results(results):
    for file in results.rglob("*"):
        if file.suffix == ".parquet":
            written = pd.read_parquet(file).to_csv()
        elif file.suffix in (".csv", ".log"):
            written = file.read_text("utf-8")
        else:
            continue
        assert "Code0" not in written and "stranger" not in written, file


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("{waves: [again], links: whose.csv}", "data/raw/twice/whose.csv is missing"),
        ("{waves: [retest], person: [code]}", "no submission is of the wave `retest`"),
    ],
)
@pytest.mark.usefixtures("results")
def test_a_retest_that_cannot_be_found_is_named_in_a_sentence(checkout, run, rule, sentence):
    file = checkout / "instruments/twice/study.yaml"
    file.write_text(STUDY.replace("{waves: [again], person: [code]}", rule), "utf-8")
    try:
        done = run(checkout, "results/twice/cleaning/flow.csv", "--config", "study=twice")
    finally:
        file.write_text(STUDY, "utf-8")
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert sentence in done.stderr.partition("✗")[2]
