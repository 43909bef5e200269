"""YAML files checked against a closed JSON Schema, with errors that name the line and the key."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from coproduction.errors import StudyError

Path = tuple[str | int, ...]


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
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path, int] = {}
        if node is not None:
            _index(node, (), lines, source)
        data = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        raise StudyError(_syntax_message(error, source)) from error
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise StudyError(f"{source} is empty or holds no keys: write it as `key: value` lines.")
    return Document(data, source, lines)


def _syntax_message(error: yaml.YAMLError, source: str) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"{source}{place}: this is not valid YAML ({problem}); check indentation and quotes."


def _index(node: yaml.Node, path: Path, lines: dict[Path, int], source: str) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
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
    if error.validator == "additionalProperties":
        allowed = sorted(error.schema.get("properties", {}))
        unknown = next(key for key in error.instance if key not in allowed)
        return (*path, unknown), f"unknown key `{unknown}`{_suggest(unknown, allowed)}."
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return path, f"the key `{missing}` is missing."
    if error.validator in ("enum", "const"):
        allowed = error.validator_value
        allowed = [allowed] if error.validator == "const" else allowed
        return path, f"`{error.instance}` is not one of {', '.join(map(str, allowed))}."
    if error.validator == "type":
        return path, f"found `{error.instance}`, expected {_type_names(error.validator_value)}."
    if error.validator in ("pattern", "propertyNames"):
        rule = error.schema.get("description") or f"must match {error.validator_value}"
        return path, f"`{error.instance}` is not allowed: {rule}"
    return path, f"{error.message}."


def _suggest(unknown: str, allowed: list[str]) -> str:
    close = difflib.get_close_matches(unknown, allowed, n=1)
    hint = f"; did you mean `{close[0]}`?" if close else ""
    return f"{hint} (allowed: {', '.join(allowed)})" if allowed else hint


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
