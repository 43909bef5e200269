"""Which columns are an item's: its id and aliases in one group; nothing beside it is an answer."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

import pandas as pd
import pytest
from answered import Submission, answers_in, expected
from files import delimited
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from layouts import Sheet, kobotoolbox, limesurvey, odk_central, surveycto
from panels import plain, qualtrics, redcap, wenjuanxing
from questionnaires import headed

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.instrument.lint import lint
from coproduction.intake.readers import read_export

WRITERS: dict[str, tuple[Callable[..., Sheet], int]] = {
    "kobotoolbox": (kobotoolbox, 0),
    "odk_central": (odk_central, 0),
    "surveycto": (surveycto, 0),
    "limesurvey": (limesurvey, 0),
    "qualtrics": (qualtrics, 2),
    "redcap": (redcap, 0),
    "wenjuanxing": (wenjuanxing, 0),
    "plain": (plain, 0),
}
PREFIXES = ("spouse/", "spouse-", "spouse.", "spouse: ", "spouse[", "9、", "SQ001_")
SUFFIXES = ("[comment]", "[other]", "_other", "_4_TEXT", "-Comment", "/other", ".1", "]", "Time")


def with_column(sheet: Sheet, header: str, *cells: str, above: int = 0) -> Sheet:
    """The same sheet with one more column; further heading rows bear its header too."""
    added = [header] * above + list(cells)
    rows = [[*row, cell] for row, cell in zip(sheet.rows, added, strict=True)]
    return Sheet([*sheet.header, header], rows)


def in_place_of(sheet: Sheet, old: str, new: str) -> Sheet:
    return Sheet([new if name == old else name for name in sheet.header], sheet.rows)


def refusal(sheet: Sheet, demo: Instrument, **options) -> str:
    with pytest.raises(StudyError) as error:
        read_export(delimited(sheet), demo, "f.csv", **options)
    return str(error.value)


@pytest.mark.parametrize("platform", WRITERS)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_foreign_column_never_changes_an_answer(platform, data, demo, people) -> None:
    write, above = WRITERS[platform]
    item = data.draw(st.sampled_from(demo.questions))
    sheet = write(demo, people)
    name = data.draw(st.sampled_from([item.id, item.text["zh-CN"], item.text["en"], *item.aliases]))
    header = data.draw(
        st.sampled_from([f"{prefix}{name}" for prefix in PREFIXES])
        | st.sampled_from([f"{name}{suffix}" for suffix in SUFFIXES])
        | st.just(name)
    )
    cells = data.draw(st.lists(st.sampled_from(["", "1", "2", "7", "是"]), min_size=3, max_size=3))
    blank = [Submission(p.id, p.started, p.ended, {**p.answers, item.id: None}) for p in people]
    assume(header not in (*sheet.header, item.id, *item.aliases))
    for answers in (people, blank):
        file = with_column(write(demo, answers), header, *cells, above=above)
        with contextlib.suppress(StudyError):
            read = read_export(delimited(file), demo, "f.csv", platform=platform)
            pd.testing.assert_frame_equal(answers_in(read.responses, demo), expected(demo, answers))


@pytest.mark.parametrize(
    ("write", "first", "second"),
    [
        (kobotoolbox, "self/age", "spouse/age"),
        (odk_central, "self-age", "spouse-age"),
        (surveycto, "self-age", "spouse-age"),
        (limesurvey, "self[age]", "spouse[age]"),
        (plain, "self.age", "spouse.age"),
    ],
)
def test_columns_of_one_name_in_two_groups_are_refused_and_named(
    write, first, second, demo, people
) -> None:
    sheet = write(demo, people)
    old = next(name for name in sheet.header if re.split(r"\W", name.rstrip("]"))[-1] == "age")
    told = refusal(with_column(in_place_of(sheet, old, first), second, "", "52", ""), demo)
    assert f"`age` as `{first}`, `{second}`" in told
    assert "`ignore_columns`" in told


def test_the_whole_headers_as_aliases_keep_two_groups_apart(parse, demo_text, people) -> None:
    form = parse(
        demo_text.replace("{id: age,", "{id: age, aliases: [self/age, spouse/age],"),
    )
    sheet = in_place_of(kobotoolbox(form, people), "sechome/age", "self/age")
    sheet = with_column(sheet, "spouse/age", "", "52", "")
    read = read_export(delimited(sheet), form, "k.csv").responses
    assert read["age"].tolist() == [43, 52, 80]


def test_an_answer_that_is_called_like_an_item_is_a_tick_of_its_question(parse) -> None:
    form = parse(CALLED)
    data = b"_uuid,_id,_submission_time,act/age,act/2,age\nu1,1,2026-01-01T00:00:00,1,0,33\n"
    row = read_export(data, form, "k.csv").responses.iloc[0]
    assert (row["act"], row["age"]) == ("1", 33)


CALLED = headed(
    "called",
    """
response_sets:
  topics:
    level: nominal
    options: [{value: 1, wire: age, label: {en: "Ageing"}}, {value: 2, label: {en: "Youth"}}]
sections:
  - id: one
    label: {en: One}
    items:
      - {id: act, type: select_multiple, response_set: topics, text: {en: "Topics?"}}
      - {id: age, type: integer, text: {en: "Age?"}}
""",
    wires=True,
)


@pytest.mark.parametrize(
    ("write", "header", "above"),
    [
        (limesurvey, "tenure[comment]", 0),
        (limesurvey, "tenure[other]", 0),
        (limesurvey, "activity[a1comment]", 0),
        (qualtrics, "tenure_3_TEXT", 2),
        (kobotoolbox, "sechome/tenure_other", 0),
        (odk_central, "sechome-tenure_other", 0),
        (surveycto, "tenure_other", 0),
    ],
)
def test_words_beside_an_answer_are_counted_and_never_the_answer(
    write, header, above, demo, people
) -> None:
    blank = [Submission(p.id, p.started, p.ended, {**p.answers, "tenure": None}) for p in people]
    sheet = with_column(write(demo, blank), header, "2", "", "1", above=above)
    intake = read_export(delimited(sheet), demo, "f.csv")
    pd.testing.assert_frame_equal(answers_in(intake.responses, demo), expected(demo, blank))
    told = intake.findings[["code", "found", "action"]].to_numpy().tolist()
    assert told == [["text_beside_answer", f"2 in column {header}", "not_read"]]


def test_a_comment_can_be_an_item_of_its_own(parse, demo_text, people) -> None:
    form = parse(demo_text.replace("{id: comment,", "{id: comment, aliases: ['tenure[comment]'],"))
    sheet = in_place_of(limesurvey(form, people), "comment", "tenure[comment]")
    answers = answers_in(read_export(delimited(sheet), form, "l.csv").responses, form)
    pd.testing.assert_frame_equal(answers, expected(form, people))


def test_a_column_of_the_platform_is_an_items_where_its_alias_says_so(
    parse, demo_text, people
) -> None:
    alias = "aliases: [community_id, redcap_data_access_group]"
    form = parse(demo_text.replace("aliases: [community_id]", alias))
    sheet = in_place_of(redcap(form, people), "communityid", "redcap_data_access_group")
    answers = answers_in(read_export(delimited(sheet), form, "r.csv").responses, form)
    pd.testing.assert_frame_equal(answers, expected(form, people))


def test_an_item_that_is_said_to_be_absent_is_read_from_no_column(demo, people) -> None:
    sheet = in_place_of(kobotoolbox(demo, people), "sechome/age", "spouse/age")
    told = refusal(sheet, demo, absent_items=["age"])
    assert "can be read as age, which `absent_items`" in told
    read = read_export(
        delimited(sheet), demo, "k.csv", absent_items=["age"], ignore_columns=["spouse/age"]
    )
    assert read.responses["age"].isna().all()


def test_all_columns_that_are_no_items_are_named_at_once(demo, people) -> None:
    sheet = with_column(with_column(plain(demo, people), "x1", *"123"), "x2", *"123")
    told = refusal(sheet, demo)
    assert "the columns `x1`, `x2` are not in instrument.yaml" in told


def test_a_column_that_ends_in_complete_makes_no_redcap(demo, people) -> None:
    sheet = with_column(plain(demo, people), "interview_complete", "1", "0", "2")
    read = read_export(delimited(sheet), demo, "p.csv", ignore_columns=["interview_complete"])
    assert set(read.responses["platform"]) == {"plain"}


TWICE = headed(
    "twice",
    """
sections:
  - id: one
    label: {en: One}
    items:
      - {id: self, type: integer, text: {en: "How old?"}}
      - {id: spouse, type: integer, text: {en: "How old?"}}
""",
)


def test_a_wording_of_two_items_tells_neither_and_both_are_named(parse) -> None:
    twice = parse(TWICE)
    with pytest.raises(StudyError, match=r"p\.csv: .*`how old\?` of self, spouse\. Export"):
        read_export(b"self,how old?\n1,2\n", twice, "p.csv", platform="plain")
    read = read_export(b"self,spouse\n1,2\n", twice, "p.csv").responses
    assert read[["self", "spouse"]].to_numpy().tolist() == [[1, 2]]
    told = lint(twice)
    assert told.loc[told["code"] == "equal_wordings", "found"].tolist() == ["self, spouse"]
