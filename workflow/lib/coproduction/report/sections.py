"""The sections of the report, each from its result tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.report.blocks import Figure, Judgement, Paragraphs, Section, Table, table
from coproduction.report.figures import flow_diagram, intervals
from coproduction.report.numbers import count, interval, number, p_value, percent
from coproduction.report.sentences import (
    clusters_clause,
    measurement_sentences,
    sample_sentence,
    verdict_sentences,
)
from coproduction.report.words import wording, words

Tables = Mapping[str, pd.DataFrame]


class Labels:
    """Names of variables, terms and verdicts in the language of the report."""

    def __init__(
        self, instrument: Instrument, plan: Mapping[str, Any], language: str, synthetic: bool
    ):
        self.language = language
        self.synthetic = synthetic
        self.text = words(language)
        self.instrument = instrument
        self.names = {
            **{
                item.id: wording(item.label or item.text, language) for item in instrument.questions
            },
            **{key: wording(c.label, language) for key, c in instrument.constructs.items()},
            **{v["id"]: wording(v["label"], language) for v in plan.get("variables", ())},
        }

    def verdict(self, code: str) -> str:
        """Words of a verdict; of synthetic data, said so."""
        words_of_it = self.text["verdict"][code]
        return self.text["simulated"].format(verdict=words_of_it) if self.synthetic else words_of_it

    def answer(self, item: str, value: str) -> str:
        """Label of an answer's code."""
        definition = self.instrument.by_id[item]
        for option in definition.response_set.options if definition.response_set else ():
            if str(option.value) == value:
                return wording(option.label, self.language)
        return value or self.text["no_answer"]

    def term(self, term: str) -> str:
        """Readable name of a model's term."""
        if term == "intercept":
            return self.text["parts"]["intercept"]
        if ":" in term:
            return " × ".join(self.term(part) for part in term.split(":"))
        for part in ("within", "between"):
            if term.endswith(f"_{part}"):
                name = self.names.get(term.removesuffix(f"_{part}"), term)
                return f"{name} ({self.text['parts'][part]})"
        variable, bracket, level = term.partition("[")
        name = self.names.get(variable, variable)
        if bracket and variable in self.instrument.by_id:
            return f"{name}: {self.answer(variable, level.rstrip(']'))}"
        return name


def summary(tables: Tables, plan: Mapping, labels: Labels, study: Mapping) -> Section:
    """Question, data and verdicts for a reader who stops here."""
    text = labels.text
    blocks: list[Any] = []
    opening = [wording(study["question"], labels.language)] if "question" in study else []
    blocks.append(Paragraphs([*opening, sample_sentence(tables["flow"], labels.language)]))
    if len(tables["verdicts"]):
        blocks.append(_verdict_table(tables["verdicts"], plan, labels))
    return Section("summary", text["sections"]["summary"], blocks)


def sample(tables: Tables, labels: Labels, study: Mapping, stamp: str) -> Section:
    """Design, flow, quality, findings and the description of the sample."""
    text, flow = labels.text, tables["flow"]
    blocks: list[Any] = [
        Paragraphs(
            [wording(study[key], labels.language) for key in ("design", "source") if key in study]
        )
    ]
    description = text["list_separator"].join(
        f"{text['steps'][row['reason'] or row['step']]} "
        f"{count(row['n_removed'] if row['reason'] else row['n_remaining'])}"
        for row in flow.to_dict("records")
    )
    diagram = flow_diagram(flow, text["steps"], stamp)
    caption = text["captions"]["flow_figure"]
    blocks.append(Figure(caption, diagram, description, file="cleaning/flow.csv"))
    if len(tables["quality"]):
        blocks.append(_quality_table(tables["quality"], study, labels))
    findings = tables["findings"]
    if len(findings):
        blocks.append(_findings_table(findings, labels))
    if len(tables["sample"]):
        blocks.append(_sample_table(tables["sample"], labels))
    return Section("sample", text["sections"]["sample"], blocks)


def measurement(tables: Tables, plan: Mapping, labels: Labels, stamp: str) -> Section:
    """Reliability of the scales and statistics of their items."""
    text, reliability = labels.text, tables["reliability"]
    if reliability.empty:
        return Section("measurement", "")
    minimum = plan.get("measurement", {}).get("minimum_reliability", 0.70)
    sentences = measurement_sentences(reliability, minimum, labels.names, labels.language)
    note = text["notes"]["reliability"].format(minimum=number(minimum, 2))
    head = text["columns"]
    columns = [
        (head["construct"], lambda r: labels.names[r["construct"]], False),
        (head["n_items"], lambda r: count(r["n_items"]), True),
        (head["n"], lambda r: count(r["n"]), True),
        (head["alpha"], lambda r: number(r["alpha"]), True),
        (head["interval"], lambda r: interval(r["alpha_conf_low"], r["alpha_conf_high"]), True),
        (
            head["mean_interitem_correlation"],
            lambda r: number(r["mean_interitem_correlation"]),
            True,
        ),
    ]
    records = reliability.to_dict("records")
    warnings = [record["warning"] for record in records if record["warning"]]
    known = reliability.dropna(subset=["alpha"])
    figure = intervals(
        [labels.names[name] for name in known["construct"]],
        known["alpha"],
        known["alpha_conf_low"],
        known["alpha_conf_high"],
        stamp=stamp,
        line=minimum,
        axis_label=head["alpha"],
    )
    file = "measurement/reliability.csv"
    blocks = [
        Paragraphs(sentences),
        table(text["captions"]["reliability"], records, columns, [note, *warnings], file),
        Figure(text["captions"]["reliability_figure"], figure, " ".join(sentences), file=file),
        _item_table(tables["item_statistics"], labels),
    ]
    return Section("measurement", text["sections"]["measurement"], blocks)


def models(tables: Tables, plan: Mapping, labels: Labels) -> Section:
    """Show what was fitted: overview, coefficients of each model, marginal effects."""
    text, overview = labels.text, tables["models"]
    if overview.empty:
        return Section("models", "")
    names = {model["id"]: wording(model["label"], labels.language) for model in plan["models"]}
    blocks: list[Any] = [_overview_table(overview, names, labels)]
    for model in overview[overview["status"] == "fitted"].to_dict("records"):
        rows = tables["coefficients"][tables["coefficients"]["model"] == model["model"]]
        blocks.append(_coefficient_table(rows, model, names[model["model"]], labels))
    if len(tables["effects"]):
        blocks.append(_effect_table(tables["effects"], names, labels))
    return Section("models", text["sections"]["models"], blocks)


def hypotheses(tables: Tables, plan: Mapping, labels: Labels, stamp: str) -> Section:
    """Every hypothesis with its verdict, and the estimates that decided."""
    text, verdicts = labels.text, tables["verdicts"]
    if verdicts.empty:
        return Section("verdicts", "")
    planned = {each["id"]: each for each in plan["hypotheses"]}
    blocks: list[Any] = [
        Judgement(
            row["hypothesis"],
            wording(planned[row["hypothesis"]]["statement"], labels.language),
            row["verdict"],
            labels.verdict(row["verdict"]),
            [
                *([text["simulated_sentence"]] if labels.synthetic else []),
                *verdict_sentences(row, planned[row["hypothesis"]], labels.language),
            ],
        )
        for row in verdicts.to_dict("records")
    ]
    known = verdicts[verdicts["verdict"] != "not_estimable"]
    if len(known):
        figure = intervals(
            known["hypothesis"],
            known["estimate"].astype(float),
            known["conf_low"].astype(float),
            known["conf_high"].astype(float),
            stamp=stamp,
            line=0.0,
            bands=list(known["smallest_effect"]),
            axis_label=text["columns"]["estimate"],
        )
        description = text["list_separator"].join(
            f"{row['hypothesis']} {number(row['estimate'])} "
            f"{interval(row['conf_low'], row['conf_high'])}"
            for row in known.to_dict("records")
        )
        caption = text["captions"]["effects_figure"]
        blocks.append(Figure(caption, figure, description, file="inference/verdicts.csv"))
    return Section("verdicts", text["sections"]["verdicts"], blocks)


def limitations(labels: Labels, study: Mapping) -> Section:
    """List what a reader must know before using the results."""
    points = [labels.text["stamp_long"]] if study["synthetic"] else []
    points += [wording(text, labels.language) for text in study.get("limitations", ())]
    blocks = [Paragraphs(points, points=True)] if points else []
    return Section("limitations", labels.text["sections"]["limitations"], blocks)


def origin(labels: Labels, provenance: Mapping) -> Section:
    """Input hashes, versions, seed and plan."""
    text = labels.text
    head = text["columns"]
    sentence = text["provenance_sentence"].format(
        plan=provenance["plan_sha256"], seed=provenance["seed"]
    )
    inputs = table(
        text["captions"]["inputs"],
        [{"file": file, "sha": digest} for file, digest in provenance["inputs"].items()],
        [
            (head["file"], lambda r: r["file"], False),
            (head["fingerprint"], lambda r: r["sha"], False),
        ],
        file="report/provenance.json",
    )
    software = table(
        text["captions"]["software"],
        [{"name": name, "version": version} for name, version in provenance["software"].items()],
        [
            (head["software"], lambda r: r["name"], False),
            (head["version"], lambda r: r["version"], False),
        ],
        file="report/provenance.json",
    )
    return Section(
        "provenance", text["sections"]["provenance"], [Paragraphs([sentence]), inputs, software]
    )


def _verdict_table(verdicts: pd.DataFrame, plan: Mapping, labels: Labels) -> Table:
    text = labels.text
    head = text["columns"]
    planned = {each["id"]: each for each in plan["hypotheses"]}
    columns = [
        (
            head["hypothesis"],
            lambda r: (
                f"{r['hypothesis']} "
                + wording(planned[r["hypothesis"]]["statement"], labels.language)
            ),
            False,
        ),
        (head["verdict"], lambda r: labels.verdict(r["verdict"]), False),
        (head["estimate"], lambda r: number(r["estimate"]), True),
        (head["interval"], lambda r: interval(r["conf_low"], r["conf_high"]), True),
        (head["p_adjusted"], lambda r: p_value(r["p_adjusted"]), True),
        (head["smallest_effect"], lambda r: number(r["smallest_effect"]), True),
        (head["minimum_detectable_effect"], lambda r: number(r["minimum_detectable_effect"]), True),
    ]
    records = verdicts.to_dict("records")
    notes = [text["notes"]["verdicts"]]
    return table(text["captions"]["verdicts"], records, columns, notes, "inference/verdicts.csv")


def _quality_table(quality: pd.DataFrame, study: Mapping, labels: Labels) -> Table:
    text = labels.text
    head = text["columns"]
    columns = [
        (head["index"], lambda r: text["indices"].get(r["index"], r["index"]), False),
        (head["limit"], lambda r: _limit(r["limit"]), True),
        (head["n_flagged"], lambda r: count(r["n_flagged"]), True),
        (head["share"], lambda r: percent(r["share"]), True),
    ]
    records = quality.to_dict("records")
    notes = [text["notes"]["quality"]]
    return table(text["captions"]["quality"], records, columns, notes, "cleaning/quality.csv")


def _limit(value: float) -> str:
    return "–" if value != value else f"{value:g}"


def _findings_table(findings: pd.DataFrame, labels: Labels) -> Table:
    text = labels.text
    head = text["columns"]
    shown = findings[findings["severity"] != "note"]
    counts = shown.groupby(["code", "action"], sort=True).size().reset_index(name="n")
    columns = [
        (head["finding"], lambda r: text["findings"].get(r["code"], r["code"]), False),
        (head["action"], lambda r: text["actions"].get(r["action"], r["action"]), False),
        (head["n"], lambda r: count(r["n"]), True),
    ]
    records = counts.to_dict("records")
    return table(text["captions"]["findings"], records, columns, file="cleaning/findings.csv")


def _sample_table(sample: pd.DataFrame, labels: Labels) -> Table:
    text = labels.text
    head = text["columns"]
    rows = sample[(sample["value"] != "") | (sample["n"] > 0)]
    first = ~rows["item"].duplicated()
    records = rows.assign(first=first).to_dict("records")
    columns = [
        (head["question"], lambda r: labels.names[r["item"]] if r["first"] else "", False),
        (head["answer"], lambda r: labels.answer(r["item"], r["value"]), False),
        (head["n"], lambda r: count(r["n"]), True),
        (head["share"], lambda r: percent(r["share"]), True),
    ]
    notes = [text["notes"]["sample"]]
    return table(text["captions"]["sample"], records, columns, notes, "measurement/sample.csv")


def _item_table(items: pd.DataFrame, labels: Labels) -> Table:
    text = labels.text
    head = text["columns"]
    columns = [
        (head["item"], lambda r: f"{r['item']} {labels.names[r['item']]}", False),
        (head["n"], lambda r: count(r["n"]), True),
        (head["mean"], lambda r: number(r["mean"], 2), True),
        (head["sd"], lambda r: number(r["sd"], 2), True),
        (head["floor"], lambda r: percent(r["floor"]), True),
        (head["ceiling"], lambda r: percent(r["ceiling"]), True),
        (head["dont_know_rate"], lambda r: percent(r["dont_know_rate"]), True),
        (head["missing_rate"], lambda r: percent(r["missing_rate"]), True),
        (head["item_rest_correlation"], lambda r: number(r["item_rest_correlation"]), True),
        (head["alpha_if_dropped"], lambda r: number(r["alpha_if_dropped"]), True),
    ]
    records = items.to_dict("records")
    notes = [text["notes"]["items"], *[r["warning"] for r in records if r["warning"]]]
    return table(text["captions"]["items"], records, columns, notes, "measurement/items.csv")


def _overview_table(overview: pd.DataFrame, names: Mapping[str, str], labels: Labels) -> Table:
    text = labels.text
    head = text["columns"]
    columns = [
        (head["model"], lambda r: names[r["model"]], False),
        (head["n"], lambda r: count(r["n"]), True),
        (head["n_clusters"], lambda r: count(r["n_clusters"]), True),
        (head["n_dropped"], lambda r: count(r["n_dropped"]), True),
    ]
    records = overview.to_dict("records")
    reasons = [record["reason"] for record in records if record["reason"]]
    caption = text["captions"]["model_overview"]
    return table(caption, records, columns, reasons, "inference/models.csv")


def _coefficient_table(
    rows: pd.DataFrame, model: Mapping[str, Any], name: str, labels: Labels
) -> Table:
    text = labels.text
    head = text["columns"]
    columns = [
        (head["term"], lambda r: labels.term(r["term"]), False),
        (head["estimate"], lambda r: number(r["estimate"]), True),
        (head["std_error"], lambda r: number(r["std_error"]), True),
        (head["df"], lambda r: number(r["df"], 1), True),
        (head["p_value"], lambda r: p_value(r["p_value"]), True),
        (head["interval"], lambda r: interval(r["conf_low"], r["conf_high"]), True),
    ]
    ratio = {"logit": head["odds_ratio"], "log": head["rate_ratio"]}.get(model["link"])
    if ratio:
        columns += [
            (ratio, lambda r: number(r["exp_estimate"]), True),
            (head["interval"], lambda r: interval(r["exp_conf_low"], r["exp_conf_high"]), True),
        ]
    note = text["notes"]["coefficients"].format(
        n=count(model["n"]),
        clusters=clusters_clause(model["n_clusters"], labels.language),
        dropped=count(model["n_dropped"]),
        covariance=text["covariance"][model["covariance"]],
    )
    caption = text["captions"]["coefficients"].format(model=name)
    return table(caption, rows.to_dict("records"), columns, [note], "inference/coefficients.csv")


def _effect_table(effects: pd.DataFrame, names: Mapping[str, str], labels: Labels) -> Table:
    text = labels.text
    head = text["columns"]
    columns = [
        (head["model"], lambda r: names[r["model"]], False),
        (
            head["term"],
            lambda r: (
                f"{labels.term(r['term'])}"
                + (
                    f" ({text['estimands'][r['estimand']]})"
                    if r["estimand"] == "cross_partial"
                    else ""
                )
            ),
            False,
        ),
        (head["estimate"], lambda r: number(r["estimate"]), True),
        (head["std_error"], lambda r: number(r["std_error"]), True),
        (head["df"], lambda r: number(r["df"], 1), True),
        (head["p_value"], lambda r: p_value(r["p_value"]), True),
        (head["interval"], lambda r: interval(r["conf_low"], r["conf_high"]), True),
    ]
    notes = [text["notes"]["effects"]]
    records = effects.to_dict("records")
    return table(text["captions"]["effects"], records, columns, notes, "inference/effects.csv")
