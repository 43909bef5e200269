"""Forms as they come in: when, from which device, sent twice, tried out, half wrong."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np

from coproduction.simulation.response.routing import Answers
from coproduction.simulation.streams import Streams
from coproduction.simulation.truth.content import Fieldwork

SIMULATOR = "simulator"
DAY, FIRST_HOUR, LAST_HOUR = 86400, 8, 20
UPLOAD, RESENT = 20, 1800
"""Seconds from an interview's end to its upload, and from a form to its second sending."""


@dataclass(frozen=True)
class Forms:
    """Forms, one for each interview or sending.

    Attributes
    ----------
    submission
        Their ids (n,).
    started, ended, uploaded
        Moments in UTC, whole seconds (n,).
    device
        Devices (n,).
    """

    submission: np.ndarray
    started: np.ndarray
    ended: np.ndarray
    uploaded: np.ndarray
    device: np.ndarray

    def take(self, rows: np.ndarray) -> Forms:
        """Keep some forms, in an order."""
        return Forms(
            self.submission[rows],
            self.started[rows],
            self.ended[rows],
            self.uploaded[rows],
            self.device[rows],
        )


def starts(rule: Fieldwork, units: np.ndarray, streams: Streams, *occasion: str) -> np.ndarray:
    """Draw when the interviews of some persons (n,) start: any day, by daylight (n,)."""
    daylight = FIRST_HOUR * 3600, LAST_HOUR * 3600 - 1
    seconds = DAY * streams.whole(units, 0, rule.days - 1, "fieldwork", "day", *occasion)
    seconds = seconds + streams.whole(units, *daylight, "fieldwork", "second", *occasion)
    seconds = seconds - round(3600 * rule.hours_ahead)
    return np.datetime64(rule.start, "s") + seconds.astype("timedelta64[s]")


def forms(
    rule: Fieldwork,
    units: np.ndarray,
    started: np.ndarray,
    careless: np.ndarray,
    streams: Streams,
    *occasion: str,
) -> Forms:
    """Fill in a form for each interview; the careless are faster."""
    error = streams.normal(units, "fieldwork", "length", *occasion)
    median = np.where(careless, rule.careless_minutes.median, rule.minutes.median)
    spread = np.where(careless, rule.careless_minutes.spread, rule.minutes.spread)
    seconds = np.rint(60 * median * np.exp(spread * error)).astype("timedelta64[s]")
    devices = streams.whole(units, 1, rule.devices, "fieldwork", "device", *occasion)
    return Forms(
        submission=identifiers(units, streams, *occasion),
        started=started,
        ended=started + seconds,
        uploaded=started + seconds + np.timedelta64(UPLOAD, "s"),
        device=np.array([f"tablet{number:02d}" for number in devices]),
    )


def identifiers(units: np.ndarray, streams: Streams, *occasion: str) -> np.ndarray:
    """Draw ids of submissions, one for each of some persons (n,)."""
    drawn = streams.words(units, 2, "fieldwork", "submission", *occasion).astype("<u8")
    return np.array([str(uuid.UUID(bytes=each.tobytes(), version=4)) for each in drawn], str)


def sent(
    rule: Fieldwork,
    units: np.ndarray,
    made: Forms,
    answers: Answers,
    streams: Streams,
    *occasion: str,
) -> tuple[Forms, np.ndarray, Answers]:
    """Send some forms twice and add forms from before the fieldwork, in order of arrival.

    Returns
    -------
    tuple
        The forms, the interview that each stands for (a test repeats the answers of one), and
        their answers.
    """
    chance = streams.uniform(units, "fieldwork", "twice", *occasion)
    twice = np.flatnonzero(chance < rule.duplicates)
    tests = np.argsort(streams.uniform(units, "fieldwork", "test", *occasion))[: rule.tests]
    later = np.full(len(twice), np.timedelta64(RESENT, "s"))
    again = _moved(made.take(twice), units[twice], later, streams, "twice", *occasion)
    local = made.started[tests] + np.timedelta64(round(3600 * rule.hours_ahead), "s")
    back = local.astype("datetime64[D]") - np.datetime64(rule.start)
    back = back + np.timedelta64(rule.tests_days_before, "D")
    back = -back.astype("timedelta64[s]")
    before = _moved(made.take(tests), units[tests], back, streams, "test", *occasion)
    rows = np.concatenate([np.arange(len(units)), twice, tests])
    every = _joined(made, again, before)
    order = np.lexsort((every.submission, every.uploaded))
    rows = rows[order]
    given = _impossible(rule, units, answers, streams, occasion)
    return every.take(order), rows, {name: values[rows] for name, values in given.items()}


def _moved(made: Forms, units: np.ndarray, by: np.ndarray, streams: Streams, *what: str) -> Forms:
    return Forms(
        identifiers(units, streams, *what),
        made.started + by,
        made.ended + by,
        made.uploaded + by,
        made.device,
    )


def _joined(*parts: Forms) -> Forms:
    names = ("submission", "started", "ended", "uploaded", "device")
    return Forms(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _impossible(
    rule: Fieldwork,
    units: np.ndarray,
    given: Answers,
    streams: Streams,
    occasion: tuple[str, ...],
) -> Answers:
    """Write an impossible number into some interviews in which the question is answered."""
    for each in rule.impossible:
        values = given[each.item]
        chance = streams.uniform(units, "fieldwork", "impossible", each.item, *occasion)
        wrong = ~np.isnan(values) & (chance < each.share)
        given = {**given, each.item: np.where(wrong, each.value, values)}
    return given
