from __future__ import annotations

import ast
import pickle
import re
import string
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.errors import Refusal
from coproduction.languages import known
from coproduction.notes import NAMED, Note, catalogue, read, sentence, sentences, written

LIBRARY = Path(str(resources.files("coproduction")))
LANGUAGES = known()
SPEECH = {"joiner", "space"}


def codes_in_use() -> set[str]:
    """Codes that the library gives to a `Note` or a `Refusal`, as literals."""
    found = set()
    for file in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            name = getattr(node, "func", None)
            called = isinstance(node, ast.Call) and isinstance(name, ast.Name) and name.id
            if called in ("Note", "Refusal") and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words_in_every_language_and_no_words_are_without_a_code(language):
    assert set(catalogue(language)) - SPEECH == codes_in_use()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_the_same_values(language):
    for code, template in catalogue("en").items():
        assert places(catalogue(language)[code]) == places(template), code
        assert set(NAMED.findall(catalogue(language)[code])) == set(NAMED.findall(template)), code


def calls() -> list[tuple[str, str, set[str]]]:
    """Place and code of the notes whose values are all named where they are made, and the names."""
    found = []
    for file in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            name = isinstance(node, ast.Call) and getattr(node.func, "id", "")
            if name not in ("Note", "Refusal") or not isinstance(node.args[0], ast.Constant):
                continue
            names = [keyword.arg for keyword in node.keywords]
            for values in node.args[1:]:
                names += [getattr(key, "value", None) for key in getattr(values, "keys", [None])]
            if None not in names:
                found.append((f"{file.name}:{node.lineno}", node.args[0].value, set(names)))
    return found


def test_a_note_is_namedthe_values_that_its_sentence_names():
    assert len(calls()) > 100
    for place, code, named in calls():
        assert places(catalogue("en")[code]) <= named, place


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [None, np.nan])
def test_a_value_that_there_is_not_is_a_dash_in_any_sentence(language, value):
    for code in set(catalogue(language)) - SPEECH:
        template = catalogue(language)[code]
        said = sentence(Note(code, dict.fromkeys(places(template), value)), language)
        assert "nan" not in said and "None" not in said
        assert said.count("–") >= template.count("{")


@given(st.integers(0, 10**6), st.sampled_from([int, np.int64, np.int32, np.uint8]))
def test_a_count_of_any_type_is_said_alike(n, kind):
    n = n % 250 if kind is np.uint8 else n
    said = sentence(Note("model_few_rows", {"model": "m", "n": kind(n), "k": kind(n)}))
    assert said == sentence(Note("model_few_rows", {"model": "m", "n": n, "k": n}))
    assert "1 complete row is" in said or n != 1


def test_a_cell_holds_several_notes_each_once_and_gives_them_back():
    one = Note("unreliable_means", {"name": 'a; "b" {c}', "value": np.float64(0.25)})
    inner = Note("clusters_not_compared", {"name": "x"})
    other = Note("outer", {"reason": inner, "names": ["u", "v"], "n": np.int64(3)})
    cell = written([one, other, one])
    assert read(cell) == [
        Note("unreliable_means", {"name": 'a; "b" {c}', "value": 0.25}),
        Note("outer", {"reason": inner, "names": ["u", "v"], "n": 3}),
    ]
    assert written(read(cell)) == cell


def test_identifiers_are_said_by_the_name_that_the_reader_knows():
    note = Note("unreliable_means", {"name": "cr", "value": 0.4111, "least": 0.7})
    assert sentence(note) == "Cluster means of `cr` are unreliable: ICC(2) is 0.41, below 0.70."
    assert sentences(str(note), "zh-CN", {"cr": "“社区资源”"}.__getitem__) == (
        "“社区资源”的群组均值不可靠：ICC(2)为0.41，低于0.70。"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.floats(0.005, 0.7, exclude_max=True))
def test_a_value_never_reads_like_the_limit_that_it_misses(language, value):
    said = sentence(Note("unreliable_means", {"name": "x", "value": value, "least": 0.7}), language)
    read, least = re.findall(r"\d+\.\d+", said)
    assert float(read) < float(least) == 0.7 and len(read) == len(least)
    assert len(read) == len("0.70") or f"{value:.{len(read) - 3}f}" == f"{0.7:.{len(read) - 3}f}"


def test_one_is_no_plural():
    one, several = (Note("few_on_every_occasion", {"name": "x", "n": n}) for n in (1, 3))
    assert "3 respondents have" in sentence(several)
    assert "1 respondent has" in sentence(one)
    assert "1" in sentence(one, "zh-CN")


def test_a_cell_of_few_is_told_without_their_number():
    for language in LANGUAGES:
        told = sentence(Note("few_in_cell", {"n": 3, "least": 50}), language)
        assert "50" in told and "3" not in told


def test_numbers_are_written_as_in_the_tables():
    many = Note("few_on_every_occasion", {"name": "x", "n": 1234567})
    assert "1,234,567 respondents have" in sentence(many)
    assert "1,234,567人" in sentence(many, "zh-CN")
    negative = Note("heywood_item", {"name": "x", "where": "", "value": -0.25})
    assert "negative (−0.250)" in sentence(negative)
    hardly = Note("heywood_item", {"name": "x", "where": "", "value": -0.0004})
    assert "negative (−0.0004)" in sentence(hardly)
    code = Note("nobody_has_category", {"model": "m", "name": "y", "value": 1101011.0})
    assert "category 1101011 of" in sentence(code)


def test_what_is_no_note_is_refused():
    with pytest.raises(ValueError, match="Something is no note"):
        read("Something is no note.")


def test_a_refusal_is_one_sentence_and_passes_between_processes():
    error = pickle.loads(pickle.dumps(Refusal("clusters_not_compared", name="x")))
    assert str(error).startswith("`x` cannot be compared")
    assert error.note == Note("clusters_not_compared", {"name": "x"})
