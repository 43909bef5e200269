"""Somebody's file becomes a study that reads it: with its labels, and without anybody's words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.intake.readers import read_export
from coproduction.schemas import schema
from coproduction.start import start_study
from coproduction.start.writing import marked
from coproduction.study import Study, read_study

AGREE = {1: "Disagree", 2: "Neither", 3: "Agree", -8: "Don't know"}


def started(data: bytes, source: str) -> tuple[Study, dict[str, str]]:
    """Start a study and read it as the workflow does."""
    files = start_study(data, source, "mine")
    schemas = {name: schema(name) for name in ("instrument", "study", "plan")}
    return read_study(files, "instruments/mine", schemas), files


def responses(study: Study, data: bytes) -> pd.DataFrame:
    source = study.settings["data"][0]
    read = read_export(data, study.main, source["files"][0], platform=source["platform"])
    return read.responses


def table(**columns: list) -> bytes:
    return pd.DataFrame(columns).to_csv(index=False).encode()


@pytest.fixture
def frame() -> pd.DataFrame:
    draws = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "Help_1": draws.choice([1.0, 2, 3, -8], 40),
            "Help_2": draws.choice([1.0, 2, 3], 40),
            "Age": draws.integers(18, 80, 40).astype(float),
            "sex": draws.choice(["m", "f"], 40),
            "why": [f"words of person {place}" for place in range(40)],
        }
    )


@pytest.fixture
def sav(frame, tmp_path) -> bytes:
    import pyreadstat

    pyreadstat.write_sav(
        frame,
        tmp_path / "file.sav",
        column_labels={"Help_1": "We help each other", "Age": "Age in years"},
        variable_value_labels={
            "Help_1": AGREE,
            "Help_2": AGREE,
            "sex": {"m": "male", "f": "female"},
        },
        missing_ranges={"Help_1": [-8]},
    )
    return (tmp_path / "file.sav").read_bytes()


def test_labels_and_missing_codes_of_spss_are_kept(sav):
    study, _ = started(sav, "file.sav")
    item = study.main.by_id["help1"]
    assert item.text == {"en": "We help each other"}
    assert item.aliases == ("Help_1",)
    told = {option.value: option.label["en"] for option in item.options}
    assert told == {1: "Disagree", 2: "Neither", 3: "Agree"}
    assert study.main.missing_codes["dont_know"].code == -8
    assert study.main.by_id["sex"].options[0].wire == "m"


def test_answers_read_by_a_study_just_started_are_those_of_the_file(sav, frame):
    study, _ = started(sav, "file.sav")
    read = responses(study, sav)
    assert read["help1"].tolist() == frame["Help_1"].tolist()
    assert read["age"].tolist() == frame["Age"].tolist()
    assert read["sex"].map({1: "m", 2: "f"}).tolist() == frame["sex"].tolist()


def test_labels_of_stata_are_kept(frame, tmp_path):
    import pyreadstat

    path = tmp_path / "file.dta"
    pyreadstat.write_dta(frame, path, variable_value_labels={"Help_2": AGREE})
    study, _ = started(path.read_bytes(), "file.dta")
    assert study.settings["data"][0]["platform"] == "spss_stata"
    assert len(study.main.by_id["help2"].options) == 3
    assert responses(study, path.read_bytes())["help2"].tolist() == frame["Help_2"].tolist()


def test_nothing_that_a_person_wrote_stands_in_a_started_study(sav):
    _, files = started(sav, "file.sav")
    assert not any("words of person" in text for text in files.values())


def test_values_become_answers_only_where_five_people_gave_each():
    often, seldom = [1, 2] * 5, [1] * 6 + [2] * 4
    study, files = started(table(often=often, seldom=seldom, word=["a"] * 6 + ["b"] * 4), "f.csv")
    assert [option.value for option in study.main.by_id["often"].options] == [1, 2]
    assert study.main.by_id["seldom"].type == "integer"
    assert study.main.by_id["word"].type == "text"
    assert "the answers of `often`: what they mean" in " ".join(marked(files))


def test_words_of_a_table_are_numbered_and_missing_ones_known():
    data = table(area=["north", "south", "Don't know"] * 5, when=["2024-05-01"] * 15)
    study, _ = started(data, "f.csv")
    read = responses(study, data)
    assert read["area"].tolist() == [1, 2, -88] * 5
    assert study.main.by_id["when"].type == "date"


def test_labels_of_single_numbers_are_kept_beside_them(tmp_path):
    import pyreadstat

    path = tmp_path / "file.sav"
    hours = pd.DataFrame({"hours": [0.0, 3, 17, 40, 2]})
    pyreadstat.write_sav(hours, path, variable_value_labels={"hours": {0.0: "none"}})
    study, _ = started(path.read_bytes(), "file.sav")
    assert study.main.by_id["hours"].type == "integer"
    assert study.main.by_id["hours"].hint == {"en": "0 = none"}


def test_answers_that_share_a_label_stay_apart(tmp_path):
    import pyreadstat

    path, labels = tmp_path / "file.sav", {1: "single", 2: "married", 3: "married"}
    frame = pd.DataFrame({"civil": [1.0, 2, 3] * 5})
    pyreadstat.write_sav(frame, path, variable_value_labels={"civil": labels})
    study, _ = started(path.read_bytes(), "file.sav")
    assert responses(study, path.read_bytes())["civil"].tolist() == [1, 2, 3] * 5


def test_reserved_and_foreign_names_get_ids_and_stay_known():
    data = table(
        **{"class": [1, 2] * 5, "年龄": [30, 41] * 5, "Q1.a": [1.5, 2] * 5, "q1a": [1] * 10}
    )
    study, _ = started(data, "f.csv")
    assert list(study.main.by_id) == ["class2", "q2", "q1a2", "q1a"]
    assert responses(study, data)["q1a2"].tolist() == [1.5, 2] * 5


def test_columns_that_differ_in_case_only_are_refused_all_at_once():
    data = table(**{"Age": [1], "age": [2], "X": [1], "x": [1]})
    with pytest.raises(StudyError, match="`Age` and `age`; `X` and `x`"):
        start_study(data, "f.csv", "mine")


def test_a_column_that_numbers_the_rows_is_no_question():
    study, _ = started(table(id=list(range(10)), age=list(range(20, 30))), "f.csv")
    assert list(study.main.by_id) == ["age"]


def test_scales_are_proposed_in_comments_and_never_assumed():
    answers = [1, 2, 3, 4, 5] * 5
    study, files = started(table(a1=answers, a2=answers, a3=answers), "f.csv")
    assert study.main.constructs == {}
    assert '#   scale1: {label: {en: "Scale 1"}}  # a1, a2, a3' in files["instrument.yaml"]


def test_the_same_file_gives_the_same_study():
    data = table(a=["x", "y"] * 8, b=list(range(16)))
    assert start_study(data, "f.csv", "mine") == start_study(data, "f.csv", "mine")


def test_the_language_is_that_in_which_most_is_written():
    study, files = started(table(年龄=[30, 41] * 5, 性别=["男", "女"] * 5), "f.csv")
    assert study.main.languages == ("zh-CN",)
    assert "不知道" in files["instrument.yaml"]
