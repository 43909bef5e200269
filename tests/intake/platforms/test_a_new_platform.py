"""A platform is one module: put into its folder, it is read, found, offered and described."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest
from answered import answers_in, expected
from files import delimited
from layouts import Sheet, kobotoolbox

from coproduction.dictionary import dictionary
from coproduction.errors import StudyError
from coproduction.intake import platforms
from coproduction.intake.platform import Platform
from coproduction.intake.platforms import PLATFORMS
from coproduction.intake.readers import read_export
from coproduction.intake.schema import with_platforms
from coproduction.registry import find
from coproduction.report.manual import manual
from coproduction.report.renderers.html import html
from coproduction.yamlfiles.yamlfile import read_yaml

MODULE = '''
"""Exports of a call centre that numbers its calls."""

from coproduction.intake.export import Export
from coproduction.intake.files.tabular import read_cells, without
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import group_readings, recognise

FIELDS = {"submission": ("call_number",), "started_at": ("called_at",)}
OWN = ("call_number", "called_at")


def read_call_centre(data, instrument, source, ignore_columns, time_zone):
    cells = without(read_cells(data, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    recognised = recognise(cells.columns, instrument, group_readings, OWN, source)
    return Export(cells, metadata, findings, recognised, OWN)


PLATFORM = Platform(
    name="call_centre",
    title="The call centre",
    endings=("csv",),
    reads="calls, one a row",
    read=read_call_centre,
    marks=lambda headers, cells: "call_number" in headers,
    mode="telephone",
    time_zone="Asia/Tokyo",
)
'''
STUDY = """
study: {id: small, title: {en: T}, synthetic: false, seed: 1, languages: [en]}
instruments: [instrument.yaml]
data: [{instrument: people, platform: PLATFORM, files: [people.csv]}]
"""


@pytest.fixture
def known(tmp_path: Path, monkeypatch) -> Iterator[Mapping[str, Platform]]:
    """The platforms that are known where one more module stands among theirs."""
    (tmp_path / "call_centre.py").write_text(MODULE)
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, str(tmp_path)])
    yield find(platforms, "PLATFORM")
    del sys.modules[f"{platforms.__name__}.call_centre"]


@pytest.fixture
def calls(demo, people) -> bytes:
    """Answers as the call centre writes them."""
    sheet = kobotoolbox(demo, people)
    kept = [n for n, name in enumerate(sheet.header) if name.startswith("sec")]
    own = [[person.id, f"2026-11-20 0{n}:55:01"] for n, person in enumerate(people)]
    rows = [[*said, *(row[n] for n in kept)] for said, row in zip(own, sheet.rows, strict=True)]
    return delimited(Sheet(["call_number", "called_at", *(sheet.header[n] for n in kept)], rows))


def test_its_files_are_known_by_its_marks_and_read_with_its_mode_and_zone(
    known, calls, demo, people
) -> None:
    intake = read_export(calls, demo, "calls.csv", platforms=known)
    pd.testing.assert_frame_equal(answers_in(intake.responses, demo), expected(demo, people))
    assert intake.findings.empty
    assert set(intake.responses["platform"]) == {"call_centre"}
    assert set(intake.responses["mode"]) == {"telephone"}
    assert intake.responses["started_at"].iloc[1] == "2026-11-19T16:55:01Z"


def test_what_the_study_says_counts_before_its_mode_and_zone(known, calls, demo) -> None:
    said = {"mode": "paper", "time_zone": "UTC", "platform": "call_centre"}
    responses = read_export(calls, demo, "calls.csv", platforms=known, **said).responses
    assert set(responses["mode"]) == {"paper"}
    assert responses["started_at"].iloc[1] == "2026-11-20T01:55:01Z"


def test_a_study_may_name_it_and_a_study_that_names_another_is_told_of_it(known, schemas) -> None:
    schema = with_platforms(schemas["study"], known)
    named = read_yaml(STUDY.replace("PLATFORM", "call_centre"), "study.yaml", schema)
    assert named.data["data"][0]["platform"] == "call_centre"
    with pytest.raises(StudyError, match=r"line 4, data.0.platform: .*`kobo`.* call_centre, "):
        read_yaml(STUDY.replace("PLATFORM", "kobo"), "study.yaml", schema)


def test_who_reads_a_file_with_an_unknown_platform_is_told_which_there_are(
    known, calls, demo
) -> None:
    with pytest.raises(StudyError, match="`platform` cannot be `kobo`; allowed: `call_centre`, "):
        read_export(calls, demo, "calls.csv", platform="kobo", platforms=known)


def test_the_manual_lists_it(known, schemas) -> None:
    files = {"study.yaml": with_platforms(schemas["study"], known)}
    page = html(manual(files, known.values(), dictionary()))
    for words in ("one of call_centre, kobotoolbox", "The call centre", "calls, one a row"):
        assert words in page


def test_a_platform_bears_the_name_of_its_module() -> None:
    for name, platform in PLATFORMS.items():
        assert sys.modules[f"{platforms.__name__}.{name}"].PLATFORM is platform
