"""The whole cleaning of one questionnaire's answers, every decision on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from coproduction.careless import FLAGS, SUSPICIOUS, flag_column
from coproduction.cleaning.consent import withhold_sensitive
from coproduction.cleaning.exclusions import ANALYSED, RETEST, flow, status
from coproduction.cleaning.findings import finding, join
from coproduction.cleaning.quality.indices import (
    SYNONYM_CORRELATION,
    answered,
    flag,
    indices,
    share_answered,
)
from coproduction.cleaning.ranges import remove_impossible
from coproduction.cleaning.retest import own_status, second_answers
from coproduction.cleaning.routing import (
    asked,
    nonresponse,
    required_unanswered,
    restore_not_asked,
    restore_not_reached,
    skipped_though_asked,
)
from coproduction.cleaning.scoring import analysis_table
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds
from coproduction.intake.canonical import BROKEN_OFF
from coproduction.intake.confidential import withhold_all
from coproduction.printing import printed


@printed
@dataclass(frozen=True)
class Cleaned:
    """What cleaning makes of the canonical response table.

    Attributes
    ----------
    responses
        All raw rows: codes with *not asked* and *not reached* restored, impossible values blanked,
        `status`, `completeness` (complete or partial), the quality indices, one `flag_` column per
        quality limit and consistency rule, and the number of `flags`.
    scores
        Analysis table of the analysed rows, with their quality indices and flags.
    nonresponse
        Kind of missing answer of every item, same rows as `scores`.
    findings
        One row per problem and per change.
    flow
        Received to analysed; the counts add up to the raw rows.
    quality
        `index, limit, n, n_flagged, share`, over the analysed rows.
    retest
        Second interviews matched with first ones, see `retest.Retested`; they are not in the other
        tables but for `responses`.
    """

    responses: pd.DataFrame
    scores: pd.DataFrame
    nonresponse: pd.DataFrame
    findings: pd.DataFrame
    flow: pd.DataFrame
    quality: pd.DataFrame
    retest: pd.DataFrame
    shown: ClassVar[tuple[str, ...]] = ()

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        return f"Analysed: {len(self.scores):,} of {len(self.responses):,} submissions"

    def to_frame(self) -> pd.DataFrame:
        """From received to analysed; the table to analyse is `scores`."""
        return self.flow


def clean(
    responses: pd.DataFrame,
    instrument: Instrument,
    rules: Mapping[str, Any],
    links: pd.DataFrame | None = None,
) -> Cleaned:
    """Clean the answers to one questionnaire.

    Parameters
    ----------
    responses
        Canonical response table, one row per submission, corrections by hand applied.
    instrument
        The questionnaire.
    rules
        The `cleaning` block of the study; rules that are absent do nothing.
    links
        Which second interview belongs to which first one, where the rules name a file of them.

    Raises
    ------
    StudyError
        If no row is left to analyse, or a retest wave has none.
    """
    responses = withhold_all(responses, instrument)
    responses, impossible = remove_impossible(responses, instrument)
    responses, routed = restore_not_asked(responses, instrument)
    put = asked(responses, instrument)
    skipped = skipped_though_asked(responses, put, instrument)
    share = share_answered(answered(responses, put, instrument), put)
    statuses, detail = status(responses, share, instrument, rules)
    own = own_status(responses, share, instrument, rules)
    kept = statuses == ANALYSED
    if not kept.any():
        raise StudyError(
            f"No submission of `{instrument.id}` is left to analyse; most are excluded as "
            f"{statuses.value_counts().index[0]}. See the cleaning rules in study.yaml."
        )
    responses, withheld = withhold_sensitive(responses, instrument)
    broken_off = responses[BROKEN_OFF].fillna(False).astype(bool)
    complete = _complete(share, broken_off, rules)
    responses = restore_not_reached(responses, instrument, ~complete | broken_off)
    usable = kept | own[0].eq(ANALYSED).reindex(responses.index, fill_value=False)
    unanswered = required_unanswered(responses, instrument, usable)
    quality = _quality_indices(responses, put, instrument, kept, rules)
    flags = flag(quality, rules.get("quality", {}))
    flags = flags.join(_contradictions(responses, instrument, rules.get("consistency", ())))
    decisions = _decisions(responses, statuses, detail, flags)
    responses = _with_status(responses, statuses, complete, quality, flags)
    retest = second_answers(responses, own, instrument, rules.get("retest", {}), links)
    analysed = responses[kept]
    return Cleaned(
        responses=responses,
        scores=_scores(analysed, instrument, list(flags)),
        nonresponse=nonresponse(analysed, instrument).reset_index(drop=True),
        findings=join(
            [impossible, routed, skipped, withheld, unanswered, *decisions, retest.findings]
        ),
        flow=flow(statuses),
        quality=_quality(quality[kept], flags[kept], rules),
        retest=retest.table,
    )


def _complete(share: pd.Series, broken_off: pd.Series, rules: Mapping[str, Any]) -> pd.Series:
    """Whether an interview counts as complete: by the rule, else by what the platform says."""
    if "complete" not in rules:
        return ~broken_off
    return share.fillna(0) >= rules["complete"]["complete"]


def _quality_indices(
    responses: pd.DataFrame,
    put: pd.DataFrame,
    instrument: Instrument,
    kept: pd.Series,
    rules: Mapping[str, Any],
) -> pd.DataFrame:
    correlation = rules.get("synonyms", {}).get("minimum_correlation", SYNONYM_CORRELATION)
    return indices(responses, put, instrument, kept, correlation)


def _contradictions(
    responses: pd.DataFrame, instrument: Instrument, consistency: Any
) -> pd.DataFrame:
    columns = {
        rule["id"]: holds(rule["contradiction"], responses, instrument.missing_values)
        for rule in consistency
    }
    return pd.DataFrame(columns, index=responses.index)


def _decisions(
    responses: pd.DataFrame, statuses: pd.Series, detail: pd.Series, flags: pd.DataFrame
) -> list[pd.DataFrame]:
    """Record a finding for every exclusion and every flag."""
    reasons = statuses[~statuses.isin([ANALYSED, RETEST])].drop_duplicates().sort_values()
    excluded = [
        finding(responses, statuses == reason, reason, found=detail, action="excluded")
        for reason in reasons
    ]
    flagged = [
        finding(responses, flags[name], flag_column(name), action="flagged", severity="note")
        for name in flags
    ]
    again = finding(
        responses,
        statuses == RETEST,
        RETEST,
        found=responses["wave"],
        action="set_apart",
        severity="note",
    )
    return [*excluded, again, *flagged]


def _with_status(
    responses: pd.DataFrame,
    statuses: pd.Series,
    complete: pd.Series,
    quality: pd.DataFrame,
    flags: pd.DataFrame,
) -> pd.DataFrame:
    extra = flags.rename(columns=flag_column).assign(flags=flags.sum(axis=1).astype("Int64"))
    named = complete.map({True: "complete", False: "partial"}).astype("string")
    return responses.assign(status=statuses, completeness=named).join(quality).join(extra)


def _scores(analysed: pd.DataFrame, instrument: Instrument, flags: list[str]) -> pd.DataFrame:
    table = analysis_table(analysed, instrument)
    told = [FLAGS, *map(flag_column, flags), *SUSPICIOUS]
    added = analysed[[name for name in told if name not in table]].astype("float64")
    return pd.concat([table, added], axis=1).reset_index(drop=True)


def _quality(quality: pd.DataFrame, flags: pd.DataFrame, rules: Mapping[str, Any]) -> pd.DataFrame:
    limits = rules.get("quality", {})
    rows = []
    for name in flags:
        known = int(quality[name].notna().sum()) if name in quality else len(quality)
        rows.append((name, limits.get(name, float("nan")), known, flags[name]))
    if len(flags.columns):
        several = flags.sum(axis=1)
        for name, hit in (("any_flag", several >= 1), ("two_or_more_flags", several >= 2)):
            rows.append((name, float("nan"), len(quality), hit))
    return pd.DataFrame(
        [(name, limit, n, int(hit.sum()), float(hit.mean())) for name, limit, n, hit in rows],
        columns=["index", "limit", "n", "n_flagged", "share"],
    )
