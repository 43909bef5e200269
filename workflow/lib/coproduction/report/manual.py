"""The manual of a study's files and result tables, made from schemas and data dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from coproduction.dictionary import Dictionary
from coproduction.intake.platform import Platform
from coproduction.languages import FALLBACK
from coproduction.report.blocks import Document, Paragraphs, Section, Table
from coproduction.report.words import words
from coproduction.yamlfiles.defaults import resolved

Schema = Mapping[str, Any]
Row = tuple[str, str, str, str]
KINDS = {
    "string": "text",
    "boolean": "true or false",
    "object": "keys",
    "array": "list",
    "null": "nothing",
}
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "pattern": "of the form {}",
}
PLATFORM_COLUMNS = tuple(
    (name, False) for name in ("platform", "Name", "Form made", "Files read", "What is read")
)
RESULT_COLUMNS = (("Column", False), ("Type", False), ("What it holds", False))
COLUMNS = (("Key", False), ("Needed", False), ("What it says", False), ("Allowed", False))


def manual(
    schemas: Mapping[str, Schema], platforms: Iterable[Platform], results: Dictionary
) -> Document:
    """Describe every key of a study's files, the platforms that are read, and every result table.

    Parameters
    ----------
    schemas
        File name, such as `plan.yaml` -> its JSON Schema, in which every key has a description.
    platforms
        The platforms that are known.
    results
        What is said of the columns of the result tables.
    """
    sections = [
        Section(
            file.partition(".")[0],
            file,
            [
                Paragraphs([schema["description"]]),
                Table("", COLUMNS, [list(row) for row in keys(schema, schema.get("$defs", {}))]),
            ],
        )
        for file, schema in schemas.items()
    ]
    sections.append(Section("platforms", "Platforms read", [platform_table(platforms)]))
    sections.append(Section("results", "Result tables", [result_table(results)]))
    text = {key: value for key, value in words(FALLBACK).items() if isinstance(value, str)}
    return Document(
        FALLBACK, "The keys of a study's files, and its results", "", "", sections, text
    )


def platform_table(platforms: Iterable[Platform]) -> Table:
    """List the platforms: name in study.yaml, what people call it, its form, files and content."""
    rows = [
        [
            each.name,
            each.title,
            each.form.title if each.form else "",
            ", ".join(each.endings),
            each.reads,
        ]
        for each in platforms
    ]
    return Table("", PLATFORM_COLUMNS, rows)


def result_table(results: Dictionary) -> Table:
    """List the columns of every result table under its name: type and meaning."""
    rows = [
        [name, column.type, column.meaning]
        for columns in results.tables.values()
        for name, column in columns.items()
    ]
    starts = accumulate(map(len, results.tables.values()), initial=0)
    return Table("", RESULT_COLUMNS, rows, groups=tuple(zip(starts, results.tables, strict=False)))


def keys(schema: Schema, definitions: Mapping[str, Schema], prefix: str = "") -> Iterator[Row]:
    """List the keys below a schema: path, whether needed, meaning, allowed values.

    `[]` stands for each entry of a list and `<name>` for a name that the researcher chooses.
    """
    for branch in _branches(resolved(schema, definitions), definitions):
        needed = branch.get("required", ())
        for key, raw in _members(branch):
            child = resolved(raw, definitions)
            path = f"{prefix}.{key}" if prefix else key
            meaning = raw.get("description") or child.get("description", "")
            yield path, "yes" if key in needed else "", meaning, _allowed(child, definitions)
            for below, mark in ((child, ""), (child.get("items"), "[]")):
                if isinstance(below, Mapping) and not _by_name(
                    resolved(below, definitions), definitions
                ):
                    yield from keys(below, definitions, path + mark)


def _branches(schema: Schema, definitions: Mapping[str, Schema]) -> list[Schema]:
    """Split into the alternatives a value may follow; one where there are none."""
    alternatives = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    return [schema, *(resolved(each, definitions) for each in alternatives)]


def _members(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from schema.get("properties", {}).items()
    others = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
    yield from (("<name>", other) for other in others if isinstance(other, Mapping))


def _by_name(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    """Describe a value that holds only simple values under names; any other gives no text."""
    members = [child for _, child in _members(schema)]
    if not members or "properties" in schema or any(_deep(child) for child in members):
        return ""
    return " or ".join(_allowed(child, definitions) for child in members)


def _deep(schema: Schema) -> bool:
    return "$ref" in schema or schema.get("type") in ("object", "array")


def _allowed(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    if simple := _by_name(schema, definitions):
        return f"{simple}, by name"
    alternatives = _branches(schema, definitions)[1:]
    kinds = schema.get("type", [])
    named = [KINDS.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    named = named or [_allowed(each, definitions) for each in alternatives]
    if "enum" in schema:
        named = ["one of " + ", ".join(map(str, schema["enum"]))]
    limits = [words.format(schema[name]) for name, words in LIMITS.items() if name in schema]
    if schema.get("default", {}) != {}:
        limits.append(f"else {_value(schema['default'])}")
    return ", ".join([" or ".join(dict.fromkeys(filter(None, named))), *limits])


def _value(value: Any) -> str:
    """Write a default as it would stand in the file; the keys of a block have their own."""
    return str(value).lower() if isinstance(value, bool) else str(value)
