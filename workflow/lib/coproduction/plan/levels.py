"""Codes of categories that have no order: refused wherever they would be reckoned with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coproduction.instrument.expressions import amounts_in
from coproduction.plan.names import Names
from coproduction.problems import Path, Problem


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
