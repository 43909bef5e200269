"""The questionnaire as data: items, response sets, constructs and the kinds of missing answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.checks.items import UNORDERED
from coproduction.instrument.possible import Possible, possible_answers
from coproduction.instrument.wording import Text
from coproduction.printing import printed

ItemType = Literal[
    "select_one", "select_multiple", "integer", "decimal", "text", "date", "note", "random"
]
NUMERIC_TYPES = ("select_one", "integer", "decimal", "random")


@dataclass(frozen=True)
class Option:
    """One answer of a response set.

    Attributes
    ----------
    value
        The code in every table of the study.
    label
        Wording by language.
    wire
        The code on survey platforms; by default the value itself.
    exclusive
        In a multiple choice, true if nothing else may be ticked beside it.
    wording
        For a randomised arm, the words that this arm puts into a scenario.
    """

    value: int
    label: Text
    wire: str
    exclusive: bool = False
    wording: Text | None = None


@dataclass(frozen=True)
class MissingCode:
    """One kind of missing answer: its code in the tables, on the wire, and its label."""

    kind: str
    code: int
    wire: str | None
    label: Text


@dataclass(frozen=True)
class ResponseSet:
    """A list of answers that items share, with the kinds of missing answer it offers."""

    id: str
    level: Literal["nominal", "ordinal", "interval"]
    options: tuple[Option, ...]
    offer_missing: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[int, ...]:
        """Codes of the substantive answers, in the order shown."""
        return tuple(option.value for option in self.options)


@dataclass(frozen=True)
class Construct:
    """What a group of items is meant to measure, and how they become a score.

    Attributes
    ----------
    id, label, definition
        Identifier and wording by language.
    facets
        Named parts of the construct.
    rule
        `mean` or `sum` of the reverse-keyed items.
    minimum_valid
        Smallest share of items a respondent must have answered to get a score.
    """

    id: str
    label: Text
    definition: Text | None
    facets: Mapping[str, Text]
    rule: Literal["mean", "sum"]
    minimum_valid: float


@dataclass(frozen=True)
class Section:
    """A part of the questionnaire."""

    id: str
    label: Text
    random_order: bool = False


@dataclass(frozen=True)
class Item:
    """One question.

    Attributes
    ----------
    id, aliases
        Present identifier and former ones.
    type, text, label, hint, scenario
        How and in what words it is asked, and its short name in tables; a scenario may name
        randomised arms in braces.
    section
        Identifier of its section.
    response_set
        Its answers, for choices and randomised arms.
    construct, facet, reverse
        What it measures, and whether agreement means less of it.
    role
        Its part in the design (consent, cluster, attention_check, ...), or None.
    required
        Whether the form insists on an answer.
    minimum, maximum, pattern
        Limits of a number, form of a text.
    asked_if
        Expression that must hold for the item to be asked; empty if always. Holds the section's
        condition, the item's own and the ends of interview that stand before it.
    terminate_if
        Expression that ends the interview after this item; empty if never.
    expected
        Right answer of an attention check.
    sensitive
        Whether the item is left out of released data.
    source
        Where the wording comes from.
    """

    id: str
    type: ItemType
    text: Text
    section: str
    response_set: ResponseSet | None = None
    construct: str | None = None
    facet: str | None = None
    reverse: bool = False
    role: str | None = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    asked_if: str = ""
    terminate_if: str = ""
    expected: int | None = None
    sensitive: bool = False
    label: Text | None = None
    hint: Text | None = None
    scenario: Text | None = None
    aliases: tuple[str, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> tuple[Option, ...]:
        """Answers that can be chosen; none where it is answered in numbers or words."""
        return self.response_set.options if self.response_set else ()

    @property
    def values(self) -> tuple[int, ...]:
        """Codes of the answers that can be chosen, in the order shown."""
        return self.response_set.values if self.response_set else ()

    @property
    def offer_missing(self) -> tuple[str, ...]:
        """Kinds of missing answer that can be chosen."""
        return self.response_set.offer_missing if self.response_set else ()

    @property
    def confidential(self) -> bool:
        """Whether an answer may name a person: contact details, and texts of any form."""
        any_form = self.type == "text" and self.role != "cluster" and not self.pattern
        return any_form or self.role in ("contact", "open_text")

    @property
    def unordered(self) -> bool:
        """Whether it is answered by one of three categories or more that have no order."""
        known = self.response_set
        if known is None or self.type == "select_multiple":
            return False
        return known.level == "nominal" and len(known.options) >= UNORDERED

    @property
    def limits(self) -> tuple[float, float] | None:
        """Lowest and highest possible code, if the item has them."""
        if self.response_set is not None:
            return float(min(self.values)), float(max(self.values))
        if self.minimum is None or self.maximum is None:
            return None
        return self.minimum, self.maximum

    def mirrored(self, answers: Any) -> Any:
        """Turn codes round: lowest + highest − code, for one number, an array or a column.

        Raises
        ------
        StudyError
            If the item has no limits.
        """
        if self.limits is None:
            raise StudyError(f"`{self.id}` has no `range`, so that its answers cannot be reversed.")
        lowest, highest = self.limits
        return lowest + highest - answers

    @property
    def possible(self) -> Possible:
        """Which answers the item can have."""
        number = self.type in ("integer", "decimal")
        return possible_answers(
            self.type, self.values, self.limits if number else None, self.pattern
        )


@printed
@dataclass(frozen=True)
class Instrument:
    """A whole questionnaire; see the schema of `instrument.yaml` for the meaning of each part."""

    id: str
    version: str
    unit: str
    languages: tuple[str, ...]
    title: Text
    licence: str
    missing_codes: Mapping[str, MissingCode]
    constructs: Mapping[str, Construct]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    source: str
    shown: ClassVar[tuple[str, ...]] = ("item", "type", "construct", "reverse")

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        languages = ", ".join(self.languages)
        return f"Questionnaire {self.id} {self.version} ({languages}): {len(self.questions)} items"

    def to_frame(self) -> pd.DataFrame:
        """Tabulate the questionnaire, as in the codebook.

        Returns
        -------
        pandas.DataFrame
            One row per item: `section, item, type, role, construct, facet, reverse, required,
            asked_if, minimum, maximum`, in each language `text_` and `options_` (code = label; …),
            and `source`.
        """
        return pd.DataFrame([self._row(item) for item in self.items])

    def _row(self, item: Item) -> dict[str, Any]:
        row: dict[str, Any] = {
            "section": item.section,
            "item": item.id,
            "type": item.type,
            "role": item.role or "",
            "construct": item.construct or "",
            "facet": item.facet or "",
            "reverse": item.reverse,
            "required": item.required,
            "asked_if": item.asked_if,
            "minimum": item.minimum,
            "maximum": item.maximum,
        }
        for language in self.languages:
            listed = (f"{code} = {label}" for code, label in self.answers(item, language))
            row[f"text_{language}"] = item.text[language]
            row[f"options_{language}"] = "; ".join(listed)
        return {**row, "source": item.source.get("note", item.source.get("kind", ""))}

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """Items by identifier."""
        return {item.id: item for item in self.items}

    @cached_property
    def questions(self) -> tuple[Item, ...]:
        """Items that carry a value, in the order asked: everything but notes."""
        return tuple(item for item in self.items if item.type != "note")

    @cached_property
    def missing_values(self) -> tuple[int, ...]:
        """All codes that stand for a missing answer."""
        return tuple(missing.code for missing in self.missing_codes.values())

    def with_role(self, role: str) -> tuple[Item, ...]:
        """Items that play a given role."""
        return tuple(item for item in self.items if item.role == role)

    def scale(self, construct: str) -> tuple[Item, ...]:
        """Items of a construct, in the order asked."""
        return tuple(item for item in self.items if item.construct == construct)

    @property
    def scale_items(self) -> dict[str, list[str]]:
        """Ids of the items of every construct that has some."""
        scales = {name: [item.id for item in self.scale(name)] for name in self.constructs}
        return {name: items for name, items in scales.items() if items}

    def answers(self, item: Item, language: str) -> list[tuple[int, str]]:
        """List the codes and labels that an item may hold, offered missing answers last."""
        listed = [(option.value, option.label[language]) for option in item.options]
        offered = [self.missing_codes[kind] for kind in item.offer_missing]
        return listed + [(missing.code, missing.label[language]) for missing in offered]

    def missing_code(self, kind: str) -> int:
        """Code of one kind of missing answer."""
        return self.missing_codes[kind].code
