"""Names of variables, terms, answers and verdicts in the language of a report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coproduction.codes import category_of, code_text, indicator
from coproduction.instrument.definition import Instrument, Item
from coproduction.instrument.expressions import kind
from coproduction.notes import sentences
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.plan.data.variables import Variable
from coproduction.plan.plan import Plan
from coproduction.report.numbers import number
from coproduction.report.words import at_confidence, wording, words

"""Level of every interval of the inference room."""


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
    items
        Items of every questionnaire of the study by id.
    names
        Names of items, constructs, derived variables and summaries of communities by id, and of
        populations by their condition.
    categories
        Names of the categories of derived variables, by variable and code.
    split
        Terms that hold one part of a variable: the variable and the part.
    standardised
        Variables that a model takes in standard deviations, by model.
    models, hypotheses
        Names of the planned models, comparisons of groups, explored sets, moderations and
        experiments, and statements of the hypotheses, by id.
    """

    language: str
    synthetic: bool
    text: Mapping[str, Any]
    instrument: Instrument
    items: Mapping[str, Item]
    names: Mapping[str, str]
    categories: Mapping[str, Mapping[str, str]]
    split: Mapping[str, tuple[str, str]]
    standardised: Mapping[str, frozenset[str]]
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

    def heading(self, column: str) -> str:
        """Heading of a column; an interval's is that of all intervals.

        A column that has no label in the language is called by its name.
        """
        column = "interval" if column.endswith("_interval") else column
        return self.text["columns"].get(column) or column.replace("_", " ")

    def index(self, code: str) -> str:
        """Name of a quality index or a rule of consistency."""
        return self.text["indices"].get(code) or self.name(code)

    def verdict(self, code: str, objections: str = "", *, short: bool = False) -> str:
        """Words of a verdict, with the objections to it, named or not; of synthetic data, said so.

        Parameters
        ----------
        code, objections
            Cells of `inference/verdicts.csv`.
        short
            Whether it is only said that there are objections.
        """
        verdict = self.text["verdict"][code]
        if objections:
            named = [self.word("objections", each) for each in objections.split(";")]
            listed = self.text["enumeration"].join(named)
            words = self.text["with_objections_short" if short else "with_objections"]
            verdict = words.format(verdict=verdict, objections=listed)
        return self.text["simulated"].format(verdict=verdict) if self.synthetic else verdict

    def message(self, text: str) -> str:
        """Say the notes of a cell of a result table, with names for identifiers."""

        def name(known: str) -> str:
            return self.text["quoted"].format(name=self.models.get(known) or self.term(known))

        return sentences(text, self.language, name)

    def answer(self, item: str, value: str) -> str:
        """Label of an answer's code, or of a kind of missing answer that is one of its own."""
        for option in self.items[item].options:
            if str(option.value) == value:
                return wording(option.label, self.language)
        for missing in self.instrument.missing_codes.values():
            if str(missing.code) == value:
                return wording(missing.label, self.language)
        return value or self.text["no_answer"]

    def level(self, variable: str, code: str) -> str:
        """Label of a category by its code, such as `2` or `1+2`; a code without one as a number."""
        if not code:
            return ""
        if code in self.categories.get(variable, ()):
            return self.categories[variable][code]
        known = self.items.get(variable)
        if known and known.response_set:
            return " + ".join(self.answer(variable, each) for each in code.split("+"))
        return held(code)

    def held_at(self, variable: str, value: str, cell: str) -> str:
        """Label of what a variable is held at.

        A `category`; or a `value` that is no answer, which may be the mean, a standard deviation
        from it, or the median of a bin such as `bin_1_of_3`.
        """
        if cell in ("", "category"):
            return self.level(variable, value)
        kind, *bin_of = re.split("_(?=[0-9])|_of_", cell)
        names = dict(zip(("bin", "bins"), bin_of, strict=False))
        return self.text["held_at"][kind].format(value=held(value), **names)

    def values(self, text: str, model: str = "") -> str:
        """Write values that terms are held at, such as `a = 1, b = 0`.

        What a model takes in standard deviations, or in parts, is held at no answer's code.
        """
        numbers = {*self.standardised.get(model, ()), *self.split}
        return self.text["joiner"].join(
            f"{self.term(name)} = {held(value) if name in numbers else self.level(name, value)}"
            for name, value in pairs(text)
        )

    def term(self, term: str) -> str:
        """Readable name of a model's term."""
        if term in self.text["parts"]:
            return self.text["parts"][term]
        if term in self.split:
            variable, part = self.split[term]
            words = self.text["split_parts"][part]
            return self.text["bracketed"].format(name=self.name(variable), words=words)
        for mark, sign in ((":", " × "), (" - ", " − "), (" > ", " → "), (" ~~ ", " ↔ ")):
            if mark in term:
                return sign.join(self.term(part) for part in term.split(mark))
        variable, bracket, _ = term.partition("[")
        if not bracket:
            return self.name(variable)
        level = self.level(variable, category_of(term))
        return self.text["of_category"].format(name=self.name(variable), words=level)

    def contrast(self, term: str, reference: str) -> str:
        """Readable name of a term and of the categories that it is compared with, `v = 1`.

        A number that is compared with one of its values has two, of which it names the upper.
        """
        against = dict(pairs(reference))
        factors = [self._category(factor, against) for factor in term.split(":")]
        name = self.term(":".join(factors))
        named = {factor.partition("[")[0] for factor in factors if "[" in factor}
        others = [self.level(*pair) for pair in against.items() if pair[0] in named]
        if not others:
            return name
        joined = self.text["joiner"].join(others)
        return self.text["compared_with"].format(name=name, reference=joined)

    def _category(self, factor: str, against: Mapping[str, str]) -> str:
        """Name the category that a number stands for where its values have labels."""
        if factor not in against or factor in self.split:
            return factor
        code = code_text(float(against[factor]) + 1)
        known = self.items.get(factor)
        labelled = code in self.categories.get(factor, ()) or bool(known and known.response_set)
        return indicator(factor, code) if labelled else factor


def pairs(text: str) -> list[tuple[str, str]]:
    """Read names and codes from a text such as `a = 1, b = 0`."""
    parts = [part.partition(" = ") for part in text.split(", ")] if text else []
    return [(name, value) for name, _, value in parts]


def held(value: str) -> str:
    """Write a value that a variable is held at; what is no number stays as it is."""
    try:
        return number(float(value), 0 if float(value).is_integer() else 2)
    except ValueError:
        return value


def labels(
    instrument: Instrument,
    plan: Plan | None,
    language: str,
    synthetic: bool,
    others: Sequence[Instrument] = (),
    rules: Sequence[Mapping[str, Any]] = (),
) -> Labels:
    """Collect the names in one language from questionnaires, plan and rules of consistency.

    Without a plan they are those of what was asked.
    """
    items = {item.id: item for each in (*others, instrument) for item in each.questions}
    names = _asked(items, instrument, language)
    names |= {each["id"]: wording(each["label"], language) for each in rules if "label" in each}
    text = at_confidence(words(language), CONFIDENCE)
    asked = Labels(language, synthetic, text, instrument, items, names, {}, {}, {}, {}, {})
    return asked if plan is None else _with_planned(asked, plan)


def _asked(items: Mapping[str, Item], instrument: Instrument, language: str) -> dict[str, str]:
    """Name the items of every questionnaire, and the constructs and facets of the first."""
    names = {key: _called(item, language) for key, item in items.items()}
    for key, construct in instrument.constructs.items():
        names[key] = wording(construct.label, language)
        for facet, label in construct.facets.items():
            names[f"{key}_{facet}"] = f"{names[key]} · {wording(label, language)}"
    return names


def _called(item: Item, language: str) -> str:
    """Name an item by its label, or by its text without the stop, as names stand in sentences."""
    if item.label:
        return wording(item.label, language)
    return wording(item.text, language).rstrip(".。")


def _with_planned(asked: Labels, plan: Plan) -> Labels:
    """Add the names of a plan to those of what was asked."""
    language = asked.language

    def named(blocks: Iterable[Any]) -> dict[str, str]:
        return {each.id: wording(each.label, language) for each in blocks if each.label}

    categories: dict[str, dict[str, str]] = {}
    for each in plan.variables:
        categories[each.id] = _categories(each, asked, categories)
    measured = plan.measurement
    populations = {each.condition: wording(each.label, language) for each in plan.populations}
    models = named((*plan.models, *plan.paths, *plan.mediations, *plan.moderation))
    models |= named((*plan.experiments, *plan.descriptions))
    models |= named((*measured.models, *measured.invariance, *measured.dimensionality))
    models |= named(plan.grids)
    for grid in plan.grids:
        label, words = wording(grid.label, language), asked.text["grid_cell"]
        models |= {
            each.model.id: words.format(grid=label, cell=each.number)
            for each in plan.cells[grid.id]
        }
    return replace(
        asked,
        names={**asked.names, **named(plan.variables), **named(plan.summaries), **populations},
        categories=categories,
        split=plan.splits,
        standardised=_standardised(plan),
        models=models,
        hypotheses={
            each.id: wording(each.statement, language)
            for each in (*plan.judged, *plan.composites, *plan.without_verdict)
        },
    )


def _standardised(plan: Plan) -> dict[str, frozenset[str]]:
    """Find the variables that each model takes in standard deviations."""
    return {
        model.id: frozenset(
            each.name for each in model.entries if each.standardise or each.construct
        )
        for model in plan.models
    }


def _categories(
    variable: Variable, asked: Labels, before: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Name a derived variable's categories: as planned, by the answers joined, or yes and no."""
    items, text, language = asked.items, asked.text, asked.language
    if variable.categories:
        return {code: wording(each, language) for code, each in variable.categories.items()}
    if variable.expression is not None:
        condition = kind(variable.expression, {}) == "condition"
        return {"0": text["no"], "1": text["yes"]} if condition else {}

    def answers(name: str) -> Mapping[str, str]:
        options = items[name].options if name in items else ()
        return before.get(name) or {
            str(option.value): wording(option.label, language) for option in options
        }

    joined: dict[str, list[str]] = {}
    for name in variable.first:
        for code, answer in answers(name).items():
            joined.setdefault(code, []).append(answer)
    if variable.recode and (known := answers(variable.recode.item)):
        for code, value in variable.recode.values.items():
            joined.setdefault(code_text(value), []).append(known.get(code, code))
    return {code: " / ".join(dict.fromkeys(parts)) for code, parts in joined.items()}
