"""Everything in the blocks `scales` and `styles` that does not fit the questionnaires."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from coproduction.instrument.definition import Instrument, Item
from coproduction.simulation.truth.content import STYLES
from coproduction.simulation.truth.equation_checks import condition, terms
from coproduction.simulation.truth.scales import scale_items
from coproduction.simulation.truth.variables import Variable, constructs
from coproduction.yamlfiles.problems import Path, Problem, unknown

Entry = Mapping[str, Any]
Known = Mapping[str, Variable]


def scale_problems(data: Entry, known: Known, main: Instrument) -> Iterator[Problem]:
    """Find what is wrong with scales and styles; parameters as of `equation_problems`."""
    scales = data["scales"]
    items = {item.id: item for item in scale_items(main)}
    for name, entry in scales["constructs"].items():
        path = ("scales", "constructs", name)
        if name not in constructs(main):
            yield path, unknown(name, constructs(main), f"there is no construct `{name}`")
            continue
        number = len(main.scale(name))
        if len(entry.get("loadings", ())) not in (0, number):
            yield (*path, "loadings"), f"`{name}` has {number} items."
        for item in main.scale(name):
            yield from _thresholds((*path, "thresholds"), entry, scales, item)
    for name, entry in scales["items"].items():
        path = ("scales", "items", name)
        if name not in items:
            yield path, unknown(name, list(items), f"`{name}` is no item of a scale")
            continue
        yield from _thresholds((*path, "thresholds"), entry, scales, items[name])
        latents = [each for each, variable in known.items() if variable.item is None]
        for other in entry.get("cross_loadings", {}):
            if other not in latents:
                what = f"`{other}` is no construct or facet"
                yield (*path, "cross_loadings", other), unknown(other, latents, what)
    for place, group in enumerate(scales["differences"]):
        path = ("scales", "differences", place)
        yield from condition((*path, "condition"), group["condition"], known, data)
        yield from _listed((*path, "items"), group["items"], items)
    yield from terms(("scales", "ignorance"), scales["ignorance"], known, data)
    for style in STYLES[:2]:
        entry = data["styles"][style]
        yield from _listed(("styles", style, "items"), entry["items"], items)
        for place, name in enumerate(entry.get("constructs", ())):
            if name not in constructs(main):
                where = ("styles", style, "constructs", place)
                yield where, unknown(name, constructs(main), f"there is no construct `{name}`")


def _listed(path: Path, named: Collection[str], items: Entry) -> Iterator[Problem]:
    for name in named:
        if name not in items:
            yield path, unknown(name, list(items), f"`{name}` is no item of a scale")


def _thresholds(path: Path, entry: Entry, scales: Entry, item: Item) -> Iterator[Problem]:
    name, known = entry.get("thresholds"), scales["thresholds"]
    if name is None:
        return
    if name not in known:
        yield path, unknown(name, list(known), f"there are no thresholds `{name}`")
    elif item.response_set is not None and len(known[name]) != len(item.response_set.values) - 1:
        number = len(item.response_set.values) - 1
        yield path, f"`{item.id}` has {number + 1} answers and needs {number} thresholds."
    elif sorted(known[name]) != known[name]:
        yield ("scales", "thresholds", name), "the thresholds must ascend."
