"""YAML files checked against a closed JSON Schema, with errors that name the line and the key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from coproduction.errors import StudyError

Path = tuple[str | int, ...]
DEEPEST, MOST_VALUES, LONGEST_SHOWN = 40, 200_000, 120
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
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
        The file's content as plain dicts, lists, strings and numbers.
    source
        Name of the file, for messages.
    lines
        Line number (from 1) of each key path.
    """

    data: dict[str, Any]
    source: str
    lines: Mapping[Path, int]

    def error(self, path: Iterable[str | int], message: str) -> StudyError:
        """Build the error for the value at `path`: file, line, key and the message."""
        path = tuple(path)
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        key = ".".join(str(part) for part in path) or "(top level)"
        return StudyError(f"{self.source}, line {self.lines.get(known, 1)}, {key}: {message}")


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
        If the text is not YAML, a key stands twice, or the content breaks the schema.
    """
    document = _parse(text, source)
    _check(document, schema)
    return document


def _parse(text: str, source: str) -> Document:
    lines: dict[Path, int] = {}
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        try:
            node = loader.get_single_node()
            if node is not None:
                _index(node, (), lines, source)
            data = loader.construct_document(node) if node is not None else None
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise StudyError(_syntax_message(error, source)) from error
    except ValueError as error:
        raise StudyError(
            f"{source}: a value looks like a date or a number and is none ({error}); put it in "
            "quotes."
        ) from error
    if not isinstance(data, dict):
        raise StudyError(f"{source} is empty or holds no keys: write it as `key: value` lines.")
    return Document(data, source, lines)


def _syntax_message(error: yaml.YAMLError, source: str) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return (
        f"{source}{place}: this is not valid YAML ({problem}); check indentation (spaces, no tabs) "
        "and quotes."
    )


def _index(node: yaml.Node, path: Path, lines: dict[Path, int], source: str) -> None:
    """Note the line of every value; refuse what YAML allows and no study needs."""
    lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > DEEPEST or len(lines) > MOST_VALUES:
        raise StudyError(f"{source}, line {lines[path]}: too many values inside each other.")
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
            _index(value, child, lines, source)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            _index(value, (*path, position), lines, source)
    else:
        _check_scalar(node, source)


def _check_key(key: yaml.Node, source: str) -> None:
    if key.tag != "tag:yaml.org,2002:str":
        shown = key.value if isinstance(key.value, str) else "a list or block"
        raise StudyError(
            f"{source}, line {key.start_mark.line + 1}: the key `{shown}` is not read as text; put "
            "it in quotes."
        )


def _check_scalar(node: yaml.Node, source: str) -> None:
    place = f"{source}, line {node.start_mark.line + 1}"
    if node.value.lstrip("+-").casefold() in (".nan", ".inf") and node.tag.endswith(":float"):
        raise StudyError(f"{place}: `{node.value}` is no number a study can use; write a number.")
    if found := UNPRINTABLE.search(node.value):
        code = f"U+{ord(found.group()):04X}"
        raise StudyError(f"{place}: the text holds the invisible character {code}; remove it.")


def _check(document: Document, schema: Mapping[str, Any]) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    errors = list(Draft202012Validator(schema).iter_errors(document.data))
    # A misspelt key is both unknown and missing; its unknown half shows the line to mend.
    unknown = [error for error in errors if error.validator == "additionalProperties"]
    error = best_match(unknown or errors)
    if error is not None:
        path, message = _sentence(error)
        raise document.error(path, message)


def _sentence(error: Any) -> tuple[Path, str]:
    """Say a schema violation as a researcher would: what was found, what is allowed."""
    path = tuple(error.absolute_path)
    rule = error.validator_value
    if error.validator == "additionalProperties":
        unknown = next(key for key in error.instance if not _is_known(key, error.schema))
        return (*path, unknown), f"unknown key `{unknown}`{_suggest(unknown, error.schema)}."
    if error.validator == "required":
        missing = next(key for key in rule if key not in error.instance)
        return path, f"the key `{missing}` is missing."
    if error.validator in ("enum", "const"):
        allowed = [rule] if error.validator == "const" else rule
        return (
            path,
            f"found {_shown(error.instance)}, allowed are {', '.join(map(_plain, allowed))}.",
        )
    if error.validator == "type":
        return path, f"found {_shown(error.instance)}, expected {_type_names(rule)}."
    if error.validator == "pattern":
        if "propertyNames" in error.absolute_schema_path:
            path = (*path, error.instance)
        meaning = error.schema.get("description") or f"must match {rule}"
        return path, f"{_shown(error.instance)} is not allowed: {meaning}"
    if error.validator in COUNTS:
        found = error.instance if isinstance(error.instance, int | float) else len(error.instance)
        return path, f"found {_plain(found)}, expected {COUNTS[error.validator]} {_plain(rule)}."
    return path, f"{_short(error.message)}."


def _is_known(key: str, schema: Mapping[str, Any]) -> bool:
    patterns = schema.get("patternProperties", {})
    return key in schema.get("properties", {}) or any(re.search(rule, key) for rule in patterns)


def _suggest(unknown: str, schema: Mapping[str, Any]) -> str:
    allowed = sorted(schema.get("properties", {}))
    close = difflib.get_close_matches(unknown, allowed, n=1)
    hint = f"; did you mean `{close[0]}`?" if close else ""
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
