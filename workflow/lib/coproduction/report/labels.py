"""Names of variables, terms, answers and verdicts in the language of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coproduction.instrument.definition import Instrument
from coproduction.report.messages import message
from coproduction.report.words import wording, words


@dataclass(frozen=True)
class Labels:
    """What things are called.

    Attributes
    ----------
    language
        BCP 47 tag.
    synthetic
        Whether the data are synthetic, which verdicts then say.
    text
        Words of the language.
    instrument
        The questionnaire.
    names
        Names of items, constructs and derived variables by id.
    models, hypotheses
        Names of the planned models, moderations and experiments, and statements of the
        hypotheses, by id.
    """

    language: str
    synthetic: bool
    text: Mapping[str, Any]
    instrument: Instrument
    names: Mapping[str, str]
    models: Mapping[str, str]
    hypotheses: Mapping[str, str]

    def name(self, identifier: str) -> str:
        """Name of a variable; its id where nobody named it."""
        return self.names.get(identifier, identifier)

    def model(self, identifier: str) -> str:
        """Name of a model."""
        return self.models.get(identifier, self.name(identifier))

    def word(self, vocabulary: str, code: str) -> str:
        """Words of a machine word; the machine word where there are none."""
        return self.text[vocabulary].get(code, code)

    def verdict(self, code: str) -> str:
        """Words of a verdict; of synthetic data, said so."""
        verdict = self.text["verdict"][code]
        return self.text["simulated"].format(verdict=verdict) if self.synthetic else verdict

    def message(self, text: str) -> str:
        """Sentences of a result table, with names for identifiers."""
        return message(text, self.language, self.name)

    def answer(self, item: str, value: str) -> str:
        """Label of an answer's code."""
        definition = self.instrument.by_id[item]
        for option in definition.response_set.options if definition.response_set else ():
            if str(option.value) == value:
                return wording(option.label, self.language)
        return value or self.text["no_answer"]

    def level(self, variable: str, value: str) -> str:
        """Label of a category or held value of a variable or term."""
        known = self.instrument.by_id.get(variable)
        return self.answer(variable, value) if known and known.response_set else value

    def values(self, text: str) -> str:
        """Write values that terms are held at, such as `a = 1, b = 0`."""
        pairs = [part.partition(" = ") for part in text.split(", ")] if text else []
        return self.text["joiner"].join(
            f"{self.term(name)} = {self.level(name, value)}" for name, _, value in pairs
        )

    def term(self, term: str) -> str:
        """Readable name of a model's term."""
        if term in self.text["parts"]:
            return self.text["parts"][term]
        for mark, sign in ((":", " × "), (" - ", " − ")):
            if mark in term:
                return sign.join(self.term(part) for part in term.split(mark))
        for part in ("within", "between"):
            if term.endswith(f"_{part}"):
                name = self.name(term.removesuffix(f"_{part}"))
                return f"{name} ({self.text['parts'][part]})"
        variable, bracket, level = term.partition("[")
        if bracket and variable in self.instrument.by_id:
            return f"{self.name(variable)}: {self.answer(variable, level.rstrip(']'))}"
        return self.name(variable) + (f" [{level}" if bracket else "")


def labels(
    instrument: Instrument, plan: Mapping[str, Any], language: str, synthetic: bool
) -> Labels:
    """Collect the names in one language from the questionnaire and the plan."""

    def named(blocks: Any, key: str = "label") -> dict[str, str]:
        return {each["id"]: wording(each[key], language) for each in blocks if key in each}

    measurement = plan.get("measurement", {})
    blocks = ("models", "moderation", "experiments")
    names = {item.id: wording(item.label or item.text, language) for item in instrument.questions}
    names |= {key: wording(value.label, language) for key, value in instrument.constructs.items()}
    names |= named(plan.get("variables", ()))
    planned = [each for block in blocks for each in plan.get(block, ())]
    models = named([*planned, *measurement.get("models", ())])
    hypotheses = named(plan.get("hypotheses", ()), "statement")
    return Labels(language, synthetic, words(language), instrument, names, models, hypotheses)
