"""Blocks of a plan made out of plain values, as their fields say.

The schema of a plan has the same keys as the blocks have fields, and fills in its defaults; what is
left out without one is what the field says of itself, such as None or an empty tuple.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from coproduction.errors import StudyError
from coproduction.options import check_option

Block = TypeVar("Block")


def read(block: type[Block], value: Any) -> Block:
    """Make a block, and all blocks in it.

    Parameters
    ----------
    block
        A dataclass.
    value
        Its keys and values; a plain value stands for its first field alone.

    Raises
    ------
    StudyError
        If a key is unknown or missing, or an option is none that its field allows.
    """
    kind: Any = block
    hints = _hints(kind)
    given = value if isinstance(value, Mapping) else {next(iter(hints)): value}
    for key in given:
        check_option(f"key of {block.__name__}", key, Literal[tuple(hints)])
    for field in fields(kind):
        required = field.default is MISSING and field.default_factory is MISSING
        if required and field.name not in given:
            raise StudyError(f"{block.__name__} needs the key `{field.name}`.")
    return block(**{key: _value(key, hints[key], each) for key, each in given.items()})


_hints = cache(get_type_hints)


def _value(key: str, kind: Any, value: Any) -> Any:
    """Give a value the form of a field."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if value is None and NoneType in inner:
            return None
        kinds = [each for each in inner if each is not NoneType]
        return _value(key, kinds[0], value) if len(kinds) == 1 else value
    if origin is Literal:
        check_option(key, value, kind)
    if origin is tuple:
        each = inner[0]
        return tuple(_value(key, each, member) for member in value)
    if origin is Mapping:
        return {name: _value(key, inner[1], member) for name, member in value.items()}
    return read(kind, value) if isinstance(kind, type) and is_dataclass(kind) else value
