"""What a plan can name: items, constructs, derived variables, summaries, and their codes.

Codes of categories that have no order are refused wherever they would be reckoned with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coproduction.careless import FLAGS, SUSPICIOUS
from coproduction.codes import code_text
from coproduction.instrument.checks.routing import KINDS
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import Kind, amounts_in
from coproduction.instrument.item_scales import Scale, scales_of
from coproduction.instrument.possible import Codes, Numbers, Possible
from coproduction.plan.options import Level
from coproduction.yamlfiles.problems import Path, Problem, unknown

RESPONDENTS = "respondents"
APART = "the answers to `{name}` are kept apart, so that no result can rest on them."
VARIABLE = "is neither an item, a construct nor a derived variable"


@dataclass(frozen=True)
class Name:
    """Something that a plan can name.

    Attributes
    ----------
    kind
        What it holds: a number, a text, or the ticks of a multiple choice.
    possible
        Its possible values; None where anything is possible.
    items
        Items that it comes from.
    missing
        Codes of missing answers, which no table of the analysis holds.
    level
        `communities` of what only a table of communities has, None of what respondents have too.
    apart
        Whether its answers are kept apart from the results.
    unordered
        Whether it holds codes of three categories or more that have no order.
    scale
        Its items, if it is a construct that has some.
    """

    kind: Kind
    possible: Possible = None
    items: frozenset[str] = frozenset()
    missing: frozenset[int] = frozenset()
    level: Level | None = None
    apart: bool = False
    unordered: bool = False
    scale: Scale | None = None

    @property
    def codes(self) -> tuple[str, ...] | None:
        """Its codes as text, ascending; None where they are not known before the data."""
        if not isinstance(self.possible, Codes):
            return None
        return tuple(map(code_text, sorted(self.possible.values)))


Names = Mapping[str, Name]


def instrument_names(main: Instrument, sheets: Sequence[Instrument]) -> dict[str, Name]:
    """Name what the answers hold: items, scores of constructs that have items, quality indices."""
    names = {name: Name("number") for name in SUSPICIOUS} | {
        item.id: Name(
            KINDS.get(item.type, "number"),
            item.possible,
            frozenset({item.id}),
            frozenset(instrument.missing_values),
            apart=item.confidential,
            unordered=item.unordered,
        )
        for instrument in (*sheets, main)
        for item in instrument.questions
    }
    names[FLAGS] = Name("number", Numbers(low=0, whole=True))
    for construct, scale in scales_of(main).items():
        names[construct] = Name(
            "number", _scores(main, construct), frozenset(scale.items), scale=scale
        )
    return names


def _scores(instrument: Instrument, construct: str) -> Possible:
    items = instrument.scale(construct)
    limits = [item.limits for item in items if item.limits is not None]
    if len(limits) < len(items):
        return None
    low, high = min(each[0] for each in limits), max(each[1] for each in limits)
    number = len(items) if instrument.constructs[construct].rule == "sum" else 1
    return Numbers(low * number, high * number)


def usable(names: Names, level: Level | None = None) -> list[str]:
    """Names that a table of respondents, or of communities, can have."""
    return [name for name, each in names.items() if each.level in (None, level)]


def missing_name(
    name: str, names: Names, level: Level | None = None, kinds: Collection[str] = ()
) -> str:
    """Say why a name is no variable that can be used here; empty if it is."""
    if name not in names:
        return unknown(name, usable(names, level), f"`{name}` {VARIABLE}")
    each = names[name]
    if each.level not in (None, level):
        return f"`{name}` is known of communities only; the model needs `level: communities`."
    if each.apart:
        return APART.format(name=name)
    if kinds and each.kind not in (*kinds, "any"):
        remedy = {
            "choices": "is a multiple choice; derive a variable with `count` or `selected`.",
            "text": "is a text and no number.",
        }
        return f"`{name}` {remedy[each.kind]}"
    return ""


def variable(
    path: Path, name: str, names: Names, level: Level | None = None, kinds: Collection[str] = ()
) -> Iterator[Problem]:
    """Find what is wrong with the name of a variable."""
    if message := missing_name(name, names, level, kinds):
        yield path, message


def code(path: Path, name: str, value: Any, names: Names) -> Iterator[Problem]:
    """Find a code that a name never has."""
    possible = names[name].possible if name in names else None
    if possible is None or possible.meets("==", value):
        return
    written = f'"{value}"' if isinstance(value, str) else code_text(value)
    missing = ", the code of a missing answer" if value in names[name].missing else ""
    yield path, f"`{name}` is never {written}{missing}; possible are {possible}."


def items(path: Path, named: Sequence[str], known: Collection[str]) -> Iterator[Problem]:
    """Find names in a list that are no items."""
    for position, name in enumerate(named):
        if name not in known:
            yield (*path, position), unknown(name, known, f"there is no item `{name}`")


def one_of(path: Path, name: str, known: Collection[str], what: str) -> Iterator[Problem]:
    """Find a name that is none of the known ones of its block."""
    if name not in known:
        yield path, unknown(name, known, f"there is no {what} `{name}`")


def as_slope(path: Path, name: str, names: Names, dropped: Sequence[str] = ()) -> Iterator[Problem]:
    """Refuse one slope over categories without order.

    Parameters
    ----------
    path, name, names
        Where the variable is named, and what the plan can name.
    dropped
        Keys beside it that cannot stand beside categories.
    """
    without = f" without {' and '.join(f'`{key}`' for key in dropped)}" if dropped else ""
    remedy = f"say `{{variable: {name}, categorical: true}}`{without}"
    yield from _refused(path, name, names, f"no slope can stand for; {remedy}")


def as_number(path: Path, name: str, names: Names) -> Iterator[Problem]:
    """Refuse means, ranks and correlations of categories without order."""
    known = names[name].codes if name in names else None
    example = f'`expression: "{name} == {known[0] if known else 1}"`'
    yield from _refused(
        path, name, names, f"no number can stand for; derive a variable, such as {example}"
    )


def in_expression(path: Path, text: str, names: Names) -> Iterator[Problem]:
    """Refuse sums, differences, products and ratios of categories without order."""
    for name in sorted(amounts_in(text)):
        yield from as_number(path, name, names)


def _refused(path: Path, name: str, names: Names, why: str) -> Iterator[Problem]:
    if name not in names or not names[name].unordered:
        return
    codes = names[name].codes
    place = "its response set" if names[name].items == {name} else "that variable"
    yield (
        path,
        f"`{name}` has {len(codes) if codes else 'several'} categories without order, which {why}, "
        f"or `level: ordinal` at {place} if its codes are in order.",
    )
