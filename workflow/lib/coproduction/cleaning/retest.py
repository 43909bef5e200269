"""People who answered once more: apart from the sample, matched with their first answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coproduction.cleaning.answers import is_answer
from coproduction.cleaning.exclusions import ANALYSED, RETEST, status
from coproduction.cleaning.findings import finding, join
from coproduction.cleaning.scoring import analysis_table, keyed_names, with_columns
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument

MATCH = ("submission", "first_submission", "wave", "days")


@dataclass(frozen=True)
class Retested:
    """What becomes of the second answers.

    Attributes
    ----------
    table
        One row per second interview that has a first one in the sample: `submission`,
        `first_submission`, `wave`, `days` from the first interview (null where the times are not
        known), the keyed items of the scales and the scores. What persons were matched by is not
        in it.
    findings
        One row for each second interview that is not compared, and why; for each that came before
        the first; and for each link that leads from no second interview.
    """

    table: pd.DataFrame
    findings: pd.DataFrame


def own_status(
    responses: pd.DataFrame,
    share_answered: pd.Series,
    instrument: Instrument,
    rules: Mapping[str, Any],
) -> tuple[pd.Series, pd.Series]:
    """Give the rows of each retest wave the status they would have in a sample of their own.

    Parameters are those of `exclusions.status`; so is what is returned, for the rows of retest
    waves only. Compared with each other and not with the first answers, nobody who answers the same
    twice is a duplicate.

    Raises
    ------
    StudyError
        If a retest wave has no row.
    """
    others = {name: rule for name, rule in rules.items() if name != RETEST}
    named, details = [], []
    for wave in rules.get(RETEST, {}).get("waves", ()):
        rows = responses["wave"].eq(wave).fillna(False).astype(bool)
        if not rows.any():
            known = ", ".join(f"`{name}`" for name in responses["wave"].dropna().unique())
            raise StudyError(
                f"study.yaml, cleaning.retest.waves: no submission is of the wave `{wave}` (waves "
                f"in the data: {known or 'none'}); correct its name here or under `data`, or leave "
                "the retest out until it has been held."
            )
        result, detail = status(responses[rows], share_answered[rows], instrument, others)
        named.append(result)
        details.append(detail)
    if not named:
        return pd.Series(dtype="string"), pd.Series(dtype="string")
    return pd.concat(named), pd.concat(details)


def second_answers(
    responses: pd.DataFrame,
    own: tuple[pd.Series, pd.Series],
    instrument: Instrument,
    rule: Mapping[str, Any],
    links: pd.DataFrame | None = None,
) -> Retested:
    """Match second interviews with the first ones of the same persons, and score them.

    Parameters
    ----------
    responses
        Cleaned response table with `status`, all waves.
    own
        What `own_status` gives.
    instrument
        The questionnaire.
    rule
        The `retest` block of the cleaning rules; empty if there are no second interviews.
    links
        Table made by `links.read_links`, where the rule names such a file; else persons are
        matched by the columns under `person`, upper and lower case being the same.
    """
    again = responses["status"] == RETEST
    if not again.any():
        return Retested(pd.DataFrame(columns=_columns(instrument)), join([]))
    usable, detail = (column.reindex(responses.index) for column in own)
    person = _persons(responses, again, instrument, rule, links)
    first = responses[(responses["status"] == ANALYSED) & person.notna()]
    found = pd.Series(first["submission"].array, index=person[first.index].array)
    several = found.index[found.index.duplicated()]
    left = again & (usable == ANALYSED)
    parts = [_apart(responses, again & ~left, "retest_not_usable", usable + " " + detail, "")]
    for code, wrong, stands, expected in (
        ("retest_without_person", person.isna(), "", "what tells who answered again"),
        ("retest_ambiguous", person.isin(several), "", "one first interview of this person"),
        (
            "retest_without_first",
            ~person.isin(found.index),
            _fate(responses[~again], person),
            "an analysed first interview of this person",
        ),
    ):
        hit = (left & wrong).astype(bool)
        parts.append(_apart(responses, hit, code, stands, expected))
        left &= ~hit
    repeats = _repeats(responses[left], person)
    hit = repeats.reindex(responses.index).notna()
    parts.append(_apart(responses, hit, "retest_repeated", "repeats " + repeats, "one a wave"))
    matched = responses[left & ~hit]
    origin = person[matched.index].map(found[~found.index.duplicated()])
    days = _days(responses, matched, origin)
    early = (days < 0).reindex(responses.index, fill_value=False)
    parts.append(
        finding(
            responses,
            early,
            "retest_before_first",
            found=days.map("{:.1f} days".format),
            expected="a time after the first interview",
            action="kept",
        )
    )
    if links is not None:
        astray = ~links["submission"].isin(responses.loc[again, "submission"])
        expected = "a submission of a retest wave"
        parts.append(
            finding(links, astray, "link_without_retest", expected=expected, action="kept")
        )
    match = {"first_submission": origin, "days": days, "wave": matched["wave"]}
    table = with_columns(analysis_table(matched, instrument), match)
    return Retested(table[_columns(instrument)].reset_index(drop=True), join(parts))


def _persons(
    responses: pd.DataFrame,
    again: pd.Series,
    instrument: Instrument,
    rule: Mapping[str, Any],
    links: pd.DataFrame | None,
) -> pd.Series:
    """Name each row's person, the same in all their interviews; null if unknown."""
    if links is not None:
        linked = responses["submission"].map(links.set_index("submission")["first"])
        return linked.where(again, responses["submission"]).astype("string")
    missing = instrument.missing_values
    result = pd.Series("", index=responses.index, dtype="string")
    for name in rule["person"]:
        known = is_answer(responses[name], missing)
        text = responses[name].astype("string").str.strip().str.casefold()
        result = result + "\n" + text.where(known & (text != ""))
    return result


def _fate(others: pd.DataFrame, person: pd.Series) -> pd.Series:
    """Tell what became of the first interview of each row's person, if there is one."""
    known = others[person[others.index].notna()]
    fate = pd.Series(known["status"].array, index=person[known.index].array)
    return person.map(fate[~fate.index.duplicated()])


def _repeats(rows: pd.DataFrame, person: pd.Series) -> pd.Series:
    """Submission that a row repeats: an earlier one of the same person and wave."""
    ordered = rows.sort_values(["submitted_at", "source_row"], kind="stable")
    keys = [ordered["wave"], person[ordered.index]]
    earliest = ordered.groupby(keys)["submission"].transform("first")
    return earliest[earliest != ordered["submission"]]


def _days(responses: pd.DataFrame, matched: pd.DataFrame, origin: pd.Series) -> pd.Series:
    """Days from the start of the first interview to that of the second, by the devices' clocks.

    Where a platform keeps no start, from one submission to the other.
    """
    moments = pd.to_datetime(responses["started_at"].fillna(responses["submitted_at"]), utc=True)
    known = pd.Series(moments.array, index=responses["submission"].array)
    passed = moments[matched.index] - origin.map(known)
    return passed.dt.total_seconds() / 86400


def _columns(instrument: Instrument) -> list[str]:
    scales = {name: instrument.scale(name) for name in instrument.constructs}
    items = [each for items in scales.values() for each in keyed_names(items)]
    return [*MATCH, *items, *(name for name, items in scales.items() if items)]


def _apart(
    responses: pd.DataFrame, rows: pd.Series, code: str, found: pd.Series | str, expected: str
) -> pd.DataFrame:
    if not isinstance(found, str):
        found = found.reindex(responses.index).str.strip()
    return finding(responses, rows, code, found=found, expected=expected, action="not_compared")
