"""The items of each construct: which of them are reversed, and how far their answers reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from coproduction.instrument.definition import Instrument


@dataclass(frozen=True)
class Scale:
    """Items that measure one construct.

    Attributes
    ----------
    items
        Items, in the order asked.
    reversed
        Those of which agreement means less of the construct.
    spans
        Of each item the distance between the lowest and the highest answer; None where answers
        have no limits.
    """

    items: tuple[str, ...]
    reversed: tuple[str, ...] = ()
    spans: tuple[float | None, ...] = ()

    @cached_property
    def signs(self) -> np.ndarray:
        """1 for each item, −1 for a reversed one."""
        return np.array([-1.0 if item in self.reversed else 1.0 for item in self.items])


@dataclass(frozen=True)
class Scales:
    """Everything that a model needs to know about what items measure.

    Attributes
    ----------
    by_construct
        Scale of each construct that has items.
    origins
        Items that a variable comes from, if it is no item itself.
    """

    by_construct: Mapping[str, Scale] = field(default_factory=dict)
    origins: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def behind(self, name: str) -> frozenset[str]:
        """Items that a variable comes from; an item comes from itself."""
        return self.origins.get(name, frozenset({name}))


def scales_of(instrument: Instrument) -> dict[str, Scale]:
    """Take the scales of a questionnaire."""
    found = {}
    for construct in instrument.constructs:
        if items := instrument.scale(construct):
            found[construct] = Scale(
                tuple(item.id for item in items),
                tuple(item.id for item in items if item.reverse),
                tuple(_span(item.limits) for item in items),
            )
    return found


def read_scales(content: Mapping[str, Mapping[str, Sequence[Any]]]) -> dict[str, Scale]:
    """Make scales out of plain values, as `dataclasses.asdict` gives them."""
    return {
        name: Scale(**{key: tuple(value) for key, value in each.items()})
        for name, each in content.items()
    }


def _span(limits: tuple[float, float] | None) -> float | None:
    return None if limits is None or limits[1] <= limits[0] else float(limits[1] - limits[0])
