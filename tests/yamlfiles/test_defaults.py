"""Defaults stand in the schemas, once, and are filled in wherever a file leaves a key out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from coproduction.cleaning.quality.indices import SYNONYM_CORRELATION
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.yamlfiles.defaults import resolved, with_defaults
from coproduction.yamlfiles.yamlfile import read_yaml

SCHEMA = {
    "type": "object",
    "properties": {
        "size": {"type": "integer", "default": 3},
        "name": {"type": "string"},
        "rule": {
            "default": {},
            "properties": {"limit": {"type": "number", "default": 0.5}, "why": {"type": "string"}},
        },
        "note": {"properties": {"font": {"default": "small"}}},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}},
        "named": {"additionalProperties": {"$ref": "#/$defs/part"}},
    },
    "$defs": {"part": {"properties": {"kind": {"enum": ["a", "b"], "default": "a"}}}},
}


def test_what_is_left_out_has_the_default_and_what_is_written_stays():
    assert with_defaults({}, SCHEMA) == {"size": 3, "rule": {"limit": 0.5}}
    written = {"size": 4, "rule": {"limit": 1, "why": "so"}}
    assert with_defaults(written, SCHEMA) == written


def test_defaults_reach_lists_and_blocks_under_names_but_make_no_block():
    filled = with_defaults({"parts": [{}, {"kind": "b"}], "named": {"x": {}}}, SCHEMA)
    assert filled["parts"] == [{"kind": "a"}, {"kind": "b"}]
    assert filled["named"] == {"x": {"kind": "a"}}
    assert "note" not in filled
    assert with_defaults({"note": {}}, SCHEMA)["note"] == {"font": "small"}


def test_nothing_that_was_given_is_changed():
    given = {"parts": [{}]}
    with_defaults(given, SCHEMA)["rule"]["limit"] = 9
    assert given == {"parts": [{}]}
    assert with_defaults({}, SCHEMA)["rule"]["limit"] == 0.5


def test_a_file_is_read_with_its_defaults_and_still_tells_what_it_says_itself():
    document = read_yaml("name: one", "a.yaml", SCHEMA)
    assert document.data == {"name": "one", "size": 3, "rule": {"limit": 0.5}}
    assert document.written == {"name": "one"}


def properties(schema, path=()) -> Iterator[tuple[tuple[str, ...], dict]]:
    for key, each in schema.get("properties", {}).items():
        yield (*path, key), each
    for key, below in schema.items():
        if isinstance(below, dict):
            yield from properties(below, (*path, key))


@pytest.mark.parametrize("name", ["instrument", "study", "plan"])
def test_every_default_is_a_value_that_its_key_may_have(schemas, name):
    definitions = schemas[name].get("$defs", {})
    stated = [each for _, each in properties(schemas[name]) if "default" in each]
    assert stated
    for each in stated:
        key = {**resolved(each, definitions), "$defs": definitions}
        Draft202012Validator(key).validate(each["default"])


@pytest.mark.parametrize("name", ["instrument", "plan"])
def test_no_default_is_said_in_prose(schemas, name):
    told = [
        path
        for path, each in properties(schemas[name])
        if "default" in str(each.get("description")).lower()
    ]
    assert told == []


def test_what_functions_take_for_usual_is_what_the_schemas_state(schemas):
    plan = with_defaults({"measurement": {}}, schemas["plan"])
    assert plan["measurement"]["confidence"] == CONFIDENCE
    study = with_defaults({"cleaning": {"synonyms": {}}}, schemas["study"])
    assert study["cleaning"]["synonyms"]["minimum_correlation"] == SYNONYM_CORRELATION
