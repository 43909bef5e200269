"""Blocks of a plan out of what a notebook says, with the defaults that a plan would have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from coproduction.plan.reading import read
from coproduction.schemas import schema
from coproduction.yamlfiles.defaults import with_defaults

Block = TypeVar("Block")


def planned(block: type[Block], key: str, said: Mapping[str, Any]) -> Block:
    """Make a block as if it stood in a `plan.yaml`.

    Parameters
    ----------
    block
        Its class.
    key
        The key of the list of such blocks in a plan.
    said
        What it says; None stands for a key that is left out.

    Raises
    ------
    StudyError
        If an option is none that a plan allows.
    """
    rules = schema("plan")
    told = {name: value for name, value in said.items() if value is not None}
    return read(block, with_defaults(told, rules["properties"][key]["items"], rules["$defs"]))
