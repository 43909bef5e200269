"""The sheets of an XLSForm, and the Excel file that holds them."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping

import pandas as pd

from coproduction import languages
from coproduction.archive import without_times
from coproduction.instrument.definition import Instrument, Item, ResponseSet
from coproduction.instrument.forms.xlsform.xpath import to_xpath
from coproduction.instrument.pattern import for_forms
from coproduction.instrument.wording import scenario_arms
from coproduction.tables import FORMULA

TYPES = {
    "select_one": "select_one",
    "select_multiple": "select_multiple",
    "integer": "integer",
    "decimal": "decimal",
    "text": "text",
    "date": "date",
    "note": "note",
}
METADATA = ("start", "end", "today", "deviceid")


def xlsform(instrument: Instrument) -> dict[str, pd.DataFrame]:
    """Make the sheets of an XLSForm.

    Sections become groups with their items one per screen; routing, limits and consents are carried
    over; a `random` item is drawn once per form; a scenario becomes one note per combination of its
    arms. XLSForm cannot shuffle questions, so sections and items keep their order.

    Returns
    -------
    dict
        `survey`, `choices` and `settings`, every cell text.
    """
    rows = [{"type": name, "name": name} for name in METADATA]
    for section in instrument.sections:
        label = _labels("label", section.label, instrument)
        rows.append({"type": "begin_group", "name": f"sec{section.id}", **label})
        for item in instrument.items:
            if item.section == section.id:
                rows.extend(_scenario_notes(item, instrument))
                rows.append(_question(item, instrument))
        rows.append({"type": "end_group"})
    return {
        "survey": pd.DataFrame(rows).fillna(""),
        "choices": pd.DataFrame(_choices(instrument)).fillna(""),
        "settings": pd.DataFrame([_settings(instrument)]),
    }


def write_xlsx(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """Write the sheets as an Excel file; the same sheets give the same bytes.

    Wording that begins like a formula stays wording, also where somebody edits the cell.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, table in sheets.items():
        sheet = book.create_sheet(name)
        for row in [list(table.columns), *table.to_numpy().tolist()]:
            sheet.append(row)
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str) and FORMULA.match(cell.value):
                cell.data_type = "s"
                cell.quotePrefix = True
    buffer = io.BytesIO()
    book.save(buffer)
    return without_times(buffer.getvalue())


def _column(kind: str, language: str, instrument: Instrument) -> str:
    """Head a column with its language; of two variants of one language, with the whole tag too.

    XLSForm names a language as `Name (code)` with a two-letter code and warns about regional tags.
    """
    code = languages.primary(language)
    name = languages.name(language)
    if sum(languages.primary(each) == code for each in instrument.languages) > 1:
        name = f"{name} {language}"
    return f"{kind}::{name} ({code})"


def _labels(kind: str, text: Mapping[str, str], instrument: Instrument) -> dict[str, str]:
    return {
        _column(kind, language, instrument): text[language] for language in instrument.languages
    }


def _settings(instrument: Instrument) -> dict[str, str]:
    first = instrument.languages[0]
    return {
        "form_title": instrument.title[first],
        "form_id": instrument.id,
        "version": instrument.version,
        "default_language": _column("", first, instrument).removeprefix("::"),
    }


def _choices(instrument: Instrument) -> list[dict[str, str]]:
    used: dict[str, ResponseSet] = {}
    for item in instrument.items:
        if item.response_set is not None and item.type != "random":
            used[item.response_set.id] = item.response_set
    rows = []
    for response_set in used.values():
        entries = [(option.wire, option.label) for option in response_set.options]
        missing = [instrument.missing_codes[kind] for kind in response_set.offer_missing]
        entries += [(code.wire or "", code.label) for code in missing]
        for wire, label in entries:
            labels = _labels("label", label, instrument)
            rows.append({"list_name": response_set.id, "name": wire, **labels})
    return rows


def _question(item: Item, instrument: Instrument) -> dict[str, str]:
    relevant = to_xpath(item.asked_if, instrument) if item.asked_if else ""
    if item.type == "random":
        return {
            "type": "calculate",
            "name": item.id,
            "relevant": relevant,
            "calculation": _draw(item),
        }
    kind = TYPES[item.type]
    list_name = f" {item.response_set.id}" if item.response_set else ""
    row = {
        "type": kind + list_name,
        "name": item.id,
        **_labels("label", item.text, instrument),
        "required": "yes" if item.required else "",
        "relevant": relevant,
    }
    if item.hint:
        row.update(_labels("hint", item.hint, instrument))
    return {**row, **_constraint(item, instrument)}


def _draw(item: Item) -> str:
    """Draw one of the arms with equal chances, once per form."""
    wires = [option.wire for option in item.options]
    drawn = f"int(random() * {len(wires)})"
    if wires != [str(position) for position in range(len(wires))]:
        listed = " ".join(wires)
        drawn = f"selected-at('{listed}', {drawn})"
    return f"once({drawn})"


def _constraint(item: Item, instrument: Instrument) -> dict[str, str]:
    if item.type in ("integer", "decimal") and item.limits:
        low, high = map(_plain, item.limits)
        return {
            "constraint": f". >= {low} and . <= {high}",
            **_messages("range", instrument, {"low": low, "high": high}),
        }
    if item.type == "text" and item.pattern:
        return {
            "constraint": f"regex(., '{for_forms(item.pattern)}')",
            **_messages("pattern", instrument, {}),
        }
    if item.type == "select_multiple":
        exclusive = [option for option in item.options if option.exclusive]
        if exclusive:
            alone = [f"not(selected(., '{o.wire}') and count-selected(.) > 1)" for o in exclusive]
            label = {language: exclusive[0].label[language] for language in instrument.languages}
            return {
                "constraint": " and ".join(alone),
                **_messages("exclusive", instrument, {"label": label}),
            }
    return {}


def _plain(number: float) -> str:
    """Write a number without an exponent, which XPath does not know."""
    return f"{number:.10f}".rstrip("0").rstrip(".")


def _messages(kind: str, instrument: Instrument, fields: Mapping[str, object]) -> dict[str, str]:
    result = {}
    for language in instrument.languages:
        values = {
            name: value[language] if isinstance(value, Mapping) else value
            for name, value in fields.items()
        }
        sentence = languages.words(language, "forms.yaml")[kind].format(**values)
        result[_column("constraint_message", language, instrument)] = sentence
    return result


def note_names(instrument: Instrument) -> set[str]:
    """Names that a form gives to texts without an answer; exports hold them as empty columns."""
    names = {item.id for item in instrument.items if item.type == "note"}
    for item in instrument.items:
        names.update(row["name"] for row in _scenario_notes(item, instrument))
    return names


def _scenario_notes(item: Item, instrument: Instrument) -> list[dict[str, str]]:
    if not item.scenario:
        return []
    arms = [
        instrument.by_id[name] for name in scenario_arms(item.scenario[instrument.languages[0]])
    ]
    rows = []
    combinations = itertools.product(*(arm.options for arm in arms))
    for position, options in enumerate(combinations, 1):
        label = {
            language: item.scenario[language].format(
                **{
                    arm.id: (option.wording or {}).get(language, "")
                    for arm, option in zip(arms, options, strict=True)
                }
            )
            for language in instrument.languages
        }
        drawn = [
            f"${{{arm.id}}} = '{option.wire}'" for arm, option in zip(arms, options, strict=True)
        ]
        asked = [to_xpath(item.asked_if, instrument)] if item.asked_if else []
        rows.append(
            {
                "type": "note",
                "name": f"{item.id}v{position}",
                **_labels("label", label, instrument),
                "relevant": " and ".join([*asked, *drawn]),
            }
        )
    return rows
