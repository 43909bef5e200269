"""A synthetic study is written as the files that its settings name."""

from __future__ import annotations

import copy
from functools import cache

import pandas as pd
import pytest
from towns import ready

from coproduction.errors import StudyError
from coproduction.intake.readers import read_export
from coproduction.simulation.exports import export
from coproduction.simulation.replicate import replicate
from coproduction.study import named_files

TRUTH = """
communities: {number: 6}
retest: {respondents: 30, lost_links: 0}
panel: {waves: [{id: second, days: 300}]}
"""
SETTINGS = {
    "data": [
        {"instrument": "town", "platform": "kobotoolbox", "files": ["a.csv", "b.csv"]},
        {"instrument": "town", "platform": "plain", "files": ["again.csv"], "wave": "retest"},
        {"instrument": "town", "files": ["later.csv"], "wave": "second"},
        {"instrument": "places", "platform": "plain", "files": ["places.csv"]},
    ],
    "cleaning": {
        "contacts": {"file": "contacts.csv"},
        "retest": {"waves": ["retest", "second"], "links": "links.csv"},
    },
}


@cache
def study():
    return replicate(ready(TRUTH), 2)


def written(settings: dict) -> dict[str, bytes]:
    return export(ready(TRUTH), study(), settings)


def changed(place: int, **keys: object) -> dict:
    settings = copy.deepcopy(SETTINGS)
    settings["data"][place] |= keys
    return settings


def test_every_file_that_is_named_is_written_and_no_other():
    assert set(written(SETTINGS)) == {file.name for file in named_files(SETTINGS)}


def test_two_files_share_the_forms_in_order_of_arrival():
    main, content = ready(TRUTH).main, written(SETTINGS)
    parts = [
        read_export(content[name], main, name, platform="kobotoolbox").responses
        for name in ("a.csv", "b.csv")
    ]
    ids = pd.concat(parts)["submission"].tolist()
    assert ids == study().first.forms.submission.tolist()
    assert abs(len(parts[0]) - len(parts[1])) <= 1


def test_waves_and_links_belong_together():
    main, content = ready(TRUTH).main, written(SETTINGS)
    links = pd.read_csv(pd.io.common.BytesIO(content["links.csv"]))
    first = set(study().first.forms.submission)
    again = read_export(content["again.csv"], main, "again.csv", platform="plain").responses
    later = read_export(content["later.csv"], main, "later.csv", platform="plain").responses
    assert set(links["submission"]) == {*again["submission"], *later["submission"]}
    assert set(links["first"]) <= first and len(again) == 30


def test_questions_that_a_file_does_not_hold_are_not_in_it():
    content = written(changed(1, absent_items=["weight"]))["again.csv"].decode()
    assert "weight" not in content.splitlines()[0].split(",")


@pytest.mark.parametrize(
    ("place", "keys", "message"),
    [
        (0, {"platform": "qualtrics"}, "the simulator writes no files of qualtrics"),
        (1, {"wave": "third"}, "has no wave `third` .it has: retest, second."),
        (3, {"instrument": "third"}, "only the first two questionnaires"),
        (3, {"platform": "kobotoolbox"}, "are written as `plain`"),
    ],
)
def test_data_that_are_not_simulated_are_refused_by_their_place(place, keys, message):
    with pytest.raises(StudyError, match=rf"study\.yaml, data\.{place}.*{message}"):
        written(changed(place, **keys))
