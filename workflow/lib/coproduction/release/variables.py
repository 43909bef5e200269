"""What each column of a release file is called, and what its codes mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from coproduction.instrument.definition import Instrument, Item
from coproduction.instrument.wording import Text
from coproduction.languages import words

Level = Literal["nominal", "ordinal", "scale"]
DESCRIBED = ("id", "synthetic")


@dataclass(frozen=True)
class Variable:
    """One column of a release file.

    Attributes
    ----------
    name, label
        Its name, and what it holds, by language.
    level
        How it is measured.
    text
        Whether it holds words.
    values
        Labels of its codes, by language.
    missing
        Whether it can hold codes of missing answers.
    """

    name: str
    label: Text
    level: Level
    text: bool = False
    values: Mapping[int, Text] = field(default_factory=dict)
    missing: bool = False


def word(key: str, tags: Sequence[str]) -> Text:
    """Words of a release file in the languages of a questionnaire."""
    return {each: words(each, "release.yaml")[key] for each in tags}


def tick_name(item: Item, value: int) -> str:
    """Name of the column that tells whether one answer of a multiple choice was ticked."""
    return f"{item.id}_{value}"


def variables(table: pd.DataFrame, instrument: Instrument) -> tuple[Variable, ...]:
    """Describe every column of a release table, in its order."""
    known = {name: _described(name, instrument.languages) for name in DESCRIBED}
    for item in instrument.questions:
        known |= {each.name: each for each in _of_item(item, instrument.languages)}
    for name, construct in instrument.constructs.items():
        score = word("score", instrument.languages)
        label = {each: f"{construct.label[each]} ({score[each]})" for each in instrument.languages}
        known[name] = Variable(name, label, "scale")
    return tuple(known[name] for name in table)


def missing_labels(instrument: Instrument) -> dict[int, Text]:
    """Label the codes of missing answers, with the one of what was suppressed."""
    labels = {missing.code: missing.label for missing in instrument.missing_codes.values()}
    return labels | {suppressed_code(instrument): word("suppressed", instrument.languages)}


def suppressed_code(instrument: Instrument) -> int:
    """Code of an answer that was suppressed: next below all codes of missing answers."""
    return min(instrument.missing_values) - 1


def describe(described: Sequence[Variable], instrument: Instrument) -> pd.DataFrame:
    """Tabulate the variables: `variable, level, language, label, values`, a row per language."""
    rows = []
    for variable in described:
        codes = dict(variable.values) | (missing_labels(instrument) if variable.missing else {})
        for language in instrument.languages:
            values = "; ".join(f"{code} = {label[language]}" for code, label in codes.items())
            label = variable.label[language]
            rows.append((variable.name, variable.level, language, label, values))
    return pd.DataFrame(rows, columns=["variable", "level", "language", "label", "values"])


def _described(name: str, languages: Sequence[str]) -> Variable:
    return Variable(name, word(name, languages), "nominal" if name == "id" else "scale")


def _of_item(item: Item, languages: Sequence[str]) -> list[Variable]:
    label = item.label or item.text
    if item.type == "select_multiple":
        ticks = {1: word("ticked", languages), 0: word("not_ticked", languages)}
        return [
            Variable(
                tick_name(item, option.value),
                {each: f"{label[each]}: {option.label[each]}" for each in languages},
                "nominal",
                values=ticks,
                missing=True,
            )
            for option in item.options
        ]
    level: Level = "nominal" if item.role == "cluster" else "scale"
    if item.response_set is not None:
        level = "scale" if item.response_set.level == "interval" else item.response_set.level
    values = {option.value: option.label for option in item.options}
    return [Variable(item.id, label, level, values=values, missing=True)]
