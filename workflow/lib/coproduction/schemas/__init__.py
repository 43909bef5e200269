"""What may stand in a study's files, and what stands in every result table.

`<name>.schema.json` is the JSON Schema of `<name>.yaml`; `tables.yaml` says the type and meaning of
every column once.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def schema(name: str) -> dict[str, Any]:
    """Give the JSON Schema of a file of a study.

    Parameters
    ----------
    name
        `instrument`, `study`, `plan`, `truth` or `generator`.
    """
    return json.loads(_text(f"{name}.schema.json"))


@cache
def result_columns() -> dict[str, dict[str, list[str]]]:
    """Give type and meaning of every column of every result table, by table and column."""
    return yaml.safe_load(_text("tables.yaml"))


def _text(file: str) -> str:
    return (resources.files(__name__) / file).read_text("utf-8")
