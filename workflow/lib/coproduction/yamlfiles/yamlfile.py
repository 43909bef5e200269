"""YAML files checked against a closed JSON Schema, with errors that name the line and the key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from coproduction.errors import StudyError
from coproduction.yamlfiles.defaults import with_defaults
from coproduction.yamlfiles.document import Document, Path, key
from coproduction.yamlfiles.invisible import invisible
from coproduction.yamlfiles.problems import refuse_all
from coproduction.yamlfiles.violations import short, violations

DEEPEST, MOST_VALUES = 40, 200_000
LARGEST = 10**15
"""Numbers up to this size stay exact in every program that reads a study's tables."""
TAG = "tag:yaml.org,2002:"
PLAIN_NUMBER = {
    "int": re.compile(r"[-+]?(0|[1-9][0-9]*)"),
    "float": re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"),
}
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What stands in no YAML file."""
UNSEEN = "that is invisible or looks otherwise on every screen"
WORDS = ("bool", "null")
"""What YAML makes of some words without quotes, such as `no` or `~`."""
BOOLEANS = ("true", "false", "yes", "no", "on", "off")


def read_yaml(text: str, source: str, schema: Mapping[str, Any]) -> Document:
    """Parse YAML text and check it against a JSON Schema.

    Parameters
    ----------
    text
        Content of the file.
    source
        Name of the file, for messages.
    schema
        JSON Schema (2020-12) of the file.

    Returns
    -------
    Document
        The content with its line numbers.

    Raises
    ------
    StudyError
        If the text is not YAML, a key stands twice, a value is not read as it looks, a text holds
        an invisible character, or the content breaks the schema; of that all is told at once.
    """
    document = _parse(text, source)
    check_rules(document, schema)
    return replace(document, data=with_defaults(document.written, schema))


#: A key before the colon of Chinese text, which YAML takes for a part of it.
WIDE_COLON = re.compile(r"^[ -]*([a-z_]+)：", re.MULTILINE)


def _check_characters(text: str, source: str) -> None:
    """Refuse a character that YAML does not allow anywhere, of which its parser names no line."""
    if found := FORBIDDEN.search(text):
        before = text[: found.start()]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        raise StudyError(
            f"{source}, line {line}, column {column}: found "
            f"U+{ord(found[0]):04X}, a character {UNSEEN}; remove it."
        )


def _parse(text: str, source: str) -> Document:
    lines: dict[Path, int] = {}
    words: dict[Path, str] = {}
    _check_characters(text, source)
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        try:
            node = loader.get_single_node()
            for path, each in _nodes(node, (), lines, source) if node is not None else ():
                _check_node(each, path, source)
                if each.tag.removeprefix(TAG) in WORDS:
                    words[path] = each.value
            data = loader.construct_document(node) if node is not None else None
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise StudyError(_syntax_message(error, text, source)) from error
    if not isinstance(data, dict):
        raise StudyError(f"{source} is empty or holds no keys: write it as `key: value` lines.")
    return Document(data, data, source, lines, words)


def _syntax_message(error: yaml.YAMLError, text: str, source: str) -> str:
    if wide := WIDE_COLON.search(text):
        line = text[: wide.start(1)].count("\n") + 1
        return (
            f"{source}, line {line}: the colon behind `{wide[1]}` is a full-width one; write `:`."
        )
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return (
        f"{source}{place}: this is not valid YAML ({problem}); check indentation (spaces, no tabs) "
        "and quotes."
    )


def _nodes(
    node: yaml.Node, path: Path, lines: dict[Path, int], source: str
) -> Iterator[tuple[Path, yaml.Node]]:
    """Go through all values, note the line of each, refuse what YAML allows and no study needs."""
    lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > DEEPEST or len(lines) > MOST_VALUES:
        raise StudyError(f"{source}, line {lines[path]}: too many values inside each other.")
    yield path, node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _check_key(key, source)
            child = (*path, key.value)
            if child in lines:
                raise StudyError(
                    f"{source}, line {key.start_mark.line + 1}: the key `{key.value}` stands twice "
                    f"(first on line {lines[child]}); keep one."
                )
            lines[child] = key.start_mark.line + 1
            yield from _nodes(value, child, lines, source)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _nodes(value, (*path, position), lines, source)


def _check_key(key: yaml.Node, source: str) -> None:
    place = f"{source}, line {key.start_mark.line + 1}"
    if key.tag == f"{TAG}merge":
        raise StudyError(f"{place}: blocks are not merged by `<<`; write the keys out.")
    if key.tag != f"{TAG}str":
        shown = key.value if isinstance(key.value, str) else "a list or block"
        raise StudyError(f"{place}: the key `{shown}` is not read as text; put it in quotes.")
    if code := invisible(key.value):
        raise StudyError(f"{place}: the key holds {code}, a character {UNSEEN}; remove it.")


def _check_node(node: yaml.Node, path: Path, source: str) -> None:
    """Refuse a value that is not read as it looks."""
    kind = node.tag.removeprefix(TAG)
    place = f"{source}, line {node.start_mark.line + 1}, {key(path)}"
    if kind not in ("map", "seq", "str", "int", "float", "bool", "null"):
        if kind not in ("timestamp", "value"):
            raise StudyError(f"{place}: no study needs the tag `{node.tag}`; remove it.")
        what = "a date" if kind == "timestamp" else "a mark of its own"
        raise StudyError(
            f"{place}: found `{node.value}`, which YAML takes for {what}, not text; put it in "
            "quotes."
        )
    if not isinstance(node, yaml.ScalarNode):
        return
    if code := invisible(node.value):
        raise StudyError(f"{place}: the text holds {code}, a character {UNSEEN}; remove it.")
    if kind in PLAIN_NUMBER:
        _check_number(node.value, kind, place)
    if kind == "bool" and node.value.casefold() not in BOOLEANS:
        raise StudyError(f"{place}: `{node.value}` is neither true nor false; write one of them.")


def _check_number(written: str, kind: str, place: str) -> None:
    if not PLAIN_NUMBER[kind].fullmatch(written):
        try:
            value = yaml.safe_load(written)
        except (ValueError, yaml.YAMLError):
            value = written
        if not isinstance(value, int | float) or value - value != 0:
            raise StudyError(f"{place}: `{written}` is no number a study can use; write a number.")
        raise StudyError(
            f"{place}: YAML reads `{written}` as {value}; write the number that is meant in plain "
            "digits, or put it in quotes if it is a text."
        )
    if abs(float(written)) > LARGEST:
        raise StudyError(
            f"{place}: the number {short(written)} is too large to be kept exactly; write one "
            f"between -{LARGEST} and {LARGEST}, or put it in quotes if it is a text."
        )


def check_rules(document: Document, schema: Mapping[str, Any]) -> None:
    """Refuse content that breaks a JSON Schema, telling all of it at once."""
    from jsonschema import Draft202012Validator

    found = violations(Draft202012Validator(schema).iter_errors(document.data))
    refuse_all(
        (document, (path, _as_written(document.words.get(path, ""), message)))
        for path, message in found
    )


def _as_written(word: str, message: str) -> str:
    """Say which word YAML took for something else, where that is why a rule is broken."""
    found, separator, rest = message.partition(",")
    if word in ("", "true", "false") or not found.startswith("found ") or not separator:
        return message
    return f"found `{word}`, which YAML takes for {found.removeprefix('found ')},{rest}"
