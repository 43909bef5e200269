"""Exports of Wenjuanxing: numbered questions, and multiple choices in one way of two."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import pandas as pd

from coproduction.intake.files.tabular import read_cells
from coproduction.intake.platforms.wenjuanxing import (
    BLANK,
    BLANK_NUMBERS,
    OWN_COLUMNS,
    PART,
    PLATFORM,
    QUESTION,
    SEPARATOR,
    SPECIFIED,
    TYPE,
    question_name,
)
from coproduction.start.source import Column, Source

TICKS = frozenset(["0", "1", ""])


def read_wenjuanxing(data: bytes, source: str) -> Source:
    """Read the columns of an export, by words or by numbers.

    Neighbouring columns of one question that hold ticks only are one multiple choice; other
    numbered columns with a part in brackets are the rows of a matrix, each a question.

    Parameters
    ----------
    data, source
        Content and name of the file.

    Raises
    ------
    StudyError
        If the file is damaged or empty.
    """
    cells = read_cells(data, source)
    told = cells.drop(columns=cells.columns.intersection(OWN_COLUMNS))
    told = told.apply(lambda column: column.str.strip())
    numbers = any(_ticked(told, [header]) for header in told if PART.fullmatch(header))
    blank = BLANK | BLANK_NUMBERS if numbers else BLANK
    told = told.mask(told.isin(blank), "").replace(SPECIFIED, "", regex=True)
    columns: list[Column] = []
    for number, run in groupby(told, key=_number):
        headers = list(run)
        if number and _ticked(told, headers):
            columns.append(_choice(question_name(number), headers))
        else:
            columns += [_column(header, told) for header in headers]
    return Source(tuple(columns), PLATFORM.name)


def _number(header: str) -> str:
    """Give the number of the question that a column is a part of; empty for a whole one."""
    part = PART.fullmatch(header)
    return part[1] if part else ""


def _ticked(cells: pd.DataFrame, headers: list[str]) -> bool:
    return bool(cells[headers].isin(TICKS | BLANK_NUMBERS).all(axis=None))


def _choice(name: str, headers: list[str]) -> Column:
    """Join columns of ticks; the answers are what stands in brackets, in the order of the form."""
    answers = [found[2] for found in map(PART.fullmatch, headers) if found]
    return Column(name, name, (), _numbered(answers), multiple=True)


def _column(header: str, cells: pd.DataFrame) -> Column:
    question, part = QUESTION.fullmatch(header), PART.fullmatch(header)
    wording = part[2] if part else TYPE.sub("", question[2]).strip() if question else ""
    return Column(header, wording, list(cells[header]), separator=SEPARATOR)


def _numbered(answers: list[str]) -> Mapping[str, str]:
    return {str(place): answer for place, answer in enumerate(answers, 1)}
