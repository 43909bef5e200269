"""From the columns of a file to questions: what it says is kept, what it does not is asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from coproduction.instrument.wording import normal
from coproduction.intake.moments import iso_date
from coproduction.intake.values import BLANKS, LARGEST, NUMBER
from coproduction.start.missing import Missing
from coproduction.start.naming import ids
from coproduction.start.source import Column

FEWEST_PEOPLE = 5
"""So many people must have given each value that is written down as an answer."""
MOST_VALUES = 12
"""Most different values that are proposed as answers."""
MOST_CHOICES = 25
"""Most answers of a multiple choice, of which a cell holds several."""
WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
WIRE = re.compile("[A-Za-z0-9]{1,5}")
OFFERED = ("dont_know", "refused")


@dataclass(frozen=True)
class Answer:
    """An answer: its code, its label, and how the file writes it if that is another code."""

    value: int
    label: str
    wire: str = ""


@dataclass(frozen=True)
class Answering:
    """How a question is answered.

    Attributes
    ----------
    type
        Kind of question.
    answers, offered
        Its answers, and kinds of missing answer among them.
    hint
        Labels of single values of a number.
    decide
        What a person has to decide.
    """

    type: str
    answers: tuple[Answer, ...] = ()
    offered: tuple[str, ...] = ()
    hint: str = ""
    decide: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question: its id, the name of its column, its wording and how it is answered."""

    id: str
    header: str
    text: str
    answering: Answering


def questions(columns: Sequence[Column], missing: Iterable[Missing], source: str) -> list[Question]:
    """Make a question of every column.

    Values without labels become answers only where they are few and each was given by at least
    five people; whatever else is written in words is a text, of which nothing is taken over.

    Parameters
    ----------
    columns
        Columns of the file.
    missing
        Kinds of missing answers.
    source
        Name of the file, for messages.

    Raises
    ------
    StudyError
        If two columns cannot be told apart.
    """
    kinds = {normal(each.label): each.kind for each in missing}
    names = ids([column.header for column in columns], source)
    known = {
        normal(each)
        for pair in zip(names, columns, strict=True)
        for each in (pair[0], pair[1].header)
    }
    return [
        _question(name, column, _text(name, column, known), kinds)
        for name, column in zip(names, columns, strict=True)
    ]


def _text(name: str, column: Column, known: set[str]) -> str:
    """Word a question so that nobody takes its wording for the name of another column."""
    text = " ".join(column.wording.replace("${", "{").split()) or column.header
    others = known - {normal(name), normal(column.header)}
    return f"{text} ({column.header})" if normal(text) in others else text


def _question(name: str, column: Column, text: str, kinds: Mapping[str, str]) -> Question:
    labels = {
        value: " ".join(label.split())
        for value, label in column.labels.items()
        if normal(label) not in kinds and value not in column.missing and label.strip()
    }
    gone = {*column.missing, *(value for value in column.labels if value not in labels)}
    used = Counter(
        cell.strip()
        for cell in column.cells
        if cell.strip().casefold() not in BLANKS and cell not in gone
    )
    unclear = [
        f"{value} {column.labels.get(value, '')}".strip()
        for value in column.missing
        if normal(column.labels.get(value, "")) not in kinds
    ]
    told = f"the file calls missing, and so they are left out: {'; '.join(unclear)}"
    several = _several(used, column.separator)
    if column.multiple:
        asked = (f"the words of {column.header}, which the file does not hold",)
        made = Answering("select_multiple", _coded(labels), decide=asked)
    elif several:
        made = Answering("select_multiple", _numbered({each: each for each in sorted(several)}))
    else:
        made = _labelled(used, labels) if labels else _unlabelled(used, kinds)
    decide = (*made.decide, *([told] if unclear else []))
    return Question(name, column.header, text, replace(made, decide=decide))


def _several(used: Mapping[str, int], separator: str) -> set[str]:
    """Find the answers of a multiple choice in cells that hold several; none if these are many."""
    if not separator or not any(separator in cell for cell in used):
        return set()
    given: Counter[str] = Counter()
    for cell, times in used.items():
        given.update({answer.strip(): times for answer in cell.split(separator)})
    few = len(given) <= MOST_CHOICES and min(given.values()) >= FEWEST_PEOPLE
    return set(given) if few and "" not in given else set()


def _labelled(used: Mapping[str, int], labels: Mapping[str, str]) -> Answering:
    """Keep the labels: as answers where they cover what is in use, else as words on numbers."""
    bare = [value for value in used if value not in labels]
    if not all(WHOLE.fullmatch(value) for value in labels):
        if bare and not all(_is_number(value) for value in bare):
            return Answering("text", decide=(f"a text with labels: {_shown(labels)}",))
        if not bare:
            return Answering("select_one", _numbered(labels))
        return Answering("decimal", hint=_shown(labels))
    if not bare:
        return Answering("select_one", _coded(labels))
    inner = all(WHOLE.fullmatch(value) for value in bare) and all(
        min(map(int, labels)) < int(value) < max(map(int, labels)) for value in bare
    )
    if inner and len(bare) + len(labels) <= MOST_VALUES:
        low, high = min(map(int, labels)), max(map(int, labels))
        steps = {str(value): labels.get(str(value), str(value)) for value in range(low, high + 1)}
        if len(steps) <= MOST_VALUES:
            return Answering("select_one", _coded(steps))
    return _number(used, hint=_shown(labels))


def _unlabelled(used: Mapping[str, int], kinds: Mapping[str, str]) -> Answering:
    values = list(used)
    words = [value for value in values if normal(value) not in kinds]
    few = 0 < len(words) <= MOST_VALUES and all(used[v] >= FEWEST_PEOPLE for v in words)
    if not values:
        return Answering("text", decide=("nobody answered: what is it?",))
    if all(_is_number(value) for value in values):
        if few and all(WHOLE.fullmatch(value) for value in values):
            return Answering("select_one", _coded({value: value for value in values}))
        return _number(used)
    if all(iso_date(value) for value in values):
        return Answering("date")
    few &= not any(_is_number(value) for value in words)
    offered = tuple(dict.fromkeys(kinds[normal(v)] for v in values if normal(v) in kinds))
    if few and set(offered) <= set(OFFERED) and len({normal(v) for v in words}) == len(words):
        answers = _numbered({value: value for value in sorted(words)})
        return Answering("select_one", answers, offered)
    return Answering("text", decide=("read as a text and kept apart: are there answers to list?",))


def _number(used: Mapping[str, int], hint: str = "") -> Answering:
    if not all(_is_number(value) for value in used):
        return Answering("text", decide=(f"a text with labels: {hint}",) if hint else ())
    whole = all(float(value) % 1 == 0 for value in used)
    alone = whole and len(used) == sum(used.values()) and len(used) > MOST_VALUES
    decide = ("a number of its own in every row: does it tell persons apart?",) if alone else ()
    return Answering("integer" if whole else "decimal", hint=hint, decide=decide)


def _is_number(value: str) -> bool:
    return bool(NUMBER.fullmatch(value)) and abs(float(value)) <= LARGEST


def _coded(labels: Mapping[str, str]) -> tuple[Answer, ...]:
    """Answers under the file's own codes, in their order."""
    told = _different(labels)
    return tuple(Answer(int(value), told[value]) for value in sorted(labels, key=int))


def _numbered(labels: Mapping[str, str]) -> tuple[Answer, ...]:
    """Answers that the file has no numbers for, numbered in their order."""
    told = _different(labels)
    return tuple(
        Answer(place, told[value], value if WIRE.fullmatch(value) and label != value else "")
        for place, (value, label) in enumerate(labels.items(), 1)
    )


def _different(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels, with the value behind those that are another's label or code."""
    times = Counter(normal(label) for label in labels.values())
    return {
        value: f"{label} ({value})"
        if times[normal(label)] > 1 or (normal(label) in labels and normal(label) != value)
        else label
        for value, label in labels.items()
    }


def _shown(labels: Mapping[str, str]) -> str:
    return "; ".join(f"{value} = {label}" for value, label in labels.items())
