"""Whatever platform wrote the answers, the same canonical table comes out."""

from __future__ import annotations

import pandas as pd
import pytest
from answered import Submission, answers_in, expected, utc
from files import delimited
from layouts import kobotoolbox
from written import LAYOUTS, Layout

from coproduction.instrument.definition import Instrument
from coproduction.intake.detection import detect
from coproduction.intake.platforms import PLATFORMS
from coproduction.intake.readers import read_export


@pytest.fixture(params=LAYOUTS, scope="module")
def layout(request) -> Layout:
    return LAYOUTS[request.param]


@pytest.fixture(scope="module")
def file(layout: Layout, demo: Instrument, people: list[Submission]) -> bytes:
    return layout.write(demo, people)


def test_every_layout_gives_the_same_answers(layout, file, demo, people) -> None:
    intake = read_export(file, demo, "export", time_zone=layout.time_zone)
    pd.testing.assert_frame_equal(answers_in(intake.responses, demo), expected(demo, people))
    assert intake.findings.empty


def test_every_layout_gives_the_moments_it_holds_in_utc(layout, file, demo, people) -> None:
    responses = read_export(file, demo, "export", time_zone=layout.time_zone).responses
    moments = {
        "started_at": [utc(person.started) for person in people],
        "ended_at": [utc(person.ended) for person in people],
    }
    for name in layout.moments:
        assert responses[name].tolist() == moments[name]
    if layout.moments:
        assert responses["duration_seconds"].tolist() == [461.0, 461.0, 461.0]


def test_the_platform_is_found_from_the_file(layout, file, demo) -> None:
    assert detect(file, demo, "export").name == layout.platform


def test_naming_the_platform_changes_nothing(layout, file, demo) -> None:
    found = read_export(file, demo, "export")
    named = read_export(file, demo, "export", platform=layout.platform)
    pd.testing.assert_frame_equal(found.responses, named.responses)
    assert (found.responses["platform"] == layout.platform).all()


def test_rows_are_numbered_as_a_person_counts_them(layout, file, demo) -> None:
    responses = read_export(file, demo, "some/export").responses
    assert responses["source_row"].tolist() == [1, 2, 3]
    assert set(responses["source_file"]) == {"some/export"}


def test_there_is_a_layout_for_every_platform() -> None:
    assert {layout.platform for layout in LAYOUTS.values()} == set(PLATFORMS)


def test_labels_joined_by_spaces_are_read_where_only_one_reading_fits(demo, people) -> None:
    for words in demo.languages:
        sheet = kobotoolbox(demo, people, words=words, multiple="summary")
        responses = read_export(delimited(sheet, ";"), demo, "export").responses
        pd.testing.assert_frame_equal(answers_in(responses, demo), expected(demo, people))
