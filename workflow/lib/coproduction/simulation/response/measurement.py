"""From latents to answers: loadings, styles of answering, thresholds, not knowing.

The response variable of an item has variance one among residents: what loads on it and the styles
explain a part, an error of its own the rest. Thresholds cut it into the item's answers; styles of
extreme and middle answers move the thresholds of a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from coproduction.instrument.definition import Instrument, Item
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.world import World
from coproduction.simulation.truth.content import (
    ACQUIESCENCE,
    DESIRABILITY,
    EXTREME,
    MIDPOINT,
    MISREADS,
    ItemTruth,
    Truth,
)

SPREADS = 2.5
"""Standard deviations of the response from the middle of a number's range to its ends."""
LARGEST_SHARE = 0.95


@dataclass(frozen=True)
class Measures:
    """All items of scales as arrays, of I items.

    Attributes
    ----------
    items
        The items.
    latents
        Names of what they load on, L.
    loadings
        Their loadings (I, L).
    agreement, desirability
        Loadings on these styles (I,).
    reversed
        Which of them are reversed (I,).
    error
        Standard deviations of their own errors (I,).
    """

    items: tuple[ItemTruth, ...]
    latents: tuple[str, ...]
    loadings: np.ndarray
    agreement: np.ndarray
    desirability: np.ndarray
    reversed: np.ndarray
    error: np.ndarray


def measures(truth: Truth, population: World) -> Measures:
    """Gather the items' loadings and find the errors that leave each response a variance of one.

    Parameters
    ----------
    truth
        The truth file.
    population
        A large population, whose latents have the variances and covariances that the truth implies.

    Raises
    ------
    StudyError
        If the loadings of an item explain more than all of it.
    """
    items = truth.scales.items
    latents = tuple(dict.fromkeys(name for item in items for name in item.loadings))
    loadings = np.array([[item.loadings.get(name, 0.0) for name in latents] for item in items])
    agreement = np.array([item.agreement for item in items])
    desirability = np.array([item.desirability for item in items])
    backward = np.array([item.reversed for item in items], bool)
    found = Measures(
        items, latents, loadings, agreement, desirability, backward, np.zeros(len(items))
    )
    # Among those who read every item as it stands: whoever misreads one moves no other's answers.
    read = {name: each for name, each in population.values.items() if name != MISREADS}
    attentive = replace(population, values=read)
    rest = 1 - systematic(found, attentive).var(axis=0) if items else np.zeros(0)
    for item, left in zip(items, rest, strict=True):
        if left <= 0:
            raise truth.document.error(
                ("scales",),
                f"what loads on `{item.id}` explains {1 - left:.2f} of a variance of 1; make its "
                "loadings smaller.",
            )
    return replace(found, error=np.sqrt(rest))


def systematic(measured: Measures, world: World) -> np.ndarray:
    """Responses without their errors (n, I)."""
    n = len(world.place)
    if not measured.latents:
        content = np.zeros((n, len(measured.items)))
    else:
        latents = np.column_stack([world.of(name) for name in measured.latents])
        content = latents @ measured.loadings.T
        if MISREADS in world.values:
            # Who overlooks that an item is reversed answers as if it were not.
            content = np.where(
                (world.of(MISREADS) == 1)[:, None] & measured.reversed, -content, content
            )
    for style, loadings in (
        (ACQUIESCENCE, measured.agreement),
        (DESIRABILITY, measured.desirability),
    ):
        if np.any(loadings):
            content = content + np.outer(world.of(style), loadings)
    return content


def responses(truth: Truth, measured: Measures, world: World, errors: np.ndarray) -> np.ndarray:
    """Responses of everyone to every item (n, I), groups that answer otherwise doing so.

    Parameters
    ----------
    truth
        The truth file.
    measured
        The items.
    world
        What is true of the persons.
    errors
        Standard normal errors (n, I).
    """
    found = systematic(measured, world)
    place = {item.id: position for position, item in enumerate(measured.items)}
    for group in truth.scales.differences:
        rows = np.flatnonzero(world.holds(group.condition))
        for name in group.items:
            found[rows, place[name]] += group.shift
            for latent, loading in measured.items[place[name]].loadings.items():
                factor = (group.loading - 1) * loading
                found[rows, place[name]] += factor * world.of(latent)[rows]
    return found + measured.error * errors


def complete_answers(
    truth: Truth,
    measured: Measures,
    world: World,
    instrument: Instrument,
    streams: Streams,
    *occasion: str,
) -> dict[str, np.ndarray]:
    """Answer all items of scales with care, everybody knowing, in codes (n,) by item.

    Parameters
    ----------
    truth, measured, world
        The truth file, the items and what is true of the persons.
    instrument
        The questionnaire.
    streams
        Random numbers.
    *occasion
        Words that set these answers apart from those of the same persons on another occasion.
    """
    units = world.people.units
    errors = [streams.normal(units, "answers", item.id, *occasion) for item in measured.items]
    responded = responses(truth, measured, world, np.reshape(errors, (-1, len(units))).T)
    return {
        item.id: cut(truth, item, instrument.by_id[item.id], responded[:, position], world)
        for position, item in enumerate(measured.items)
    }


def answers(
    truth: Truth,
    measured: Measures,
    world: World,
    instrument: Instrument,
    streams: Streams,
    *occasion: str,
) -> dict[str, np.ndarray]:
    """Answer all items of scales with care; some do not know, and say so.

    Their share is multiplied by what they do not know about. Parameters as of `complete_answers`.
    """
    found = complete_answers(truth, measured, world, instrument, streams, *occasion)
    if not any(item.dont_know for item in measured.items):
        return found
    code = float(instrument.missing_code("dont_know"))
    factor = np.exp(world.sum(truth.scales.ignorance))
    for item in measured.items:
        if item.dont_know:
            drawn = streams.uniform(world.people.units, "not knowing", item.id, *occasion)
            chance = np.minimum(item.dont_know * factor, LARGEST_SHARE)
            found[item.id] = np.where(drawn < chance, code, found[item.id])
    return found


def cut(
    truth: Truth, item: ItemTruth, question: Item, response: np.ndarray, world: World
) -> np.ndarray:
    """Cut a response (n,) into an item's answers."""
    if not item.thresholds:
        return _number(question, response)
    thresholds = np.array(item.thresholds)
    codes = np.array(question.values, float)
    moved = personal(truth, thresholds, world)
    if moved is None:
        return codes[np.searchsorted(thresholds, response)]
    return codes[(response[:, None] > moved).sum(axis=1)]


def personal(truth: Truth, thresholds: np.ndarray, world: World) -> np.ndarray | None:
    """Thresholds as each person's style moves them (n, K − 1); None if no style does."""
    extreme, midpoint = truth.scales.extreme, truth.scales.midpoint
    if not extreme and not midpoint:
        return None
    middle = thresholds.mean()
    moved = np.tile(thresholds - middle, (len(world.place), 1))
    if extreme:
        moved = moved * np.exp(-extreme * world.of(EXTREME))[:, None]
    if midpoint and len(thresholds) > 1 and len(thresholds) % 2 == 0:
        lower = len(thresholds) // 2 - 1
        wider = np.maximum(midpoint * world.of(MIDPOINT), -np.ptp(moved[:, [lower, lower + 1]]) / 2)
        moved[:, : lower + 1] -= wider[:, None]
        moved[:, lower + 1 :] += wider[:, None]
    return moved + middle


def _number(question: Item, response: np.ndarray) -> np.ndarray:
    """Write a response as a number in the middle of the item's range, or as it is."""
    if question.limits is None:
        values = response
    else:
        low, high = question.limits
        values = (low + high) / 2 + response * (high - low) / (2 * SPREADS)
        values = np.clip(values, low, high)
    return np.rint(values) if question.type == "integer" else values
