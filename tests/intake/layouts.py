"""Answers written as each platform writes them: a header and rows of text cells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from answered import Submission, cell, every_answer, shown

from coproduction.instrument.definition import Instrument, Item

CHINA = ZoneInfo("Asia/Shanghai")
Column = tuple[str, Callable[[Submission], str]]


@dataclass(frozen=True)
class Sheet:
    """A header and rows of text."""

    header: list[str]
    rows: list[list[str]]


def sheet(columns: Iterable[Column], submissions: Sequence[Submission]) -> Sheet:
    columns = list(columns)
    return Sheet([name for name, _ in columns], [[f(s) for _, f in columns] for s in submissions])


def whole(item: Item, instrument: Instrument, words: str, header: str) -> Column:
    """One column with the whole answer."""
    return header, lambda s: cell(item, s.answers.get(item.id), instrument, words)


def ticks(
    item: Item,
    instrument: Instrument,
    headers: Callable[[int], str],
    marks: tuple[str, str, str] = ("1", "0", ""),
) -> list[Column]:
    """One column per answer: marks for ticked, not ticked, and no answer to the question."""
    yes, no, blank = marks

    def column(value: int) -> Column:
        def tick(s: Submission) -> str:
            answer = s.answers.get(item.id)
            return blank if not answer else (yes if value in answer else no)

        return headers(value), tick

    return [column(value) for value in every_answer(item, instrument)]


def position(submissions: Sequence[Submission]) -> Callable[[Submission], str]:
    places = {s.id: str(place) for place, s in enumerate(submissions, 1)}
    return lambda s: places[s.id]


def fixed(text: str) -> Callable[[Submission], str]:
    return lambda s: text


def kobotoolbox(
    instrument: Instrument,
    submissions: Sequence[Submission],
    *,
    words: str = "wire",
    groups: bool = True,
    multiple: str = "both",
    recent: bool = True,
    tagged: bool = False,
    mark: str = "/",
) -> Sheet:
    """KoboToolbox: values or labels, with groups or without, choices joined, split or both."""
    labels = {section.id: section.label for section in instrument.sections}
    columns: list[Column] = [
        ("start", lambda s: s.started.astimezone(CHINA).isoformat(timespec="milliseconds")),
        ("end", lambda s: s.ended.astimezone(CHINA).isoformat(timespec="milliseconds")),
        ("deviceid", fixed("采集器:abc")),
    ]
    for item in instrument.questions:
        group = f"sec{item.section}" if words == "wire" else labels[item.section][words]
        name = item.id if words == "wire" else item.text[words]
        header = f"{group}{mark}{name}" if groups else name
        if item.type != "select_multiple" or multiple != "details":
            columns.append(whole(item, instrument, words, header))
        if item.type == "select_multiple" and multiple != "summary":
            columns += ticks(
                item,
                instrument,
                lambda v, i=item, h=header: f"{h}{mark}{shown(i, v, instrument, words)}",
            )
    columns += [
        ("_id", position(submissions)),
        ("_uuid", lambda s: s.id),
        ("_submission_time", lambda s: s.ended.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")),
        (
            "_validation_status",
            fixed("validation_status_approved" if words == "wire" else "Approved"),
        ),
    ]
    if recent:
        names = ["_status", "_submitted_by", "__version__", "meta/rootUuid"]
        texts = [fixed("submitted_via_web"), fixed("enum01"), fixed("v1"), lambda s: f"uuid:{s.id}"]
    else:
        names = ["_notes", "_status", "_submitted_by", "__version__", "_tags"]
        texts = [fixed(text) for text in ("", "submitted_via_web", "enum01", "v1", "")]
    columns += [*zip(names, texts, strict=True), ("_index", position(submissions))]
    result = sheet(columns, submissions)
    if tagged:
        tags = [
            "#indicator" if name.startswith("sec") and n % 3 == 0 else ""
            for n, name in enumerate(result.header)
        ]
        tags[0] = "#date+start"
        return Sheet(result.header, [tags, *result.rows])
    return result


def odk_central(
    instrument: Instrument,
    submissions: Sequence[Submission],
    *,
    groups: bool = True,
    split: bool = False,
) -> Sheet:
    """ODK Central: columns only for answers that somebody gave, 0 where nothing was asked."""

    def moment(name: str) -> Callable[[Submission], str]:
        return lambda s: getattr(s, name).astimezone(UTC).isoformat("T", "milliseconds")[:-6] + "Z"

    columns: list[Column] = [
        ("SubmissionDate", moment("ended")),
        ("start", moment("started")),
        ("end", moment("ended")),
        ("deviceid", fixed("collect:abc")),
    ]
    for item in instrument.questions:
        header = f"sec{item.section}-{item.id}" if groups else item.id
        columns.append(whole(item, instrument, "wire", header))
        if item.type == "select_multiple" and split:
            given = {v for s in submissions for v in s.answers.get(item.id) or ()}
            all_ticks = ticks(
                item,
                instrument,
                lambda v, i=item, h=header: f"{h}/{shown(i, v, instrument)}",
                ("1", "0", "0"),
            )
            answers = every_answer(item, instrument)
            columns += [c for c, v in zip(all_ticks, answers, strict=True) if v in given]
    columns += [
        ("meta-instanceID", lambda s: f"uuid:{s.id}"),
        ("KEY", lambda s: f"uuid:{s.id}"),
        ("SubmitterID", fixed("12")),
        ("SubmitterName", fixed("enum01")),
        ("AttachmentsPresent", fixed("0")),
        ("AttachmentsExpected", fixed("0")),
        ("Status", fixed("")),
        ("ReviewState", fixed("")),
        ("DeviceID", fixed("collect:abc")),
        ("Edits", fixed("0")),
        ("FormVersion", fixed("0.1.0")),
    ]
    return sheet(columns, submissions)


def surveycto(instrument: Instrument, submissions: Sequence[Submission]) -> Sheet:
    """SurveyCTO: moments as local text, a minus in the name of an answer as a low line."""

    def moment(name: str) -> Callable[[Submission], str]:
        def text(s: Submission) -> str:
            local = getattr(s, name).astimezone(CHINA)
            hour = local.hour % 12 or 12
            return f"{local:%b} {local.day}, {local:%Y} {hour}:{local:%M:%S %p}"

        return text

    columns: list[Column] = [
        ("CompletionDate", moment("ended")),
        ("SubmissionDate", moment("ended")),
        ("starttime", moment("started")),
        ("endtime", moment("ended")),
        ("deviceid", fixed("collect:abc")),
        ("subscriberid", fixed("")),
    ]
    for item in instrument.questions:
        columns.append(whole(item, instrument, "wire", item.id))
        if item.type == "select_multiple":
            columns += ticks(
                item,
                instrument,
                lambda v, i=item: f"{i.id}_{shown(i, v, instrument).replace('-', '_')}",
            )
    columns += [
        ("instanceID", lambda s: f"uuid:{s.id}"),
        ("formdef_version", fixed("2611201605")),
        ("review_quality", fixed("")),
        ("review_status", fixed("APPROVED")),
        ("KEY", lambda s: f"uuid:{s.id}"),
    ]
    return sheet(columns, submissions)


def limesurvey(
    instrument: Instrument,
    submissions: Sequence[Submission],
    *,
    words: str = "wire",
    headings: str = "code",
) -> Sheet:
    """LimeSurvey: codes or full headings, short or long answers, choices in arrays."""
    labels = {section.id: section.label for section in instrument.sections}
    language = instrument.languages[0] if words == "wire" else words
    marks = ("Y", "", "") if words == "wire" else ("Yes", "No", "N/A")

    def local(moment: datetime) -> str:
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

    columns: list[Column] = [
        ("id", lambda s: s.id),
        ("submitdate", lambda s: local(s.ended)),
        ("lastpage", fixed("2")),
        ("startlanguage", fixed("zh-Hans")),
        ("seed", fixed("7")),
        ("startdate", lambda s: local(s.started)),
        ("datestamp", lambda s: local(s.ended)),
    ]
    for item in instrument.questions:
        name = item.id if headings == "code" else item.text[language]
        if item.type == "select_multiple":
            code = {
                v: shown(item, v, instrument, "wire" if headings == "code" else language)
                for v in every_answer(item, instrument)
            }
            columns += ticks(item, instrument, lambda v, n=name, c=code: f"{n}[{c[v]}]", marks)
        elif item.response_set is not None and headings == "code":
            columns.append(whole(item, instrument, words, f"sec{item.section}[{item.id}]"))
        elif item.response_set is not None:
            array = labels[item.section][language]
            columns.append(whole(item, instrument, words, f"{array} [{name}]"))
        else:
            columns.append(whole(item, instrument, words, name))
    columns += [("interviewtime", fixed("")), ("groupTime1", fixed("12.5"))]
    return sheet(columns, submissions)


def surveyjs(instrument: Instrument, submissions: Sequence[Submission]) -> bytes:
    """SurveyJS: objects with the answered questions only, choices of a section in a panel."""
    rows = []
    for s in submissions:
        row: dict[str, object] = {
            "id": s.id,
            "startedAt": s.started.astimezone(UTC).isoformat(),
            "completedAt": s.ended.astimezone(UTC).isoformat(),
        }
        for item in instrument.questions:
            answer = s.answers.get(item.id)
            if answer is None or answer == ():
                continue
            place = row
            if item.type == "select_one":
                place = row.setdefault(f"panel{item.section}", {})
            place[item.id] = list(answer) if isinstance(answer, tuple) else answer
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False, indent=1).encode("utf-8")
