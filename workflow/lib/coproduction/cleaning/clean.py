"""The whole cleaning of one questionnaire's answers, every decision on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coproduction.cleaning.exclusions import ANALYSED, flow, status
from coproduction.cleaning.findings import finding, join
from coproduction.cleaning.quality import flag, indices
from coproduction.cleaning.ranges import remove_impossible
from coproduction.cleaning.routing import (
    asked,
    nonresponse,
    restore_not_asked,
    restore_not_reached,
)
from coproduction.cleaning.scoring import analysis_table
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds

SIMULATOR = "simulator"


@dataclass(frozen=True)
class Cleaned:
    """What cleaning makes of the canonical response table.

    Attributes
    ----------
    responses
        All raw rows: codes with *not asked* and *not reached* restored, impossible values blanked,
        `status`, `completeness` (complete or partial), one `flag_` column per quality limit and
        consistency rule, and the number of `flags`.
    scores
        Analysis table of the analysed rows.
    nonresponse
        Kind of missing answer of every item, same rows as `scores`.
    findings
        One row per problem and per change.
    flow
        Received to analysed; the counts add up to the raw rows.
    quality
        `index, limit, n_flagged, share`, over the analysed rows.
    """

    responses: pd.DataFrame
    scores: pd.DataFrame
    nonresponse: pd.DataFrame
    findings: pd.DataFrame
    flow: pd.DataFrame
    quality: pd.DataFrame


def clean(responses: pd.DataFrame, instrument: Instrument, rules: Mapping[str, Any]) -> Cleaned:
    """Clean the answers to one questionnaire.

    Parameters
    ----------
    responses
        Canonical response table, one row per submission.
    instrument
        The questionnaire.
    rules
        The `cleaning` block of the study; rules that are absent do nothing.

    Raises
    ------
    StudyError
        If no row is left to analyse.
    """
    responses, impossible = remove_impossible(responses, instrument)
    responses, routed = restore_not_asked(responses, instrument)
    put = asked(responses, instrument)
    quality = indices(responses, put, instrument)
    statuses, detail = status(responses, 1 - quality["item_nonresponse"], instrument, rules)
    responses, withheld = _withhold_sensitive(responses, instrument)
    complete = _complete(quality, rules)
    responses = restore_not_reached(responses, instrument, ~complete)
    flags = flag(quality, rules.get("quality", {}))
    flags = flags.join(_contradictions(responses, instrument, rules.get("consistency", ())))
    excluded = [
        finding(responses, statuses == reason, reason, found=detail, action="excluded")
        for reason in statuses[statuses != ANALYSED].drop_duplicates().sort_values()
    ]
    flagged = [
        finding(responses, flags[name], f"flag_{name}", action="flagged", severity="note")
        for name in flags
    ]
    kept = statuses == ANALYSED
    if not kept.any():
        raise StudyError(
            f"No submission of `{instrument.id}` is left to analyse; most are excluded as "
            f"{statuses.value_counts().index[0]}. See the cleaning rules in study.yaml."
        )
    return Cleaned(
        responses=_with_status(responses, statuses, complete, quality, flags),
        scores=analysis_table(responses[kept], instrument).reset_index(drop=True),
        nonresponse=nonresponse(responses[kept], instrument).reset_index(drop=True),
        findings=join([impossible, routed, withheld, *excluded, *flagged]),
        flow=flow(statuses),
        quality=_quality(flags[kept], rules),
    )


def check_synthetic(responses: pd.DataFrame, synthetic: bool) -> None:
    """Refuse simulated answers in a study that does not declare them.

    Raises
    ------
    StudyError
        If a row was written by the simulator and the study says that its data are real.
    """
    simulated = (responses["submitted_by"] == SIMULATOR).fillna(False)
    if simulated.any() and not synthetic:
        first = responses.loc[simulated.idxmax()]
        raise StudyError(
            f"{first['source_file']}, row {first['source_row']}: this row was made by the "
            "simulator, but study.yaml says `synthetic: false`; remove the file or say "
            "`synthetic: true`."
        )


def _withhold_sensitive(
    responses: pd.DataFrame, instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Blank sensitive items of rows that did not give the sensitive-data consent."""
    consents = instrument.with_role("consent_sensitive")
    if not consents:
        return responses, join([])
    responses = responses.copy()
    agreed = pd.Series(True, index=responses.index)
    for consent in consents:
        yes = consent.response_set.options[0].value
        agreed &= (responses[consent.id] == yes).fillna(False).astype(bool)
    missing = [str(code) for code in instrument.missing_values]
    parts = []
    for item in instrument.questions:
        if not item.sensitive:
            continue
        text = responses[item.id].astype("string")
        withheld = ~agreed & text.notna() & ~text.isin(missing)
        parts.append(
            finding(
                responses,
                withheld,
                "sensitive_without_consent",
                item=item.id,
                expected="the sensitive-data consent",
                action="set_missing",
            )
        )
        responses[item.id] = responses[item.id].mask(withheld)
    return responses, join(parts)


def _contradictions(
    responses: pd.DataFrame, instrument: Instrument, consistency: Any
) -> pd.DataFrame:
    columns = {
        rule["id"]: holds(rule["contradiction"], responses, instrument.missing_values)
        for rule in consistency
    }
    return pd.DataFrame(columns, index=responses.index)


def _complete(quality: pd.DataFrame, rules: Mapping[str, Any]) -> pd.Series:
    threshold = rules.get("complete", {}).get("complete", 0)
    return (1 - quality["item_nonresponse"]).fillna(0) >= threshold


def _with_status(
    responses: pd.DataFrame,
    statuses: pd.Series,
    complete: pd.Series,
    quality: pd.DataFrame,
    flags: pd.DataFrame,
) -> pd.DataFrame:
    extra = flags.add_prefix("flag_").assign(flags=flags.sum(axis=1).astype("Int64"))
    named = complete.map({True: "complete", False: "partial"}).astype("string")
    return responses.assign(status=statuses, completeness=named).join(quality).join(extra)


def _quality(flags: pd.DataFrame, rules: Mapping[str, Any]) -> pd.DataFrame:
    limits = rules.get("quality", {})
    rows = [
        (name, limits.get(name, float("nan")), int(flags[name].sum()), float(flags[name].mean()))
        for name in flags
    ]
    several = flags.sum(axis=1)
    for name, hit in (("any_flag", several >= 1), ("two_or_more_flags", several >= 2)):
        if len(flags.columns):
            rows.append((name, float("nan"), int(hit.sum()), float(hit.mean())))
    return pd.DataFrame(rows, columns=["index", "limit", "n_flagged", "share"])
