"""What breaks a JSON Schema, said as a researcher would: what was found, what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from coproduction.yamlfiles.document import Path
from coproduction.yamlfiles.problems import Problem

LONGEST_SHOWN = 120
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


def violations(errors: Iterable[Any]) -> Iterator[Problem]:
    """Say every violation of a schema, of one value the most telling, with its place.

    Parameters
    ----------
    errors
        Errors of a validator of JSON Schema.
    """
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


def _keys(errors: Iterable[Any]) -> Iterator[Problem]:
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


def _unknown(path: Path, key: str, schema: Mapping[str, Any]) -> Problem:
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


def _sentence(error: Any) -> Problem:
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
    return path, f"{short(error.message)}."


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
    return "nothing" if value is None else f"`{short(_plain(value))}`"


def short(text: str) -> str:
    """Give the beginning of a long text, on one line."""
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
