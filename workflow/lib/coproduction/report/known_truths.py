"""The page that draws what the analysis finds in scenarios whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.languages import words
from coproduction.plan.plan import Plan
from coproduction.report.blocks import Block, Document, Figure, Paragraphs, Section, Table, arrange
from coproduction.report.columns import tabulate
from coproduction.report.figures.verdict_shares import verdict_shares
from coproduction.report.labels import Labels, labels
from coproduction.report.numbers import NONE, count, number, percent
from coproduction.report.words import wording

FILE = "scenarios/summary.csv"
LIMITS = ("must", "must_not")
NUMBERS = ("bias", "error_ratio")
COLUMNS = (
    *("true_value", "bias", "coverage", "error_ratio", "type_1_error", "power"),
    "supported_without_objections",
)
"""What the table of a hypothesis tells of each scenario."""


def compose_known_truths(
    language: str,
    summary: pd.DataFrame,
    scenarios: Mapping[str, Mapping[str, Any]],
    instrument: Instrument,
    study: Mapping[str, Any],
    plan: Plan,
    persons: int,
    imputations: int | None = None,
) -> Document:
    """Compose the page in one language; nothing is computed here.

    Parameters
    ----------
    language
        BCP 47 tag.
    summary
        `scenarios/summary.csv`.
    scenarios
        By name, the `label` and `why` of each scenario, by language.
    instrument
        The questionnaire, for labels.
    study
        The `study` block of `study.yaml`.
    plan
        The analysis plan.
    persons
        Persons in whom true values were computed.
    imputations
        Imputed tables of each replicate; None for as many as the plan says.
    """
    named = labels(instrument, plan, language, synthetic=True)
    text = words(language, "known_truths.yaml")
    names = {name: wording(each["label"], language) for name, each in scenarios.items()}
    whys = {names[name]: wording(each["why"], language) for name, each in scenarios.items()}
    rows = summary.assign(scenario=summary["scenario"].map(names))
    how = [*_fewer(imputations, plan, text), text["truth"].format(persons=count(persons))]
    asked = rows.loc[rows["quantity"].isin(LIMITS), "hypothesis"]
    hypotheses = [each.id for each in plan.hypotheses if each.id in set(asked)]
    sections = [
        Section("asked", text["sections"]["asked"], _asked(rows, whys, how, text)),
        Section("limits", text["sections"]["limits"], _limits(rows, named, text)),
        *(_hypothesis(id, rows[rows["hypothesis"] == id], named, text) for id in hypotheses),
    ]
    return Document(
        language,
        text["title"].format(study=wording(study["title"], language)),
        named.text["stamp"],
        named.text["stamp_long"],
        arrange(sections, named.text["appendix"]),
        {key: value for key, value in named.text.items() if isinstance(value, str)},
        str(study["seed"]),
    )


def _fewer(imputations: int | None, plan: Plan, text: Mapping[str, Any]) -> list[str]:
    """Say how many imputed tables a replicate had, where the plan has another number."""
    if plan.missing is None or imputations in (None, plan.missing.imputations):
        return []
    values = {"m": count(imputations), "planned": count(plan.missing.imputations)}
    return [text["imputations"].format(**values)]


def _asked(
    rows: pd.DataFrame, whys: Mapping[str, str], how: list[str], text: Mapping[str, Any]
) -> list[Block]:
    """Say what was done and how, and what each scenario shows."""
    numbers = rows["n"].groupby(rows["scenario"]).max()
    fewest, most = count(numbers.min()), count(numbers.max())
    many = text["between"].format(low=fewest, high=most) if fewest != most else most
    opening = text["opening"].format(n=count(len(numbers)), replicates=many)
    points = [
        text["scenario"].format(label=name, why=why)
        for name, why in whys.items()
        if name in numbers.index
    ]
    return [Paragraphs([opening, *how]), Paragraphs(points, points=True)]


def _limits(rows: pd.DataFrame, named: Labels, text: Mapping[str, Any]) -> list[Block]:
    """Tabulate the verdicts that were asked for, and whether they came as they were."""
    shown = rows[rows["quantity"].isin(LIMITS)]
    return [
        tabulate(
            shown,
            ("hypothesis", "quantity", "value", "mc_error", "limit", "judgement", "n"),
            replace(named, hypotheses={}),
            text["limits_caption"],
            [text["limits_note"]],
            FILE,
            group=lambda record: str(record["scenario"]),
        )
    ]


def _hypothesis(id: str, rows: pd.DataFrame, named: Labels, text: Mapping[str, Any]) -> Section:
    """Draw and tabulate what was found of one hypothesis in all scenarios."""
    statement = named.hypotheses[id]
    shares = rows.pivot(index="quantity", columns="scenario", values="value")
    scenarios = list(dict.fromkeys(rows["scenario"]))
    verdicts = {
        words: [float(each) for each in shares.loc[code, scenarios]]
        for code, words in named.text["verdict"].items()
    }
    figure = Figure(
        f"verdicts_{id}",
        text["figure_caption"].format(hypothesis=id),
        verdict_shares(scenarios, verdicts, named.text["stamp"]),
        _described(scenarios, verdicts, named),
        file=FILE,
    )
    blocks: list[Block] = [Paragraphs([statement]), figure, _measures(id, rows, named, text)]
    return Section(id, id, blocks)


def _described(
    scenarios: Sequence[str], verdicts: Mapping[str, Sequence[float]], named: Labels
) -> str:
    """Say in words what the figure draws."""
    told = []
    for place, scenario in enumerate(scenarios):
        parts = [
            f"{name} {percent(each[place], 0)}" for name, each in verdicts.items() if each[place]
        ]
        told.append(f"{scenario}: {named.text['enumeration'].join(parts)}")
    return named.text["list_separator"].join(told) + named.text["stop"]


def _measures(id: str, rows: pd.DataFrame, named: Labels, text: Mapping[str, Any]) -> Table:
    """Tabulate truth, bias, coverage and errors, a row a scenario."""
    cells: dict[str, dict[str, str]] = {}
    for row in rows.to_dict("records"):
        own = cells.setdefault(row["scenario"], {"true_value": number(row["true_value"])})
        if row["quantity"] in NUMBERS:
            shown, error = number(row["value"]), number(row["mc_error"])
        else:
            shown, error = percent(row["value"], 0), percent(row["mc_error"], 0)
        own[row["quantity"]] = text["with_error"].format(value=shown, error=error)
    headings = text["measures"]
    return Table(
        text["table_caption"].format(hypothesis=id),
        [(named.heading("scenario"), False), *((headings[name], True) for name in COLUMNS)],
        [[name, *(own.get(each, NONE) for each in COLUMNS)] for name, own in cells.items()],
        [text["table_note"]],
        FILE,
    )
