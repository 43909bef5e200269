"""What a language is: a folder of words with the files and keys of the others."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from coproduction import languages
from coproduction.languages import FALLBACK, known, lender, name, region, words

OTHERS = sorted(set(known()) - {FALLBACK})
FILES = sorted(file.name for file in (languages.FOLDER / FALLBACK).iterdir())
PLATFORM_MARKS = ("intake/platforms/", "intake/detection.py", "intake/moments.py")
"""Modules that tell exports of Chinese platforms, and how these write moments."""
CHINESE = re.compile("[\u3400-\u9fff]")
TAG = re.compile(r"""["'](?:zh|en)(?:-\w+)?["']""")


def leaves(text: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in text.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield path + key, value


def places(template: str | list) -> set[str]:
    """Values that a sentence shows, not those that only choose between one and several."""
    parts = [] if isinstance(template, list) else string.Formatter().parse(template)
    return {name for _, name, form, _ in parts if name and ("|" not in form or "#" in form)}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_files(language):
    assert sorted(file.name for file in (languages.FOLDER / language).iterdir()) == FILES


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", OTHERS)
def test_every_language_words_the_same_things_and_shows_the_same_values(language, file):
    own, other = dict(leaves(words(FALLBACK, file))), dict(leaves(words(language, file)))
    assert own.keys() == other.keys()
    assert {key: places(other[key]) for key in own} == {key: places(own[key]) for key in own}


def test_a_language_without_words_borrows_from_its_kin_and_else_from_english():
    tags = {"en": "en", "en-GB": "en", "zh": "zh-CN", "zh-Hant-TW": "zh-CN", "fr": "en"}
    assert {tag: lender(tag) for tag in tags} == tags
    assert (name("en-GB"), name("fr-CA")) == ("English", "fr")


def test_the_country_of_a_tag_is_not_its_script():
    assert [region(tag) for tag in ("zh-Hant-TW", "zh-CN", "zh-Hant", "en")] == [
        *("TW", "CN", None, None)
    ]


def test_no_module_template_or_rule_speaks_a_language_of_its_own(root):
    found = {}
    for file in (root / "workflow").rglob("*"):
        path = file.relative_to(root / "workflow").as_posix().removeprefix("lib/coproduction/")
        if not file.is_file() or "__pycache__" in path:
            continue
        if not path.startswith(("words/", *PLATFORM_MARKS)):
            text = file.read_text("utf-8")
            found[path] = CHINESE.findall(text) + TAG.findall(text)
    assert {path: told for path, told in found.items() if told} == {"languages.py": ['"en"']}


def keys_twice(node: yaml.Node) -> list[str]:
    """Keys that stand twice in a block; YAML takes the last and says nothing."""
    if isinstance(node, yaml.SequenceNode):
        return [key for each in node.value for key in keys_twice(each)]
    if not isinstance(node, yaml.MappingNode):
        return []
    times = Counter(key.value for key, _ in node.value)
    own = [
        f"{key.start_mark.line + 1}: {key.value}" for key, _ in node.value if times[key.value] > 1
    ]
    return own + [key for _, each in node.value for key in keys_twice(each)]


def test_no_key_of_the_librarys_own_files_stands_twice(root):
    files = sorted((root / "workflow/lib").rglob("*.yaml"))
    assert len(files) > 20
    found = {file.name: keys_twice(yaml.compose(file.read_text("utf-8"))) for file in files}
    assert {name: keys for name, keys in found.items() if keys} == {}
    assert keys_twice(yaml.compose("a: 1\nb: {c: 1, c: 2}")) == ["2: c", "2: c"]
