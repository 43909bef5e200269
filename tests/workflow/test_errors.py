"""Bad input ends with one sentence that names the file and the remedy, and leaves no result."""

from __future__ import annotations

import re

import pytest

HEADER = "neuroticism,extraversion,sex,volunteer"
ROWS = ["16,13,0,1", "8,14,1,0", "5,16,1,0"]


def text(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


RAW: dict[str, tuple[bytes | None, str]] = {
    "a missing file": (None, "is missing"),
    "an empty file": (b"", "empty"),
    "a header without rows": (text(HEADER), "no rows|without rows|no data"),
    "a wrong delimiter": (text(*(line.replace(",", "|") for line in [HEADER, *ROWS])), "column"),
    "bytes that are no text": (b"\xff\xfe\x00\xd8" + text(HEADER, *ROWS), "encoding|UTF-8|text"),
    "an unknown column": (text(HEADER + ",age", *(row + ",30" for row in ROWS)), "`age`"),
    "an unknown code": (text(HEADER, *ROWS, "9,9,2,1"), "`?2`?"),
    "a missing column": (text("neuroticism,sex,volunteer", "16,0,1"), "extraversion"),
}


def refused(done) -> str:
    """Check the manners of a refusal and return its sentence."""
    assert done.returncode != 0
    assert "Traceback" not in done.stderr + done.stdout
    sentences = re.findall("✗ (.+)", done.stderr)
    assert len(sentences) == 1, done.stderr
    return sentences[0]


@pytest.mark.parametrize("case", RAW)
def test_bad_raw_data(case, broken, run):
    content, expected = RAW[case]
    file = broken / "data/raw/cowles/cowles.csv"
    good = file.read_bytes()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    try:
        sentence = refused(run(broken, "--config", "study=cowles", "--cores", "1"))
    finally:
        file.write_bytes(good)
    assert "cowles.csv" in sentence
    assert re.search(expected, sentence), sentence
    assert not list((broken / "results/cowles").glob("intake/*.parquet"))


@pytest.mark.parametrize("name", ["instrument.yaml", "study.yaml", "plan.yaml"])
def test_a_typo_in_a_key_is_named_with_its_line(name, broken, run):
    file = broken / "instruments/cowles" / name
    good = file.read_text("utf-8")
    key = {"instrument.yaml": "sections:", "study.yaml": "data:", "plan.yaml": "models:"}[name]
    assert f"\n{key}" in good
    line = good[: good.index(f"\n{key}")].count("\n") + 2
    file.write_text(good.replace(f"\n{key}", f"\nx{key}"), "utf-8")
    try:
        sentence = refused(run(broken, "--config", "study=cowles", "--cores", "1"))
    finally:
        file.write_text(good, "utf-8")
    assert f"{name}, line {line}" in sentence
    assert f"`x{key.rstrip(':')}`" in sentence


@pytest.mark.parametrize("name", ["nowhere", "../instruments/cowles", "cowles/", "."])
def test_an_unknown_study_is_answered_with_the_known_ones(name, broken, run):
    sentence = refused(run(broken, "--config", f"study={name}", "--cores", "1"))
    assert f"`{name}`" in sentence
    assert "cowles" in sentence


def test_a_link_out_of_the_folder_of_raw_data_is_refused(broken, run, tmp_path):
    file = broken / "data/raw/cowles/cowles.csv"
    file.rename(tmp_path / "cowles.csv")
    file.symlink_to(tmp_path / "cowles.csv")
    try:
        sentence = refused(run(broken, "--config", "study=cowles", "--cores", "1"))
    finally:
        file.unlink()
        (tmp_path / "cowles.csv").rename(file)
    assert "data/raw/cowles/cowles.csv is a link that leads out of data/raw/cowles" in sentence


def test_a_study_without_its_option_is_told_how_it_is_named(checkout, run):
    assert "--config study=NAME" in refused(run(checkout, "study=cowles"))


def test_every_unknown_key_behind_config_is_told_with_the_one_that_may_be_meant(checkout, run):
    done = run(checkout, "-n", "--config", "stduy=mine", "scenario=null", "persons=9")
    refused(done)
    told = done.stderr
    assert "--config stduy=mine: there is no key `stduy`; did you mean `study`?" in told
    assert "--config scenario=null: there is no key `scenario`; did you mean `scenarios`?" in told
    assert "there are: study, from, scenarios, replicates, batch, persons, imputations" in told
    assert "`persons`" not in told
