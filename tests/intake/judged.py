"""What reading a file came to, judged by the answers that were written into it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
from answered import Submission, answers_in, every_answer, expected

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.readers import join, read_export

OUTCOMES = (
    "read",
    "read_with_findings",
    "cut_between_rows",
    "refused",
    "wrong_value",
    "lost_row",
    "traceback",
)
COMMENTS = ("路灯坏了,\n请修。", '他说"好"；', "007", "谢谢👍", "ok, fine; thanks", "NA", "")


def answered_by_chance(instrument: Instrument, count: int, draw: random.Random) -> list[Submission]:
    """Answers drawn at random; each item is left out now and then."""
    result = []
    for number in range(1, count + 1):
        answers: dict[str, object] = {}
        for item in instrument.questions:
            if item.type == "select_multiple":
                some = draw.sample(item.response_set.values, draw.randint(1, 3))
                answers[item.id] = tuple(some)
            elif item.response_set is not None:
                answers[item.id] = draw.choice(every_answer(item, instrument))
            elif item.type == "integer":
                answers[item.id] = draw.randint(18, 99)
            else:
                answers[item.id] = draw.choice(COMMENTS)
            if item.role is None and draw.random() < 0.2:
                answers[item.id] = None
        answers["communityid"] = f"GZ{number:03}"
        started = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=draw.randint(0, 10**7))
        ended = started + timedelta(seconds=draw.randint(60, 3000))
        result.append(Submission(f"a{number:03}", started, ended, answers))
    return result


def outcome(data: bytes, instrument: Instrument, people: Sequence[Submission]) -> tuple[str, str]:
    """What reading a file came to, and the sentence or difference seen.

    A file is read rightly if every row that was written is there with its answers. A file cut
    exactly between two rows cannot be told from a shorter one and is counted apart.
    """
    try:
        intake = join([read_export(data, instrument, "file", time_zone=None)])
    except StudyError as error:
        return "refused", str(error)
    except Exception as error:
        return "traceback", f"{type(error).__name__}: {error}"
    truth = expected(instrument, people)
    found = answers_in(intake.responses, instrument)
    if list(found.index) == [str(number) for number in range(1, len(truth) + 1)]:
        # Without a column of ids rows are numbered.
        truth.index = found.index
    truth, found = truth.sort_index(), found.sort_index()
    told = not intake.findings.empty
    if not found.index.isin(truth.index).all():
        return "wrong_value", f"rows {list(found.index.difference(truth.index))}"
    same = truth.loc[found.index]
    if not found.equals(same):
        differing = {name for name in found if not found[name].equals(same[name])}
        if not _said(intake.findings, differing, found, same):
            return "wrong_value", f"columns {sorted(differing)}"
    if len(found) < len(truth):
        first = [person.id for person in people[: len(found)]]
        cut = set(first) == set(found.index)
        return ("cut_between_rows" if cut else "lost_row"), f"{len(found)} rows"
    return ("read_with_findings" if told else "read"), ""


def _said(
    findings: pd.DataFrame, differing: set[str], found: pd.DataFrame, same: pd.DataFrame
) -> bool:
    """Whether findings name every differing item, or the last row as perhaps cut."""
    if differing <= set(findings["item"]):
        return True
    rows = (found.astype("string") != same.astype("string")).fillna(True).any(axis=1).sum()
    return "last_row_may_be_cut" in set(findings["code"]) and rows <= 1
