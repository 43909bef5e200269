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


def starts(rule: Fieldwork, n: int, streams: Streams, *occasion: str) -> np.ndarray:
    """Draw when interviews start: any day, by daylight (n,)."""
    stream = streams.of("fieldwork", "start", *occasion)
    seconds = stream.integers(0, rule.days, n) * DAY
    seconds = seconds + stream.integers(FIRST_HOUR * 3600, LAST_HOUR * 3600, n)
    seconds = seconds - round(3600 * rule.hours_ahead)
    return np.datetime64(rule.start, "s") + seconds.astype("timedelta64[s]")


def forms(
    rule: Fieldwork, started: np.ndarray, careless: np.ndarray, streams: Streams, *occasion: str
) -> Forms:
    """Fill in a form for each interview; the careless are faster."""
    n = len(started)
    error = streams.of("fieldwork", "length", *occasion).standard_normal(n)
    median = np.where(careless, rule.careless_minutes.median, rule.minutes.median)
    spread = np.where(careless, rule.careless_minutes.spread, rule.minutes.spread)
    seconds = np.rint(60 * median * np.exp(spread * error)).astype("timedelta64[s]")
    devices = streams.of("fieldwork", "device", *occasion).integers(1, rule.devices + 1, n)
    return Forms(
        submission=identifiers(n, streams, *occasion),
        started=started,
        ended=started + seconds,
        uploaded=started + seconds + np.timedelta64(UPLOAD, "s"),
        device=np.array([f"tablet{number:02d}" for number in devices]),
    )


def identifiers(n: int, streams: Streams, *occasion: str) -> np.ndarray:
    """Draw ids of submissions (n,)."""
    drawn = streams.of("fieldwork", "submission", *occasion).bytes(16 * n)
    return np.array(
        [str(uuid.UUID(bytes=drawn[16 * k : 16 * k + 16], version=4)) for k in range(n)]
    )


def sent(
    rule: Fieldwork, made: Forms, answers: Answers, streams: Streams, *occasion: str
) -> tuple[Forms, np.ndarray, Answers]:
    """Send some forms twice and add forms from before the fieldwork, in order of arrival.

    Returns
    -------
    tuple
        The forms, the interview that each stands for (a test repeats the answers of one), and
        their answers.
    """
    n = len(made.submission)
    twice = streams.of("fieldwork", "twice", *occasion).permutation(n)
    twice = twice[: round(rule.duplicates * n)]
    tests = streams.of("fieldwork", "test", *occasion).permutation(n)[: rule.tests]
    later = np.full(len(twice), np.timedelta64(RESENT, "s"))
    again = _moved(made.take(twice), later, streams, "twice", *occasion)
    local = made.started[tests] + np.timedelta64(round(3600 * rule.hours_ahead), "s")
    back = local.astype("datetime64[D]") - np.datetime64(rule.start)
    back = back + np.timedelta64(rule.tests_days_before, "D")
    before = _moved(made.take(tests), -back.astype("timedelta64[s]"), streams, "test", *occasion)
    rows = np.concatenate([np.arange(n), twice, tests])
    every = _joined(made, again, before)
    order = np.lexsort((every.submission, every.uploaded))
    rows = rows[order]
    given = {name: values[rows] for name, values in answers.items()}
    return every.take(order), rows, _impossible(rule, given, streams, occasion)


def _moved(made: Forms, by: np.ndarray, streams: Streams, *what: str) -> Forms:
    return Forms(
        identifiers(len(made.submission), streams, *what),
        made.started + by,
        made.ended + by,
        made.uploaded + by,
        made.device,
    )


def _joined(*parts: Forms) -> Forms:
    names = ("submission", "started", "ended", "uploaded", "device")
    return Forms(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _impossible(
    rule: Fieldwork, given: Answers, streams: Streams, occasion: tuple[str, ...]
) -> Answers:
    """Write an impossible number into some forms in which the question is answered."""
    for each in rule.impossible:
        values = given[each.item].copy()
        order = streams.of("fieldwork", "impossible", each.item, *occasion).random(len(values))
        answered = np.flatnonzero(~np.isnan(values))
        values[answered[np.argsort(order[answered])][: each.rows]] = each.value
        given = {**given, each.item: values}
    return given
