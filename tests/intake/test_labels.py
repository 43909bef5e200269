"""Labels and numbers of statistics files never decide half and half."""

from __future__ import annotations

import contextlib

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from questionnaires import headed

from coproduction.errors import StudyError
from coproduction.intake.canonical import Intake
from coproduction.intake.files.readstat import Variables
from coproduction.intake.platforms import spss_stata
from coproduction.intake.readers import read_export

SCALE = headed(
    "scale",
    """
response_sets:
  agree:
    level: ordinal
    options:
      - {value: 1, label: {en: "Disagree"}}
      - {value: 2, label: {en: "Neutral"}}
      - {value: 3, label: {en: "Agree"}}
    offer_missing: [dont_know]
  races:
    level: nominal
    options:
      - {value: 1, label: {en: "White"}}
      - {value: 2, label: {en: "Black"}}
      - {value: 3, label: {en: "Asian"}}
sections:
  - id: one
    label: {en: One}
    items:
      - {id: q1, response_set: agree, text: {en: "q1?"}}
      - {id: race, type: select_multiple, response_set: races, text: {en: "Your race?"}}
      - {id: age, type: integer, text: {en: "Age?"}}
""",
    wires=True,
)
LABELS = {1: "Disagree", 2: "Neutral", 3: "Agree", -88: "Don't know"}
ITEMS = ("q1", "race", "age")


@pytest.fixture(scope="module")
def scale(parse):
    return parse(SCALE)


@pytest.fixture
def read(scale, monkeypatch):
    """Read columns of numbers as a file of a statistics program gives them."""

    def of(
        cells: dict, labels: dict | None = None, wordings=None, missing=None, instrument=scale
    ) -> Intake:
        content = Variables(
            cells={name: [str(cell) for cell in column] for name, column in cells.items()},
            labels={
                name: {str(value): label for value, label in found.items()}
                for name, found in (labels or {}).items()
            },
            wordings=wordings or {},
            missing=missing or {},
        )
        monkeypatch.setattr(spss_stata, "read_variables", lambda data, source: content)
        held = {name.partition("_")[0] for name in cells}
        absent = [item for item in ITEMS if item not in held]
        return read_export(b"$FL2", instrument, "f.sav", absent_items=absent)

    return of


def told(intake: Intake) -> list[tuple]:
    return list(intake.findings[["code", "severity", "item", "found"]].itertuples(index=False))


@given(
    numbers=st.lists(st.integers(-5, 99), min_size=4, max_size=4, unique=True),
    answers=st.lists(st.sampled_from(list(LABELS)), min_size=1, max_size=6),
)
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_other_numbers_with_the_same_labels_are_the_same_answers(numbers, answers, read) -> None:
    number = dict(zip(LABELS, numbers, strict=True))
    labels = {number[value]: label for value, label in LABELS.items()}
    intake = read({"q1": [number[value] for value in answers]}, {"q1": labels})
    assert intake.responses["q1"].tolist() == answers


@given(
    labels=st.dictionaries(
        st.integers(0, 4), st.sampled_from([*LABELS.values(), "Neither", "Agree strongly"])
    ),
    cells=st.lists(st.integers(0, 4), min_size=1, max_size=6),
)
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
def test_all_values_are_read_by_labels_or_all_by_numbers_or_the_file_is_refused(
    labels, cells, read
) -> None:
    known = {label: value for value, label in LABELS.items()}
    by_label = [known.get(labels.get(cell, "")) for cell in cells]
    by_number = [-88 if labels.get(cell) == "Don't know" else cell for cell in cells]
    with contextlib.suppress(StudyError):
        answers = read({"q1": cells}, {"q1": labels}).responses["q1"].tolist()
        assert answers in (by_label, by_number)
        assert all(said in (None, answer) for said, answer in zip(by_label, answers, strict=True))


@pytest.mark.parametrize(
    "labels",
    [
        {0: "Disagree", 1: "Neither", 2: "Agree"},
        {1: "Agree strongly", 2: "Disagree", 3: "Agree"},
        {0: "Disagree", 2: "Agree"},
    ],
)
def test_a_label_that_decides_beside_one_that_is_unknown_is_refused(labels, read) -> None:
    cells = [0, 1, 2] if 0 in labels else [1, 2, 3]
    with pytest.raises(StudyError) as error:
        read({"q1": cells}, {"q1": labels})
    sentence = str(error.value)
    assert sentence.startswith("f.sav: ")
    assert "column `q1` (item `q1`): by label" in sentence
    assert "without a known label" in sentence


TWO = SCALE.replace(
    "      - {id: race",
    "      - {id: q2, response_set: agree, text: {en: 'q2?'}}\n      - {id: race",
)


@given(
    shift=st.integers(-1, 1),
    labelled=st.tuples(st.booleans(), st.booleans()),
    answers=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=5),
)
@settings(suppress_health_check=list(HealthCheck))
def test_questions_with_the_same_answers_are_decided_alike(
    shift, labelled, answers, parse, read
) -> None:
    names = ("q1", "q2")
    labels = {
        name: {value + shift: LABELS[value] for value in (1, 2, 3)}
        for name, has in zip(names, labelled, strict=True)
        if has
    }
    cells = {name: [row[place] + shift for row in answers] for place, name in enumerate(names)}
    given_ = {name: [row[place] for row in answers] for place, name in enumerate(names)}
    try:
        found = read(cells, labels, instrument=parse(TWO)).responses
    except StudyError as error:
        assert shift and not all(labelled)
        assert any(labelled) is ("by label" in str(error))
        assert not any(labelled) or ("`q1`" in str(error) and "`q2`" in str(error))
        return
    assert {name: found[name].tolist() for name in names} == (given_ if any(labelled) else cells)


def test_every_value_that_labels_move_is_told(read) -> None:
    labels = {0: "Disagree", 1: "Neutral", 2: "Agree"}
    intake = read({"q1": [0, 1, 2]}, {"q1": labels})
    assert told(intake) == [("recoded_by_label", "note", "q1", "0 → 1; 1 → 2; 2 → 3")]
    intake = read({"race_1": [0, 1]}, {"race_1": {0: "Yes", 1: "No"}})
    assert ("recoded_by_label", "note", "race", "0 → 1; 1 → 0") in told(intake)


def test_columns_of_ticks_of_one_question_are_decided_alike(read) -> None:
    with pytest.raises(StudyError, match=r"column `race_1` .*column `race_2`"):
        read({"race_1": [0, 1], "race_2": [0, 1]}, {"race_1": {0: "Yes", 1: "No"}})


def test_every_question_that_cannot_be_decided_is_named_at_once(read) -> None:
    labels = {0: "Disagree", 1: "Neither", 2: "Agree"}
    ticks = {1: "No", 2: "Yes", 3: "Perhaps"}
    with pytest.raises(StudyError) as error:
        read({"q1": [0, 1, 2], "race_1": [1, 2, 3]}, {"q1": labels, "race_1": ticks})
    assert "column `q1` (item `q1`)" in str(error.value)
    assert "column `race_1` (item `race`)" in str(error.value)


def test_labels_that_are_all_unknown_are_a_warning_and_the_numbers_count(read) -> None:
    intake = read({"q1": [1, 3]}, {"q1": {1: "Agree strongly", 2: "So so", 3: "Not at all"}})
    assert intake.responses["q1"].tolist() == [1, 3]
    assert told(intake) == [("unknown_label", "warning", "q1", "1 Agree strongly; 3 Not at all")]


def test_labels_of_the_ends_confirm_the_numbers_between(read) -> None:
    intake = read({"q1": [1, 2, 3]}, {"q1": {1: "Disagree", 3: "Agree"}})
    assert intake.responses["q1"].tolist() == [1, 2, 3]
    assert told(intake) == []


def test_an_unknown_label_of_a_number_is_a_warning(read) -> None:
    intake = read({"age": [43, 99, 98]}, {"age": {99: "90 or more", 98: "Don't know"}})
    assert intake.responses["age"].tolist() == [43, 99, -88]
    assert told(intake) == [("unknown_label", "warning", "age", "99 90 or more")]


def test_values_that_share_a_label_are_reported(read) -> None:
    intake = read({"q1": [1, 2, 3]}, {"q1": {1: "Agree", 2: "Disagree", 3: "disagree"}})
    assert intake.responses["q1"].tolist() == [3, 1, 1]
    assert ("values_share_label", "warning", "q1", "2, 3 → 1") in told(intake)


def test_a_value_declared_missing_is_no_answer_though_it_has_the_number_of_one(read) -> None:
    intake = read({"q1": [1, 2, 3]}, {"q1": {3: "Agree"}}, missing={"q1": ["3"]})
    assert intake.responses["q1"].isna().tolist() == [False, False, True]
    assert told(intake) == [("unknown_missing_value", "warning", "q1", "3 Agree")]


@given(yes=st.integers(0, 9), no=st.integers(0, 9))
@settings(suppress_health_check=list(HealthCheck))
def test_ticks_follow_their_labels_whatever_their_numbers(yes, no, read) -> None:
    if yes == no:
        return
    for words in (("Yes", "No"), ("Selected", "Not selected"), ("White", "No"), ("是", "否")):
        labels = {"race_1": {yes: words[0], no: words[1]}}
        labels["race_2"] = labels["race_1"] | {yes: words[0].replace("White", "Black")}
        intake = read({"race_1": [yes, no], "race_2": [no, yes]}, labels)
        assert intake.responses["race"].tolist() == ["1", "2"]


def test_columns_of_ticks_are_of_the_answer_that_their_label_names(read) -> None:
    wordings = {"race_1": "Your race? - Asian", "race_2": "Your race? - White"}
    intake = read({"race_1": [1, 0], "race_2": [0, 1]}, wordings=wordings)
    assert intake.responses["race"].tolist() == ["3", "1"]
    assert ("recoded_by_label", "note", "race", "race_1 → 3; race_2 → 1") in told(intake)
    with pytest.raises(StudyError, match="labels of columns"):
        read({"race_1": [1], "race_2": [0]}, wordings=wordings | {"race_2": "Rather white"})


def test_a_missing_answer_in_columns_of_ticks_is_that_of_the_question(read) -> None:
    labels = {9: "Refused", 8: "illegible"}
    columns = {f"race_{place}": [1, 9, 8, -77] for place in (1, 2, 3)}
    missing = {name: ["8", "9"] for name in columns}
    intake = read(columns, {name: labels for name in columns}, missing=missing)
    assert intake.responses["race"].tolist() == ["1 2 3", "-99", pd.NA, "-77"]
    told_ = ("unknown_missing_value", "warning", "race", "8 illegible")
    assert told(intake) == [told_] * 3
