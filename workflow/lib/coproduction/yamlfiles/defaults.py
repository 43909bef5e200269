"""Defaults that a schema states, filled in where a file leaves a key out: they stand there once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
Path = tuple[str | int, ...]


def with_defaults(value: Any, schema: Schema, definitions: Schema | None = None) -> Any:
    """Copy a value with the defaults of every key that it leaves out, at any depth.

    A block that is left out is made only where the schema gives it a `default` of its own, such as
    `{}`, whose keys are then filled in, too.

    Parameters
    ----------
    value
        What follows the schema, such as the content of a file.
    schema
        JSON Schema; of alternatives (`anyOf`, `oneOf`) no default is taken.
    definitions
        What `$ref` refers to; those of the schema itself if left out.
    """
    definitions = schema.get("$defs", {}) if definitions is None else definitions
    schema = resolved(schema, definitions)
    if isinstance(value, list):
        return [with_defaults(each, schema.get("items", {}), definitions) for each in value]
    if not isinstance(value, Mapping):
        return value
    left_out = {
        key: each["default"]
        for key, each in schema.get("properties", {}).items()
        if key not in value and "default" in each
    }
    return {
        key: with_defaults(each, _below(schema, key), definitions)
        for key, each in {**value, **left_out}.items()
    }


def left_out(written: Any, filled: Any, path: Path = ()) -> Iterator[Path]:
    """Find the keys that `with_defaults` filled in, not those below them."""
    if isinstance(written, list):
        for position, each in enumerate(written):
            yield from left_out(each, filled[position], (*path, position))
    elif isinstance(written, Mapping):
        yield from ((*path, key) for key in filled if key not in written)
        for key, each in written.items():
            yield from left_out(each, filled[key], (*path, key))


def resolved(schema: Schema, definitions: Schema) -> Schema:
    """Put a definition in the place of its `$ref`; what stands beside the `$ref` wins."""
    reference = schema.get("$ref", "").removeprefix("#/$defs/")
    return {**definitions[reference], **schema} if reference else schema


def _below(schema: Schema, key: str) -> Schema:
    """Find the schema of what stands under a key."""
    if key in schema.get("properties", {}):
        return schema["properties"][key]
    for pattern, each in schema.get("patternProperties", {}).items():
        if re.search(pattern, key):
            return each
    others = schema.get("additionalProperties")
    return others if isinstance(others, Mapping) else {}
