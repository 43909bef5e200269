"""The pages that plan the next survey: costs, detectable effects and power of verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.languages import words
from coproduction.plan.plan import Plan
from coproduction.planning.settings import Planning
from coproduction.report.blocks import Block, Document, Figure, Paragraphs, Section, Table, arrange
from coproduction.report.columns import cell, tabulate
from coproduction.report.figures.verdict_shares import verdict_shares
from coproduction.report.labels import Labels, labels
from coproduction.report.numbers import NONE, count, number, percent
from coproduction.report.words import wording

DESIGNS, FORMULA, POWER = (f"planning/{name}.csv" for name in ("designs", "formula", "power"))
OF_DESIGN = ("design", "communities", "persons_drawn", "respondents", "cost", "within_budget")
OF_FORMULA = (
    *("design", "analysed", "design_effect", "df", "std_error", "minimum_detectable_effect"),
    *("interval_length", "smallest_effect", "power_at_smallest_effect"),
)
MEASURES = ("expected", "judgement", "interval_length", "minimum_detectable_effect")


def compose_planning(
    language: str,
    designs: pd.DataFrame,
    formula: pd.DataFrame,
    planning: Planning,
    instrument: Instrument,
    study: Mapping[str, Any],
    plan: Plan,
    chosen: str | None,
    power: pd.DataFrame | None = None,
    imputations: int | None = None,
) -> Document:
    """Compose the page in one language; nothing is computed here.

    Parameters
    ----------
    language
        BCP 47 tag.
    designs, formula
        `planning/designs.csv` and `planning/formula.csv`.
    planning
        The block `planning` of `study.yaml`.
    instrument
        The questionnaire, for labels.
    study
        The `study` block of `study.yaml`.
    plan
        The analysis plan.
    chosen
        The cheapest design that reaches the power wanted; None where none does.
    power
        `planning/power.csv`; None where nothing is simulated.
    imputations
        Imputed tables of a simulated survey; None where nothing is imputed.
    """
    named = labels(instrument, plan, language, synthetic=True)
    text = words(language, "power.yaml")
    names = {each.id: wording(each.label, language) for each in planning.designs}
    sections = [
        Section("designs", text["sections"]["designs"], _designs(designs, names, planning, named))
    ]
    if not formula.empty:
        told = _formula(formula, names, planning, named)
        sections.append(Section("formula", text["sections"]["formula"], told))
    if power is not None:
        how = [text["simulated"].format(n=count(power["n"].max())), _missing(imputations, text)]
        sections[0] = Section("designs", sections[0].title, [*sections[0].blocks, Paragraphs(how)])
        sections += [
            _hypothesis(id, rows, names, planning, named)
            for id, rows in power.groupby("hypothesis", sort=False)
        ]
    paragraph = _registration(designs, formula, power, names, planning, chosen, named)
    sections.append(Section("registration", text["sections"]["registration"], paragraph))
    return Document(
        language,
        text["title"].format(study=wording(study["title"], language)),
        named.text["stamp"],
        named.text["stamp_long"],
        arrange(sections, named.text["appendix"]),
        {key: value for key, value in named.text.items() if isinstance(value, str)},
        str(study["seed"]),
    )


def _missing(imputations: int | None, text: Mapping[str, Any]) -> str:
    if imputations is None:
        return text["complete"]
    return text["imputations"].format(m=count(imputations))


def _designs(
    designs: pd.DataFrame, names: Mapping[str, str], planning: Planning, named: Labels
) -> list[Block]:
    """Tabulate the designs and what they cost."""
    text = words(named.language, "power.yaml")
    budget = planning.budget
    notes = [] if budget is None else [text["budget"].format(budget=count(budget))]
    shown = designs.assign(design=designs["design"].map(names))
    caption = text["designs_caption"].format(currency=planning.currency)
    table = tabulate(shown, OF_DESIGN, named, caption, notes, DESIGNS)
    return [Paragraphs([text["opening"]]), table]


def _formula(
    formula: pd.DataFrame, names: Mapping[str, str], planning: Planning, named: Labels
) -> list[Block]:
    """Tabulate what the formula says, the hypotheses one after another."""
    text = words(named.language, "power.yaml")
    order = formula.sort_values("hypothesis", kind="stable")
    return [
        tabulate(
            order.assign(design=order["design"].map(names)),
            OF_FORMULA,
            named,
            text["formula_caption"].format(power=percent(planning.power, 0)),
            [text["formula_note"]],
            FORMULA,
            group=lambda record: cell(record, "hypothesis", named, FORMULA),
        )
    ]


def _hypothesis(
    id: str, rows: pd.DataFrame, names: Mapping[str, str], planning: Planning, named: Labels
) -> Section:
    """Draw and tabulate the verdicts on one hypothesis in all designs."""
    text = words(named.language, "power.yaml")
    shares = rows.pivot(index="quantity", columns="design", values="value")
    designs = [each.id for each in planning.designs if each.id in shares]
    verdicts = {
        told: [float(each) for each in shares.loc[code, designs]]
        for code, told in named.text["verdict"].items()
    }
    shown = [names[each] for each in designs]
    figure = Figure(
        f"power_{id}",
        text["figure_caption"].format(hypothesis=id),
        verdict_shares(shown, verdicts, named.text["stamp"]),
        _described(shown, verdicts, named),
        file=POWER,
    )
    expected = text["expected"].format(
        verdicts=_expected(id, planning, named), power=percent(planning.power, 0)
    )
    table = _measures(id, rows, names, named)
    return Section(id, id, [Paragraphs([named.hypotheses[id], expected]), figure, table])


def _expected(id: str, planning: Planning, named: Labels) -> str:
    return named.text["enumeration"].join(
        named.text["verdict"][each] for each in planning.hypotheses[id]
    )


def _described(designs: list[str], verdicts: Mapping[str, list[float]], named: Labels) -> str:
    """Say in words what the figure draws."""
    told = [
        f"{design}: "
        + named.text["enumeration"].join(
            f"{name} {percent(each[place], 0)}" for name, each in verdicts.items() if each[place]
        )
        for place, design in enumerate(designs)
    ]
    return named.text["list_separator"].join(told) + named.text["stop"]


def _measures(id: str, rows: pd.DataFrame, names: Mapping[str, str], named: Labels) -> Table:
    """Tabulate power, interval lengths and detectable effects, a row a design."""
    text = words(named.language, "power.yaml")
    cells: dict[str, dict[str, str]] = {}
    for row in rows.to_dict("records"):
        own = cells.setdefault(row["design"], {})
        if row["quantity"] == "expected":
            shown, error = percent(row["value"], 0), percent(row["mc_error"], 0)
            own["judgement"] = named.text["judgements"][row["judgement"]]
        else:
            shown, error = number(row["value"]), number(row["mc_error"])
        own[row["quantity"]] = text["with_error"].format(value=shown, error=error)
    headings = [(text["measures"][name], True) for name in MEASURES]
    return Table(
        text["table_caption"].format(hypothesis=id),
        [(named.heading("design"), False), *headings],
        [
            [names[design], *(own.get(each, NONE) for each in MEASURES)]
            for design, own in cells.items()
        ],
        [text["table_note"]],
        POWER,
    )


def _registration(
    designs: pd.DataFrame,
    formula: pd.DataFrame,
    power: pd.DataFrame | None,
    names: Mapping[str, str],
    planning: Planning,
    chosen: str | None,
    named: Labels,
) -> list[Block]:
    """Name the cheapest design, and word the paragraph about it."""
    text = words(named.language, "power.yaml")
    kind = "" if power is not None else "_formula"
    wanted = percent(planning.power, 0)
    if chosen is None:
        return [Paragraphs([text[f"none{kind}"].format(power=wanted)])]
    (row,) = designs[designs["design"] == chosen].to_dict("records")
    costing = {"cost": count(row["cost"]), "currency": planning.currency}
    first = text[f"cheapest{kind}"].format(power=wanted, design=names[chosen], **costing)
    sizes = {name: count(row[name]) for name in ("communities", "persons_drawn", "respondents")}
    told = [text["plan"].format(**sizes)]
    if power is None:
        for each in formula[formula["design"] == chosen].to_dict("records"):
            effect = number(each["minimum_detectable_effect"])
            values = {"effect": effect, "hypothesis": each["hypothesis"], "power": wanted}
            told.append(text["formula_found"].format(**values))
    else:
        told += _found(power[power["design"] == chosen], planning, named)
    return [Paragraphs([first, text["space"].join(told)])]


def _found(rows: pd.DataFrame, planning: Planning, named: Labels) -> list[str]:
    """Say what the simulated surveys of a design found, a sentence a hypothesis."""
    text, told = words(named.language, "power.yaml"), []
    for id, own in rows.groupby("hypothesis", sort=False):
        known = own.set_index("quantity")
        share = known.loc["expected"]
        lengths = known["value"].get("interval_length")
        values = {
            "n": count(share["n"]),
            "hypothesis": id,
            "verdicts": _expected(str(id), planning, named),
            "share": percent(share["value"], 0),
            "error": percent(share["mc_error"], 0),
            "length": NONE if lengths is None else number(lengths),
        }
        told.append(text["found"].format(**values))
    return told
