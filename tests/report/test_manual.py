from __future__ import annotations

import pytest

from coproduction.dictionary import read_dictionary
from coproduction.intake.platforms import PLATFORMS
from coproduction.report.manual import keys, manual, platform_table, result_table
from coproduction.report.renderers.html import html

SCHEMA = {
    "description": "A small file.",
    "properties": {
        "name": {"type": "string", "description": "Its name."},
        "size": {"type": "integer", "minimum": 1, "default": 3, "description": "Its size."},
        "kept": {"type": "boolean", "default": True, "description": "Whether it is kept."},
        "kind": {"enum": ["a", "b"], "default": "b", "description": "Which kind."},
        "rule": {"type": "object", "default": {}, "description": "Its rule."},
        "title": {"$ref": "#/$defs/text", "description": "Its title."},
        "parts": {
            "type": "array",
            "description": "Its parts.",
            "items": {"properties": {"kind": {"enum": ["a", "b"], "description": "Which kind."}}},
        },
    },
    "required": ["name"],
    "$defs": {"text": {"type": "object", "additionalProperties": {"type": "string"}}},
}
RESULTS = read_dictionary("""
columns: {n: [integer, count, rows analysed]}
tables:
  cleaning/flow.csv: {step: [text, text, what was done], n: rows left}
  inference/effects.csv: {n: }
""")


def test_every_key_stands_with_its_meaning_and_what_is_allowed():
    assert list(keys(SCHEMA, SCHEMA["$defs"])) == [
        ("name", "yes", "Its name.", "text"),
        ("size", "", "Its size.", "integer, at least 1, else 3"),
        ("kept", "", "Whether it is kept.", "true or false, else true"),
        ("kind", "", "Which kind.", "one of a, b, else b"),
        ("rule", "", "Its rule.", "keys"),
        ("title", "", "Its title.", "text, by name"),
        ("parts", "", "Its parts.", "list"),
        ("parts[].kind", "", "Which kind.", "one of a, b"),
    ]


@pytest.mark.parametrize("name", ["instrument", "study", "plan"])
def test_every_key_of_the_study_s_files_is_explained(schemas, name):
    silent = [
        key for key, _, meaning, _ in keys(schemas[name], schemas[name]["$defs"]) if not meaning
    ]
    assert silent == []


def test_the_manual_has_a_section_for_each_file():
    page = html(manual({"small.yaml": SCHEMA}, [], RESULTS))
    assert "small.yaml" in page
    assert "parts[].kind" in page


def test_the_manual_lists_the_columns_of_every_result_table():
    table = result_table(RESULTS)
    assert table.groups == ((0, "cleaning/flow.csv"), (2, "inference/effects.csv"))
    assert table.rows == [
        ["step", "text", "what was done"],
        ["n", "integer", "rows left"],
        ["n", "integer", "rows analysed"],
    ]


def test_the_readme_lists_the_platforms_as_they_describe_themselves(root):
    table = platform_table(PLATFORMS.values())
    heading = " | ".join(name for name, _ in table.columns)
    rows = [f"| `{name}` | {' | '.join(told)} |" for name, *told in table.rows]
    expected = "\n".join([f"| {heading} |", "|---|---|---|---|---|", *rows, ""])
    assert expected in (root / "README.md").read_text("utf-8"), f"README lacks:\n{expected}"
