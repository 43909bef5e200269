"""Everything in the blocks on the survey that does not fit the questionnaires."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from coproduction.instrument.definition import Instrument, Item
from coproduction.instrument.pattern import fits
from coproduction.plan.vocabulary.conditions import expression
from coproduction.plan.vocabulary.names import instrument_names
from coproduction.simulation.structure.equations import COMMUNITIES
from coproduction.simulation.truth.content import MECHANISMS, RETEST
from coproduction.simulation.truth.equation_checks import (
    BINARY,
    DEFINED,
    condition,
    terms,
)
from coproduction.simulation.truth.variables import Variable, plain_items
from coproduction.yamlfiles.problems import Path, Problem, unknown

Entry = Mapping[str, Any]
Known = Mapping[str, Variable]


def survey_problems(
    data: Entry, known: Known, main: Instrument, sheet: Instrument | None
) -> Iterator[Problem]:
    """Find what is wrong with communities, sample, nonresponse, fieldwork, texts and mechanisms.

    Parameters
    ----------
    data
        The file with its defaults.
    known
        Everything that an equation can be for.
    main, sheet
        Questionnaire of the persons and, if there is one, of the communities.
    """
    yield from _mechanisms(data, known)
    yield from _codes(data, [main] if sheet is None else [main, sheet])
    yield from _sample(data, known, main)
    yield from _nonresponse(data, known, main)
    yield from _waves(data, known)
    if not sum(data["carelessness"]["kinds"].values()):
        yield ("carelessness", "kinds"), "at least one share must be above zero."
    numbers = [item.id for item in main.questions if item.type in ("integer", "decimal")]
    for place, each in enumerate(data["fieldwork"]["impossible"]):
        path = ("fieldwork", "impossible", place, "item")
        yield from _one(path, each["item"], numbers, "question with a number")
    texts = {
        item.id: item
        for instrument in (main, sheet)
        if instrument is not None
        for item in instrument.questions
        if item.type in ("text", "date") and item.role != "cluster"
    }
    for name, text in data["texts"].items():
        yield from _one(("texts", name), name, texts, "question for a text")
        if name in texts and not _suits(texts[name], text):
            yield ("texts", name), f"`{text}` is not of the form {texts[name].pattern}."


def _suits(item: Item, text: str) -> bool:
    return not item.pattern or fits(text, item.pattern)


def _one(path: Path, name: str, names: Collection[str], what: str) -> Iterator[Problem]:
    if name not in names:
        yield path, unknown(name, list(names), f"`{name}` is no {what}")


def _mechanisms(data: Entry, known: Known) -> Iterator[Problem]:
    """Check variables that stand for what befalls a person: of persons, 0 or 1, asked by nobody."""
    for name in MECHANISMS:
        entry = data["equations"].get(name)
        if known.get(name) and known[name].item is not None:
            yield ("equations",), f"`{name}` is a word of the simulator, and a question's name."
        elif entry is not None:
            kinds = [kind for kind in (*BINARY, "expression") if kind in entry]
            values = entry[kinds[0]].get("values") if kinds and kinds[0] in BINARY else [0, 1]
            if not kinds or values != [0, 1] or entry["level"] != "persons":
                message = f"`{name}` is 0 or 1 of persons: give it a `logit` without `values`."
                yield ("equations", name), message


def _codes(data: Entry, instruments: list[Instrument]) -> Iterator[Problem]:
    """Check the form of communities' codes against the questions that ask for them."""
    rule, path = data["communities"], ("communities", "code")
    try:
        first, last = rule["code"].format(1), rule["code"].format(rule["number"])
    except (ValueError, IndexError, KeyError):
        yield path, "needs one `{}` for the number, such as `C{:03d}`."
        return
    if first == last and rule["number"] > 1:
        yield path, "needs one `{}` for the number, such as `C{:03d}`."
    for instrument in instruments:
        for item in instrument.with_role("cluster"):
            if item.pattern and not (fits(first, item.pattern) and fits(last, item.pattern)):
                yield path, f"makes `{last}`, and `{item.id}` must be of the form {item.pattern}."
            if item.values and len(item.values) < rule["number"]:
                number = len(item.values)
                yield ("communities", "number"), f"`{item.id}` has {number} answers only."


def _sample(data: Entry, known: Known, main: Instrument) -> Iterator[Problem]:
    rule = data["sample"]
    for name, frame in rule["frames"].items():
        if frame["where"]:
            path = ("sample", "frames", name, "where")
            yield from condition(path, frame["where"], known, data)
    names = {name: each for name, each in instrument_names(main, ()).items() if name in main.by_id}
    for code, text in rule["seen"].items():
        yield from expression(("sample", "seen", code), text, names, condition=True)
    choices = [item.id for item in plain_items(main) if item.type == "select_one"]
    for place, name in enumerate(rule["margins"]):
        yield from _one(("sample", "margins", place), name, choices, "question with one answer")


def _nonresponse(data: Entry, known: Known, main: Instrument) -> Iterator[Problem]:
    rule = data["nonresponse"]
    yield from terms(("nonresponse", "causes"), rule["causes"], known, data)
    asked = [item.id for item in main.questions if item.type != "random"]
    for name, own in rule["items"].items():
        path = ("nonresponse", "items", name)
        yield from _one(path, name, asked, "question")
        yield from terms((*path, "causes"), own["causes"], known, data)
        item = main.by_id.get(name)
        if item is not None and item.required and (own.get("blank") or own["refused"]):
            yield path, f"the form insists on an answer to `{name}`."
        elif item is not None and own["refused"] and "refused" not in item.offer_missing:
            yield (*path, "refused"), f"`{name}` does not offer `refused`; see `offer_missing`."


def _waves(data: Entry, known: Known) -> Iterator[Problem]:
    """Check that waves follow each other, and what starts or moves in them."""
    if data["retest"]["days"]["least"] > data["retest"]["days"]["most"]:
        yield ("retest", "days", "least"), "must not be above `most`."
    days, seen = 0, {RETEST}
    for place, wave in enumerate(data["panel"]["waves"]):
        path = ("panel", "waves", place)
        if wave["id"] in seen:
            yield (*path, "id"), f"`{wave['id']}` is the name of another wave."
        seen.add(wave["id"])
        if wave["days"] <= days:
            yield (*path, "days"), "waves stand in their order, each later than the one before."
        days = wave["days"]
        steps = [
            name
            for name, each in known.items()
            if each.level == COMMUNITIES and set(data["equations"].get(name, {})) & set(BINARY)
        ]
        for name in wave["starts"]:
            yield from _one((*path, "starts", name), name, steps, "logit variable of communities")
        moved = [name for name in known if not set(data["equations"].get(name, {})) & set(DEFINED)]
        for name in wave["shifts"]:
            yield from _one((*path, "shifts", name), name, moved, "variable that something moves")
