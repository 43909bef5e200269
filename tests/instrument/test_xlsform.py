"""The XLSForm asks what the questionnaire says, in both languages, and platforms accept it."""

from __future__ import annotations

import io
import itertools
import json
import re

import pandas as pd
import pytest
import xforms
from hypothesis import given, settings
from hypothesis import strategies as st
from java import path_with_java
from openpyxl import load_workbook
from pyxform.validators.odk_validate import ODKValidateError, check_xform

from coproduction.cleaning.ranges import remove_impossible
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.instrument.expressions import holds
from coproduction.instrument.forms.xlsform.sheets import note_names, write_xlsx, xlsform
from coproduction.instrument.wording import scenario_arms

ENGLISH_WORD = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture(scope="module")
def filled(residents) -> xforms.Form:
    return xforms.form(residents)


@pytest.fixture(scope="module")
def survey(residents) -> pd.DataFrame:
    return xlsform(residents)["survey"].set_index("name")


@pytest.fixture
def validate(tmp_path, monkeypatch):
    path = path_with_java()
    if path is None:
        pytest.skip("no Java: ODK Validate, which pyxform bundles, is a Java program")
    monkeypatch.setenv("PATH", path)

    def run(xml: str) -> list[str]:
        file = tmp_path / "form.xml"
        file.write_text(xml, encoding="utf-8")
        return check_xform(str(file))

    return run


def test_every_shipped_form_passes_pyxform_and_odk_validate_without_a_warning(shipped, validate):
    for instrument in shipped:
        made = xforms.form(instrument)
        assert made.warnings == (), instrument.id
        assert validate(made.xml) == [], instrument.id


def test_odk_validate_refuses_a_form_with_a_broken_condition(filled, validate):
    broken = filled.xml.replace('relevant="', 'relevant="((( ', 1)
    with pytest.raises(ODKValidateError):
        validate(broken)


def test_the_same_questionnaire_gives_the_same_bytes(residents):
    assert write_xlsx(xlsform(residents)) == write_xlsx(xlsform(residents))


def test_every_item_is_asked_once_in_the_order_of_the_questionnaire(residents, survey):
    asked = [name for name in survey.index if name in residents.by_id]
    assert asked == [item.id for item in residents.items]


def test_each_wording_stands_in_its_own_language(residents, survey):
    for item in residents.items:
        if item.type != "random":
            assert survey.loc[item.id, "label::中文 (zh)"] == item.text["zh-CN"]
            assert survey.loc[item.id, "label::English (en)"] == item.text["en"]


def test_no_text_of_the_form_lacks_a_language_or_is_english_under_chinese(filled):
    said = xforms.texts(filled)
    assert set(said) == {"中文 (zh)", "English (en)"}
    assert set(said["中文 (zh)"]) == set(said["English (en)"])
    for reference, text in said["中文 (zh)"].items():
        assert text and text != "-", reference
        assert not ENGLISH_WORD.search(text), (reference, text)
    for reference, text in said["English (en)"].items():
        assert text and not re.search("[\u4e00-\u9fff]", text), (reference, text)


def test_options_stand_with_their_codes_and_the_missing_answers_they_offer(residents):
    choices = xlsform(residents)["choices"]
    agree = choices[choices["list_name"] == "agree5"]
    assert agree["name"].tolist() == ["1", "2", "3", "4", "5", "DK"]
    assert agree["label::English (en)"].iloc[-1] == "Don't know"


def test_required_items_and_only_they_insist_on_an_answer(residents, filled):
    insisted = {name for name, bind in filled.binds.items() if bind.get("required") == "true()"}
    assert insisted == {item.id for item in residents.items if item.required}


def test_arms_are_drawn_once_with_equal_chances_from_their_codes(residents, filled):
    for arm in residents.with_role("design"):
        codes = arm.response_set.values
        assert codes == tuple(range(len(codes)))
        assert filled.binds[arm.id]["calculate"] == f"once(int(random() * {len(codes)}))"


def scenario(residents: Instrument) -> Item:
    return next(item for item in residents.items if item.scenario)


def test_each_respondent_reads_the_one_scenario_of_the_arms_drawn(residents, filled):
    item = scenario(residents)
    arms = [residents.by_id[name] for name in scenario_arms(item.scenario["en"])]
    said = xforms.texts(filled)
    notes = [name for name in filled.binds if re.fullmatch(rf"{item.id}v\d+", name)]
    seen = set()
    for drawn in itertools.product(*(arm.response_set.options for arm in arms)):
        answers = {arm.id: o.wire for arm, o in zip(arms, drawn, strict=True)}
        answers |= {"consent": "1", "s1": "1", "s2": "1"}
        shown = [n for n in notes if xforms.holds(filled.binds[n]["relevant"], answers)]
        assert len(shown) == 1
        for language, column in (("zh-CN", "中文 (zh)"), ("en", "English (en)")):
            note = next(t for ref, t in said[column].items() if f"/{shown[0]}:label" in ref)
            for option in drawn:
                assert (option.wording or {language: ""})[language] in note
        seen.add(shown[0])
    assert seen == set(notes)
    assert len(notes) == 4


def route(instrument: Instrument, made: xforms.Form, draw) -> tuple[dict[str, str], set[str]]:
    """Fill a form in as its engine does: what is not asked has no answer."""
    answers, asked = {item.id: "" for item in instrument.questions}, set()
    for item in instrument.questions:
        if xforms.holds(made.binds[item.id].get("relevant", "true()"), answers):
            asked.add(item.id)
            answers[item.id] = draw(item)
    return answers, asked


def wires(item: Item, instrument: Instrument) -> list[str]:
    offered = [instrument.missing_codes[kind].wire for kind in item.response_set.offer_missing]
    return [option.wire for option in item.response_set.options] + offered


def answer(item: Item, instrument: Instrument, choose) -> str:
    blank = [] if item.required or item.type == "random" else [""]
    if item.response_set is not None:
        return choose(wires(item, instrument) + blank)
    if item.minimum is not None:
        return choose([str(int(item.minimum)), str(int(item.maximum)), *blank])
    return choose(["C001", *blank])


def coded(answers: dict[str, str], instrument: Instrument) -> pd.DataFrame:
    columns = {}
    for item in instrument.questions:
        text = answers[item.id]
        if item.response_set is not None:
            codes = {o.wire: str(o.value) for o in item.response_set.options}
            codes |= {m.wire: str(m.code) for m in instrument.missing_codes.values() if m.wire}
            text = " ".join(codes[wire] for wire in text.split())
        kind = "string" if item.type in ("text", "select_multiple", "date") else "Float64"
        value = None if text == "" else text if kind == "string" else float(text)
        columns[item.id] = pd.array([value], dtype=kind)
    return pd.DataFrame(columns)


@settings(max_examples=60)
@given(data=st.data())
def test_on_every_route_the_form_asks_what_the_study_says_is_asked(residents, filled, data):
    def draw(item):
        return answer(item, residents, lambda options: data.draw(st.sampled_from(options)))

    answers, asked = route(residents, filled, draw)
    table = coded(answers, residents)
    expected = {
        item.id
        for item in residents.questions
        if holds(item.asked_if, table, residents.missing_values).item()
    }
    assert asked == expected


def asked_of(residents: Instrument, made: xforms.Form, **fixed: str) -> set[str]:
    """Who answers everything with the first option, but for what is fixed, is asked this."""
    draw = lambda item: fixed.get(item.id, answer(item, residents, lambda options: options[0]))  # noqa: E731
    return route(residents, made, draw)[1]


def test_who_declines_or_is_not_eligible_is_asked_nothing_more(residents, filled):
    order = [item.id for item in residents.questions]
    for item, code in (("consent", "0"), ("s1", "2"), ("s2", "2")):
        before = set(order[: order.index(item) + 1])
        assert asked_of(residents, filled, **{item: code}) == before


def test_questions_on_service_are_for_those_who_served(residents, filled):
    served = asked_of(residents, filled, b1="1", s4="4")
    not_served = asked_of(residents, filled, b1="2", s4="4")
    assert served - not_served == {"b2", "b3", "b4", "b5", "b6", "cx"}


def test_paid_hours_are_for_workers_whether_they_served_or_not(residents, filled):
    for b1, s4 in itertools.product("12", "1234"):
        asked = asked_of(residents, filled, b1=b1, s4=s4)
        assert ("b8" in asked) == (s4 in "23")
        assert ("b7" in asked) == (s4 in "23" and b1 == "1")


def test_a_range_of_hours_is_offered_to_who_served_but_cannot_recall(residents, filled):
    assert "b4band" in asked_of(residents, filled, b1="1", b4="")
    assert "b4band" not in asked_of(residents, filled, b1="1", b4="10")
    assert "b4band" not in asked_of(residents, filled, b1="2")


def test_sensitive_questions_need_their_own_consent(residents, filled):
    sensitive = {item.id for item in residents.items if item.sensitive}
    assert sensitive
    assert sensitive <= asked_of(residents, filled, consentsens="1")
    for refusal in ("0", ""):
        assert not sensitive & asked_of(residents, filled, consentsens=refusal)


def test_the_three_consents_are_separate_questions(residents):
    consents = ("consent", "consent_sensitive", "consent_recontact")
    found = [residents.with_role(role) for role in consents]
    assert [len(items) for items in found] == [1, 1, 1]
    order = [item.id for item in residents.items]
    first, second, third = (order.index(items[0].id) for items in found)
    assert first == 0
    assert min(order.index(i.id) for i in residents.items if i.sensitive) == second + 1
    assert third == len(order) - 1


def allowed(made: xforms.Form, name: str, own: str) -> bool:
    return xforms.holds(made.binds[name]["constraint"], {}, own)


@pytest.mark.parametrize(
    ("item", "good", "bad"),
    [
        ("b4", ["0", "500"], ["-1", "501"]),
        ("b8", ["0", "80"], ["-1", "81"]),
        ("x1", ["0", "10"], ["-1", "11"]),
        ("s3", ["C001", "Z999"], ["c001", "C1", "C0011", "1C00"]),
        ("mx", ["1", "1 2 5", "99"], ["99 1", "1 99"]),
        ("cx", ["1 5", "99"], ["5 99"]),
    ],
)
def test_limits_let_through_what_is_possible_only(filled, item, good, bad):
    assert all(allowed(filled, item, own) for own in good)
    assert not any(allowed(filled, item, own) for own in bad)


def test_every_limit_says_in_both_languages_what_is_wanted(survey):
    limited = survey[survey["constraint"] != ""]
    assert len(limited) >= 6
    for language in ("中文 (zh)", "English (en)"):
        assert (limited[f"constraint_message::{language}"] != "").all()


def test_names_of_notes_are_known_to_readers(residents, filled):
    assert note_names(residents) == {"x1v1", "x1v2", "x1v3", "x1v4"}
    assert note_names(residents) <= set(filled.binds)


ONE = """
instrument: {id: demo, version: "1", unit: respondent, languages: [en], title: {en: T}, licence: X}
missing_codes:
  dont_know: {code: -88, wire: DK, label: {en: "Don't know"}}
  refused: {code: -99, wire: RF, label: {en: "Prefer not to say"}}
  not_asked: {code: -77, label: {en: "Not asked"}}
  not_reached: {code: -66, label: {en: "Not reached"}}
sections:
  - id: sec
    label: {en: Part}
    items:
      - {id: code, type: text, pattern: PATTERN, text: {en: "Code?"}}
"""


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[A-Z][0-9]{3}", ["A001"], ["A0011", "xA001", "A00", "a001"]),
        ("^[A-Z]'[0-9]$", ["A'7"], ["A7", "A'77"]),
        ("""[A-Z]['"][0-9]""", ["A'7", 'A"7'], ["A7"]),
        (r"\'\"x", ["'\"x"], ["x"]),
        ("a|b", ["a", "b"], ["ab", "ax", "xb"]),
        ("“a”  b", ["“a”  b"], ['"a"  b', "“a” b"]),
        (r"\${2}[${]", ["$$$", "$${"], ["$", "${2}"]),
        (r"\\'", ["\\'"], ["'"]),
        (r"\d+", ["12"], ["٣", "1 "]),
        (r"[一-龥]{2,4}", ["张三"], ["张", "zhang"]),
        (r"(?=\w*\d)\w{4,}<&>", ["abc1<&>"], ["abcd<&>"]),
    ],
)
def test_a_pattern_stands_for_the_whole_text_in_form_and_cleaning(
    parse, validate, pattern, good, bad
):
    instrument = parse(ONE.replace("PATTERN", json.dumps(pattern)))
    made = xforms.form(instrument)
    assert validate(made.xml) == []
    table = pd.DataFrame({"code": [*good, *bad]}, dtype="string")
    table = table.assign(submission="s", source_row=1)
    cleaned, _ = remove_impossible(table, instrument)
    assert cleaned["code"].notna().tolist() == [True] * len(good) + [False] * len(bad)
    assert [allowed(made, "code", text) for text in good + bad] == [*cleaned["code"].notna()]


@pytest.mark.parametrize(
    "pattern",
    ["a++", "(?i)a", "(?P<x>a)", "[[:alpha:]]", "[a&&b]", "[]a]", "a{,3}", r"\Aab\Z", "x{"],
)
def test_a_pattern_that_platforms_read_otherwise_is_refused(parse, pattern):
    with pytest.raises(StudyError, match=r"line 12, sections.0.items.0.pattern: .*read alike"):
        parse(ONE.replace("PATTERN", json.dumps(pattern)))


def test_two_variants_of_a_language_keep_apart(parse, validate):
    text = re.sub(r"\{en: ([^}]*)\}", r"{zh-CN: \1, zh-TW: \1 TW, en: \1}", ONE.replace('"', ""))
    text = text.replace("languages: [en]", "languages: [zh-CN, zh-TW, en]")
    text = text.replace("version: 1", 'version: "1"')
    made = xforms.form(parse(text.replace("PATTERN", "'[0-9]'")))
    assert made.warnings == ()
    assert validate(made.xml) == []
    said = xforms.texts(made)
    asked = {name: texts["/data/secsec/code:label"] for name, texts in said.items()}
    assert asked == {
        "中文 zh-CN (zh)": "Code?",
        "中文 zh-TW (zh)": "Code? TW",
        "English (en)": "Code?",
    }


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-x", "@sum", "＝1+1", "＋1", "－1", "＠sum"])
def test_wording_that_begins_like_a_formula_is_no_formula_even_when_edited(text):
    table = pd.DataFrame({"label": [text, "plain"]})
    sheet = load_workbook(io.BytesIO(write_xlsx({"survey": table})))["survey"]
    assert (sheet["A2"].data_type, sheet["A2"].value, sheet["A2"].quotePrefix) == ("s", text, True)
    assert not sheet["A3"].quotePrefix
