"""From the cleaned answers to a table that others may use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coproduction.cleaning.exclusions import ANALYSED
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.release.disclosure import anonymity, small_cells, suppress
from coproduction.release.variables import suppressed_code, tick_name

K = 5
CHANGES = ("variable", "change", "n", "limit")


@dataclass(frozen=True)
class Released:
    """A release table and what was done for it.

    Attributes
    ----------
    table
        One row per released respondent, in random order: `id`, mode, language, completeness, number
        of flags, the answers as codes, and the scale scores of the analysis.
    key
        `variable, original, released`: submissions and communities with their new numbers. It stays
        with the confidential data.
    changes
        `variable, change, n, limit`: what was left out, re-keyed, top-coded or suppressed.
    anonymity, small_cells
        The disclosure report; see `coproduction.release.disclosure`.
    """

    table: pd.DataFrame
    key: pd.DataFrame
    changes: pd.DataFrame
    anonymity: pd.DataFrame
    small_cells: pd.DataFrame


def deidentify(
    responses: pd.DataFrame,
    scores: pd.DataFrame,
    instrument: Instrument,
    rules: Mapping[str, Any],
    generator: np.random.Generator,
    synthetic: bool = False,
) -> Released:
    """Make the release table of the analysed rows.

    Texts, dates and sensitive items are never released. The community becomes a number.

    Parameters
    ----------
    responses, scores
        Cleaned response table with `status`, and the analysis table of its analysed rows.
    instrument
        The questionnaire.
    rules
        The `release` block of the study.
    generator
        Source of the random order and of the new numbers; see `secret_generator`.
    synthetic
        Whether the answers were simulated; a column `synthetic` then says so in every row.

    Raises
    ------
    StudyError
        If a rule names an item that is not released, or nobody is left.
    """
    rows = responses[responses["status"] == ANALYSED].reset_index(drop=True)
    items, changes = _chosen(instrument, rules)
    identifiers = tuple(rules["quasi_identifiers"])
    _check(rules, items)
    rows, capped = _top_coded(rows, rules.get("top_code", ()), instrument)
    rows, keys = _rekeyed(rows, items, generator)
    scores = scores.set_index("submission").loc[rows["submission"]].reset_index(drop=True)
    table = _columns(rows, scores, items, instrument)
    k = rules.get("k", K)
    reports = [anonymity(table, identifiers, k, "before")]
    changes += [*capped, *((name, "rekeyed", len(key), np.nan) for name, key in keys.items())]
    if rules.get("suppress", True):
        before = table
        table, left = suppress(table, identifiers, k, suppressed_code(instrument))
        changes += [
            (name, "suppressed", int((table[name] != before[name]).fillna(True).sum()), k)
            for name in identifiers
        ]
        changes.append(("", "rows_left_out", int(left.sum()), k))
        table, rows = table[~left], rows[~left]
    if table.empty:
        raise StudyError(
            f"No group of {k} respondents shares its quasi-identifiers; lower `release.k` or name "
            "fewer `release.quasi_identifiers` in study.yaml."
        )
    order = generator.permutation(len(table))
    table, rows = table.iloc[order].reset_index(drop=True), rows.iloc[order]
    table.insert(0, "id", np.arange(1, len(table) + 1))
    if synthetic:
        table.insert(1, "synthetic", 1)
    answers = [name for item in items for name in _names(item) if item.response_set or item.role]
    cells = small_cells(
        table.mask(table.isin(_missing(instrument))),
        [name for name in answers if name in table],
        identifiers,
        rules.get("minimum_cell", K),
    )
    reports.append(anonymity(table, identifiers, k, "released"))
    keys["submission"] = dict(zip(rows["submission"], table["id"], strict=True))
    return Released(
        table,
        _key_table(keys),
        pd.DataFrame(changes, columns=list(CHANGES)),
        pd.concat(reports, ignore_index=True),
        cells,
    )


def secret_generator(seed: int, confidential: bytes) -> np.random.Generator:
    """Make a source of chance that only those can repeat who hold the confidential data.

    With the study's seed alone, which is public, anybody could number the communities anew in the
    same way and so undo it.
    """
    digest = hashlib.sha256(confidential).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])


def _chosen(instrument: Instrument, rules: Mapping[str, Any]) -> tuple[list[Item], list[tuple]]:
    """Items that are released, and why the others are not."""
    kept, changes = [], []
    for item in instrument.questions:
        reason = (
            "open_left_out"
            if item.confidential
            else "sensitive_left_out"
            if item.sensitive
            else "text_or_date_left_out"
            if item.type in ("text", "date") and item.role != "cluster"
            else "left_out"
            if item.id in rules.get("leave_out", ())
            else ""
        )
        if reason:
            changes.append((item.id, reason, np.nan, np.nan))
        else:
            kept.append(item)
    return kept, changes


def _check(rules: Mapping[str, Any], items: Sequence[Item]) -> None:
    numbers = {item.id for item in items if item.type in ("integer", "decimal")}
    single = {item.id for item in items if item.type != "select_multiple"}
    for name in rules["quasi_identifiers"]:
        if name not in single:
            raise StudyError(
                f"release.quasi_identifiers names `{name}`, which is not released as one answer; "
                "open, sensitive and left-out items need not be named."
            )
    for rule in rules.get("top_code", ()):
        if rule["item"] not in numbers:
            raise StudyError(
                f"release.top_code names `{rule['item']}`, which is not a number that is released."
            )


def _top_coded(
    rows: pd.DataFrame, rules: Sequence[Mapping[str, Any]], instrument: Instrument
) -> tuple[pd.DataFrame, list[tuple]]:
    rows, changes = rows.copy(), []
    for rule in rules:
        column = rows[rule["item"]]
        known = column.mask(column.isin(list(instrument.missing_values)))
        limit = rule.get("value")
        if limit is None:
            limit = (
                known.dropna()
                .astype("float64")
                .quantile(rule["percentile"] / 100, interpolation="lower")
            )
        if pd.isna(limit):
            continue
        above = (known > limit).fillna(False).astype(bool)
        rows[rule["item"]] = column.mask(above, limit).astype(column.dtype)
        changes.append((rule["item"], "top_coded", int(above.sum()), float(limit)))
    return rows, changes


def _rekeyed(
    rows: pd.DataFrame, items: Sequence[Item], generator: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, dict[str, int]]]:
    """Give every community a random number in place of its code."""
    keys = {}
    for item in items:
        if item.role == "cluster":
            codes = sorted(rows[item.id].dropna().astype("string").unique())
            numbers = generator.permutation(len(codes)) + 1
            keys[item.id] = dict(zip(codes, map(int, numbers), strict=True))
            numbered = rows[item.id].astype("string").map(keys[item.id])
            rows = rows.assign(**{item.id: numbered.astype("Int64")})
    return rows, keys


def _columns(
    rows: pd.DataFrame, scores: pd.DataFrame, items: Sequence[Item], instrument: Instrument
) -> pd.DataFrame:
    columns = {name: rows[name].astype("string") for name in ("mode", "language", "completeness")}
    columns["flags"] = rows["flags"].astype("Int64")
    for item in items:
        if item.type == "select_multiple":
            columns |= _ticks(rows[item.id], item, instrument)
        else:
            columns[item.id] = rows[item.id].astype(
                "Float64" if item.type == "decimal" else "Int64"
            )
    columns |= {
        name: scores[name].astype("Float64") for name in instrument.constructs if name in scores
    }
    return pd.DataFrame(columns)


def _ticks(column: pd.Series, item: Item, instrument: Instrument) -> dict[str, pd.Series]:
    text = column.astype("string")
    missing = text.isin([str(code) for code in instrument.missing_values]).fillna(False)
    padded = " " + text + " "
    ticks = {}
    for value in item.response_set.values:
        ticked = padded.str.contains(f" {value} ", regex=False).astype("Int64")
        ticks[tick_name(item, value)] = ticked.mask(missing, text.where(missing).astype("Int64"))
    return ticks


def _names(item: Item) -> list[str]:
    if item.type == "select_multiple":
        return [tick_name(item, value) for value in item.response_set.values]
    return [item.id]


def _missing(instrument: Instrument) -> list[int]:
    return [*instrument.missing_values, suppressed_code(instrument)]


def _key_table(keys: Mapping[str, Mapping[str, int]]) -> pd.DataFrame:
    rows = [
        (variable, original, released)
        for variable, key in keys.items()
        for original, released in sorted(key.items(), key=lambda pair: pair[1])
    ]
    return pd.DataFrame(rows, columns=["variable", "original", "released"])
