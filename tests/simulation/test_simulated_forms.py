"""Forms come in as platforms send them, the same bytes from the same seed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from towns import questionnaire, ready, residents_ready, town, truth_of

from coproduction.intake.readers import read_export
from coproduction.simulation.files import canonical_table, kobo_csv, plain_csv, plain_forms
from coproduction.simulation.generator import Generator, prepare
from coproduction.simulation.replicate import Replicate, replicate

DIRTY = """
communities: {number: 10}
equations:
  firm: {logit: {rate: 0.5, values: [0, 1]}}
  staff: {lognormal: {median: 20, spread: 0.5}, causes: {firm: 0.2}}
  careless: {logit: {rate: 0.2}}
nonresponse: {blank: 0.05}
fieldwork:
  start: "2025-03-03"
  days: 20
  hours_ahead: 8
  duplicates: 0.05
  tests: {number: 6, days_before: 10}
  impossible: [{item: hours, value: 9999, share: 0.1}]
texts: {founded: "2019"}
sheets: {second_informant: {share: 0.5, disagreement: 0.2}}
"""


@cache
def study(text: str = DIRTY, number: int = 0) -> Replicate:
    return replicate(ready(text), 4, number)


def parts(generator: Generator, made: Replicate):
    return made.first.forms, made.first.answers, generator.main, generator.truth.fieldwork


def files(generator: Generator, made: Replicate) -> list[bytes]:
    tables = [made.contacts, made.frames, made.margins]
    tables += [] if made.communities is None else [made.communities]
    return [kobo_csv(*parts(generator, made)), *map(plain_csv, tables)]


@pytest.mark.parametrize("which", ["town", "residents"])
@pytest.mark.parametrize("platform", ["kobotoolbox", "plain"])
def test_the_table_in_memory_is_what_intake_reads_from_the_file(which, platform):
    generator = ready(DIRTY) if which == "town" else residents_ready()
    made = replicate(generator, 4)
    write = {"kobotoolbox": kobo_csv, "plain": plain_forms}[platform]
    read = read_export(write(*parts(generator, made)), generator.main, "x.csv", platform=platform)
    assert read.findings.empty or set(read.findings["code"]) <= {"out_of_range"}
    ours = canonical_table(*parts(generator, made))
    apart = ["platform", "source_file"]
    expected = read.responses.drop(columns=apart)
    if platform == "plain":
        # Numbers with fractions are written as short as they can be told apart.
        ours = ours.assign(**{n: ours[n].round(9) for n in ours.select_dtypes("Float64")})
        expected = expected.assign(
            **{n: expected[n].round(9) for n in expected.select_dtypes("Float64")}
        )
    pd.testing.assert_frame_equal(ours.drop(columns=apart), expected)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others():
    generator = ready(DIRTY)
    first = files(generator, replicate(generator, 4, 2))
    replicate(generator, 4, 0)
    assert files(prepare(truth_of(DIRTY), *town()), replicate(generator, 4, 2)) == first
    assert all(
        one != other for one, other in zip(first[:2], files(generator, study())[:2], strict=True)
    )


def test_every_row_says_that_a_simulator_wrote_it():
    generator = ready(DIRTY)
    made = study()
    for content in (
        kobo_csv(*parts(generator, made)),
        plain_forms(*parts(generator, made)),
        plain_csv(made.contacts),
        plain_csv(made.communities),
    ):
        header, *rows = content.decode("utf-8").splitlines()
        assert "submitted_by" in header and rows
        assert all("simulator" in row for row in rows)


def test_forms_are_sent_twice_tried_out_before_and_hold_impossible_numbers():
    made = study()
    forms, rows = made.first.forms, made.first.rows
    persons = len(made.first.world.place)
    assert len(rows) - persons - 6 == pytest.approx(0.05 * persons, abs=4 * np.sqrt(0.05 * persons))
    assert np.bincount(rows).max() <= 3 and set(rows) == set(range(persons))
    assert len(set(forms.submission)) == len(rows)
    local = forms.started + np.timedelta64(8, "h")
    assert (local < np.datetime64("2025-03-03")).sum() == 6
    assert set(local[local < np.datetime64("2025-03-03")].astype("datetime64[D]")) == {
        np.datetime64("2025-02-21")
    }
    inside = local[local >= np.datetime64("2025-03-03")]
    assert inside.max() < np.datetime64("2025-03-23T01")
    hours = inside.astype("datetime64[h]").astype(int) % 24
    assert hours.min() >= 8 and hours.max() <= 21
    hours = made.first.interviews.given["hours"]
    wrong = set(rows[made.first.answers["hours"] == 9999])
    assert wrong <= set(np.flatnonzero(~np.isnan(hours)))
    assert 1 <= len(wrong) <= 0.2 * (~np.isnan(hours)).sum()
    assert (np.diff(forms.uploaded) >= np.timedelta64(0, "s")).all()


def test_the_careless_are_fast():
    made = study()
    seconds = (made.first.forms.ended - made.first.forms.started).astype(float)
    hurried = made.first.interviews.careless[made.first.rows]
    assert np.median(seconds[hurried]) < 300 < np.median(seconds[~hurried]) < 900


def test_sheets_say_what_is_true_of_communities():
    made, true = study(), study().first.world
    sheet = made.communities
    first = sheet.iloc[:10]
    assert list(first["code"]) == [f"C{number:03d}" for number in range(1, 11)]
    assert np.array_equal(first["firm"], true.values["firm"])
    asked = first["firm"] == 1
    assert np.array_equal(first.loc[asked, "staff"], true.values["staff"][asked])
    assert first.loc[~asked, ["staff", "founded"]].isna().all().all()
    assert set(first.loc[asked, "founded"]) == {"2019"}


def test_second_informants_differ_in_some_answers():
    sheet = study().communities
    second = sheet.iloc[10:]
    assert 1 <= len(second) <= 9 and set(second["code"]) <= set(sheet["code"][:10])
    first = sheet.iloc[:10].set_index("code").loc[second["code"]]
    differs = (first["recorded"].to_numpy() != second["recorded"].to_numpy()).mean()
    assert differs < 0.8


def test_any_study_without_a_truth_file_and_a_sheet_can_be_made(root: Path):
    for name in ("bfi", "cowles"):
        main = questionnaire(root / f"instruments/{name}/instrument.yaml")
        generator = prepare(truth_of("communities: {number: 3}", main), main)
        made = replicate(generator, 1)
        assert made.communities is None
        table = canonical_table(*parts(generator, made))
        read = read_export(kobo_csv(*parts(generator, made)), main, "x.csv", platform="kobotoolbox")
        pd.testing.assert_frame_equal(
            table.drop(columns=["platform", "source_file"]),
            read.responses.drop(columns=["platform", "source_file"]),
        )


def test_a_thousand_replicates_are_a_matter_of_minutes():
    """A generous bound, on any machine, on what the benchmark measures."""
    import time

    generator = residents_ready()
    replicate(generator, 1, 0)
    began = time.process_time()
    for number in range(3):
        made = replicate(generator, 1, number)
        canonical_table(*parts(generator, made))
    assert (time.process_time() - began) / 3 < 1.0
