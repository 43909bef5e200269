"""What may stand in a study's files: `<name>.schema.json` is the JSON Schema of `<name>.yaml`.

The families of outcomes are added where it is read.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from coproduction.numerics.families import FAMILIES


def schema(name: str) -> dict[str, Any]:
    """Give the JSON Schema of a file of a study.

    Parameters
    ----------
    name
        `instrument`, `study`, `plan`, `truth` or `scenario`.
    """
    return with_families(json.loads(_text(f"{name}.schema.json")))


def with_families(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the families of outcomes that there are to the JSON Schema of a plan."""
    definitions = schema.get("$defs", {})
    if "family" not in definitions:
        return schema
    told: dict[bool, list[str]] = {True: [], False: []}
    for each in FAMILIES.values():
        told[each.leverages].append(f"{each.name} ({each.meaning})")
    description = (
        "Distribution of the outcome and its link. "
        f"Generalised linear: {', '.join(told[True])}. Others: {', '.join(told[False])}."
    )
    family = {"enum": list(FAMILIES), "description": description}
    return schema | {"$defs": definitions | {"family": family}}


@cache
def _text(file: str) -> str:
    return (resources.files(__name__) / file).read_text("utf-8")
