"""How the items of scales are answered, read from a truth file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coproduction.instrument.definition import Instrument, Item
from coproduction.simulation.structure.equations import causes_of
from coproduction.simulation.truth.content import (
    ACQUIESCENCE,
    DESIRABILITY,
    EXTREME,
    MIDPOINT,
    Difference,
    ItemTruth,
    Scales,
)
from coproduction.simulation.truth.variables import facet_of

Entry = Mapping[str, Any]


def scale_items(main: Instrument) -> list[Item]:
    """Items that measure a construct, and markers, in the order asked."""
    return [item for item in main.questions if item.construct or item.role == "marker"]


def read_scales(data: Entry, main: Instrument) -> Scales:
    """Read the blocks `scales` and `styles` of a truth file with its defaults."""
    rule, styles = data["scales"], data["styles"]
    return Scales(
        items=tuple(_item(item, main, rule, styles) for item in scale_items(main)),
        differences=tuple(
            Difference(each["condition"], tuple(each["items"]), each["shift"], each["loading"])
            for each in rule["differences"]
        ),
        extreme=styles[EXTREME]["strength"],
        midpoint=styles[MIDPOINT]["strength"],
        ignorance=causes_of(rule["ignorance"]),
    )


def _item(item: Item, main: Instrument, rule: Entry, styles: Entry) -> ItemTruth:
    own = rule["items"].get(item.id, {})
    shared = rule["constructs"].get(item.construct, {})
    offered = item.response_set is not None and "dont_know" in item.response_set.offer_missing
    unsure = own.get("dont_know", shared.get("dont_know", rule["dont_know"]))
    return ItemTruth(
        id=item.id,
        loadings=_loadings(item, main, rule, own, shared),
        reversed=item.reverse,
        agreement=_of_style(item, styles[ACQUIESCENCE]),
        desirability=_desirable(item, styles[DESIRABILITY]),
        thresholds=_thresholds(item, rule, own.get("thresholds", shared.get("thresholds"))),
        dont_know=unsure if offered else 0.0,
    )


def _loadings(
    item: Item, main: Instrument, rule: Entry, own: Entry, shared: Entry
) -> dict[str, float]:
    sign, found = -1.0 if item.reverse else 1.0, {}
    if item.construct:
        usual = rule["reversed_loading" if item.reverse else "loading"]
        if listed := shared.get("loadings"):
            usual = listed[[each.id for each in main.scale(item.construct)].index(item.id)]
        found[item.construct] = sign * own.get("loading", usual)
    on_facet = own.get("facet_loading", shared.get("facet_loading", rule["facet_loading"]))
    if item.facet and on_facet:
        found[facet_of(item)] = sign * on_facet
    # A cross-loading is written with the sign that it has.
    for name, loading in own.get("cross_loadings", {}).items():
        found[name] = found.get(name, 0.0) + loading
    return found


def _of_style(item: Item, style: Entry) -> float:
    return style["items"].get(item.id, style["loading"])


def _desirable(item: Item, style: Entry) -> float:
    """Find the loading on desirability, which has the direction of the construct, if any."""
    concerned = item.construct and item.construct in (style["constructs"] or [item.construct])
    if item.id not in style["items"] and not concerned:
        return 0.0
    return (-1.0 if item.reverse else 1.0) * _of_style(item, style)


def _thresholds(item: Item, rule: Entry, name: str | None) -> tuple[float, ...]:
    if item.response_set is None:
        return ()
    if name is not None:
        return tuple(rule["thresholds"][name])
    number = len(item.response_set.values) - 1
    spread = rule["spread"] if number > 1 else 0.0
    return tuple(map(float, np.linspace(-spread, spread, number)))
