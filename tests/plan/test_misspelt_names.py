"""Whatever name of a plan is misspelt, the study is refused on its line before any data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml
from every_block import PLAN, texts

from coproduction.errors import StudyError
from coproduction.plan.check import plan_problems
from coproduction.plan.plan import read_plan
from coproduction.plan.vocabulary.identifiers import problems as identifier_problems
from coproduction.study import read_study
from coproduction.yamlfiles.defaults import resolved
from coproduction.yamlfiles.problems import refuse_all
from coproduction.yamlfiles.yamlfile import Document, read_yaml

Place = tuple[str | int, ...]
NO_NAMES = {"version", "registration", "reason", "id"}
"""Keys that say something else; the id of a node that lists no variables is that of one."""
NODE = ("diagram", "nodes", 0, "id")
IDENTIFIER = re.compile(r"\b(?!and\b|or\b|not\b)[A-Za-z][A-Za-z0-9_]*\b(?!\()")
"""A name in a text, but for the words and functions of conditions."""


def places(schema: Mapping, definitions: Mapping, path: Place = ()) -> Iterator[Place]:
    """Find where the schema lets a name, a term or a condition stand; 0 is any place of a list."""
    schema = resolved(schema, definitions)
    if path and path[-1] in NO_NAMES and path != NODE:
        return
    if schema.get("type") == "string" and "enum" not in schema:
        yield path
    for key, each in schema.get("properties", {}).items():
        yield from places(each, definitions, (*path, key))
    for each in schema.get("anyOf", ()):
        yield from places(each, definitions, path)
    if "items" in schema:
        yield from places(schema["items"], definitions, (*path, 0))
    if path[-1:] == ("at",):
        yield (*path, "")


def general(path: Place) -> Place:
    """Write a place for all of its list, and of the terms under `at`."""
    every = tuple(0 if isinstance(key, int) else key for key in path)
    return (*every[:-1], "") if every[-2:-1] == ("at",) else every


def leaves(data: Any, path: Place = ()) -> Iterator[tuple[Place, str]]:
    """Go through every text of a plan, and every term under `at`, with its place."""
    if isinstance(data, Mapping):
        for key, each in data.items():
            if path[-1:] == ("at",):
                yield (*path, key), key
            yield from leaves(each, (*path, key))
    elif isinstance(data, list):
        for position, each in enumerate(data):
            yield from leaves(each, (*path, position))
    elif isinstance(data, str):
        yield path, data


def misspelt(data: Any, path: Place, text: str) -> Any:
    """Copy a plan with the first name in one of its texts misspelt."""
    wrong = IDENTIFIER.sub(lambda found: f"{found[0]}q", text, count=1)
    if not path:
        return wrong
    key, below = path[0], path[1:]
    if isinstance(data, list):
        return [misspelt(e, below, text) if at == key else e for at, e in enumerate(data)]
    if not below and isinstance(data[key], int | float):
        return {wrong if name == key else name: each for name, each in data.items()}
    return {name: misspelt(e, below, text) if name == key else e for name, e in data.items()}


@pytest.fixture(scope="module")
def named(schemas) -> set[Place]:
    return set(places(schemas["plan"], schemas["plan"]["$defs"]))


def test_the_small_plan_names_something_wherever_a_name_may_stand(named):
    assert len(named) > 50
    assert {general(path) for path, _ in leaves(yaml.safe_load(PLAN))} >= named


def unheard(files: Mapping[str, str], folder: str, schemas, named: set[Place]) -> list[str]:
    """Misspell each name in each kind of place once; give those that nobody hears of."""
    study = read_study(files, folder, schemas)
    document = read_yaml(files["plan.yaml"], "plan.yaml", schemas["plan"])
    others = [each for each in study.instruments.values() if each is not study.main]
    missed, seen = [], set()
    for path, text in leaves(document.written):
        if general(path) not in named or (general(path), text) in seen:
            continue
        if general(path) == NODE and {"variables", "unmeasured"} & set(_at(document, path[:-1])):
            continue
        seen.add((general(path), text))
        changed = replace(document, data=misspelt(document.data, path, text))
        plan = read_plan(changed.data, study.plan.left_out)
        found = [
            *identifier_problems(plan, changed, {}),
            *plan_problems(plan, study.main, others, study.flags),
        ]
        line, name = document.line(path), IDENTIFIER.search(text)[0]
        try:
            refuse_all((changed, problem) for problem in found)
            missed.append(f"{path}: `{text}` is taken")
        except StudyError as error:
            told = [each for each in str(error).split("\n") if f", line {line}, " in each]
            if not any(f"{name}q" in each and _lists(each, name) for each in told):
                missed.append(f"{path}: `{text}`: {error}")
    assert len(seen) > 60
    return missed


def _at(document: Document, path: Place) -> Any:
    value: Any = document.written
    for key in path:
        value = value[key]
    return value


def _lists(message: str, name: str) -> bool:
    """Tell whether a message names what was meant among what there is."""
    _, _, listed = message.partition(" (")
    return re.search(rf"\b{name}\b", listed) is not None


def test_every_misspelt_name_is_refused_on_its_line_with_what_there_is(schemas, named):
    assert unheard(texts(), "instruments/small", schemas, named) == []


def test_every_misspelt_name_of_the_shipped_plan_is_refused(root, schemas, named):
    folder = root / "instruments/coproduction"
    files = {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    assert unheard(files, "instruments/coproduction", schemas, named) == []
