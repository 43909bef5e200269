"""Questionnaires and answers made by chance, for laws that hold whatever was asked and answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from answered import Submission, every_answer
from hypothesis import strategies as st

from coproduction.instrument.definition import (
    Instrument,
    Item,
    MissingCode,
    Option,
    ResponseSet,
    Section,
)

LANGUAGES = ("zh-CN", "en")
WORDS = "我们社区的物业和志愿服务，。？（）「」 aBc XY 019 /,;:'\"-&%…é😀👍🏽"
FREE = WORDS + "\n\t|<>=+@#*\\"
MISSING = {
    "dont_know": MissingCode("dont_know", -88, "DK", {"zh-CN": "不知道", "en": "Don't know"}),
    "refused": MissingCode("refused", -99, "RF", {"zh-CN": "拒绝回答", "en": "Prefer not to say"}),
    "not_asked": MissingCode("not_asked", -77, None, {"zh-CN": "不适用", "en": "Not asked"}),
    "not_reached": MissingCode("not_reached", -66, None, {"zh-CN": "未答到", "en": "Not reached"}),
}
TYPES = ("select_one", "select_multiple", "integer", "decimal", "text", "date", "random")
ENDINGS = {"zh-CN": "甲乙丙丁戊己", "en": "uvwxyz"}


def words(alphabet: str = WORDS, longest: int = 12) -> st.SearchStrategy[str]:
    return st.text(alphabet, max_size=longest)


@st.composite
def response_sets(draw, name: str) -> ResponseSet:
    """Answers with codes in any order, wires of digits or letters, and labels in two languages."""
    values = draw(st.lists(st.integers(0, 40), min_size=2, max_size=6, unique=True))
    lettered = draw(st.booleans())
    options = []
    for place, value in enumerate(values):
        label = {tag: f"{draw(words())}{ENDINGS[tag][place]}".strip() for tag in LANGUAGES}
        wire = f"{'abcdef'[place]}{value}" if lettered else str(value)
        options.append(Option(value, label, wire))
    offered = ("dont_know", "refused") if draw(st.booleans()) else ()
    return ResponseSet(name, "nominal", tuple(options), offered)


@st.composite
def items(draw, number: int, types: tuple[str, ...] = TYPES) -> Item:
    """One question, worded as no other."""
    kind = draw(st.sampled_from(types))
    text = {
        "zh-CN": f"问{number}{draw(words())}？",
        "en": f"Item {number} {draw(words())}?",
    }
    choice = kind in ("select_one", "select_multiple", "random")
    answers = draw(response_sets(f"set{number}")) if choice else None
    if kind == "random":
        answers = ResponseSet(answers.id, answers.level, answers.options)
    return Item(f"q{number}", kind, text, f"s{number % 2}", response_set=answers)


def instrument_of(questions: tuple[Item, ...]) -> Instrument:
    sections = tuple(
        Section(name, {"zh-CN": f"部分{name}", "en": f"Part {name}"}) for name in ("s0", "s1")
    )
    return Instrument(
        id="made",
        version="1",
        unit="respondent",
        languages=LANGUAGES,
        title={"zh-CN": "问卷", "en": "Survey"},
        licence="CC0-1.0",
        missing_codes=MISSING,
        constructs={},
        sections=sections,
        items=questions,
        source="made.yaml",
    )


@st.composite
def instruments(draw, types: tuple[str, ...] = TYPES, most: int = 6) -> Instrument:
    """A questionnaire of a few questions of any kind."""
    count = draw(st.integers(2, most))
    return instrument_of(tuple(draw(items(number, types)) for number in range(1, count + 1)))


def answers(item: Item, instrument: Instrument) -> st.SearchStrategy:
    """Answers to one question, or none."""
    if item.type in ("select_one", "random"):
        given = st.sampled_from(every_answer(item, instrument))
    elif item.type == "select_multiple":
        one = st.sampled_from(item.response_set.values)
        given = st.lists(one, min_size=1, unique=True).map(tuple)
        if item.response_set.offer_missing:
            given |= st.sampled_from([(-88,), (-99,)])
    elif item.type == "integer":
        given = st.integers(0, 10**12)
    elif item.type == "decimal":
        given = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 6) + 0.0)
    elif item.type == "date":
        given = st.dates(datetime(1900, 1, 1).date(), datetime(2040, 1, 1).date()).map(str)
    else:
        given = st.sampled_from(["007", "NA", "null", "1e5", "=1+1", "-", "0.10"]) | words(FREE, 40)
    return st.none() | given


@st.composite
def submissions(draw, instrument: Instrument, most: int = 4) -> list[Submission]:
    """Answers of a few people, at any second of some years, midnight among them."""
    people = []
    count = draw(st.integers(1, most))
    for number in range(1, count + 1):
        second = draw(st.integers(0, 6 * 366 * 86400) | st.just(57_599))
        started = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
        ended = started + timedelta(seconds=draw(st.integers(1, 90_000)))
        given = {item.id: draw(answers(item, instrument)) for item in instrument.questions}
        people.append(Submission(f"R{number}", started, ended, given))
    return people


@st.composite
def surveys(draw, types: tuple[str, ...] = TYPES) -> tuple[Instrument, list[Submission]]:
    """A questionnaire and answers to it."""
    instrument = draw(instruments(types))
    return instrument, draw(submissions(instrument))


def long_survey(count: int, rows: int, seed: int) -> tuple[Instrument, list[Submission]]:
    """A questionnaire of many questions of every kind, and answers of as many rows."""
    draws = np.random.default_rng(seed)
    scale = ResponseSet(
        "scale",
        "ordinal",
        tuple(
            Option(value, {"zh-CN": f"第{value}级", "en": f"Level {value}"}, str(value))
            for value in range(1, 8)
        ),
        ("dont_know",),
    )
    questions = tuple(
        Item(
            f"q{number}",
            TYPES[number % 6],
            {"zh-CN": f"第{number}个问题？", "en": f"Question number {number}?"},
            f"s{number % 2}",
            response_set=scale if TYPES[number % 6].startswith("select") else None,
        )
        for number in range(1, count + 1)
    )
    instrument = instrument_of(questions)

    def answer(item: Item) -> object:
        value = int(draws.integers(1, 8))
        return {
            "select_one": value,
            "select_multiple": tuple({value, int(draws.integers(1, 8))}),
            "integer": value * 1000,
            "decimal": value / 8,
            "text": f"00{value} 答“{value}”😀",
            "date": f"2026-0{value}-2{value}",
        }[item.type]

    start = datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)
    people = [
        Submission(
            f"R{row}",
            start + timedelta(hours=row),
            start + timedelta(hours=row, seconds=600),
            {item.id: answer(item) for item in questions},
        )
        for row in range(1, rows + 1)
    ]
    return instrument, people
