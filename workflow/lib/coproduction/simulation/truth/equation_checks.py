"""Everything in a truth file that does not fit the questionnaires or itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from coproduction.instrument.checks.routing import KINDS
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import variables_in
from coproduction.plan.vocabulary.conditions import expression
from coproduction.plan.vocabulary.names import Name
from coproduction.simulation.structure.equations import COMMUNITIES, PERSONS, Level
from coproduction.simulation.truth.variables import Variable, plain_items, ticked
from coproduction.yamlfiles.problems import Path, Problem, unknown

Entry = Mapping[str, Any]
Known = Mapping[str, Variable]
BINARY, SHARED = ("logit", "probit"), ("ordered", "categories", "ticks")
DEFINED = ("expression", "cut", "tally", "before", "aggregate", "constant")
LINKS = ("normal", *BINARY, *SHARED, "lognormal", "count", "uniform", *DEFINED)
MOVING = ("causes", "reported", "slope_sd", "community_sd", "community_share", "skew")


def equation_problems(data: Entry, known: Known, main: Instrument) -> Iterator[Problem]:
    """Find what is wrong with conditions, equations and correlations.

    Parameters
    ----------
    data
        The file with its defaults.
    known
        Everything that an equation can be for.
    main
        Questionnaire of the persons.
    """
    measured = {item.id for item in main.questions} - {item.id for item in plain_items(main)}
    for name, text in data["conditions"].items():
        if name in known:
            yield ("conditions", name), f"`{name}` is the name of a variable; choose another."
        yield from expression(("conditions", name), text, _names(known, PERSONS), condition=True)
    for name, entry in data["equations"].items():
        path = ("equations", name)
        if name in measured:
            yield (
                path,
                (
                    f"`{name}` belongs to a scale or to the form's design and has no equation; its "
                    "answers follow from `scales` and `styles`."
                ),
            )
            continue
        wrong = list(_link(path, entry, known[name]))
        yield from wrong or _parts(path, entry, known, data, known[name].level)
    yield from _correlations(data, known)


def _names(known: Known, level: Level) -> dict[str, Name]:
    """Name what an expression can use: of communities only what they are, of persons both."""
    return {
        name: Name("number")
        if each.item is None
        else Name(KINDS.get(each.item.type, "number"), each.item.possible)
        for name, each in known.items()
        if level == PERSONS or each.level == COMMUNITIES
    }


def _link(path: Path, entry: Entry, variable: Variable) -> Iterator[Problem]:
    """Find out whether it is said in one way how a variable comes about, and in one that suits."""
    named = [kind for kind in LINKS if kind in entry]
    if len(named) > 1:
        yield path, f"comes about in two ways, `{named[0]}` and `{named[1]}`; keep one."
        return
    if not named and variable.item is not None and set(entry) & {"causes", "reported"}:
        ways = "ticks" if variable.item.type == "select_multiple" else ", ".join(LINKS[:5])
        yield path, f"a question that has causes needs to say how it comes about: {ways} or other."
        return
    kind = named[0] if named else "normal"
    moved = [key for key in MOVING if entry.get(key)]
    if kind in (*DEFINED, "uniform") and moved:
        yield (*path, moved[0]), f"does not go with `{kind}`, which nothing else moves."
    if kind != "normal" and named:
        for key in ("community_share", "skew"):
            if entry.get(key):
                yield (*path, key), f"is for `normal` variables; with `{kind}` use `community_sd`."
    if kind == "normal" and entry.get("community_sd"):
        yield (*path, "community_sd"), "a `normal` variable has a `community_share` instead."
    if variable.level == COMMUNITIES and (entry.get("community_sd") or entry.get("slope_sd")):
        yield path, "a variable of communities has no deviations of communities of its own."
    yield from _codes((*path, kind), kind, entry.get(kind, {}), variable)


def _codes(path: Path, kind: str, entry: Any, variable: Variable) -> Iterator[Problem]:
    """Find codes that a question does not have, and rates that are not there or twice."""
    if kind in BINARY:
        if ("rate" in entry) == ("intercept" in entry):
            yield path, "needs either a `rate` or an `intercept`."
        if entry["exact"] and variable.level != COMMUNITIES:
            yield (*path, "exact"), "is for variables of communities."
        yield from _not_answers((*path, "values"), entry["values"], variable)
    if kind == "cut":
        if len(entry["codes"]) != len(entry["at"]) + 1:
            yield (*path, "codes"), f"{len(entry['at'])} limits make {len(entry['at']) + 1} codes."
        if sorted(entry["at"]) != entry["at"]:
            yield (*path, "at"), "the limits must ascend."
        yield from _not_answers((*path, "codes"), entry["codes"], variable)
    if kind in SHARED:
        yield from _shares(path, kind, entry, variable)
    if kind == "uniform" and entry["low"] > entry["high"]:
        yield (*path, "low"), "must not be above `high`."
    if variable.item is not None and variable.item.type == "select_multiple" and kind != "ticks":
        yield path, "a multiple choice is answered by `ticks`."
    elif kind == "ticks" and (variable.item is None or variable.item.type != "select_multiple"):
        yield path, "`ticks` are for a multiple choice of the questionnaire."


def _shares(path: Path, kind: str, entry: Entry, variable: Variable) -> Iterator[Problem]:
    codes = list(entry["shares"])
    wrong = [code for code in codes if not code.lstrip("-").isdigit()]
    yield from (((*path, "shares", code), f"`{code}` is no code.") for code in wrong)
    if wrong:
        return
    yield from _not_answers((*path, "shares"), map(int, codes), variable)
    if kind == "ticks" and variable.item is not None and variable.item.response_set:
        none = ticked(variable.item)[1]
        if str(none) in codes:
            yield (*path, "shares", str(none)), "is ticked by those who tick nothing else."
        yield from (
            ((*path, "shares", code), "a share is at most 1.")
            for code, share in entry["shares"].items()
            if share > 1
        )
    elif sum(entry["shares"].values()) <= 0:
        yield (*path, "shares"), "at least one share must be above zero."
    for block in [entry.get("causes", {}), *(each["shares"] for each in entry.get("where", ()))]:
        for code in block:
            if code not in codes:
                yield path, unknown(code, codes, f"there is no share of the code `{code}`")
    if kind == "ordered" and list(map(int, codes)) != sorted(map(int, codes)):
        yield (*path, "shares"), "the codes must ascend."


def _not_answers(path: Path, codes: Any, variable: Variable) -> Iterator[Problem]:
    if variable.item is None or variable.item.possible is None:
        return
    name, possible = variable.item.id, variable.item.possible
    for code in codes:
        if not possible.meets("==", code):
            yield path, f"`{name}` is never {code}; possible are {possible}."


def _parts(path: Path, entry: Entry, known: Known, data: Entry, level: Level) -> Iterator[Problem]:
    """Find what an equation names that there is not, or not at its level."""
    for key in ("causes", "reported", "slope_sd"):
        yield from terms((*path, key), entry.get(key, {}), known, data, level)
    for kind in SHARED:
        for code, causes in entry.get(kind, {}).get("causes", {}).items():
            yield from terms((*path, kind, "causes", code), causes, known, data, level)
    for kind in (*BINARY, *SHARED):
        for number, group in enumerate(entry.get(kind, {}).get("where", ())):
            where = (*path, kind, "where", number, "condition")
            yield from condition(where, group["condition"], known, data, level)
    if "expression" in entry:
        place = (*path, "expression")
        yield from expression(place, entry["expression"], _names(known, level))
    for kind in ("cut", "tally", "before", "aggregate"):
        if kind in entry:
            of = entry[kind] if kind == "tally" else entry[kind]["of"]
            at = PERSONS if kind == "aggregate" else level
            yield from _single((*path, kind), of, known, at, kind)


def _single(path: Path, name: str, known: Known, level: Level, kind: str) -> Iterator[Problem]:
    usable = [
        each for each in _names(known, level) if kind != "aggregate" or known[each].level == PERSONS
    ]
    if name not in usable:
        yield path, unknown(name, usable, f"`{name}` is no variable that can stand here")
    item = known[name].item if name in known else None
    is_choice = item is not None and item.type == "select_multiple"
    if name in usable and is_choice != (kind == "tally"):
        yield path, "a multiple choice is counted by `tally`, and nothing else is."


def terms(
    path: Path, causes: Entry, known: Known, data: Entry, level: Level = PERSONS
) -> Iterator[Problem]:
    """Find terms that come twice, or whose names lead nowhere or to what a level does not know."""
    usable = [*_names(known, level), *data["conditions"]]
    first: dict[tuple[str, ...], str] = {}
    for term in causes:
        place = (*path, term)
        names = tuple(part.strip() for part in term.split("*"))
        # Products of the same names are one cause, in whatever order they stand.
        same = first.setdefault(tuple(sorted(names)), term)
        if same != term:
            yield place, f"is the same product as `{same}`; keep one of them."
        for name in names:
            if name not in usable:
                yield place, unknown(name, usable, _no_cause(name, known, data))
            elif name in data["conditions"]:
                yield from condition(place, name, known, data, level)
            elif name in known and (item := known[name].item) and item.type == "select_multiple":
                yield place, f"`{name}` is a multiple choice; name a condition or a `tally`."


def _no_cause(name: str, known: Known, data: Entry) -> str:
    if name in known:
        return f"`{name}` is of persons and cannot move communities; aggregate it"
    return f"`{name}` is neither a variable nor a condition, or is an item of a scale"


def condition(
    path: Path, text: str, known: Known, data: Entry, level: Level = PERSONS
) -> Iterator[Problem]:
    """Find what is wrong with a condition, given by its name or in full."""
    if text not in data["conditions"]:
        yield from expression(path, text, _names(known, level), condition=True)
        return
    persons = set(_names(known, PERSONS)) - set(_names(known, level))
    try:
        used = variables_in(data["conditions"][text]) & persons
    except Exception:  # told where the condition stands
        return
    if used:
        yield path, f"the condition `{text}` is of persons ({', '.join(sorted(used))})."


def _correlations(data: Entry, known: Known) -> Iterator[Problem]:
    rule = data["correlations"]
    names, path = rule["names"], ("correlations", "names")
    normal = [
        name
        for name, each in known.items()
        if each.level == PERSONS
        and each.item is None
        and not set(data["equations"].get(name, {})) & (set(LINKS) - {"normal"})
    ]
    for place, name in enumerate(names):
        if name not in normal:
            yield (
                (*path, place),
                unknown(name, normal, f"`{name}` is no normal variable of persons"),
            )
    if len(rule["values"]) != max(len(names) - 1, 0):
        number = max(len(names) - 1, 0)
        yield ("correlations", "values"), f"{len(names)} variables need {number} rows."
        return
    for row, values in enumerate(rule["values"], start=1):
        if len(values) != row:
            yield ("correlations", "values", row - 1), f"this row needs {row} numbers."
            return
    matrix = np.eye(len(names))
    for row, values in enumerate(rule["values"], start=1):
        matrix[row, :row] = matrix[:row, row] = values
    if len(names) and np.linalg.eigvalsh(matrix).min() <= 0:
        yield ("correlations", "values"), "no variables can correlate so: not positive definite."
