"""Expressions of a study checked against what its names can stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import Kind, kind, variables_in
from coproduction.instrument.possible import Codes, Numbers, Possible, check_comparisons
from coproduction.plan import ADDED
from coproduction.yamlfile import Document, Path

KINDS: Mapping[str, Kind] = {"select_multiple": "choices", "text": "text", "date": "text"}


@dataclass(frozen=True)
class Vocabulary:
    """Names that an expression may use.

    Attributes
    ----------
    kinds
        What each name holds.
    possible
        Its possible values; None where anything is possible.
    missing
        Codes of missing answers.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    possible: dict[str, Possible] = field(default_factory=dict)
    missing: tuple[int, ...] = ()

    def check(
        self, document: Document, path: Path, expression: str, condition: bool = True
    ) -> Kind:
        """Refuse an expression that names, mixes or compares what it cannot; tell what it gives."""
        try:
            for name in sorted(variables_in(expression) - set(self.kinds)):
                raise StudyError(f"`{name}` is neither an item nor a variable defined before")
            found = kind(expression, self.kinds)
            if condition and found != "condition":
                raise StudyError(f"`{expression}` is no condition; compare it, such as `b == 1`")
            check_comparisons(expression, self.possible, self.missing)
        except StudyError as error:
            raise document.error(path, f"{str(error).rstrip('.')}.") from error
        return found


def vocabulary(instruments: Iterable[Instrument]) -> Vocabulary:
    """Names of the items and constructs of questionnaires."""
    kinds: dict[str, Kind] = {}
    possible: dict[str, Possible] = {}
    missing: set[int] = set()
    for instrument in instruments:
        missing |= set(instrument.missing_values)
        for item in instrument.questions:
            kinds[item.id], possible[item.id] = KINDS.get(item.type, "number"), item.possible
        for name in instrument.constructs:
            kinds[name], possible[name] = "number", _scores(instrument, name)
    return Vocabulary(kinds, possible, tuple(sorted(missing)))


def _scores(instrument: Instrument, construct: str) -> Possible:
    items = instrument.scale(construct)
    limits = [item.limits for item in items]
    if not items or None in limits:
        return None
    low, high = min(each[0] for each in limits), max(each[1] for each in limits)
    number = len(items) if instrument.constructs[construct].rule == "sum" else 1
    return Numbers(low * number, high * number)


def check_plan_expressions(document: Document, names: Vocabulary) -> None:
    """Refuse an expression of the plan, or a code in it, that no answer can meet.

    Derived variables are added to the names, in their order.

    Raises
    ------
    StudyError
        With file, line and key.
    """
    plan = document.data
    for name in ADDED:
        names.kinds[name], names.possible[name] = "number", None
    for position, variable in enumerate(plan.get("variables", ())):
        _derive(document, ("variables", position), variable, names)
    for summary in plan.get("communities", {}).get("summaries", ()):
        names.kinds[summary["id"]], names.possible[summary["id"]] = "number", None
    for block in ("models", "descriptions"):
        for position, planned in enumerate(plan.get(block, ())):
            if "subset" in planned:
                names.check(document, (block, position, "subset"), planned["subset"])
            for key in ("predictors", "covariates"):
                for place, entry in enumerate(planned.get(key, ())):
                    _check_reference(document, (block, position, key, place), entry, names)
    for position, moderation in enumerate(plan.get("moderation", ())):
        _check_reference(document, ("moderation", position, "by"), moderation["by"], names)


def _derive(document: Document, path: Path, variable: Mapping[str, Any], names: Vocabulary) -> None:
    possible: Possible = None
    if "expression" in variable:
        where = (*path, "expression")
        given = names.check(document, where, variable["expression"], condition=False)
        if given not in ("condition", "number"):
            raise document.error(where, f"`{variable['expression']}` gives no number.")
        possible = Codes(frozenset((0.0, 1.0))) if given == "condition" else None
    elif "recode" in variable:
        rule = variable["recode"]
        for code in rule["values"]:
            where = (*path, "recode", "values", code)
            _check_code(document, where, rule["item"], int(code), names)
        possible = Codes(frozenset(map(float, rule["values"].values())))
    elif "count" in variable:
        rule = variable["count"]
        for place, code in enumerate(rule.get("exclude", ())):
            _check_code(document, (*path, "count", "exclude", place), rule["item"], code, names)
        possible = Numbers(low=0, whole=True)
    names.kinds[variable["id"]], names.possible[variable["id"]] = "number", possible


def _check_reference(document: Document, path: Path, entry: Any, names: Vocabulary) -> None:
    if not isinstance(entry, str) and isinstance(entry.get("reference"), int):
        name = entry["variable"]
        _check_code(document, (*path, "reference"), name, entry["reference"], names)


def _check_code(document: Document, path: Path, name: str, code: int, names: Vocabulary) -> None:
    """Refuse a code that a name never has."""
    answers = names.possible.get(name)
    if isinstance(answers, Codes | Numbers) and not answers.meets("==", code):
        raise document.error(path, f"`{name}` is never {code}; possible are {answers}.")
