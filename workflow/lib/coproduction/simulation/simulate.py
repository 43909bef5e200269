"""A whole synthetic study: persons, answers, dirt, exports."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.simulation import dirt
from coproduction.simulation.answers import answer, scale_answers
from coproduction.simulation.contacts import contact_log
from coproduction.simulation.exports import kobo_csv, plain_csv
from coproduction.simulation.latents import latents
from coproduction.simulation.population import population
from coproduction.simulation.retest import Retest, asked_again, linked, starts
from coproduction.simulation.sheet import community_sheet

SIMULATOR = "simulator"
AGAIN = 1
"""Number of the retest's stream of random numbers, apart from that of everything else."""


@dataclass(frozen=True)
class Simulated:
    """A synthetic study.

    Attributes
    ----------
    persons
        What is true: communities, memberships, latents, who was careless; one row per person.
    intended
        What each person would have answered with care and without skipping, in codes.
    answers, metadata
        What came in, one row per submission.
    communities
        The community office's sheets.
    contacts
        One row per sampled address or roster person, with its final disposition.
    retest
        What came in when some were asked again.
    """

    persons: pd.DataFrame
    intended: pd.DataFrame
    answers: pd.DataFrame
    metadata: pd.DataFrame
    communities: pd.DataFrame
    contacts: pd.DataFrame
    retest: Retest


def simulate(
    instrument: Instrument, sheet: Instrument, truth: Mapping[str, Any], seed: int
) -> Simulated:
    """Simulate a study from a questionnaire, a community sheet and a truth file.

    Parameters
    ----------
    instrument
        The residents' questionnaire.
    sheet
        The community office's questionnaire.
    truth
        Content of the truth file; see its schema.
    seed
        The same seed gives the same study.
    """
    rng = np.random.default_rng(seed)
    persons = population(truth["communities"], rng)
    fixed = persons.drop(columns=["kind", "frame", "community_code"])
    drawn = latents(persons["community"].to_numpy(), fixed, truth["latents"], rng)
    persons = persons.join(drawn[[name for name in drawn if name not in persons]])
    style = rng.standard_normal(len(persons))
    intended = _intended(persons, style, instrument, truth, rng)
    answers, hurried = _given(intended, instrument, truth, rng)
    metadata = _metadata(_starts(len(answers), truth["fieldwork"], rng), hurried, truth, rng)
    contacts = contact_log(persons, intended, metadata, instrument, truth["contacts"], rng)
    sent, sent_metadata = _sent_again(answers, metadata, truth, rng)
    stream = np.random.default_rng([seed, AGAIN])
    chosen = asked_again(answers, instrument, truth["retest"], stream)
    asked = (each.iloc[chosen].reset_index(drop=True) for each in (persons, intended, metadata))
    return Simulated(
        persons=persons.assign(careless=hurried),
        intended=intended,
        answers=sent,
        metadata=sent_metadata,
        communities=community_sheet(persons, sheet, truth["community_sheet"], rng),
        contacts=contacts,
        retest=_retest(*asked, style[chosen], instrument, truth, stream),
    )


def export(simulated: Simulated, instrument: Instrument) -> dict[str, bytes]:
    """Write a synthetic study as platforms would, by name of the file."""
    return {
        "residents": kobo_csv(simulated.answers, simulated.metadata, instrument),
        "communities": plain_csv(simulated.communities),
        "contacts": plain_csv(simulated.contacts),
        "retest": kobo_csv(simulated.retest.answers, simulated.retest.metadata, instrument),
        "retest_links": plain_csv(simulated.retest.links),
    }


def _intended(
    persons: pd.DataFrame,
    style: np.ndarray,
    instrument: Instrument,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> pd.DataFrame:
    known = persons.join(scale_answers(persons, style, instrument, truth["items"], rng))
    for entry in truth["answers"]:
        known[entry["item"]] = answer(entry, known, truth["indicators"], instrument, rng)
    for item in instrument.with_role("attention_check"):
        known[item.id] = item.expected
    return known[[item.id for item in instrument.questions]]


def _given(
    intended: pd.DataFrame,
    instrument: Instrument,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, np.ndarray]:
    rules, n = truth["dirt"], len(intended)
    answers = intended.copy()
    for item in instrument.with_role("attention_check"):
        slipped = rng.random(n) < rules["attention_misses"]
        answers[item.id] = np.where(slipped, item.response_set.values[-1], answers[item.id])
    hurried = rng.random(n) < rules["careless"]
    answers = dirt.careless(answers, hurried, instrument, rng)
    answers = dirt.nonresponse(answers, instrument, truth["nonresponse"], rng)
    answers = dirt.break_off(answers, rng.random(n) < rules["break_offs"], instrument, rng)
    answers = dirt.route(answers, instrument)
    wrong = rules["out_of_range"]
    given = np.flatnonzero(answers[wrong["item"]].notna())
    hit = rng.choice(given, size=min(wrong["rows"], len(given)), replace=False)
    answers.loc[hit, wrong["item"]] = wrong["value"]
    return answers, hurried


def _retest(
    persons: pd.DataFrame,
    intended: pd.DataFrame,
    first: pd.DataFrame,
    style: np.ndarray,
    instrument: Instrument,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> Retest:
    """Ask persons once more: latents, style and facts are the same, errors and dirt are new."""
    anew = scale_answers(persons, style, instrument, truth["items"], rng)
    answers, hurried = _given(intended.assign(**anew), instrument, truth, rng)
    rules = truth["retest"]
    metadata = _metadata(starts(first, rules["days"], rng), hurried, truth, rng)
    links = linked(metadata, first, rules["lost_links"], rng)
    return Retest(*_by_time(answers, metadata), links)


def _starts(n: int, fieldwork: Mapping[str, Any], rng: np.random.Generator) -> pd.DatetimeIndex:
    day = rng.integers(0, fieldwork["days"], n)
    return pd.Timestamp(fieldwork["start"]) + pd.to_timedelta(
        day * 86400 + rng.integers(8 * 3600, 20 * 3600, n), unit="s"
    )


def _metadata(
    start: pd.DatetimeIndex,
    hurried: np.ndarray,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> pd.DataFrame:
    n, fieldwork = len(start), truth["fieldwork"]
    pace = np.where(hurried, "careless_minutes", "minutes")
    median = np.array([fieldwork[name]["median"] for name in pace])
    spread = np.array([fieldwork[name]["spread"] for name in pace])
    minutes = median * np.exp(spread * rng.standard_normal(n))
    end = start + pd.to_timedelta(np.rint(minutes * 60), unit="s")
    devices = [f"tablet{number:02d}" for number in rng.integers(1, 25, n)]
    identifiers = [_identifier(rng) for _ in range(n)]
    return _kobo_metadata(start, end, devices, identifiers, fieldwork["version"])


def _identifier(rng: np.random.Generator) -> str:
    return str(uuid.UUID(bytes=rng.bytes(16), version=4))


def _kobo_metadata(start, end, devices, identifiers, version: str) -> pd.DataFrame:
    local = "%Y-%m-%dT%H:%M:%S.000+08:00"
    submitted = end - pd.Timedelta(hours=8) + pd.Timedelta(seconds=20)
    return pd.DataFrame(
        {
            "start": start.strftime(local),
            "end": end.strftime(local),
            "today": start.strftime("%Y-%m-%d"),
            "deviceid": devices,
            "_id": [str(100001 + position) for position in range(len(identifiers))],
            "_uuid": identifiers,
            "_submission_time": submitted.strftime("%Y-%m-%dT%H:%M:%S"),
            "_validation_status": "",
            "_status": "submitted_via_web",
            "_submitted_by": SIMULATOR,
            "__version__": version,
            "meta/rootUuid": [f"uuid:{identifier}" for identifier in identifiers],
            "_index": [str(position + 1) for position in range(len(identifiers))],
        }
    )


def _sent_again(
    answers: pd.DataFrame,
    metadata: pd.DataFrame,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add repeated submissions and tests from before fieldwork."""
    n = len(answers)
    repeated = rng.choice(n, size=round(truth["dirt"]["duplicates"] * n), replace=False)
    tests = rng.choice(n, size=truth["dirt"]["tests"], replace=False)
    later = _shifted(metadata.loc[repeated], pd.Timedelta(minutes=30), rng)
    start = pd.Timestamp(truth["fieldwork"]["tests_before"])
    moved = start - pd.to_datetime(metadata.loc[tests, "today"])
    earlier = _shifted(metadata.loc[tests], moved, rng)
    answers = pd.concat([answers, answers.loc[repeated], answers.loc[tests]], ignore_index=True)
    return _by_time(answers, pd.concat([metadata, later, earlier], ignore_index=True))


def _by_time(answers: pd.DataFrame, metadata: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put submissions in the order in which they came in, and number them."""
    order = metadata.sort_values(["_submission_time", "_uuid"], kind="stable").index
    answers, metadata = answers.loc[order], metadata.loc[order]
    numbers = [str(position + 1) for position in range(len(order))]
    identifiers = [str(100001 + position) for position in range(len(order))]
    metadata = metadata.assign(_index=numbers, _id=identifiers)
    return answers.reset_index(drop=True), metadata.reset_index(drop=True)


def _shifted(metadata: pd.DataFrame, shift, rng: np.random.Generator) -> pd.DataFrame:
    local = "%Y-%m-%dT%H:%M:%S.000+08:00"
    start = pd.to_datetime(metadata["start"].str[:19]) + shift
    end = pd.to_datetime(metadata["end"].str[:19]) + shift
    submitted = pd.to_datetime(metadata["_submission_time"]) + shift
    identifiers = [_identifier(rng) for _ in range(len(metadata))]
    return metadata.assign(
        **{
            "start": start.dt.strftime(local),
            "end": end.dt.strftime(local),
            "today": start.dt.strftime("%Y-%m-%d"),
            "_submission_time": submitted.dt.strftime("%Y-%m-%dT%H:%M:%S"),
            "_uuid": identifiers,
            "meta/rootUuid": [f"uuid:{identifier}" for identifier in identifiers],
        }
    )
