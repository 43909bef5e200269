"""YAML files checked against a closed JSON Schema, with errors that name the line and the key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from coproduction.defaults import left_out, with_defaults
from coproduction.errors import StudyError
from coproduction.invisible import invisible

Path = tuple[str | int, ...]
DEEPEST, MOST_VALUES, LONGEST_SHOWN = 40, 200_000, 120
MOST_TOLD = 20
"""So many violations of a schema are told at once."""
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
COUNTS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "minItems": "a list of at least",
    "maxItems": "a list of at most",
    "minProperties": "at least this many keys:",
    "minLength": "a text of at least this many characters:",
}


@dataclass(frozen=True)
class Document:
    """A parsed YAML file that can still say where each value stands.

    Attributes
    ----------
    data
        The content as plain dicts, lists, strings and numbers, with the defaults of the schema in
        the place of what the file leaves out.
    written
        The content without them.
    source
        Name of the file, for messages.
    lines
        Line number (from 1) of each key path.
    words
        Letter by letter, the words that YAML takes for true, false or nothing.
    """

    data: dict[str, Any]
    written: dict[str, Any]
    source: str
    lines: Mapping[Path, int]
    words: Mapping[Path, str]

    @property
    def left_out(self) -> tuple[Path, ...]:
        """Keys that the file leaves out, and that have the default of the schema."""
        return tuple(left_out(self.written, self.data))

    def error(self, path: Iterable[str | int], message: str) -> StudyError:
        """Build the error for the value at `path`: file, line, key and the message."""
        path = tuple(path)
        return StudyError(f"{self.source}, line {self.line(path)}, {_key(path)}: {message}")

    def line(self, path: Path) -> int:
        """Line on which the value at `path` stands, or the block that lacks it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


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
    _check(document, schema)
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
    place = f"{source}, line {node.start_mark.line + 1}, {_key(path)}"
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
            f"{place}: the number {_short(written)} is too large to be kept exactly; write one "
            f"between -{LARGEST} and {LARGEST}, or put it in quotes if it is a text."
        )


def _key(path: Path) -> str:
    return ".".join(map(str, path)) or "(top level)"


def _check(document: Document, schema: Mapping[str, Any]) -> None:
    from jsonschema import Draft202012Validator

    told: dict[tuple[int, str], str] = {}
    for path, message in _violations(Draft202012Validator(schema).iter_errors(document.data)):
        message = _as_written(document.words.get(path, ""), message)
        # What an alias repeats stands on one line, and is told once.
        told.setdefault((document.line(path), message), str(document.error(path, message)))
    texts = [told[place] for place in sorted(told)]
    if len(texts) > MOST_TOLD:
        more = f"{document.source}: {len(texts) - MOST_TOLD} more of this kind; mend these first."
        texts = [*texts[:MOST_TOLD], more]
    if texts:
        raise StudyError("\n".join(texts))


def _violations(errors: Iterable[Any]) -> Iterator[tuple[Path, str]]:
    """Say every violation of a schema, of one value the most telling, with its place."""
    from jsonschema.exceptions import best_match

    places: dict[tuple[Path, Any], list[Any]] = {}
    for error in errors:
        name = error.instance if "propertyNames" in error.absolute_schema_path else None
        places.setdefault((tuple(error.absolute_path), name), []).append(error)
    for alike in places.values():
        keys = [error for error in alike if error.validator in ("additionalProperties", "required")]
        yield from dict.fromkeys(_keys(keys))
        others = [error for error in alike if error not in keys]
        if others:
            yield _sentence(best_match(others))


def _keys(errors: Iterable[Any]) -> Iterator[tuple[Path, str]]:
    """Say which keys of a block are unknown and missing.

    A misspelt key is both; its unknown half shows the line to mend.
    """
    meant = set()
    for error in sorted(errors, key=lambda error: error.validator):
        path = tuple(error.absolute_path)
        if error.validator == "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            for key in missing:
                if key not in meant:
                    yield path, f"the key `{key}` is missing."
            continue
        for key in (key for key in error.instance if not _is_known(key, error.schema)):
            meant |= {_meant(key, error.schema)}
            yield _unknown(path, key, error.schema)


def _unknown(path: Path, key: str, schema: Mapping[str, Any]) -> tuple[Path, str]:
    if moved := schema.get("moved", {}).get(key):
        return (*path, key), f"`{key}` is no longer read here: {moved}."
    return (*path, key), f"unknown key `{key}`{_suggest(key, schema)}."


def _meant(unknown: str, schema: Mapping[str, Any]) -> str:
    """Find the known key that an unknown one is nearest to; nothing if none is near."""
    known = sorted(schema.get("properties", {}))
    return next(iter(difflib.get_close_matches(unknown, known, n=1)), "")


def _renamed(error: Any) -> str:
    """Say what replaces a value that was allowed once; nothing of any other error."""
    known = error.schema.get("renamed", {}) if error.validator == "enum" else {}
    return known.get(error.instance, "") if isinstance(error.instance, str) else ""


def _as_written(word: str, message: str) -> str:
    """Say which word YAML took for something else, where that is why a rule is broken."""
    found, separator, rest = message.partition(",")
    if word in ("", "true", "false") or not found.startswith("found ") or not separator:
        return message
    return f"found `{word}`, which YAML takes for {found.removeprefix('found ')},{rest}"


def _sentence(error: Any) -> tuple[Path, str]:
    """Say a schema violation as a researcher would: what was found, what is allowed."""
    path = tuple(error.absolute_path)
    rule = error.validator_value
    if error.validator in ("additionalProperties", "required"):
        return next(_keys([error]))
    if _renamed(error):
        return path, f"found `{error.instance}`, which is no longer read: {_renamed(error)}."
    if error.validator in ("enum", "const"):
        allowed = [rule] if error.validator == "const" else rule
        return (
            path,
            f"found {_shown(error.instance)}, allowed are {', '.join(map(_plain, allowed))}.",
        )
    if error.validator == "type":
        quoted = isinstance(error.instance, str) and rule in ("integer", "number")
        digits = " in plain digits, without quotes" if quoted else ""
        return path, f"found {_shown(error.instance)}, expected {_type_names(rule)}{digits}."
    if error.validator == "pattern":
        if "propertyNames" in error.absolute_schema_path:
            path = (*path, error.instance)
        meaning = error.schema.get("description") or f"must match {rule}"
        return path, f"{_shown(error.instance)} is not allowed: {meaning}"
    if error.validator == "uniqueItems":
        twice = next(each for each in error.instance if error.instance.count(each) > 1)
        return path, f"{_shown(twice)} stands twice; keep one."
    if error.validator in COUNTS:
        found = error.instance if isinstance(error.instance, int | float) else len(error.instance)
        return path, f"found {_plain(found)}, expected {COUNTS[error.validator]} {_plain(rule)}."
    return path, f"{_short(error.message)}."


def _is_known(key: str, schema: Mapping[str, Any]) -> bool:
    patterns = schema.get("patternProperties", {})
    return key in schema.get("properties", {}) or any(re.search(rule, key) for rule in patterns)


def _suggest(unknown: str, schema: Mapping[str, Any]) -> str:
    allowed = sorted(schema.get("properties", {}))
    near = _meant(unknown, schema)
    hint = f"; did you mean `{near}`?" if near else ""
    if allowed:
        return f"{hint} (allowed: {', '.join(allowed)})"
    meaning = schema.get("description", "")
    return f": {meaning.rstrip('.')}" if meaning else hint


def _plain(value: Any) -> str:
    """Write a value as it stands in YAML."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    return str(value)


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a block of keys" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else f"`{_short(_plain(value))}`"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _type_names(types: str | list[str]) -> str:
    words = {
        "object": "a block of keys",
        "array": "a list",
        "string": "text (put it in quotes)",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "null": "nothing",
    }
    types = [types] if isinstance(types, str) else types
    return " or ".join(words[name] for name in types)
