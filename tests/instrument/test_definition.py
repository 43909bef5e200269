from __future__ import annotations

import re
from pathlib import Path

import pytest

from coproduction.errors import StudyError

PEOPLE = Path(__file__).with_name("people.yaml").read_text("utf-8")
ADULT = '{id: adult, response_set: yesno, terminate_if: "adult == 2"'
AGE = "{id: age, type: integer, range: [0, 120]"
PLACE = '{id: place, type: text, pattern: "^C[0-9]+$"'
T1 = "{id: t1, response_set: agree, construct: trust, facet: near"
T2 = "{id: t2, response_set: agree, construct: trust, reverse: true"
CHECK = "{id: check, response_set: agree, role: attention_check, expected: 1"
JOIN = '{id: join, response_set: agree, relevant: "t1 == 2"'
SCENARIO = 'scenario: {zh-CN: "{arm}。", en: "{arm}."}'


def refusal(parse, *replacements: tuple[str, str]) -> str:
    with pytest.raises(StudyError) as error:
        parse(PEOPLE, *replacements)
    return str(error.value)


def line_of(old: str, new: str) -> int:
    """Line of the text, as replaced, on which the replacement begins."""
    return PEOPLE[: PEOPLE.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # keys of the schema
        (AGE, AGE.replace("range", "rnge"), ["unknown key `rnge`", "did you mean `range`"]),
        ("version: ", "vershun: ", ["unknown key `vershun`", "did you mean `version`"]),
        (AGE, AGE.replace("integer", "number"), ["found `number`", "integer, decimal"]),
        (AGE, AGE.replace("[0, 120]", "[0]"), ["range", "a list of at least 2"]),
        (CHECK, CHECK.replace("attention_check", "trap"), ["found `trap`", "attention_check"]),
        # names
        (AGE, AGE.replace("id: age", "id: adult"), ["`adult` stands twice"]),
        (AGE, AGE.replace("id: age", "id: age, aliases: [Adult]"), ["`Adult` stands twice"]),
        (AGE, AGE.replace("id: age", "id: trust"), ["name of a construct"]),
        (AGE, AGE.replace("id: age", "id: Age"), ["`Age` is not allowed"]),
        (AGE, AGE.replace("id: age", "id: my_age"), ["`my_age` is not allowed"]),
        (AGE, AGE.replace("id: age", 'id: "1age"'), ["`1age` is not allowed"]),
        (AGE, AGE.replace("id: age", "id: start"), ["`start` is reserved"]),
        (AGE, AGE.replace("id: age", "id: flags"), ["`flags` is reserved"]),
        (AGE, AGE.replace("id: age", "id: data"), ["`data` is reserved"]),
        (CHECK, CHECK.replace("id: check", "id: sectwo"), ["the section `two` in forms"]),
        (CHECK, CHECK.replace("id: check", "id: joinv2"), ["the scenario of `join` in forms"]),
        ('en: "Age"', 'en: "Age of ${you}"', ["text.en", "`${you}`", "no item is called so"]),
        ('en: "Near"', 'en: "${ near"', ["near.en", "`${ near`", "no item is called so"]),
        (AGE, AGE.replace("id: age", "id: with"), ["`with` is a reserved word"]),
        (AGE, AGE.replace("id: age", "id: str20"), ["`str20` is a reserved word"]),
        ("- id: two", "- id: one", ["the section `one` stands twice"]),
        (T2, T2.replace("t2", "t2, aliases: [T1]"), ["aliases.0", "`T1` stands twice"]),
        (T2, T2.replace("t2", "t2, aliases: [x, trust ONE]"), ["aliases.1", "wording of `t1`"]),
        (T1, T1.replace("t1", "t1, aliases: [“Trust two”]"), ["aliases.0", "wording of `t2`"]),
        ('en: "Trust two"', 'en: "t1"', ["line 43", "id", "`t1` is the wording of `t2`"]),
        # codes
        ("code: -99", "code: -88", ["code `-88`", "make each unique"]),
        ("code: -99", "code: 99", ["found 99", "at most -1"]),
        (
            "refused: {code: -99",
            "refused: {code: -99, wire: DK",
            ["wire `DK`", "make each unique"],
        ),
        ('{value: 2, label: {zh-CN: "否"', '{value: 1, label: {zh-CN: "否"', ["code `1`"]),
        (
            '{value: 2, label: {zh-CN: "否"',
            '{value: 2, wire: dk, label: {zh-CN: "否"',
            ["code `dk`"],
        ),
        ('{value: 2, label: {zh-CN: "否"', '{value: -77, label: {zh-CN: "否"', ["`not_asked`"]),
        ('en: "No"', 'en: "1"', ["the label `1` is the code of another option"]),
        ('en: "No"', 'en: "yes"', ["label.en", "label `yes`", "another answer on line 1"]),
        ('en: "No"', 'en: "Don’t  know"', ["label.en", "label `Don", "`dont_know` on line"]),
        ("offer_missing: [dont_know]", "offer_missing: [refused]", ["`refused` has no `wire`"]),
        ("offer_missing: [dont_know]", "offer_missing: [no_idea]", ["found `no_idea`"]),
        # answers
        (ADULT, ADULT.replace("yesno", "yesnoo"), ["no response set `yesnoo`", "yesno, agree"]),
        (ADULT, ADULT.replace("response_set: yesno, ", ""), ["needs a `response_set`"]),
        (AGE, AGE.replace("type", "response_set: yesno, type"), ["remove `response_set`"]),
        (CHECK, CHECK.replace("expected: 1", "expected: 9"), ["9 is not an answer of `check`"]),
        # limits
        (AGE, AGE.replace("[0, 120]", "[120, 0]"), ["120 is above the highest 0"]),
        (ADULT, ADULT.replace("terminate", "range: [1, 2], terminate"), ["remove it"]),
        (AGE, AGE.replace("type", 'pattern: "a", type'), ["only an item of type `text`"]),
        (PLACE, PLACE.replace("^C[0-9]+$", "^C[0-9+$"), ["no regular expression"]),
        # constructs
        (T1, T1.replace("construct: trust", "construct: hope"), ["no construct `hope`", "trust"]),
        (T1, T1.replace("facet: near", "facet: far"), ["has no facet `far`"]),
        (T1, T1.replace("construct: trust, ", ""), ["has no facet `near`"]),
        (PLACE, PLACE.replace("type", "construct: trust, type"), ["cannot measure a construct"]),
        (T2, T2.replace("construct: trust, ", ""), ["reversed item needs a `construct`"]),
        (T2, T2.replace("response_set: agree", "response_set: yesno"), ["ordered options"]),
        # conditions
        (JOIN, JOIN.replace("t1 == 2", "t9 == 2"), ["`t9`, which is not asked before"]),
        (JOIN, JOIN.replace("t1 == 2", "join == 2"), ["`join`, which is not asked before"]),
        (T1, T1.replace("id: t1", 'id: t1, relevant: "t2 == 1"'), ["`t2`, which is not asked"]),
        ('relevant: "age >= 18"', 'relevant: "t1 == 2"', ["`t1`, which is not asked before"]),
        (JOIN, JOIN.replace("t1 == 2", "t1 = 2"), ["compare with `==`"]),
        (JOIN, JOIN.replace("t1 == 2", "t1 =="), ["not a complete expression"]),
        (JOIN, JOIN.replace("t1 == 2", "t1 + 2"), ["is no condition"]),
        (JOIN, JOIN.replace("t1 == 2", "t1"), ["is no condition"]),
        (JOIN, JOIN.replace("t1 == 2", "1 < t1 < 3"), ["comparisons in a chain"]),
        (JOIN, JOIN.replace("t1 == 2", "t1 == 'a'"), ["compares a text with a number"]),
        (JOIN, JOIN.replace("t1 == 2", "place > 'C1'"), ["texts have no order"]),
        (JOIN, JOIN.replace("t1 == 2", "kinds == 1"), ["`selected(item, code)`"]),
        (JOIN, JOIN.replace("t1 == 2", "max(t1) == 2"), ["no function `max`"]),
        (JOIN, JOIN.replace("t1 == 2", "t1.real == 2"), ["this language does not have"]),
        (JOIN, JOIN.replace("t1 == 2", "t1 == 2 # twice"), ["not a complete expression"]),
        (ADULT, ADULT.replace("adult == 2", "age < 18"), ["`age`, which is not asked before"]),
        # comparisons with what no answer is
        *(
            (JOIN, JOIN.replace("t1 == 2", comparison), ["line 47", ".relevant", *expected])
            for comparison, expected in {
                "t1 == 7": ["`t1`", "cannot have (7)", "possible are 1, 2"],
                "not (t1 != 7)": ["cannot have (7)"],
                "7 == t1": ["cannot have (7)"],
                "t1 in [1, 9]": ["cannot have (9)"],
                "t1 > 2": ["cannot have (> 2)"],
                "1 > t1": ["cannot have (< 1)"],
                "t1 == 1.5": ["cannot have (1.5)"],
                "t1 == -88": ["-88, the code of a missing answer", "`answered(t1)`"],
                "arm == 2": ["possible are 0, 1"],
                "selected(kinds, 3)": ["`kinds`", "cannot have (3)"],
                "selected(kinds, 'no')": ["`kinds`", "cannot have (no)"],
                "age == 121 or t1 == 1": ["possible are whole numbers from 0 to 120"],
                "age == 17.5": ["possible are whole numbers"],
                "age > 120": ["cannot have (> 120)"],
                "place == 'D1'": ["`place`", "texts of the form ^C[0-9]+$"],
            }.items()
        ),
        (ADULT, ADULT.replace("== 2", "== 3"), ["terminate_if", "possible are 1, 2"]),
        ("age >= 18", "age >= 180", ["sections.1.relevant", "cannot have (>= 180)"]),
        # scenarios
        (SCENARIO, SCENARIO.replace('en: "{arm}."', 'en: "{ar}."'), ["name the same arms"]),
        (SCENARIO, SCENARIO.replace('en: "{arm}."', 'en: "{arm."'), ["braces of the scenario"]),
        (SCENARIO, SCENARIO.replace('en: "{arm}."', 'en: "{arm!r}."'), ["braces of the scenario"]),
        (SCENARIO, SCENARIO.replace("{arm}", "{t1}"), ["`{t1}` is not an item of type `random`"]),
        # languages
        ('en: "Age"', 'fr: "Age"', ["the wording in `en` is missing"]),
        ('en: "Age"', 'en: "  "', ["the wording in `en` is missing"]),
        ('en: "Age"', 'en: "Age", fr: "Age"', ["`fr` is not among", "zh-CN, en"]),
        ('en: "Near"', 'en: ""', ["near.en"]),
    ],
)
def test_every_mistake_is_one_sentence_with_file_line_and_key(parse, old, new, expected):
    message = refusal(parse, (old, new))
    for told in message.splitlines():
        assert re.match(r"instrument\.yaml, line (\d+), ([\w.-]+|\(top level\)): ", told), message
        assert told.endswith((".", ")")), message
    assert any(all(part in told for part in expected) for told in message.splitlines()), message


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(parse):
    message = refusal(
        parse,
        (JOIN, JOIN.replace("t1 == 2", "t1 == 7")),
        (T1, T1.replace("facet: near", "facet: far")),
        (PLACE, PLACE.replace("id: place", "id: token")),
        ('en: "No"', 'en: "yes"'),
        ('en: "Age"', 'fr: "Age"'),
    )
    told = re.findall(r"line (\d+), ([\w.]+): ", message)
    assert told == [
        ("13", "response_sets.yesno.options.0.label.en"),
        ("36", "sections.0.items.1.text.fr"),
        ("36", "sections.0.items.1.text"),
        ("37", "sections.0.items.2.id"),
        ("43", "sections.1.items.0.facet"),
        ("47", "sections.1.items.4.relevant"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (AGE, AGE.replace("[0, 120]", "[120, 0]")),
        (ADULT, ADULT.replace("yesno", "yesnoo")),
        ('{value: 2, label: {zh-CN: "否"', '{value: 1, label: {zh-CN: "否"'),
        (T2, T2.replace("agree", "agreed")),
        ("construct: trust, facet: near", "construct: hope, facet: near"),
        (SCENARIO, SCENARIO.replace('en: "{arm}."', 'en: "{ar}."')),
    ],
)
def test_a_mistake_is_not_told_again_by_what_rests_on_it(parse, old, new):
    assert len(refusal(parse, (old, new)).splitlines()) == 1


@pytest.mark.parametrize(
    "old, new", [(AGE, AGE.replace("id: age", "id: start")), (T1, T1.replace("near", "far"))]
)
def test_the_line_named_is_the_line_of_the_mistake(parse, old, new):
    assert f"line {line_of(old, new)}," in refusal(parse, (old, new))


def test_an_arm_without_words_for_its_scenario_is_refused(parse):
    message = refusal(
        parse,
        (', wording: {zh-CN: "没有礼物", en: "no gift"}', ""),
        (', wording: {zh-CN: "有礼物", en: "a gift"}', ""),
    )
    assert "no option of the arm `arm` has a `wording`" in message


def test_a_question_is_asked_where_its_section_is_it_itself_is_and_no_end_stands_before(small):
    assert small.by_id["adult"].asked_if == ""
    assert small.by_id["age"].asked_if == "(not (adult == 2))"
    assert small.by_id["join"].asked_if == "(age >= 18) and (t1 == 2) and (not (adult == 2))"


def test_a_choice_holds_its_codes_on_the_wire_and_its_limits(small):
    adult = small.by_id["adult"]
    assert adult.type == "select_one"
    assert [option.wire for option in adult.response_set.options] == ["1", "2"]
    assert adult.limits == (1.0, 2.0)
    assert small.by_id["age"].limits == (0.0, 120.0)
    assert small.by_id["place"].limits is None


def test_items_are_found_by_construct_and_role(small):
    assert [item.id for item in small.scale("trust")] == ["t1", "t2"]
    assert [item.id for item in small.with_role("attention_check")] == ["check"]
    assert small.missing_values == (-88, -99, -77, -66)


def test_a_construct_is_a_mean_of_two_thirds_of_its_items_unless_told(small):
    assert (small.constructs["trust"].rule, small.constructs["trust"].minimum_valid) == (
        "mean",
        0.66,
    )


def test_a_note_carries_no_value(parse):
    note = '{id: hello, type: note, text: {zh-CN: "您好", en: "Hello"}}\n      - '
    instrument = parse(PEOPLE, (ADULT, note + ADULT))
    assert "hello" in instrument.by_id
    assert "hello" not in {item.id for item in instrument.questions}


@pytest.mark.parametrize(
    "condition",
    [
        *(
            "t1 <= 2",
            "t1 > 1.5",
            "2 == t1",
            "t1 in [1, 2]",
            "age >= 0",
            "age < 0.5",
            "age + t1 == 300",
        ),
        *("place == 'C12'", "selected(kinds, '2')", "selected(t1, 2)", "answered(t1)", "arm == 0"),
    ],
)
def test_a_comparison_that_an_answer_can_meet_may_stand(parse, condition):
    read = parse(PEOPLE, (JOIN, JOIN.replace("t1 == 2", condition)))
    assert condition in read.by_id["join"].asked_if
