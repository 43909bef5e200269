"""Which constructs the measurement step of a model is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.instrument.item_scales import Scale, Scales
from coproduction.plan.models.model import Model
from coproduction.plan.options import AGREEMENT_SCORE


@dataclass(frozen=True)
class Contents:
    """Constructs of a measurement step, those that the model holds first.

    Attributes
    ----------
    model
        Identifier of the model, for refusals.
    scales
        Scale of each construct.
    held
        How many of them the model holds. The others inform nothing but agreement.
    asked
        How many of them the model holds or names. The others may be left out.
    """

    model: str
    scales: dict[str, Scale]
    held: int
    asked: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the constructs."""
        return tuple(self.scales)

    @property
    def items(self) -> tuple[str, ...]:
        """Items of all constructs."""
        return tuple(item for scale in self.scales.values() for item in scale.items)

    @property
    def owner(self) -> np.ndarray:
        """Position of the construct of each item (p,)."""
        return np.repeat(
            np.arange(len(self.scales)), [len(each.items) for each in self.scales.values()]
        )

    @property
    def reversed(self) -> bool:
        """Whether any item is reversed, without which agreement cannot be told from content."""
        return any(scale.reversed for scale in self.scales.values())

    def units(self, answers: pd.DataFrame) -> np.ndarray:
        """Give the units of the items (p,): spans, or standard deviations if there are no limits.

        Agreement that moves every item alike moves it by the same share of what it can be.
        """
        spans = [span for scale in self.scales.values() for span in scale.spans]
        spread = answers.std(ddof=1).to_numpy(float)
        return np.array(
            [own if span is None else span for span, own in zip(spans, spread, strict=True)]
        )

    def composite(self, place: int, units: np.ndarray) -> np.ndarray:
        """Weights (p,) of the items, in their units, in the mean of a construct's keyed items."""
        weights = np.zeros(len(units))
        own = self.owner == place
        scale = self.scales[self.names[place]]
        weights[own] = scale.signs * units[own] / len(scale.items)
        return weights


def contents_of(model: Model, scales: Scales) -> Contents | None:
    """Find the constructs of a model's measurement step; None where it has none.

    These are the constructs that the model holds, and those that it names as `contents`: if it
    names none, every construct with a reversed item, unless the outcome or another variable of the
    model comes from an item of it.

    Raises
    ------
    Refusal
        If the study has no such construct, or one has a single item.
    """
    mode = model.agreement_mode
    held = [each.construct for each in model.entries if each.construct is not None]
    if mode == AGREEMENT_SCORE:
        held = [each.name for each in model.entries if each.name in scales.by_construct]
    elif not held:
        return None
    named = held if model.contents is None else [*held, *model.contents]
    for name in named:
        if name not in scales.by_construct:
            raise Refusal("construct_without_items", model=model.id, name=name)
        if len(scales.by_construct[name].items) < 2:
            raise Refusal("construct_of_one_item", model=model.id, name=name)
    asked = len(dict.fromkeys(named))
    if model.contents is None:
        others = _behind(model, scales, held)
        named = [*held, *_balanced(scales, others)]
    chosen = {name: scales.by_construct[name] for name in dict.fromkeys(named)}
    return Contents(model.id, chosen, len(dict.fromkeys(held)), asked)


def items_of(model: Model, scales: Scales) -> tuple[str, ...]:
    """Name the items of a model's measurement step; constructs that have none by themselves."""
    try:
        contents = contents_of(model, scales)
    except Refusal:
        return model.constructs
    return contents.items if contents else ()


def _behind(model: Model, scales: Scales, held: Iterable[str]) -> frozenset[str]:
    """Items that the outcome and the variables of a model come from, but for constructs held."""
    names = [model.outcome, *(each.name for each in model.entries if each.name not in held)]
    return frozenset().union(*map(scales.behind, names))


def _balanced(scales: Scales, others: frozenset[str]) -> list[str]:
    """Find constructs with a reversed item and others, none of which is used elsewhere."""
    return [
        name
        for name, scale in scales.by_construct.items()
        if scale.reversed and len(scale.items) > 1 and not others & set(scale.items)
    ]
