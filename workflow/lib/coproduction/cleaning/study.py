"""The whole cleaning of a study: its answers and all that stands beside them, to what is passed on.

Tables that go to the results hold neither what may name a person nor the codes of communities.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coproduction.cleaning.clean import Cleaned, clean
from coproduction.cleaning.communities import Communities, communities
from coproduction.cleaning.corrections import apply_corrections
from coproduction.cleaning.dispositions import reconcile
from coproduction.cleaning.exclusions import ANALYSED
from coproduction.cleaning.findings import NOTHING, join
from coproduction.cleaning.frequencies import frequencies
from coproduction.cleaning.response_rates import no_rates, response_rates
from coproduction.cleaning.scoring import with_columns
from coproduction.instrument.definition import Instrument
from coproduction.intake.confidential import hold_apart, redact, split
from coproduction.intake.synthetic import check_synthetic
from coproduction.privacy.pseudonyms import codes_of, neutral_findings, number_table, pseudonyms
from coproduction.privacy.small_cells import hide_flagged
from coproduction.weighting.making import Made, Sources, make_weights, no_weights
from coproduction.weighting.margins import check_not_sensitive
from coproduction.weighting.rules import Weights


@dataclass(frozen=True)
class Beside:
    """What a study keeps beside its answers; None where it has no such thing.

    Attributes
    ----------
    corrections
        Corrections by hand, see `corrections.read_corrections`.
    links
        Second interviews and the first ones they belong to, see `links.read_links`.
    contacts
        The contact log, see `dispositions.read_contacts`.
    sheets, sheet
        Whole response table of the communities' questionnaire, and that questionnaire.
    weights, margins
        How weights are made, and the margins of the population, see `margins.read_margins`.
    """

    corrections: pd.DataFrame | None = None
    links: pd.DataFrame | None = None
    contacts: pd.DataFrame | None = None
    sheets: pd.DataFrame | None = None
    sheet: Instrument | None = None
    weights: Weights | None = None
    margins: pd.DataFrame | None = None


@dataclass(frozen=True)
class CleanedStudy:
    """What the cleaning of a study passes on.

    Attributes
    ----------
    responses, scores, nonresponse, retest, flow
        As in `clean.Cleaned`, without what is held apart.
    quality
        As there, with counts of few people hidden.
    findings
        One row per problem and per change, in all that was cleaned.
    frequencies
        How often every answer was given, see `frequencies.frequencies`.
    response_rates
        Rates of the contact log, see `response_rates.response_rates`; no rows without one.
    weights, weight_margins
        How far weights differ, and the sample beside the population, see `weighting.tables`; no
        rows where everybody counts the same.
    communities, informants
        As in `communities.Communities`; None where the study has no sheets.
    numbers
        `code, number` of every community; it stays with the confidential data.
    """

    responses: pd.DataFrame
    scores: pd.DataFrame
    nonresponse: pd.DataFrame
    retest: pd.DataFrame
    flow: pd.DataFrame
    quality: pd.DataFrame
    findings: pd.DataFrame
    frequencies: pd.DataFrame
    response_rates: pd.DataFrame
    weights: pd.DataFrame
    weight_margins: pd.DataFrame
    communities: pd.DataFrame | None
    informants: pd.DataFrame | None
    numbers: pd.DataFrame


def clean_study(
    responses: pd.DataFrame,
    instrument: Instrument,
    rules: Mapping[str, Any],
    beside: Beside,
    clusters: Collection[str],
    key: bytes,
    minimum: int,
    synthetic: bool,
) -> CleanedStudy:
    """Clean the answers to the questionnaire that is analysed.

    Parameters
    ----------
    responses
        Its canonical response table, whole: with what intake held apart.
    instrument
        The questionnaire.
    rules
        The `cleaning` block of the study.
    beside
        What the study keeps beside the answers.
    clusters
        Items that hold codes of communities.
    key
        The study's key, from which communities have their neutral numbers.
    minimum
        The smallest number of people that a count may stand for.
    synthetic
        Whether the study declares simulated answers.

    Raises
    ------
    StudyError
        If a correction does not fit the data, no row is left to analyse, or a contact or link was
        simulated though the study says that its data are real.
    """
    responses, corrected = _corrected(responses, instrument, beside)
    if beside.links is not None:
        check_synthetic(beside.links, synthetic)
    cleaned = clean(responses, instrument, rules, beside.links)
    log, logged = _log(cleaned, beside.contacts, synthetic)
    sheets = _communities(cleaned, instrument, beside)
    told = [corrected, redact(cleaned.findings, instrument, responses), logged]
    codes = codes_of(cleaned.responses, clusters, instrument.missing_values)
    if sheets is not None and beside.sheet is not None:
        told.append(redact(redact(sheets.findings, beside.sheet), instrument, responses))
        own = [item.id for item in beside.sheet.with_role("cluster")]
        codes += [code for name in own for code in sheets.table[name]]
        clusters = {*clusters, *own}
    numbers = pseudonyms(codes, key)
    made = _weights(cleaned, instrument, rules, log, sheets, beside, minimum, synthetic)
    scores = with_columns(cleaned.scores, dict(made.columns))
    analysed = cleaned.responses[cleaned.responses["status"] == ANALYSED]
    return CleanedStudy(
        responses=split(cleaned.responses, instrument)[0],
        scores=hold_apart(scores, instrument),
        nonresponse=cleaned.nonresponse,
        retest=cleaned.retest,
        flow=cleaned.flow,
        quality=hide_flagged(cleaned.quality, minimum),
        findings=neutral_findings(join(told), clusters, numbers),
        frequencies=frequencies(analysed, cleaned.nonresponse, instrument, minimum),
        response_rates=_rates(log, rules),
        weights=made.summary,
        weight_margins=made.margins,
        communities=None if sheets is None else sheets.table,
        informants=None if sheets is None else sheets.informants,
        numbers=number_table(numbers),
    )


def _corrected(
    responses: pd.DataFrame, instrument: Instrument, beside: Beside
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if beside.corrections is None:
        return responses, NOTHING
    corrected, findings = apply_corrections(responses, beside.corrections, instrument)
    return corrected, redact(findings, instrument, corrected)


def _log(
    cleaned: Cleaned, contacts: pd.DataFrame | None, synthetic: bool
) -> tuple[pd.DataFrame | None, pd.DataFrame]:
    if contacts is None:
        return None, NOTHING
    check_synthetic(contacts, synthetic)
    return reconcile(contacts, cleaned.responses)


def _rates(log: pd.DataFrame | None, rules: Mapping[str, Any]) -> pd.DataFrame:
    if log is None:
        return no_rates()
    told = rules["contacts"]
    return response_rates(log, told.get("open_frames", ()), told.get("eligibility"))


def _weights(
    cleaned: Cleaned,
    instrument: Instrument,
    rules: Mapping[str, Any],
    log: pd.DataFrame | None,
    sheets: Communities | None,
    beside: Beside,
    minimum: int,
    synthetic: bool,
) -> Made:
    """Make the weights; where there are none, nothing is added and there is nothing to tell."""
    if beside.weights is None:
        return no_weights(cleaned.scores.index)
    if beside.margins is not None:
        check_synthetic(beside.margins, synthetic)
        check_not_sensitive(beside.margins, instrument)
    listed = None
    if sheets is not None and beside.sheet is not None:
        (key,) = (item.id for item in beside.sheet.with_role("cluster"))
        listed = sheets.table.set_index(key)
    eligibility = rules.get("contacts", {}).get("eligibility")
    sources = Sources(cleaned.scores, log, eligibility, listed, beside.margins)
    return make_weights(beside.weights, sources, minimum)


def _communities(cleaned: Cleaned, instrument: Instrument, beside: Beside) -> Communities | None:
    if beside.sheets is None or beside.sheet is None:
        return None
    return communities(beside.sheets, beside.sheet, cleaned.responses, instrument)
