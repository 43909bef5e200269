"""How each column of a result table is shown: its heading, its format, its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.codes import code_text
from coproduction.report.blocks import Table
from coproduction.report.labels import Labels
from coproduction.report.numbers import NONE, count, degrees, interval, number, p_value, percent
from coproduction.report.words import wording

Record = Mapping[str, Any]
Format = Callable[[Any], str]
NUMBERS: dict[str, Format] = {
    **dict.fromkeys(
        (
            *("n", "rank", "draws", "order", "released", "source_row"),
            *("contacts", "complete", "partial", "refusal", "non_contact", "break_off", "other"),
            *("unknown_household", "unknown_other", "not_eligible"),
            *("smallest", "smallest_class", "smallest_cluster", "largest_cluster"),
        ),
        count,
    ),
    **dict.fromkeys(
        (
            *("share", "floor", "ceiling", "dont_know_rate", "missing_rate", "flagged"),
            *("rr1", "rr3", "coop1", "ref1", "con1", "break_off_rate", "participation_rate"),
            *("eligibility", "rwg_share", "agreement", "share_below", "power_at_smallest_effect"),
            *("robustness_value", "robustness_value_limit"),
        ),
        percent,
    ),
    **dict.fromkeys(("mean", "sd", "e_value", "e_value_limit"), lambda value: number(value, 2)),
    **dict.fromkeys(("p_value", "p_adjusted", "p_value_scaled"), p_value),
    **dict.fromkeys(
        ("chisq", "chisq_scaled", "difference_chisq", "bic_change"), lambda value: number(value, 1)
    ),
    **dict.fromkeys(("df", "days_low", "days_median", "days_high"), degrees),
    "limit": lambda value: "–" if value != value else f"{value:g}",
}
BLANK = ("", NONE)
WORDS = {
    "verdict": "verdict",
    "code": "findings",
    "action": "actions",
    "estimand": "estimands",
    "covariance": "covariance",
    "decision": "decisions",
    "check": "checks",
    "role": "roles",
    "status": "statuses",
    "family": "families",
    "part": "model_parts",
    "kind": "kinds",
    "component": "components",
    "relation": "relations",
    "mode": "modes",
    "measure": "measures",
    "step": "ladder",
    "correlation": "correlations",
    "frame": "frames",
    "stage": "stages",
    "change": "changes",
}


def tabulate(
    frame: pd.DataFrame,
    columns: Sequence[str],
    labels: Labels,
    caption: str,
    notes: Sequence[str] = (),
    file: str = "",
    headings: Mapping[str, str] | None = None,
    group: Callable[[Record], str] | None = None,
    further: bool = False,
) -> Table:
    """Make a table as it is shown from a result table; columns without any content are left out.

    Parameters
    ----------
    frame
        Result table; one row per row shown.
    columns
        Names of its columns in order; `interval` stands for `conf_low` and `conf_high`, and
        `x_interval` for `x_conf_low` and `x_conf_high`.
    labels
        Names in the language of the report.
    caption
        What the table shows.
    notes
        Sentences under it.
    file
        Result file it was made from.
    headings
        Headings that differ from the usual one of a column, as keys of the words' `columns`.
    group
        Gives the heading that a row stands under; rows of a heading are brought together.
    further
        Whether the table belongs in an appendix.
    """
    usual = labels.text["columns"]
    other = headings or {}
    groups: dict[str, list[list[str]]] = {}
    for record in frame.to_dict("records"):
        heading = group(record) if group else ""
        groups.setdefault(heading, []).append([cell(record, name, labels) for name in columns])
    rows = [row for part in groups.values() for row in part]
    kept = [place for place in range(len(columns)) if any(row[place] not in BLANK for row in rows)]
    shown = [
        (usual[other.get(name, _usual(name))], _numeric(frame, name))
        for name in (columns[place] for place in kept or range(len(columns)))
    ]
    starts, place = [], 0
    for heading, part in groups.items() if group else ():
        starts.append((place, heading))
        place += len(part)
    texts = [[row[place] for place in kept] for row in rows]
    remarks = [note for note in notes if note]
    return Table(caption, shown, texts, remarks, file, tuple(starts), further)


def cell(record: Record, name: str, labels: Labels) -> str:
    """Write one cell of a result table for the reader."""
    if name.endswith("interval"):
        part = name.removesuffix("interval")
        return interval(record[f"{part}conf_low"], record[f"{part}conf_high"])
    value = record[name]
    if name in TEXTS:
        return TEXTS[name](record, labels)
    if name in WORDS:
        return labels.word(WORDS[name], value)
    if isinstance(value, bool):
        return labels.text["yes" if value else "no"]
    if isinstance(value, str):
        return value
    return _format(name)(value)


def _format(name: str) -> Format:
    """Choose how the numbers of a column are written: by its name, its beginning or its end.

    Every whole-number column of `schemas/tables.yaml` is a count.
    """
    if name in NUMBERS:
        return NUMBERS[name]
    if name.startswith("n_"):
        return count
    if name.endswith("_p_value"):
        return p_value
    return degrees if name.endswith("_df") else number


def _question(record: Record, labels: Labels) -> str:
    item = labels.items.get(record["item"])
    text = wording(item.text, labels.language) if item else labels.name(record["item"])
    return f"{record['item']} {text}"


def _hypothesis(record: Record, labels: Labels) -> str:
    identifier = record["hypothesis"]
    return f"{identifier} {labels.hypotheses.get(identifier, '')}".rstrip()


def _verdict(record: Record, labels: Labels) -> str:
    verdict = labels.verdict(record["verdict"])
    if record.get("status") != "exploratory":
        return verdict
    return labels.text["exploratory"].format(verdict=verdict)


def _category(record: Record, labels: Labels) -> str:
    """Write the category of an ordinal outcome; categories are whole numbers."""
    value = record["category"]
    return "" if value != value else labels.level(record.get("outcome", ""), code_text(value))


def _level(record: Record, name: str, labels: Labels) -> str:
    """Write the group that a row is about, or the value that a numeric variable is held at."""
    return labels.held_at(_variable(record), str(record[name]), record.get("cell", ""))


def _variable(record: Record) -> str:
    """Find the variable whose level a row is about."""
    return record.get("by") or record.get("variable") or record.get("group") or ""


TEXTS: dict[str, Callable[[Record, Labels], str]] = {
    "index": lambda record, labels: (
        labels.text["indices"].get(record["index"]) or labels.name(record["index"])
    ),
    "item": _question,
    "hypothesis": _hypothesis,
    "verdict": _verdict,
    **{
        name: lambda record, labels, name=name: labels.name(record[name])
        for name in ("construct", "construct_1", "construct_2", "lhs", "rhs")
    },
    **{
        name: lambda record, labels, name=name: labels.term(record[name])
        for name in ("by", "outcome", "factor", "variable")
    },
    "term": lambda record, labels: labels.contrast(record["term"], record.get("reference") or ""),
    **{
        name: lambda record, labels, name=name: labels.model(record[name])
        for name in (
            "description",
            "model",
            "rival",
            "comparison",
            "set",
            "moderation",
            "experiment",
        )
    },
    "at": lambda record, labels: labels.values(record["at"], record["model"]),
    "arm": lambda record, labels: labels.values(record["arm"]),
    "category": _category,
    **{
        name: lambda record, labels, name=name: _level(record, name, labels)
        for name in ("level", "reference_level")
    },
}


def _usual(name: str) -> str:
    return "interval" if name.endswith("_interval") else name


def _numeric(frame: pd.DataFrame, name: str) -> bool:
    return name.endswith("interval") or pd.api.types.is_float_dtype(frame[name])
