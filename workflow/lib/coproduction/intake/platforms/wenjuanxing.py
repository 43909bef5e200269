"""Wenjuanxing (问卷星) exports: answers as text or as numbers, columns as numbered questions."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.choices import display_order, rejoin, spellings
from coproduction.intake.columns import normal
from coproduction.intake.export import Export
from coproduction.intake.files.tabular import read_cells, without
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import Column, Reading, Recognised, joined, named

FIELDS = {
    "submission": ("序号",),
    "submitted_at": ("提交答卷时间",),
    "started_at": ("开始答卷时间",),
    "duration_seconds": ("所用时间",),
    "mode": ("mode",),
    "wave": ("wave",),
}
OWN_COLUMNS = (
    *(name for names in FIELDS.values() for name in names),
    "来源",
    "来源详情",
    "来自IP",
    "总分",
    "用户ID",
    "昵称",
    "自定义字段",
)
QUESTION = re.compile(r"(?:Q\s*)?(\d+)\s*[、.．]\s*(.*)", re.DOTALL)
PART = re.compile(r"第\s*(\d+)\s*题\s*[(（](.*)[)）]", re.DOTALL)
# What may stand behind a stem: the mark of a required question and the question's type.
REQUIRED = string.whitespace + "\u3000*＊"
TYPE = re.compile(r"[\[【(（](单选题|多选题|填空题|矩阵[^\]】)）]*|量表题|排序题)[\]】)）]$")
SEPARATOR = "┋"
SPECIFIED = re.compile(r"〖.*?〗", re.DOTALL)
SPECIFY = re.compile(r"[【\[]请(?:注明|填写|说明)[】\]]")
BLANK = frozenset(["(跳过)", "（跳过）", "(空)", "（空）"])
BLANK_NUMBERS = frozenset(["-3", "-2"])


def read_wenjuanxing(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read a Wenjuanxing export, 按文本 or 按序号.

    Columns bear a number and the question's wording, never a name: the wording finds the item, and
    the number finds it where several items share a wording or the header holds no wording at all.
    Among numbers an answer is its place in the order shown, so the questionnaire must list the
    answers in the order of the form. `(跳过)`, -3 (skipped), `(空)` and -2 (blank) are no answer.
    Moments are Chinese time.

    See `platform.Reader` for what it takes and returns.
    """
    cells = without(read_cells(data, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    metadata = _with_start(metadata)
    recognised = _recognise(list(cells.columns), instrument, source)
    cells, specified = _without_specified(cells, metadata, recognised, instrument)
    return Export(
        _in_wires(cells, recognised, instrument, source),
        metadata,
        pd.concat([findings, specified], ignore_index=True),
        recognised,
        OWN_COLUMNS,
    )


def question_name(number: int | str) -> str:
    """Name a question by its number alone, as columns of a multiple choice do."""
    return f"第{number}题"


def _with_start(metadata: pd.DataFrame) -> pd.DataFrame:
    """Take the moment of submission as the end; the interview began the time used before."""
    ended = pd.to_datetime(metadata["submitted_at"], utc=True)
    used = pd.to_timedelta(metadata["duration_seconds"].astype("float64"), unit="s")
    started = (ended - used).dt.strftime("%Y-%m-%dT%H:%M:%SZ").astype("string")
    return metadata.assign(
        ended_at=metadata["submitted_at"], started_at=metadata["started_at"].fillna(started)
    )


def _recognise(headers: list[str], instrument: Instrument, source: str) -> Recognised:
    known = named(instrument)
    columns: list[Column] = []
    numbers: dict[int, Item] = {}
    shared: dict[str, int] = {}
    parts: dict[int, dict[str, str]] = {}
    for header in headers:
        if header in OWN_COLUMNS and header not in instrument.by_id:
            continue
        question, part = QUESTION.fullmatch(header), PART.fullmatch(header)
        item = known.get(normal(part[2])) if part else _by_wording(header, known)
        if item is not None:
            columns.append(Column(header, item, "", Reading(part[2] if part else _stem(header))))
            if question:
                numbers[int(question[1])] = item
        elif part:
            parts.setdefault(int(part[1]), {})[header] = part[2]
        elif question:
            shared[header] = int(question[1])
    places = _places(numbers, instrument)
    for header, number in shared.items():
        stem = normal(_stem(header))
        item = places.get(number)
        if item and stem in {normal(wording) for wording in item.text.values()}:
            columns.append(Column(header, item, "", Reading(stem)))
    for number, group in parts.items():
        taken = {column.item.id for column in columns}
        item = _by_answers(number, group, instrument, taken, places, source)
        wires = _labels(item, instrument)
        columns += [
            Column(header, item, wires[normal(_label(text))], Reading(question_name(number), text))
            for header, text in group.items()
        ]
    return joined(columns, instrument, source)


def _places(numbers: Mapping[int, Item], instrument: Instrument) -> dict[int, Item]:
    """Item at each number of the form, as far as the columns known by their wording bear it out.

    Randomised arms may be questions of the form or not; an order that contradicts a known column
    does not count, and a number on which the orders left differ tells nothing.
    """
    asked = [item for item in instrument.questions if item.type != "random"]
    orders = [dict(enumerate(order, 1)) for order in (asked, instrument.questions)]
    fitting = [
        order for order in orders if all(order.get(n) is item for n, item in numbers.items())
    ]
    if not fitting:
        return {}
    return {n: item for n, item in fitting[0].items() if fitting[-1].get(n) is item}


def _stem(header: str) -> str:
    question = QUESTION.fullmatch(header)
    stem = (question[2] if question else header).rstrip(REQUIRED)
    return TYPE.sub("", stem).rstrip(REQUIRED)


def _by_wording(header: str, known: Mapping[str, Item]) -> Item | None:
    stem = _stem(header)
    pieces = [stem, *re.split("—+|--|:|：", stem)[-1:]]
    return next((known[normal(t)] for t in (header, *pieces) if normal(t) in known), None)


def _by_answers(
    number: int,
    group: Mapping[str, str],
    instrument: Instrument,
    taken: set[str],
    places: Mapping[int, Item],
    source: str,
) -> Item:
    """Find the multiple choice that offers all answers of a numbered group of columns."""
    labels = {normal(_label(text)) for text in group.values()}
    fitting = [
        item
        for item in instrument.questions
        if item.type == "select_multiple"
        and item.id not in taken
        and labels <= set(_labels(item, instrument))
    ]
    named_so = {normal(question_name(number)), normal(str(number))}
    aliased = [item for item in fitting if named_so & {normal(name) for name in item.aliases}]
    candidates = aliased or fitting
    if len(candidates) == 1:
        return candidates[0]
    if places.get(number) in candidates:
        return places[number]
    first = next(iter(group))
    raise StudyError(
        f"{source}: the column `{first}` and its neighbours fit no multiple choice of "
        f"{instrument.source} or several; give the right item the alias "
        f"`{question_name(number)}`, or name the columns under `ignore_columns` in study.yaml."
    )


def _labels(item: Item, instrument: Instrument) -> dict[str, str]:
    known = spellings(item, instrument)
    return {normal(_label(spelling)): wire for spelling, wire in known.items()}


def _label(text: str) -> str:
    return SPECIFY.sub("", text).strip()


def _without_specified(
    cells: pd.DataFrame, metadata: pd.DataFrame, recognised: Recognised, instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take off the words behind an answer, which may name people, and say that there were some."""
    changed, rows = {}, []
    for header, name in recognised.names.items():
        item = instrument.by_id[name]
        if item.response_set is None:
            continue
        written = cells[header].str.contains("〖", regex=False)
        for row in cells.index[written]:
            unsaid = SPECIFIED.sub("〖…〗", cells[header][row])
            found = metadata["submission"][row], row, name, unsaid
            rows.append(("specified_answer", "note", *found, "", "kept_option"))
        changed[header] = cells[header].str.replace(SPECIFIED, "", regex=True)
        if not any(SPECIFY.search(spelling) for spelling in spellings(item, instrument)):
            changed[header] = changed[header].str.replace(SPECIFY, "", regex=True)
    return cells.assign(**changed), make_findings(rows)


def _in_wires(
    cells: pd.DataFrame, recognised: Recognised, instrument: Instrument, source: str
) -> pd.DataFrame:
    numbers = _has_numbers(cells, recognised, instrument)
    blank = BLANK | BLANK_NUMBERS if numbers else BLANK
    changed = {}
    for header, name in recognised.names.items():
        item = instrument.by_id[name]
        column = cells[header].mask(cells[header].str.strip().isin(blank), "")
        if item.type == "select_multiple":
            column = rejoin(column, item, instrument, SEPARATOR)
        elif item.response_set is not None and numbers:
            column = _from_places(column, item, instrument, source)
        changed[header] = column
    for answers in recognised.split.values():
        for (header,) in answers.values():
            changed[header] = cells[header].mask(cells[header].str.strip().isin(BLANK_NUMBERS), "")
    return cells.assign(**changed)


def _from_places(column: pd.Series, item: Item, instrument: Instrument, source: str) -> pd.Series:
    """Turn places in the order shown into wires; scales whose labels are numbers keep those."""
    answers = column.str.strip()
    order = display_order(item, instrument)
    places = {str(place): wire for place, wire in enumerate(order, 1)} | {"": ""}
    labels = spellings(item, instrument)
    if _is_score(item) and answers[answers != ""].isin(list(labels)).all():
        return answers
    wrong = ~answers.isin(list(places))
    if wrong.any():
        row = wrong.idxmax()
        raise StudyError(
            f"{source}, row {row}, column `{column.name}` (item `{item.id}`): found "
            f"`{answers[row][:60]}`, expected the place of an answer from 1 to {len(order)}; list "
            "the answers of the questionnaire in the order of the form, or export 按文本."
        )
    return answers.map(places)


def _is_score(item: Item) -> bool:
    """Whether the answers are labelled by numbers, as on a scale from 0 to 10."""
    labels = [label for option in item.options for label in option.label.values()]
    return all(re.fullmatch(r"-?\d+", label.strip()) for label in labels)


def _has_numbers(cells: pd.DataFrame, recognised: Recognised, instrument: Instrument) -> bool:
    """Whether the export is 按序号: it splits multiple choices, and no answer is a label.

    Where nobody answered a choice, the words for skipped and blank tell 按文本.
    """
    if recognised.split:
        return True
    for header, name in recognised.names.items():
        item = instrument.by_id[name]
        if item.response_set is None or _is_score(item):
            continue
        answers = set(cells[header].str.strip()) - BLANK - {""}
        if answers:
            return all(re.fullmatch(r"-?\d+", answer) for answer in answers)
    return not cells.isin(BLANK).any(axis=None)


def _marks(headers: set[str], cells: pd.DataFrame) -> bool:
    numbered = any(re.match(r"(\d+、|第\d+题)", header) for header in headers)
    return "序号" in headers and (numbered or "提交答卷时间" in headers)


PLATFORM = Platform(
    name="wenjuanxing",
    title="Wenjuanxing (问卷星)",
    endings=("xlsx", "xls", "csv"),
    reads="按文本 or 按序号: columns known by wording and number",
    read=read_wenjuanxing,
    marks=_marks,
    time_zone="Asia/Shanghai",
)
