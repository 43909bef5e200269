"""The sheets of communities: what is true of them, as their offices write it down."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.simulation.communities import codes
from coproduction.simulation.fieldwork import SIMULATOR
from coproduction.simulation.generator import Generator
from coproduction.simulation.response.interview import ticks_of, written
from coproduction.simulation.response.routing import Answers, route
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.equations import COMMUNITIES
from coproduction.simulation.structure.world import World


def sheets(generator: Generator, sheet: Instrument, world: World, streams: Streams) -> pd.DataFrame:
    """Fill in a sheet for each community, behind them those of second informants.

    Parameters
    ----------
    generator
        What the study is drawn from.
    sheet
        Questionnaire of the communities.
    world
        What is true of the communities.
    streams
        Random numbers.

    Returns
    -------
    pandas.DataFrame
        A column for each question, and `submitted_by`.
    """
    number = world.number
    names = codes(generator.truth.communities.code, number)
    first = _facts(generator, sheet, world)
    second = _second(generator, sheet, first, streams)
    ticks = ticks_of(world, sheet)
    tables = []
    for rows, facts in ((np.arange(number), first), second):
        routed = written(route(facts, sheet, ticks), ticks)
        tables.append(_table(sheet, routed, names[rows]))
    return pd.concat(tables, ignore_index=True)


def _facts(generator: Generator, sheet: Instrument, world: World) -> Answers:
    texts = generator.truth.texts
    found = {name: np.full(world.number, text, object) for name, text in texts.items()}
    found |= {name: world.of(name, COMMUNITIES) for name in sheet.by_id if name in world.values}
    return {name: values for name, values in found.items() if name in sheet.by_id}


def _second(
    generator: Generator, sheet: Instrument, first: Answers, streams: Streams
) -> tuple[np.ndarray, Answers]:
    """Give some communities a second sheet, some answers being those of other communities."""
    rule, every = generator.truth.second_informant, np.arange(generator.truth.communities.number)
    rows = np.flatnonzero(streams.uniform(every, "second informant") < rule.share)
    found = {}
    for name, values in first.items():
        differs = streams.uniform(every, "second informant", name) < rule.disagreement
        others = np.argsort(streams.uniform(every, "second informant", name, "others"))
        swapped = values if sheet.by_id[name].required else values[others]
        found[name] = np.where(differs, swapped, values)[rows]
    return rows, found


def _table(sheet: Instrument, routed: Answers, names: np.ndarray) -> pd.DataFrame:
    columns: dict[str, object] = {}
    for item in sheet.questions:
        if item.role == "cluster":
            columns[item.id] = names
        else:
            blank = np.full(len(names), None, object)
            columns[item.id] = routed.get(item.id, blank)
    return pd.DataFrame(columns).assign(submitted_by=SIMULATOR)
