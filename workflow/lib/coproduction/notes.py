"""What a room wants said: a code and its values. The words of every language stand apart.

A table holds notes as text, `few_clusters {"n": 12}; not_converged`, which stays the same in every
language. The sentences are in `words/<language>/notes.yaml`: each code once, with the values in
braces, in backquotes where they are identifiers that a reader knows by another name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

from coproduction.languages import FALLBACK, words

CODE = re.compile(r"[a-z][a-z0-9_]*")
NAMED = re.compile(r"`\{(\w+)\}`")
FIXED = re.compile(r"\{(\w+):\.(\d+)f\}")
MOST_DECIMALS = 15
SEPARATOR = "; "


class Count(int):
    """A whole number in words that may depend on it: `{n:# row is|# rows are}`, `#` the number."""

    def __format__(self, words: str) -> str:
        """Choose the words before the bar for one, those behind it for any other number."""
        if words and "|" not in words:
            return super().__format__(words)
        one, other = words.split("|") if words else ("#", "#")
        return (one if self == 1 else other).replace("#", f"{int(self):,}")


class Value(float):
    """Any other number: with a real minus sign, a whole one with all its digits."""

    def __format__(self, form: str) -> str:
        """Write the number as the words ask for, one beside zero never as zero."""
        if form == "g" and self.is_integer():
            form = ".0f"
        elif form.endswith("f") and self and not float(super().__format__(form)):
            form = ".1g"
        return super().__format__(form).replace("-", "−")


class Unknown(str):
    """A value that there is not, whatever form the words ask for."""

    def __format__(self, words: str) -> str:
        """Write a dash."""
        return str(self)


UNKNOWN = Unknown("–")


@dataclass(frozen=True)
class Note:
    """Something to be said.

    Attributes
    ----------
    code
        What is said; a key of `words/<language>/notes.yaml`.
    values
        Numbers (unrounded), texts, lists of texts or further notes that the sentence names.
    """

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Text of the note in a table."""
        return f"{self.code} {_json(self.values)}" if self.values else self.code


def written(notes: Iterable[Note]) -> str:
    """Write notes into one cell of a table, each once, in their order."""
    return SEPARATOR.join(dict.fromkeys(map(str, notes)))


def read(cell: str) -> list[Note]:
    """Read the notes of a cell.

    Raises
    ------
    ValueError
        If the cell holds something else.
    """
    found: list[Note] = []
    place, decoder = 0, json.JSONDecoder(object_hook=_noted)
    while place < len(cell):
        code = CODE.match(cell, place)
        if not code:
            raise ValueError(f"`{cell[place:]}` is no note.")
        place = code.end()
        values: dict[str, Any] = {}
        if cell.startswith(" {", place):
            values, place = decoder.raw_decode(cell, place + 1)
        found.append(Note(code[0], values))
        if place < len(cell) and not cell.startswith(SEPARATOR, place):
            raise ValueError(f"`{cell[place:]}` is no note.")
        place += len(SEPARATOR)
    return found


def sentence(
    note: Note, language: str = FALLBACK, name: Callable[[str], str] = "`{}`".format
) -> str:
    """Say a note in a language.

    Parameters
    ----------
    note
        What is to be said.
    language
        BCP 47 tag of a folder in `words/`.
    name
        Gives an identifier the name, with its quotation marks, that the reader knows it by.
    """
    text = catalogue(language)

    def said(value: Any, one: Callable[[str], str]) -> Any:
        if value is None or value != value:
            return UNKNOWN
        value = int(value) if isinstance(value, Integral) else value
        if isinstance(value, Note):
            return sentence(value, language, name)
        if isinstance(value, (list, tuple)):
            return text["joiner"].join(str(said(each, one)) for each in value)
        if isinstance(value, (int, float)):
            return Count(value) if isinstance(value, int) else Value(value)
        return one(value) if isinstance(value, str) else value

    plain = {key: said(value, str) for key, value in note.values.items()}
    parts = NAMED.split(_told_apart(text[note.code], plain))
    return "".join(
        str(said(_text(note.values[part]), name)) if place % 2 else part.format_map(plain)
        for place, part in enumerate(parts)
    )


def sentences(
    cell: str, language: str = FALLBACK, name: Callable[[str], str] = "`{}`".format
) -> str:
    """Say all notes of a cell in a language, each once."""
    space = catalogue(language)["space"]
    return space.join(dict.fromkeys(sentence(note, language, name) for note in read(cell)))


def catalogue(language: str) -> Mapping[str, str]:
    """Read the sentences of a language: a template by code, and its `joiner` and `space`."""
    return words(language, "notes.yaml")


def _told_apart(template: str, values: Mapping[str, Any]) -> str:
    """Give the numbers of a template the decimals with which different ones read differently."""
    fixed = [(name, int(digits)) for name, digits in FIXED.findall(template)]
    known = [(values[name], digits) for name, digits in fixed if isinstance(values[name], Value)]

    def alike(more: int) -> bool:
        read = {f"{value:.{digits + more}f}" for value, digits in known}
        return len(read) < len({value for value, _ in known})

    more = next((each for each in range(MOST_DECIMALS) if not alike(each)), 0)
    return FIXED.sub(lambda found: f"{{{found[1]}:.{int(found[2]) + more}f}}", template)


def _text(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_text(each) for each in value]
    return None if value is None or value != value else str(value)


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Note):
        return {"note": value.code, "values": dict(value.values)}
    return value.item()


def _noted(values: dict[str, Any]) -> Any:
    return Note(values["note"], values["values"]) if set(values) == {"note", "values"} else values
