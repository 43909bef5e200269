"""One row of numbers for each community, from the sheets that its office filled in."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coproduction.cleaning.exclusions import ANALYSED
from coproduction.cleaning.findings import finding, join
from coproduction.cleaning.informants import informants
from coproduction.cleaning.ranges import remove_impossible
from coproduction.cleaning.routing import restore_not_asked
from coproduction.cleaning.scoring import analysis_table
from coproduction.codes import code_texts
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument


@dataclass(frozen=True)
class Communities:
    """What becomes of the communities' sheets.

    Attributes
    ----------
    table
        One row per community: its code under the id of the sheet's cluster item, then every numeric
        item with all kinds of missing as NaN, ordered by code.
    informants
        How well the second sheet of a community agrees with the first; see
        `coproduction.cleaning.informants`.
    findings
        One row for everything changed, for each sheet beyond the first of a community, for each
        disagreement of a second with the first, and for each analysed respondent whose community
        has no sheet.
    """

    table: pd.DataFrame
    informants: pd.DataFrame
    findings: pd.DataFrame


def communities(
    sheets: pd.DataFrame, sheet: Instrument, responses: pd.DataFrame, instrument: Instrument
) -> Communities:
    """Clean the sheets and check that every analysed respondent's community has one.

    The first sheet of a community counts; a second one, from another informant, says how reliable
    it is; further ones are left out.

    Parameters
    ----------
    sheets, sheet
        Canonical response table of the communities' questionnaire, and that questionnaire.
    responses, instrument
        Cleaned response table of the respondents with `status`, and their questionnaire.

    Raises
    ------
    StudyError
        If either questionnaire has no item, or more than one, that holds the community's code.
    """
    key, place = _cluster(sheet), _cluster(instrument)
    sheets, impossible = remove_impossible(sheets, sheet)
    sheets, routed = restore_not_asked(sheets, sheet)
    unnamed = sheets[key].isna()
    turn = sheets.groupby(key, dropna=True).cumcount()
    second = (turn == 1) & ~unnamed
    repeated = (turn > 1) & ~unnamed
    kept = sheets[(turn == 0) & ~unnamed]
    first = kept.set_index(key, drop=False).loc[sheets.loc[second, key]]
    agreement, differences = informants(first, sheets[second], sheet)
    known = code_texts(responses[place]).isin(code_texts(kept[key]))
    lonely = (responses["status"] == ANALYSED) & ~known
    parts = [
        _sheet_finding(sheets, unnamed, "community_unnamed", key),
        finding(
            sheets,
            second,
            "second_informant",
            item=key,
            found=sheets[key],
            action="compared",
            severity="note",
        ),
        _sheet_finding(sheets, repeated, "community_sheet_repeated", key),
        finding(
            responses,
            lonely,
            "community_without_sheet",
            item=place,
            found=responses[place],
            expected="a community with a sheet",
            action="kept",
        ),
    ]
    table = analysis_table(kept, sheet).drop(columns="submission")
    numeric = table.select_dtypes("number").drop(columns=key, errors="ignore")
    table = numeric.assign(**{key: table[key]})[[key, *numeric]]
    table = table.sort_values(key, ignore_index=True)
    return Communities(table, agreement, join([impossible, routed, *parts, differences]))


def _cluster(instrument: Instrument) -> str:
    items = instrument.with_role("cluster")
    if len(items) != 1:
        raise StudyError(
            f"`{instrument.id}` has {len(items)} items with the role `cluster`; to join the "
            "communities' sheets to respondents each questionnaire needs exactly one."
        )
    return items[0].id


def _sheet_finding(sheets: pd.DataFrame, rows: pd.Series, code: str, key: str) -> pd.DataFrame:
    return finding(
        sheets,
        rows,
        code,
        item=key,
        found=sheets[key],
        expected="a community's first or second sheet",
        action="excluded",
    )
