from __future__ import annotations

from coproduction.cleaning.duplicates import duplicates

OTHER = {"t1": 1, "t2": 1, "t3": 5, "check": 1, "m1": 5, "y1": 1, "y2": 1, "hours": 300}


def found(table, survey, same=("device",), minimum_match=0.9):
    return duplicates(table, survey, same, minimum_match).fillna("").tolist()


def test_the_same_device_with_the_same_answers_repeats_the_earlier_row(answers, survey):
    table = answers(
        {"device": "A", "submitted_at": "2025-04-02T08:00:00Z"},
        {"device": "A", "submitted_at": "2025-04-01T08:00:00Z"},
        {"device": "A", "submitted_at": "2025-04-03T08:00:00Z"},
    )
    assert found(table, survey) == ["s2", "", "s2"]


def test_a_shared_device_alone_proves_nothing(answers, survey):
    assert found(answers({"device": "A"}, OTHER | {"device": "A"}), survey) == ["", ""]


def test_the_same_answers_alone_prove_nothing(answers, survey):
    assert found(answers({"device": "A"}, {"device": "B"}), survey) == ["", ""]
    assert found(answers({}, {}), survey) == ["", ""]


def test_all_named_metadata_must_agree(answers, survey):
    table = answers(
        {"device": "A", "submitted_by": "token1"},
        {"device": "A", "submitted_by": "token2"},
        {"device": "B", "submitted_by": "token1"},
    )
    assert found(table, survey, ("device", "submitted_by")) == ["", "", ""]
    assert found(table, survey, ("submitted_by",)) == ["", "", "s1"]


def test_an_address_of_the_internet_can_never_be_what_two_rows_share(schemas):
    rule = schemas["study"]["properties"]["cleaning"]["properties"]["duplicates"]
    assert rule["properties"]["same"]["items"]["enum"] == ["device", "submitted_by"]
    assert "minimum_match" in rule["required"]


def test_the_share_of_equal_answers_is_of_those_that_either_holds(answers, survey):
    """Of 21 answers, two differ and one is given by one row only: 18 of 21 are equal."""
    table = answers({"device": "A"}, {"device": "A", "t1": 1, "t2": 1, "remark": None})
    assert found(table, survey, minimum_match=18 / 21 + 1e-9) == ["", ""]
    assert found(table, survey, minimum_match=18 / 21 - 1e-9) == ["", "s1"]


def test_rows_that_say_little_are_never_duplicates(answers, survey):
    blank = dict.fromkeys([item.id for item in survey.questions[9:]])
    assert found(answers({"device": "A", **blank}, {"device": "A", **blank}), survey) == ["", ""]


def test_skipped_questions_do_not_make_rows_alike(answers, survey):
    few = dict.fromkeys([item.id for item in survey.questions[9:]])
    skipped = {name: -77 for name in few if survey.by_id[name].type == "select_one"}
    table = answers(*[{"device": "A"} | few | skipped] * 2)
    assert found(table, survey) == ["", ""]
