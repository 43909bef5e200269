"""Replicates of a scenario the whole way: raw export, intake, cleaning, models, verdicts.

What a step passes on is what the step of the same name passes on in a run of the study. Each
replicate is drawn from the seed and its own number, so that batches of any size hold the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coproduction.cleaning.clean import Cleaned, clean
from coproduction.cleaning.communities import communities
from coproduction.cleaning.dispositions import read_contacts, reconcile
from coproduction.cleaning.links import read_links
from coproduction.cleaning.scoring import with_columns
from coproduction.inference.analysis import judgements
from coproduction.inference.completed import Answers
from coproduction.instrument.definition import Instrument
from coproduction.instrument.item_scales import scales_of
from coproduction.intake.answers import read_answers
from coproduction.intake.confidential import hold_apart, rejoin
from coproduction.intake.synthetic import SIMULATOR
from coproduction.plan.plan import Plan
from coproduction.rows import Rows
from coproduction.simulation.exports import export
from coproduction.simulation.generator import Generator
from coproduction.simulation.replicate import replicate
from coproduction.weighting.making import Sources, make_weights
from coproduction.weighting.margins import simulated_margins
from coproduction.weighting.rules import Weights, sample_rows, weight_rules

FOUND = ("estimate", "std_error", "df", "p_value", "p_adjusted", "conf_low", "conf_high")
COLUMNS = ("replicate", "hypothesis", *FOUND, "verdict", "objections", "n", "n_clusters", "reason")


@dataclass(frozen=True)
class Analysed:
    """A study that replicates are analysed as.

    Attributes
    ----------
    settings
        Content of `study.yaml`.
    plan
        The plan.
    instruments
        The questionnaires; the first is of persons.
    imputations
        Imputed tables of each replicate; None for as many as the plan says.
    """

    settings: Mapping[str, Any]
    plan: Plan
    instruments: tuple[Instrument, ...]
    imputations: int | None = None

    @property
    def replicates_plan(self) -> Plan:
        """The plan with as many imputations as replicates have."""
        missing = self.plan.missing
        if self.imputations is None or missing is None:
            return self.plan
        return replace(self.plan, missing=replace(missing, imputations=self.imputations))


def batch(study: Analysed, generator: Generator, seed: int, numbers: Iterable[int]) -> pd.DataFrame:
    """Analyse some replicates of a scenario.

    Parameters
    ----------
    study
        What they are analysed as.
    generator
        What they are drawn from.
    seed, numbers
        Seed of the study, and numbers of the replicates.

    Returns
    -------
    pandas.DataFrame
        One row per replicate and hypothesis: `replicate, hypothesis, estimate, std_error, df,
        p_value, p_adjusted, conf_low, conf_high, verdict, objections, n, n_clusters, reason,
        submitted_by`. Objections are those that rest on models: scales are not judged here.
    """
    found = [judged(study, generator, seed, number) for number in numbers]
    return pd.concat(found, ignore_index=True)


def judged(study: Analysed, generator: Generator, seed: int, number: int) -> pd.DataFrame:
    """Make one replicate as raw files, and take the verdicts on the hypotheses from these."""
    found = judgements_of(study, generator, seed, number)["verdicts"]
    rows = found.assign(replicate=number).reindex(columns=list(COLUMNS))
    return rows.astype({"n": "Int64", "n_clusters": "Int64"}).assign(submitted_by=SIMULATOR)


def judgements_of(
    study: Analysed, generator: Generator, seed: int, number: int
) -> dict[str, pd.DataFrame]:
    """Make one replicate as raw files, and judge the hypotheses from these, see `judgements`."""
    made = replicate(generator, seed, number)
    files = export(generator, made, study.settings)
    scores, answers, sheets, sample = cleaned(study, files, made.margins)
    scales = scales_of(study.instruments[0])
    return judgements(scores, study.replicates_plan, seed, sheets, scales, answers, sample)


def cleaned(
    study: Analysed, files: Mapping[str, bytes], margins: pd.DataFrame
) -> tuple[pd.DataFrame, Answers, pd.DataFrame | None, Rows | None]:
    """Read and clean raw files: analysis table, kinds of missing answers, sheets, and weights.

    The margins of the population are those that the replicate was drawn from.
    """
    main, *others = study.instruments
    rules = study.settings.get("cleaning", {})
    file = rules.get("retest", {}).get("links")
    links = read_links(files[file], file) if file else None
    done: Cleaned = clean(_read(study, main, files), main, rules, links)
    sheet = next((each for each in others if each.unit == "community"), None)
    sheets, listed = None, None
    if sheet is not None:
        sheets = communities(_read(study, sheet, files), sheet, done.responses, main).table
        (key,) = (item.id for item in sheet.with_role("cluster"))
        listed = sheets.set_index(key)
    scores = hold_apart(done.scores, main)
    weights = weight_rules(study.settings.get("weights"), main.by_id)
    sample = None
    if weights is not None:
        sources = Sources(done.scores, eligibility=_eligibility(rules), listed=listed)
        if weights.column is None:
            sources = replace(sources, contacts=_contacts(files, rules, weights, done))
        if weights.margins is not None:
            sources = replace(sources, population=simulated_margins(margins))
        made = make_weights(weights, sources, 1)
        sample = sample_rows(with_columns(done.scores, dict(made.columns)), weights)
    return scores, Answers(main, done.nonresponse), sheets, sample


def _eligibility(rules: Mapping[str, Any]) -> float | None:
    return rules.get("contacts", {}).get("eligibility")


def _contacts(
    files: Mapping[str, bytes], rules: Mapping[str, Any], weights: Weights, done: Cleaned
) -> pd.DataFrame:
    log = rules["contacts"]
    told = read_contacts(files[log["file"]], log["file"], log["dispositions"], weights.of_log)
    return reconcile(told, done.responses)[0]


def _read(study: Analysed, instrument: Instrument, files: Mapping[str, bytes]) -> pd.DataFrame:
    sources = [each for each in study.settings["data"] if each["instrument"] == instrument.id]
    answers = read_answers(instrument, sources, files, synthetic=True)
    return rejoin(answers.responses, answers.confidential)
