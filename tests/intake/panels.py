"""Answers written as Qualtrics, REDCap, Wenjuanxing, a paper sheet and a plain table have them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from answered import Submission, cell, every_answer, shown, utc
from layouts import CHINA, Column, Sheet, fixed, position, sheet, ticks, whole

from coproduction.instrument.definition import Instrument, Item

QUALTRICS = {
    "StartDate": ("Anfangsdatum", "startDate"),
    "EndDate": ("Enddatum", "endDate"),
    "Status": ("Antworttyp", "status"),
    "Progress": ("Fortschritt", "progress"),
    "Duration (in seconds)": ("Dauer (in Sekunden)", "duration"),
    "Finished": ("Beendet", "finished"),
    "RecordedDate": ("Aufgezeichnet am", "recordedDate"),
    "ResponseId": ("Antwort-ID", "_recordId"),
    "UserLanguage": ("Benutzersprache", "userLanguage"),
}
LEGACY = {"ResponseId": "V1", "StartDate": "V8", "EndDate": "V9", "Finished": "V10"}


def qualtrics(
    instrument: Instrument,
    submissions: Sequence[Submission],
    *,
    words: str = "wire",
    split: bool = True,
    tags: bool = True,
    legacy: bool = False,
) -> Sheet:
    """Qualtrics: three header rows, the second in the account's language; or two in old files."""
    language = instrument.languages[0] if words == "wire" else words
    texts: dict[str, Callable[[Submission], str]] = {
        "StartDate": lambda s: s.started.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "EndDate": lambda s: s.ended.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "Status": fixed("0" if words == "wire" else "IP Address"),
        "Progress": fixed("100"),
        "Duration (in seconds)": lambda s: str(int((s.ended - s.started).total_seconds())),
        "Finished": fixed("1" if words == "wire" else "True"),
        "RecordedDate": lambda s: s.ended.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "ResponseId": lambda s: s.id,
        "UserLanguage": fixed("ZH-S"),
    }
    kept = LEGACY if legacy else QUALTRICS
    columns: list[Column] = [(kept[name] if legacy else name, texts[name]) for name in kept]
    second = [name if legacy else QUALTRICS[name][0] for name in kept]
    third = [json.dumps({"ImportId": QUALTRICS[name][1]}) for name in kept]
    for number, item in enumerate(instrument.questions, 1):
        name = item.id if tags else f"Q{number}"
        wording = item.text[language]
        if item.type == "select_multiple" and split:
            for place, value in enumerate(every_answer(item, instrument), 1):
                columns.append(_picked(item, value, instrument, words, f"{name}_{place}"))
                second.append(f"{wording} - {shown(item, value, instrument, language)}")
                third.append(json.dumps({"ImportId": f"QID{number}", "choiceId": str(place)}))
        else:
            columns.append((name, _joined(item, instrument, words)))
            second.append(wording)
            third.append(json.dumps({"ImportId": f"QID{number}"}))
    result = sheet(columns, submissions)
    further = [second] if legacy else [second, third]
    return Sheet(result.header, [*further, *result.rows])


def _picked(item: Item, value: int, instrument: Instrument, words: str, header: str) -> Column:
    """A chosen answer shows 1, or its label where labels are exported; others are blank."""
    text = "1" if words == "wire" else shown(item, value, instrument, words)
    return header, lambda s: text if value in (s.answers.get(item.id) or ()) else ""


def _joined(item: Item, instrument: Instrument, words: str) -> Callable[[Submission], str]:
    def text(s: Submission) -> str:
        answer = s.answers.get(item.id)
        if isinstance(answer, tuple):
            return ",".join(shown(item, value, instrument, words) for value in answer)
        return cell(item, answer, instrument, words)

    return text


def redcap(
    instrument: Instrument, submissions: Sequence[Submission], *, words: str = "value"
) -> Sheet:
    """REDCap: raw codes, or labels in a language; a checkbox never shown reads as not ticked."""
    raw = words == "value"
    columns: list[Column] = [
        ("record_id" if raw else "Record ID", lambda s: s.id),
        ("redcap_survey_identifier" if raw else "Survey Identifier", fixed("")),
        (
            "residents_timestamp" if raw else "Survey Timestamp",
            lambda s: s.ended.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        ),
    ]
    for item in instrument.questions:
        header = item.id if raw else item.text[words]
        if item.type != "select_multiple":
            columns.append(whole(item, instrument, words, header))
        elif raw:
            columns += ticks(
                item,
                instrument,
                lambda v, h=header: f"{h}___{str(v).replace('-', '_')}",
                ("1", "0", "0"),
            )
        else:
            columns += ticks(
                item,
                instrument,
                lambda v, i=item, h=header: f"{h} (choice={shown(i, v, instrument, words)})",
                ("Checked", "Unchecked", "Unchecked"),
            )
    columns.append(("residents_complete", fixed("2")) if raw else ("Complete?", fixed("Complete")))
    return sheet(columns, submissions)


def wenjuanxing(
    instrument: Instrument, submissions: Sequence[Submission], *, numbers: bool = False
) -> Sheet:
    """Wenjuanxing 按文本 or 按序号: numbered wordings, Chinese time, how long it took in words."""

    def took(s: Submission) -> str:
        minutes, seconds = divmod(int((s.ended - s.started).total_seconds()), 60)
        return f"{minutes}分{seconds}秒" if minutes else f"{seconds}秒"

    columns: list[Column] = [
        ("序号", lambda s: s.id),
        (
            "提交答卷时间",
            lambda s: (
                f"{(t := s.ended.astimezone(CHINA)).year}/{t.month}/{t.day} {t.hour}:{t:%M:%S}"
            ),
        ),
        ("所用时间", took),
        ("来源", fixed("微信")),
        ("来源详情", fixed("N/A")),
        ("来自IP", fixed("127.0.0.1(本地)")),
    ]
    for number, item in enumerate(instrument.questions, 1):
        header = f"{number}、{item.text['zh-CN']}"
        order = {value: place for place, value in enumerate(_order(item, instrument), 1)}
        if item.type == "select_multiple" and numbers:
            columns += ticks(
                item,
                instrument,
                lambda v, i=item, n=number: f"第{n}题({shown(i, v, instrument, 'zh-CN')})",
                ("1", "0", "-3"),
            )
        elif item.type == "select_multiple":
            columns.append((header, _listed(item, instrument)))
        elif item.response_set is not None and numbers:
            columns.append((header, _placed(item, order)))
        else:
            columns.append((header, _worded(item, instrument, "-3" if numbers else "(跳过)")))
    return sheet(columns, submissions)


def _order(item: Item, instrument: Instrument) -> list[int]:
    return every_answer(item, instrument) if item.response_set else []


def _listed(item: Item, instrument: Instrument) -> Callable[[Submission], str]:
    def text(s: Submission) -> str:
        answer = s.answers.get(item.id)
        return "┋".join(shown(item, v, instrument, "zh-CN") for v in answer) if answer else "(跳过)"

    return text


def _placed(item: Item, order: dict[int, int]) -> Callable[[Submission], str]:
    return lambda s: str(order.get(s.answers.get(item.id), -3))


def _worded(item: Item, instrument: Instrument, skipped: str) -> Callable[[Submission], str]:
    return lambda s: cell(item, s.answers.get(item.id), instrument, "zh-CN") or skipped


def plain(
    instrument: Instrument,
    submissions: Sequence[Submission],
    *,
    words: str = "value",
    names: Callable[[Item], str] = lambda item: item.id,
) -> Sheet:
    """A table of a statistician: ids as headers, codes as cells."""
    columns: list[Column] = [
        ("submission", lambda s: s.id),
        ("started_at", lambda s: utc(s.started)),
        ("ended_at", lambda s: utc(s.ended)),
    ]
    columns += [whole(item, instrument, words, names(item)) for item in instrument.questions]
    return sheet(columns, submissions)


def paper(instrument: Instrument, submissions: Sequence[Submission]) -> Sheet:
    """The data-entry sheet of paper forms: a title, the ids, the wordings, then one row a form."""
    columns: list[Column] = [
        ("编号", lambda s: s.id),
        ("started_at", lambda s: utc(s.started)),
        ("ended_at", lambda s: utc(s.ended)),
        ("录入员", fixed("Li")),
    ]
    wordings = ["", "", "", ""]
    for item in instrument.questions:
        columns.append(whole(item, instrument, "wire", item.id))
        wordings.append(item.text["zh-CN"])
    result = sheet(columns, submissions)
    title = ["居民问卷数据录入", *[""] * (len(result.header) - 1)]
    return Sheet(title, [result.header, wordings, *result.rows])


__all__ = ["paper", "plain", "position", "qualtrics", "redcap", "wenjuanxing"]
