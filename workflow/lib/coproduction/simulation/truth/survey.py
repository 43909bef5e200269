"""How the survey goes: sample, nonresponse, carelessness and fieldwork, read from a truth file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coproduction.instrument.definition import Instrument
from coproduction.simulation.structure.equations import causes_of
from coproduction.simulation.truth.content import (
    Carelessness,
    Fieldwork,
    Frame,
    Impossible,
    ItemNonresponse,
    Length,
    Nonresponse,
    Retest,
    SampleRule,
    SecondInformant,
    Size,
    Wave,
)
from coproduction.simulation.truth.variables import plain_items

Entry = Mapping[str, Any]


def read_survey(data: Entry, main: Instrument) -> dict[str, Any]:
    """Read the blocks of a truth file on the survey, by name of the part of a truth."""
    return {
        "sample": _sample(data["sample"], main),
        "nonresponse": _nonresponse(data["nonresponse"]),
        "carelessness": Carelessness(**data["carelessness"]),
        "fieldwork": _fieldwork(data["fieldwork"]),
        "retest": _retest(data["retest"]),
        "waves": tuple(Wave(**wave) for wave in data["panel"]["waves"]),
        "texts": data["texts"],
        "second_informant": SecondInformant(**data["sheets"]["second_informant"]),
    }


def _sample(entry: Entry, main: Instrument) -> SampleRule:
    persons = [item.id for item in plain_items(main) if item.role == "demographic"]
    return SampleRule(
        frames=tuple(
            Frame(name, Size(**frame["drawn"]), frame["where"])
            for name, frame in entry["frames"].items()
        ),
        mode=entry["mode"],
        dispositions=entry["dispositions"],
        seen=entry["seen"],
        margins=tuple(entry["margins"] or persons),
    )


def _nonresponse(entry: Entry) -> Nonresponse:
    items = {
        name: ItemNonresponse(own.get("blank"), own["refused"], causes_of(own["causes"]))
        for name, own in entry["items"].items()
    }
    return Nonresponse(entry["blank"], causes_of(entry["causes"]), items)


def _retest(entry: Entry) -> Retest:
    days = entry["days"]
    return Retest(entry["respondents"], days["least"], days["most"], entry["lost_links"])


def _fieldwork(entry: Entry) -> Fieldwork:
    return Fieldwork(
        start=entry["start"],
        days=entry["days"],
        hours_ahead=entry["hours_ahead"],
        minutes=Length(**entry["minutes"]),
        careless_minutes=Length(**entry["careless_minutes"]),
        devices=entry["devices"],
        version=entry["version"],
        duplicates=entry["duplicates"],
        tests=entry["tests"]["number"],
        tests_days_before=entry["tests"]["days_before"],
        impossible=tuple(Impossible(**each) for each in entry["impossible"]),
    )
