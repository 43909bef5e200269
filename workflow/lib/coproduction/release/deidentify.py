"""From the cleaned answers to a table that others may use."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coproduction.cleaning.answers import is_answer
from coproduction.cleaning.exclusions import ANALYSED
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.privacy.small_cells import rare
from coproduction.release.disclosure import anonymity, diversity, small_cells, suppress
from coproduction.release.variables import suppressed_code, tick_name

CHANGES = ("variable", "change", "n", "limit")


@dataclass(frozen=True)
class Released:
    """A release table and what was done for it.

    Attributes
    ----------
    table
        One row per released respondent, in random order: `id`, the answers as codes, and the scale
        scores of the analysis. How, in what language and how well somebody answered is left out.
    key
        `variable, original, released`: submissions and communities with their new numbers. It stays
        with the confidential data.
    changes
        `variable, change, n, limit`: what was left out, re-keyed, top-coded or suppressed.
    anonymity, diversity, small_cells
        The disclosure report; see `coproduction.release.disclosure`.
    """

    table: pd.DataFrame
    key: pd.DataFrame
    changes: pd.DataFrame
    anonymity: pd.DataFrame
    diversity: pd.DataFrame
    small_cells: pd.DataFrame


def deidentify(
    responses: pd.DataFrame,
    scores: pd.DataFrame,
    instrument: Instrument,
    rules: Mapping[str, Any],
    generator: np.random.Generator,
    numbers: Mapping[str, int],
    hidden: Mapping[str, Collection[str]],
    minimum: int,
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
        The `release` block of the study, with its defaults.
    generator
        Source of the random order; see `coproduction.privacy.pseudonyms.secret_generator`.
    numbers
        Neutral number of each community by its code.
    hidden
        Answers that the report hides, by item: they are suppressed in the file too, which would
        tell them else; see `coproduction.privacy.small_cells.hidden_cells`.
    minimum
        The smallest number of respondents that an answer may stand for.
    synthetic
        Whether the answers were simulated; a column `synthetic` then says so in every row.

    Raises
    ------
    StudyError
        If there are no rules, one names an item that is not released, or nobody is left.
    """
    rows = responses[responses["status"] == ANALYSED].reset_index(drop=True)
    identifiers = _identifiers(rules)
    items, changes = _chosen(instrument, rules)
    _check(rules, items)
    rows, capped = _top_coded(rows, rules.get("top_code", ()), instrument, minimum)
    rows, keys = _rekeyed(rows, items, numbers)
    k, code = rules["k"], suppressed_code(instrument)
    plain = table = _columns(rows, items, instrument)
    reports = [anonymity(table, identifiers, k, "before")]
    changes += [*capped, *((name, "rekeyed", len(key), np.nan) for name, key in keys.items())]
    table = _without(table, items, hidden, instrument)
    left = pd.Series(False, index=table.index)
    if rules["suppress"]:
        before = table
        table, left = suppress(table, identifiers, k, code)
        changes += [
            (name, "suppressed", int((table[name] != before[name]).fillna(True).sum()), k)
            for name in identifiers
        ]
        changes.append(("", "rows_left_out", int(left.sum()), k))
    if left.all():
        raise StudyError(
            f"No group of {k} respondents shares its quasi-identifiers; lower `release.k` or name "
            "fewer `release.quasi_identifiers` in study.yaml."
        )
    table = _without_rare(table[~left], items, minimum, instrument)
    changes += _suppressed(table, plain, items, identifiers, minimum)
    table = table.join(_scores(scores, rows[~left], table, plain, capped, instrument))
    order = generator.permutation(len(table))
    rows, table = rows[~left].iloc[order], table.iloc[order].reset_index(drop=True)
    told = table.copy()
    table.insert(0, "id", np.arange(1, len(table) + 1))
    if synthetic:
        table.insert(1, "synthetic", 1)
    known = table.mask(table.isin(_missing(instrument)))
    answers = [name for item in items for name in _names(item) if item.response_set or item.role]
    reports.append(anonymity(told, identifiers, k, "released"))
    keys["submission"] = dict(zip(rows["submission"], table["id"], strict=True))
    return Released(
        table,
        _key_table(keys),
        pd.DataFrame(changes, columns=list(CHANGES)),
        pd.concat(reports, ignore_index=True),
        diversity(told, _attributes(rows, known, items, identifiers, instrument), identifiers),
        small_cells(known, answers, identifiers, minimum),
    )


def _identifiers(rules: Mapping[str, Any]) -> tuple[str, ...]:
    if "quasi_identifiers" not in rules:
        raise StudyError(
            "study.yaml has no `release` block; name there the items that together could tell who "
            "somebody is (`quasi_identifiers`)."
        )
    return tuple(rules["quasi_identifiers"])


def _attributes(
    rows: pd.DataFrame,
    known: pd.DataFrame,
    items: Sequence[Item],
    identifiers: Sequence[str],
    instrument: Instrument,
) -> pd.DataFrame:
    """Answers that somebody might learn of a class: sensitive ones first, then all released."""
    missing = instrument.missing_values
    sensitive = {
        item.id: rows[item.id].mask(~is_answer(rows[item.id], missing)).reset_index(drop=True)
        for item in instrument.questions
        if item.sensitive and not item.confidential
    }
    names = [name for item in items for name in _names(item) if name not in identifiers]
    return pd.DataFrame(sensitive | {name: known[name] for name in names})


def _without(
    table: pd.DataFrame,
    items: Sequence[Item],
    hidden: Mapping[str, Collection[str]],
    instrument: Instrument,
) -> pd.DataFrame:
    """Suppress the answers and kinds of missing answers that the report hides."""
    code, table = suppressed_code(instrument), table.copy()
    for item in items:
        for label in hidden.get(item.id, ()):
            for name in _names(item):
                if (at := _cells(table[name], name, label, item, instrument)) is not None:
                    table.loc[at, name] = code
    return table


def _cells(
    column: pd.Series, name: str, label: str, item: Item, instrument: Instrument
) -> pd.Series | None:
    """Find the rows of a released column that hold an answer or a kind of missing one."""
    if label in instrument.missing_codes:
        return column.eq(instrument.missing_code(label)).fillna(False).astype(bool)
    if label == "no_answer":
        return column.isna()
    answered = column.notna() & ~column.isin(_missing(instrument))
    if item.type == "select_multiple":
        # Suppressed where ticked alone, a tick could be counted.
        return answered if name == tick_name(item, int(label)) else None
    if item.response_set is None:
        return answered
    return column.eq(int(label)).fillna(False).astype(bool)


def _without_rare(
    table: pd.DataFrame, items: Sequence[Item], minimum: int, instrument: Instrument
) -> pd.DataFrame:
    """Suppress answers that few of those left gave."""
    hidden: dict[str, set[str]] = {}
    for item in items:
        if item.response_set is None:
            continue
        for name in _names(item):
            known = table[name][~table[name].isin(_missing(instrument))]
            few = rare(known.value_counts().sort_index(), minimum)
            several = item.type == "select_multiple"
            labels = [name.rpartition("_")[2]] if several and len(few) else map(str, few)
            hidden.setdefault(item.id, set()).update(labels)
    return _without(table, items, hidden, instrument)


def _suppressed(
    table: pd.DataFrame,
    plain: pd.DataFrame,
    items: Sequence[Item],
    identifiers: Sequence[str],
    minimum: int,
) -> list[tuple]:
    """Count the answers of each item that were suppressed because few gave them."""
    changes = []
    for item in items:
        for name in _names(item):
            n = int((~_same(table[name], plain.loc[table.index, name])).sum())
            if n and name not in identifiers:
                changes.append((name, "rare_suppressed", n, minimum))
    return changes


def _same(one: pd.Series, other: pd.Series) -> pd.Series:
    return ((one == other) | (one.isna() & other.isna())).fillna(False).astype(bool)


def _scores(
    scores: pd.DataFrame,
    rows: pd.DataFrame,
    table: pd.DataFrame,
    plain: pd.DataFrame,
    capped: Sequence[tuple],
    instrument: Instrument,
) -> pd.DataFrame:
    """Scores of scales all of whose items are released, blank where an answer was changed.

    A score together with the other answers would tell the one that is not there.
    """
    found = scores.set_index("submission").loc[rows["submission"]].set_axis(rows.index)
    lowered = {name for name, *_ in capped}
    columns = {}
    for name in instrument.constructs:
        items = [item.id for item in instrument.scale(name)]
        if name in found and set(items) <= set(table) and not lowered & set(items):
            kept = pd.Series(True, index=table.index)
            for item in items:
                kept &= _same(table[item], plain.loc[table.index, item])
            columns[name] = found[name].astype("Float64").where(kept)
    return pd.DataFrame(columns, index=table.index)


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
    rows: pd.DataFrame,
    rules: Sequence[Mapping[str, Any]],
    instrument: Instrument,
    minimum: int,
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
        n = int(above.sum())
        told = np.nan if 0 < n < minimum else n
        changes.append((rule["item"], "top_coded", told, float(limit)))
    return rows, changes


def _rekeyed(
    rows: pd.DataFrame, items: Sequence[Item], numbers: Mapping[str, int]
) -> tuple[pd.DataFrame, dict[str, dict[str, int]]]:
    """Give every community its number in place of its code."""
    keys = {}
    for item in items:
        if item.role == "cluster":
            codes = rows[item.id].astype("string")
            known = set(codes.dropna())
            keys[item.id] = {code: n for code, n in numbers.items() if code in known}
            rows = rows.assign(**{item.id: codes.map(keys[item.id]).astype("Int64")})
    return rows, keys


def _columns(rows: pd.DataFrame, items: Sequence[Item], instrument: Instrument) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for item in items:
        if item.type == "select_multiple":
            columns |= _ticks(rows[item.id], item, instrument)
        else:
            columns[item.id] = rows[item.id].astype(
                "Float64" if item.type == "decimal" else "Int64"
            )
    return pd.DataFrame(columns)


def _ticks(column: pd.Series, item: Item, instrument: Instrument) -> dict[str, pd.Series]:
    text = column.astype("string")
    missing = text.isin([str(code) for code in instrument.missing_values]).fillna(False)
    padded = " " + text + " "
    ticks = {}
    for value in item.values:
        ticked = padded.str.contains(f" {value} ", regex=False).astype("Int64")
        ticks[tick_name(item, value)] = ticked.mask(missing, text.where(missing).astype("Int64"))
    return ticks


def _names(item: Item) -> list[str]:
    if item.type == "select_multiple":
        return [tick_name(item, value) for value in item.values]
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
