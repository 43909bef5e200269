"""The questionnaire as data: items, response sets, constructs and the kinds of missing answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument import checks
from coproduction.instrument.checks.items import UNORDERED
from coproduction.instrument.possible import Possible, possible_answers
from coproduction.instrument.wording import Text
from coproduction.printing import printed
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import refuse_all

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
        """One row per item, as in the codebook."""
        from coproduction.instrument.codebook import codebook

        return codebook(self)

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

    def missing_code(self, kind: str) -> int:
        """Code of one kind of missing answer."""
        return self.missing_codes[kind].code


def read_instrument(document: Document) -> Instrument:
    """Build the questionnaire from its checked YAML document.

    Raises
    ------
    StudyError
        If a reference leads nowhere, an identifier stands twice, a translation is missing or a
        condition names an item that is not asked before; of that all is told at once.
    """
    return read_instruments([document])[0]


def read_instruments(documents: Sequence[Document]) -> list[Instrument]:
    """Build several questionnaires; what is wrong with any of them is told at once.

    Raises
    ------
    StudyError
        See `read_instrument`.
    """
    refuse_all(
        (document, problem) for document in documents for problem in checks.problems(document)
    )
    return [_instrument(document) for document in documents]


def _instrument(document: Document) -> Instrument:
    data = document.data
    head = data["instrument"]
    missing = {
        kind: MissingCode(kind, entry["code"], entry.get("wire"), entry["label"])
        for kind, entry in data["missing_codes"].items()
    }
    response_sets = {
        key: _response_set(key, entry) for key, entry in data.get("response_sets", {}).items()
    }
    sections = tuple(
        Section(entry["id"], entry["label"], entry.get("random_order", False))
        for entry in data["sections"]
    )
    return Instrument(
        id=head["id"],
        version=head["version"],
        unit=head["unit"],
        languages=tuple(head["languages"]),
        title=head["title"],
        licence=head["licence"],
        missing_codes=missing,
        constructs={
            key: _construct(key, entry) for key, entry in data.get("constructs", {}).items()
        },
        sections=sections,
        items=_items(data["sections"], response_sets),
        source=document.source,
    )


def _response_set(key: str, entry: Mapping[str, Any]) -> ResponseSet:
    options = tuple(
        Option(
            value=option["value"],
            label=option["label"],
            wire=str(option.get("wire", option["value"])),
            exclusive=option.get("exclusive", False),
            wording=option.get("wording"),
        )
        for option in entry["options"]
    )
    return ResponseSet(key, entry["level"], options, tuple(entry.get("offer_missing", ())))


def _construct(key: str, entry: Mapping[str, Any]) -> Construct:
    return Construct(
        id=key,
        label=entry["label"],
        definition=entry.get("definition"),
        facets=entry.get("facets", {}),
        rule=entry["scoring"]["rule"],
        minimum_valid=entry["scoring"]["minimum_valid"],
    )


def _items(
    sections: Sequence[Mapping[str, Any]], response_sets: Mapping[str, ResponseSet]
) -> tuple[Item, ...]:
    items: list[Item] = []
    ends: list[str] = []
    for section in sections:
        for entry in section["items"]:
            conditions = [section.get("relevant", ""), entry.get("relevant", ""), *ends]
            items.append(_item(entry, section["id"], conditions, response_sets))
            if end := entry.get("terminate_if"):
                ends.append(f"not ({end})")
    return tuple(items)


def _item(
    entry: Mapping[str, Any],
    section: str,
    conditions: list[str],
    response_sets: Mapping[str, ResponseSet],
) -> Item:
    lower, upper = entry.get("range", (None, None))
    conditions = [condition for condition in conditions if condition]
    return Item(
        id=entry["id"],
        type=entry["type"],
        text=entry["text"],
        section=section,
        response_set=response_sets.get(entry.get("response_set", "")),
        construct=entry.get("construct"),
        facet=entry.get("facet"),
        reverse=entry.get("reverse", False),
        role=entry.get("role"),
        required=entry.get("required", False),
        minimum=lower,
        maximum=upper,
        pattern=entry.get("pattern"),
        asked_if=" and ".join(f"({condition})" for condition in conditions),
        terminate_if=entry.get("terminate_if", ""),
        expected=entry.get("expected"),
        sensitive=entry.get("sensitive", False),
        label=entry.get("label"),
        hint=entry.get("hint"),
        scenario=entry.get("scenario"),
        aliases=tuple(entry.get("aliases", ())),
        source=entry.get("source", {}),
    )
