from __future__ import annotations

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from coproduction.errors import StudyError
from coproduction.yamlfiles.invisible import invisible
from coproduction.yamlfiles.yamlfile import read_yaml

TEXT = {
    "type": "object",
    "description": "Wording by language.",
    "patternProperties": {"^[a-z]{2}$": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        "open": {"type": "boolean"},
        "colour": {"enum": ["red", "blue"]},
        "level": {"const": "interval"},
        "steps": {"type": "array", "minItems": 1, "items": {"type": "integer"}},
        "wording": TEXT,
        "parts": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]+$", "description": "Small letters only."},
            "additionalProperties": {"type": "integer"},
        },
    },
    "required": ["title"],
    "additionalProperties": False,
}


def message(text: str) -> str:
    with pytest.raises(StudyError) as error:
        read_yaml(text, "study.yaml", SCHEMA)
    return str(error.value)


def test_a_sound_file_is_read_and_can_say_where_each_value_stands():
    document = read_yaml("title: A\nsteps:\n  - 1\n  - 2\n", "study.yaml", SCHEMA)
    assert document.data == {"title": "A", "steps": [1, 2]}
    assert str(document.error(("steps", 1), "too big.")) == "study.yaml, line 4, steps.1: too big."
    assert str(document.error(("steps", 7), "gone.")).startswith("study.yaml, line 2, steps.7")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: A\ncolor: red\n", ["line 2", "`color`", "did you mean `colour`?", "share, steps"]),
        ("share: 0.5\n", ["line 1", "`title` is missing"]),
        ("title: A\nshare: high\n", ["line 2, share", "found `high`", "expected a number"]),
        ("title: no\n", ["line 1, title", "found `no`", "`false`", "text (put it in quotes)"]),
        ("title: 2026-01-01\n", ["line 1, title", "found `2026-01-01`", "text"]),
        ("title: A\nopen: 1\n", ["line 2, open", "found `1`", "true or false"]),
        ("title:\n", ["line 1, title", "found nothing", "expected text"]),
        ("title: ~\n", ["line 1, title", "found `~`", "nothing", "expected text"]),
        ("title: A\nshare: 1e-1\n", ["line 2, share", "found `1e-1`", "plain digits"]),
        ("title: {a: 1}\n", ["line 1, title", "found a block of keys", "expected text"]),
        ("title: A\nsteps: |\n  a\n  b\n", ["line 2, steps", "found `a b`", "a list"]),
        ("title: A\nsteps: 3\n", ["line 2, steps", "found `3`", "a list"]),
        ("title: A\nsteps:\n - 1\n - x\n", ["line 4, steps.1", "found `x`", "a whole number"]),
        ("title: A\nsteps: []\n", ["line 2, steps", "a list of at least 1"]),
        ("title: A\nshare: 2\n", ["line 2, share", "found 2", "at most 1"]),
        ("title: A\ncolour: green\n", ["line 2, colour", "found `green`", "red, blue"]),
        ("title: A\ncolour: off\n", ["line 2, colour", "found `off`", "`false`", "red, blue"]),
        ("title: A\nlevel: high\n", ["line 2, level", "`high`", "interval"]),
        ("title: A\nparts:\n  ab: 1\n  B: 2\n", ["line 4", "parts.B", "Small letters only"]),
        ("title: A\nwording: {en: a, English: b}\n", ["`English`", "Wording by language"]),
        ("title: A\nwording: {en: ''}\n", ["line 2, wording.en", "characters: 1"]),
    ],
)
def test_a_broken_rule_names_line_key_what_was_found_and_what_is_allowed(text, expected):
    found = message(text)
    assert found.startswith("study.yaml, line ")
    assert "\n" not in found
    for part in expected:
        assert part in found


def test_everything_that_breaks_a_rule_is_told_at_once_in_the_order_of_lines():
    found = message("colour: green\nstepps: 3\nshare: 2\nparts: {B: 1, C: x}\n").splitlines()
    expected = [
        *("line 1, (top level): the key `title` is missing", "line 1, colour: found `green`"),
        *("line 2, stepps: unknown key `stepps`; did you mean `steps`?", "line 3, share: found 2"),
        *("line 4, parts.B: `B`", "line 4, parts.C: `C`", "line 4, parts.C: found `x`"),
    ]
    assert len(found) == len(expected)
    assert all(part in line for part, line in zip(sorted(expected), sorted(found), strict=True))


def test_a_misspelt_key_is_not_told_as_missing_besides():
    (only,) = message("titel: A\n").splitlines()
    assert "did you mean `title`?" in only


def test_of_very_many_mistakes_the_first_twenty_are_told():
    found = message("title: A\nsteps:\n" + " - x\n" * 30).splitlines()
    assert len(found) == 21
    assert "line 22, steps.19" in found[19]
    assert "10 more" in found[20]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: A\nshare: 0.1\ntitle: B\n", ["line 3", "`title` stands twice", "line 1"]),
        ("title: A\nparts:\n  a: 1\n  a: 2\n", ["line 4", "`a` stands twice", "line 3"]),
        ("title: A\nsteps:\n\t- 1\n", ["line 3", "not valid YAML", "no tabs"]),
        ("title: A\n  share: 1\n", ["line 2", "not valid YAML", "indentation"]),
        ('title: "A\n', ["line 2", "not valid YAML", "quotes"]),
        ("title: A: B\n", ["line 1", "not valid YAML"]),
        ("title: A\n---\ntitle: B\n", ["line 2", "not valid YAML"]),
        ("title: !!python/object:os.system {}\n", ["line 1", "tag", "remove it"]),
        ("a: b\ntitle: \x01\n", ["line 2, column 8", "U+0001", "remove it"]),
        ("title: 2026-13-45\n", ["line 1, title", "a date", "put it in quotes"]),
        ("title: !!int abc\n", ["line 1, title", "write a number"]),
        ("title: !!bool abc\n", ["line 1, title", "true nor false"]),
        ("title: !!binary abc\n", ["line 1, title", "tag", "remove it"]),
        ("title: A\nparts: !!set {a}\n", ["line 2, parts", "tag", "remove it"]),
        ("title: =\n", ["line 1, title", "`=`", "put it in quotes"]),
        ("title: A\nno: 1\n", ["line 2", "the key `no`", "put it in quotes"]),
        ("title: A\n1: 1\n", ["line 2", "the key `1`", "put it in quotes"]),
        ("title: A\n? [a, b]\n: 1\n", ["line 2", "key", "put it in quotes"]),
        ("title: A\nshare: .nan\n", ["line 2", "`.nan`", "write a number"]),
        ("title: A\nshare: -.inf\n", ["line 2", "`-.inf`", "write a number"]),
        ('title: "A\\x07"\n', ["line 1", "U+0007"]),
        ('title: "\\ud800"\n', ["line 1"]),
        ("title: A\nshare: 1.0e+400\n", ["line 2, share", "too large"]),
        ("title: A\nsteps:\n - 1000000000000001\n", ["line 3, steps.0", "too large"]),
        ("wording: &w {en: a}\nparts: {<<: *w, b: 1}\n", ["line 2", "`<<`", "write the keys out"]),
        ('title: "A\u202eB"\n', ["line 1, title", "U+202E", "remove it"]),
        ('title: "A\\u200bB"\n', ["line 1, title", "U+200B", "remove it"]),
        ('title: A\nparts: {"a\u200e": 1}\n', ["line 2", "U+200E", "remove it"]),
        ("title: &a [*a]\n", ["line 1", "inside each other"]),
    ],
)
def test_what_yaml_would_let_pass_or_crash_on_is_refused_in_one_sentence(text, expected):
    found = message(text)
    assert "\n" not in found
    for part in ("study.yaml", *expected):
        assert part in found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("010", "8"),
        ("0x1F", "31"),
        ("0b11", "3"),
        ("1_000", "1000"),
        ("1:50", "110"),
        ("-1:30.5", "-90.5"),
        ("0_1", "1"),
    ],
)
def test_a_number_that_is_not_read_as_it_looks_is_refused_with_what_it_is_read_as(written, value):
    found = message(f"title: A\nsteps:\n - 1\n - {written}\n")
    assert "line 4, steps.1" in found
    assert f"`{written}` as {value}" in found
    assert "plain digits" in found and "in quotes" in found


def test_a_number_in_quotes_is_a_text_as_it_stands():
    assert read_yaml("title: '010'\n", "study.yaml", SCHEMA).data == {"title": "010"}


@pytest.mark.parametrize("word", ["true", "yes", "On"])
def test_where_true_or_false_is_wanted_every_word_of_yaml_for_it_is_understood(word):
    text = f"title: A\nopen: {word}\n"
    assert read_yaml(text, "study.yaml", SCHEMA).data["open"] is True


@pytest.mark.parametrize("text", ["", "   \n", "# nothing\n", "---\n", "just words\n", "- 1\n"])
def test_an_empty_file_or_one_without_keys_says_so(text):
    assert "study.yaml is empty or holds no keys" in message(text)


def test_values_that_multiply_through_anchors_are_refused():
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    assert "inside each other" in message("l0: &l0 [1, 1]\n" + levels)


def test_an_anchor_may_repeat_a_block():
    text = "title: &t A\nwording: {en: *t}\n"
    assert read_yaml(text, "study.yaml", SCHEMA).data["wording"] == {"en": "A"}


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cn"]), min_size=1
    )
)
def test_any_visible_text_survives(text):
    assume(not invisible(text))
    written = yaml.safe_dump({"title": text}, allow_unicode=True)
    assert read_yaml(written, "study.yaml", SCHEMA).data == {"title": text}


@pytest.mark.parametrize(
    "text",
    [
        *("Zażółć", "Ağaç İğne", "Ελληνικά", "Кириллица", "مرحبا", "שָׁלוֹם"),
        *("ภาษาไทย", "한국어", "བོད་ཡིག"),
        *("क्\u200dष", "نمی\u200cخواهم", "ශ්\u200dරී", "𠮷", "葛\U000e0100", "ᠮᠣᠩᠭᠣᠯ\u180e"),
        *("👩\u200d👩\u200d👦", "🏳\ufe0f\u200d🌈", "1\ufe0f\u20e3", "❤\ufe0f"),
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_what_a_script_or_an_emoji_needs_is_no_invisible_character(text):
    assert invisible(text) == ""


@pytest.mark.parametrize(
    "character",
    list(
        "\u2800\ue000\U0010fffd\U0001d159\U00016fe4\ufdd0\u00ad\u061c\u200b\u200e\u200f\u202a\u202e\u2060\u2066\u2069\u3164\ufeff\U000e0041"
    )
    + list("\u200c\u200d\ufe0f\U000e0100\u180b"),
)
def test_between_latin_letters_every_invisible_character_is_found(character):
    assert invisible(f"ab{character}c") == f"U+{ord(character):04X}"


@given(st.text(max_size=60))
def test_whatever_stands_in_a_file_it_is_read_or_explained(text):
    try:
        read_yaml(text, "study.yaml", SCHEMA)
    except StudyError as error:
        assert "study.yaml" in str(error)


def _objects(node, path=()):
    """Every schema of an object, with its path."""
    if isinstance(node, dict):
        if node.get("type") == "object" or "properties" in node:
            yield path, node
        for key, value in node.items():
            yield from _objects(value, (*path, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from _objects(value, (*path, position))


def test_every_schema_is_closed_at_every_depth_and_describes_every_key(schemas):
    for name, schema in schemas.items():
        definitions = schema.get("$defs", {})
        for path, node in _objects(schema):
            closed = node.get("additionalProperties", True)
            assert closed is False or isinstance(closed, dict), (name, *path)
            for key, value in node.get("properties", {}).items():
                definition = definitions.get(value.get("$ref", "").rpartition("/")[2], {})
                assert value.get("description") or definition.get("description"), (name, *path, key)


def test_a_full_width_colon_is_named_with_its_line():
    with pytest.raises(StudyError, match="line 2: the colon behind `share` is a full-width one"):
        read_yaml("title: a\nshare：0.5\nopen: true\n", "s.yaml", SCHEMA)
