"""One page for residents and the community office: plain words, big charts, no rare answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.report.blocks import Block, Document, Figure, Paragraphs, Section
from coproduction.report.figures.charts import Chart, bar_charts
from coproduction.report.labels import Labels, labels
from coproduction.report.numbers import count, percent
from coproduction.report.words import borrowed, wording

FREQUENCIES = "cleaning/frequencies.csv"


def compose_short(
    language: str,
    tables: Mapping[str, pd.DataFrame],
    instrument: Instrument,
    study: Mapping[str, Any],
) -> Document:
    """Compose the short report in one language.

    Parameters
    ----------
    language
        BCP 47 tag.
    tables
        Result tables; `cleaning/flow.csv` and `cleaning/frequencies.csv` are read.
    instrument
        The questionnaire, for wordings.
    study
        The `study` block of `study.yaml`; its `short_report` names the items shown.
    """
    named = labels(instrument, None, language, study["synthetic"])
    settings, text = study["short_report"], named.text["short"]
    charts = [
        chart for item in settings["charts"] if (chart := _chart(item, tables[FREQUENCIES], named))
    ]
    analysed = tables["cleaning/flow.csv"]["n_remaining"].iloc[-1]
    purpose = [wording(settings["purpose"], language)] if "purpose" in settings else []
    opening = [borrowed(language)] if borrowed(language) else []
    opening += [text["opening"].format(n=count(analysed)), *purpose, text["purpose"]]
    blocks: list[Block] = [Paragraphs(opening)]
    if charts:
        stamp = named.text["stamp"] if study["synthetic"] else ""
        words = " ".join(_described(chart, named) for chart in charts)
        figure = Figure("answers", text["caption"], bar_charts(charts, stamp), words)
        blocks.append(figure)
    closing = [text["privacy"].format(minimum=count(study["minimum_cell"])), text["reading"]]
    blocks.append(Paragraphs(closing))
    return Document(
        language,
        text["title"].format(study=wording(study["title"], language)),
        named.text["stamp"] if study["synthetic"] else "",
        named.text["stamp_long"] if study["synthetic"] else "",
        [Section("answers", text["section"], blocks)],
        {key: value for key, value in named.text.items() if isinstance(value, str)},
    )


def combine_rare(counts: pd.Series, shares: pd.Series, rest: str) -> pd.Series:
    """Join the hidden answers into one.

    Parameters
    ----------
    counts, shares
        How many gave each answer, and their share of all who answered; NaN where hidden.
    rest
        Name of the joint answer, which comes last.

    Returns
    -------
    pandas.Series
        Counts of the answers that somebody gave, in the given order; empty where it is hidden how
        many answered.
    """
    given = counts[counts > 0]
    if not counts.isna().any():
        return given
    known = shares[counts > 0].dropna()
    if known.empty:
        return given.iloc[:0]
    answered = round(float((given[known.index] / known).max()))
    return pd.concat([given, pd.Series({rest: answered - given.sum()})])


def _chart(item: str, frequencies: pd.DataFrame, named: Labels) -> Chart | None:
    rows = frequencies[(frequencies["item"] == item) & frequencies["kind"].eq("answer")]
    names = [named.answer(item, value) for value in rows["value"]]
    counts, shares = (pd.Series(rows[name].to_numpy(), index=names) for name in ("n", "share"))
    shown = combine_rare(counts, shares, named.text["short"]["rest"])
    if shown.empty:
        return None
    n = int(shown.sum())
    answers = [(str(label), float(value) / n) for label, value in shown.items()]
    question = wording(named.instrument.by_id[item].text, named.language)
    people = named.text["short"]["people"].format(n=count(n))
    return Chart(f"{question}{people}", answers)


def _described(chart: Chart, named: Labels) -> str:
    answers = [f"{label} {percent(share, 0)}" for label, share in chart.answers]
    return f"{chart.title} {named.text['list_separator'].join(answers)}{named.text['stop']}"
